// RUN: systole-opt %s --graph-fold-pads --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-fold-pads --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS

// STATS-DAG: num-folded = 2
// STATS-DAG: num-merged = 1

// Zeros become a convolution's own padding, whatever the layout.
// CHECK-LABEL: func.func @conv
func.func @conv(%x: tensor<1x1x4x4xf32>, %z: tensor<1x4x4x1xf32>, %w: tensor<2x1x1x1xf32>) -> (tensor<1x2x8x9xf32>, tensor<1x2x7x4xf32>) {
  // CHECK-NOT: graph.pad
  // CHECK: graph.conv %arg0, {{.*}} pads = array<i64: 1, 2, 3, 3>
  // CHECK: graph.conv %arg1, {{.*}} pads = array<i64: 1, 0, 2, 0>
  %p = graph.constant dense<[0, 0, 1, 2, 0, 0, 2, 3]> : tensor<8xi64>
  %q = graph.constant dense<[0, 1, 0, 0, 0, 2, 0, 0]> : tensor<8xi64>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %a = graph.pad constant, %x, %p, %zero : (tensor<1x1x4x4xf32>, tensor<8xi64>, tensor<f32>) -> tensor<1x1x7x9xf32>
  %b = graph.conv %a, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 1, 0>, groups = 1 : i64} : (tensor<1x1x7x9xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x8x9xf32>
  %c = graph.pad constant, %z, %q : (tensor<1x4x4x1xf32>, tensor<8xi64>) -> tensor<1x7x4x1xf32>
  %d = graph.conv %c, %w {input_layout = #graph.layout<"n01c">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x7x4x1xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x7x4xf32>
  return %b, %d : tensor<1x2x8x9xf32>, tensor<1x2x7x4xf32>
}

// -----

// Ones, mirrors, padded channels, removed borders and automatic padding stay.
// CHECK-LABEL: func.func @convThatStays
func.func @convThatStays(%x: tensor<1x1x4x4xf32>, %w: tensor<1x1x1x1xf32>, %v: tensor<1x2x1x1xf32>) -> (tensor<1x1x5x4xf32>, tensor<1x1x5x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x3x4xf32>, tensor<1x1x5x4xf32>) {
  // CHECK-COUNT-5: graph.pad
  %p = graph.constant dense<[0, 0, 1, 0, 0, 0, 0, 0]> : tensor<8xi64>
  %q = graph.constant dense<[0, 1, 0, 0, 0, 0, 0, 0]> : tensor<8xi64>
  %r = graph.constant dense<[0, 0, -1, 0, 0, 0, 0, 0]> : tensor<8xi64>
  %one = graph.constant dense<1.0> : tensor<f32>
  %a = graph.pad constant, %x, %p, %one : (tensor<1x1x4x4xf32>, tensor<8xi64>, tensor<f32>) -> tensor<1x1x5x4xf32>
  %b = graph.pad reflect, %x, %p : (tensor<1x1x4x4xf32>, tensor<8xi64>) -> tensor<1x1x5x4xf32>
  %c = graph.pad constant, %x, %q : (tensor<1x1x4x4xf32>, tensor<8xi64>) -> tensor<1x2x4x4xf32>
  %d = graph.pad constant, %x, %r : (tensor<1x1x4x4xf32>, tensor<8xi64>) -> tensor<1x1x3x4xf32>
  %e = graph.pad constant, %x, %p : (tensor<1x1x4x4xf32>, tensor<8xi64>) -> tensor<1x1x5x4xf32>
  %f = graph.conv %a, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x1x5x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x5x4xf32>
  %g = graph.conv %b, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x1x5x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x5x4xf32>
  %h = graph.conv %c, %v {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x1x4x4xf32>
  %i = graph.conv %d, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x1x3x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x3x4xf32>
  %j = graph.conv %e, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, auto_pad = #graph.auto_pad<same_upper>, groups = 1 : i64} : (tensor<1x1x5x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x5x4xf32>
  return %f, %g, %h, %i, %j : tensor<1x1x5x4xf32>, tensor<1x1x5x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x3x4xf32>, tensor<1x1x5x4xf32>
}

// -----

// A maximum ignores what cannot win: minus infinity, or zeros beside what is not
// negative. A mean counts its zeros.
// CHECK-LABEL: func.func @pools
func.func @pools(%x: tensor<1x1x4x4xf32>) -> (tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>) {
  // CHECK-NOT: graph.pad
  // CHECK: graph.max_pool %arg0 {{.*}}pads = array<i64: 1, 1, 0, 0>
  // CHECK: %[[R:.*]] = graph.relu
  // CHECK: graph.max_pool %[[R]] {{.*}}pads = array<i64: 1, 1, 0, 0>
  // CHECK: graph.avg_pool %arg0 {count_include_pad, {{.*}}pads = array<i64: 1, 1, 0, 0>
  %p = graph.constant dense<[0, 0, 1, 1, 0, 0, 0, 0]> : tensor<8xi64>
  %low = graph.constant dense<0xFF800000> : tensor<f32>
  %a = graph.pad constant, %x, %p, %low : (tensor<1x1x4x4xf32>, tensor<8xi64>, tensor<f32>) -> tensor<1x1x5x5xf32>
  %b = graph.max_pool %a {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x1x5x5xf32>) -> tensor<1x1x4x4xf32>
  %r = graph.relu %x : (tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  %c = graph.pad constant, %r, %p : (tensor<1x1x4x4xf32>, tensor<8xi64>) -> tensor<1x1x5x5xf32>
  %d = graph.max_pool %c {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x1x5x5xf32>) -> tensor<1x1x4x4xf32>
  %e = graph.pad constant, %x, %p : (tensor<1x1x4x4xf32>, tensor<8xi64>) -> tensor<1x1x5x5xf32>
  %f = graph.avg_pool %e {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x1x5x5xf32>) -> tensor<1x1x4x4xf32>
  return %b, %d, %f : tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>
}

// -----

// Zeros may win over negative elements; a window of padding alone gives the
// lowest number; a mean that does not count its own padding would count this.
// CHECK-LABEL: func.func @poolsThatStay
func.func @poolsThatStay(%x: tensor<1x1x4x4xf32>) -> (tensor<1x1x4x4xf32>, tensor<1x1x6x4xf32>, tensor<1x1x5x4xf32>) {
  // CHECK-COUNT-3: graph.pad
  %p = graph.constant dense<[0, 0, 1, 1, 0, 0, 0, 0]> : tensor<8xi64>
  %q = graph.constant dense<[0, 0, 2, 0, 0, 0, 0, 0]> : tensor<8xi64>
  %a = graph.pad constant, %x, %p : (tensor<1x1x4x4xf32>, tensor<8xi64>) -> tensor<1x1x5x5xf32>
  %b = graph.max_pool %a {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x1x5x5xf32>) -> tensor<1x1x4x4xf32>
  %r = graph.relu %x : (tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  %c = graph.pad constant, %r, %q : (tensor<1x1x4x4xf32>, tensor<8xi64>) -> tensor<1x1x6x4xf32>
  %d = graph.max_pool %c {layout = #graph.layout<"nc01">, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>} : (tensor<1x1x6x4xf32>) -> tensor<1x1x6x4xf32>
  %e = graph.pad constant, %x, %p : (tensor<1x1x4x4xf32>, tensor<8xi64>) -> tensor<1x1x5x5xf32>
  %f = graph.avg_pool %e {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 0, 0, 0>} : (tensor<1x1x5x5xf32>) -> tensor<1x1x5x4xf32>
  return %b, %d, %f : tensor<1x1x4x4xf32>, tensor<1x1x6x4xf32>, tensor<1x1x5x4xf32>
}

// -----

// Padding around padding with the same value.
// CHECK-LABEL: func.func @padOfPad
func.func @padOfPad(%x: tensor<2xf32>, %v: tensor<f32>) -> (tensor<6xf32>, tensor<5xf32>) {
  // CHECK: %[[P:.*]] = graph.constant dense<[3, 1]>
  // CHECK: graph.pad constant, %arg0, %[[P]], %arg1 :
  // CHECK-COUNT-2: graph.pad
  %p = graph.constant dense<[1, 1]> : tensor<2xi64>
  %q = graph.constant dense<[2, 0]> : tensor<2xi64>
  %r = graph.constant dense<[0, 1]> : tensor<2xi64>
  %a = graph.pad constant, %x, %p, %v : (tensor<2xf32>, tensor<2xi64>, tensor<f32>) -> tensor<4xf32>
  %b = graph.pad constant, %a, %q, %v : (tensor<4xf32>, tensor<2xi64>, tensor<f32>) -> tensor<6xf32>
  %c = graph.pad constant, %x, %p, %v : (tensor<2xf32>, tensor<2xi64>, tensor<f32>) -> tensor<4xf32>
  %d = graph.pad constant, %c, %r : (tensor<4xf32>, tensor<2xi64>) -> tensor<5xf32>
  return %b, %d : tensor<6xf32>, tensor<5xf32>
}
