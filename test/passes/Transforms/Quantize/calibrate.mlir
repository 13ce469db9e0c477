// RUN: systole-opt %s --graph-calibrate=ranges=min-max | FileCheck %s
// RUN: systole-opt %s '--graph-calibrate=ranges=min-max renew' | FileCheck %s --check-prefix=RENEW
// RUN: not systole-opt %s --graph-calibrate=ranges=median 2>&1 | FileCheck %s --check-prefix=METHOD
// METHOD: 'median' is no way to choose ranges: it is one of min-max, percentile, mean-square

// Random inputs are in [-1, 1); rectified they are not negative, and what is
// known already is believed.
// CHECK-LABEL: func.func @main
// CHECK-SAME: graph.magnitudes = array<f32: {{[^>]*}}>, graph.means = array<f32: {{[^>]*}}>
// CHECK-SAME: graph.range = array<f32: -{{[^>]*}}>
// CHECK: graph.matmul
// CHECK-SAME: graph.range = array<f32: 5.000000e+00, 6.000000e+00>
// CHECK: graph.relu
// CHECK-SAME: graph.range = array<f32: 0.000000e+00, {{.*}}>
// RENEW: graph.matmul
// RENEW-NOT: 5.000000e+00, 6.000000e+00
func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = graph.constant dense<[[1.0, 0.0], [0.0, 1.0]]> : tensor<2x2xf32>
  %p = graph.matmul %x, %w {graph.range = array<f32: 5.0, 6.0>} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %y = graph.relu %p : (tensor<1x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
