// RUN: systole-opt %s -split-input-file --graph-equalize-channels | FileCheck %s

// A depthwise filter has a scale for each channel: its channels become as large
// as the largest one.
// CHECK-LABEL: func.func @fillsRangeBeforeDepthwise
// CHECK: dense<2.000000e+00> : tensor<1x1x1x2xf32>
// CHECK: dense<{{\[\[\[\[}}3.000000e+00, 6.250000e-01]]]]> : tensor<1x1x1x2xf32>
func.func @fillsRangeBeforeDepthwise(%x: tensor<1x2x2x1xf32>) -> tensor<1x2x2x2xf32> {
  %a = graph.constant dense<[[[[2.0, 0.25]]]]> : tensor<1x1x1x2xf32>
  %b = graph.constant dense<[[[[3.0, 5.0]]]]> : tensor<1x1x1x2xf32>
  %h = graph.conv %x, %a {input_layout = #graph.layout<"n01c">, filter_layout = #graph.layout<"01io">,
      output_layout = #graph.layout<"n01c">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x2x2x1xf32>, tensor<1x1x1x2xf32>) -> tensor<1x2x2x2xf32>
  %y = graph.conv %h, %b {input_layout = #graph.layout<"n01c">, filter_layout = #graph.layout<"01io">,
      output_layout = #graph.layout<"n01c">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pads = array<i64: 0, 0, 0, 0>, groups = 2 : i64}
      : (tensor<1x2x2x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x2x2x2xf32>
  return %y : tensor<1x2x2x2xf32>
}

// -----

// The bias is scaled, too, and what was known of the values is forgotten.
// CHECK-LABEL: func.func @scalesBias
// CHECK-DAG: dense<[8.000000e+00, 3.000000e+00]> : tensor<2xf32>
// CHECK-DAG: dense<{{\[\[}}8.000000e+00, 1.000000e+00]]> : tensor<1x2xf32>
// CHECK-DAG: dense<{{\[\[}}2.000000e+00], [1.000000e+00]]> : tensor<2x1xf32>
// CHECK-NOT: graph.range
func.func @scalesBias(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %a = graph.constant dense<[[16.0, 1.0]]> : tensor<1x2xf32>
  %bias = graph.constant dense<[16.0, 3.0]> : tensor<2xf32>
  %b = graph.constant dense<[[1.0], [1.0]]> : tensor<2x1xf32>
  %h = graph.matmul %x, %a : (tensor<1x1xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %s = graph.add %h, %bias {graph.range = array<f32: 0.0, 1.0>} : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %r = graph.relu %s {graph.magnitudes = array<f32: 4.0, 1.0>} : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %y = graph.matmul %r, %b : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}

// -----

// An upper bound is not homogeneous.
// CHECK-LABEL: func.func @keepsBeforeUpperBound
// CHECK: dense<{{\[\[}}1.600000e+01, 1.000000e+00]]>
func.func @keepsBeforeUpperBound(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %a = graph.constant dense<[[16.0, 1.0]]> : tensor<1x2xf32>
  %six = graph.constant dense<6.0> : tensor<f32>
  %b = graph.constant dense<[[1.0], [1.0]]> : tensor<2x1xf32>
  %h = graph.matmul %x, %a : (tensor<1x1xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %r = graph.min %h, %six : (tensor<1x2xf32>, tensor<f32>) -> tensor<1x2xf32>
  %y = graph.matmul %r, %b : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}

// -----

// Another reader would read scaled numbers.
// CHECK-LABEL: func.func @keepsWhatOthersRead
// CHECK: dense<{{\[\[}}1.600000e+01, 1.000000e+00]]>
func.func @keepsWhatOthersRead(%x: tensor<1x1xf32>) -> (tensor<1x1xf32>, tensor<1x2xf32>) {
  %a = graph.constant dense<[[16.0, 1.0]]> : tensor<1x2xf32>
  %b = graph.constant dense<[[1.0], [1.0]]> : tensor<2x1xf32>
  %h = graph.matmul %x, %a : (tensor<1x1xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %y = graph.matmul %h, %b : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
  return %y, %h : tensor<1x1xf32>, tensor<1x2xf32>
}
