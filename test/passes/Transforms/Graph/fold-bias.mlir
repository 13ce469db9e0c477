// RUN: systole-opt %s --graph-fold-bias --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-fold-bias --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS

// STATS: num-bias-folded = 2
// STATS: num-scale-folded = 2

// Added and subtracted constants become the bias, on either side of the sum, and
// also where the filter is not constant.
// CHECK-LABEL: func.func @bias
func.func @bias(%x: tensor<1x1x4x4xf32>, %w: tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32> {
  // CHECK: %[[B:.*]] = graph.constant dense<[-1.000000e+00, 1.000000e+00]> : tensor<2xf32>
  // CHECK: %[[Y:.*]] = graph.conv %arg0, %arg1, %[[B]]
  // CHECK: return %[[Y]]
  %a = graph.constant dense<[[[1.0]], [[3.0]]]> : tensor<2x1x1xf32>
  %b = graph.constant dense<[[[[2.0]], [[2.0]]]]> : tensor<1x2x1x1xf32>
  %c = graph.conv %x, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %d = graph.add %a, %c : (tensor<2x1x1xf32>, tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %y = graph.sub %d, %b : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  return %y : tensor<1x2x4x4xf32>
}

// -----

// Factors and divisors scale filter and bias; a single number counts for all.
// CHECK-LABEL: func.func @scale
func.func @scale(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
  // CHECK-DAG: %[[W:.*]] = graph.constant dense<{{\[\[\[\[}}5.000000e-01]]], {{\[\[\[}}1.500000e+01]]]]>
  // CHECK-DAG: %[[B:.*]] = graph.constant dense<[2.500000e+00, 9.000000e+00]>
  // CHECK: graph.conv %arg0, %[[W]], %[[B]]
  // CHECK-NOT: graph.mul
  // CHECK-NOT: graph.div
  %w = graph.constant dense<[[[[1.0]]], [[[10.0]]]]> : tensor<2x1x1x1xf32>
  %b = graph.constant dense<[5.0, 6.0]> : tensor<2xf32>
  %s = graph.constant dense<[[[1.0]], [[3.0]]]> : tensor<2x1x1xf32>
  %two = graph.constant dense<2.0> : tensor<f32>
  %c = graph.conv %x, %w, %b {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %d = graph.mul %c, %s : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %y = graph.div %d, %two : (tensor<1x2x4x4xf32>, tensor<f32>) -> tensor<1x2x4x4xf32>
  return %y : tensor<1x2x4x4xf32>
}

// -----

// Each channel has its factor, however many weights it has.
// CHECK-LABEL: func.func @scaleOfSeveralWeights
func.func @scaleOfSeveralWeights(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  // CHECK: %[[W:.*]] = graph.constant dense<{{\[\[\[\[}}1.000000e+01]], {{\[\[}}2.000000e+01]]], {{\[\[\[}}3.000000e+02]], {{\[\[}}4.000000e+02]]]]>
  // CHECK: graph.conv %arg0, %[[W]]
  %w = graph.constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %s = graph.constant dense<[[[10.0]], [[100.0]]]> : tensor<2x1x1xf32>
  %c = graph.conv %x, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %y = graph.mul %c, %s : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  return %y : tensor<1x2x4x4xf32>
}

// -----

// A scale behind the bias of a matrix product.
// CHECK-LABEL: func.func @scaleBehindBias
func.func @scaleBehindBias(%x: tensor<3x1xf32>) -> tensor<3x2xf32> {
  // CHECK-DAG: %[[W:.*]] = graph.constant dense<{{\[\[}}2.000000e+00, 3.000000e+01]]>
  // CHECK-DAG: %[[A:.*]] = graph.constant dense<[1.000000e+01, 1.800000e+01]>
  // CHECK: %[[M:.*]] = graph.matmul %arg0, %[[W]]
  // CHECK: %[[Y:.*]] = graph.add %[[M]], %[[A]]
  // CHECK: return %[[Y]]
  %w = graph.constant dense<[[1.0, 10.0]]> : tensor<1x2xf32>
  %a = graph.constant dense<[5.0, 6.0]> : tensor<2xf32>
  %s = graph.constant dense<[2.0, 3.0]> : tensor<2xf32>
  %c = graph.matmul %x, %w : (tensor<3x1xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  %d = graph.add %c, %a : (tensor<3x2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  %y = graph.mul %d, %s : (tensor<3x2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

// A constant that varies along more than the channels is no bias.
// CHECK-LABEL: func.func @variesInSpace
func.func @variesInSpace(%x: tensor<1x1x1x2xf32>, %w: tensor<2x1x1x1xf32>) -> tensor<1x2x1x2xf32> {
  // CHECK: graph.add
  %a = graph.constant dense<[1.0, 3.0]> : tensor<2xf32>
  %c = graph.conv %x, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x1x1x2xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x1x2xf32>
  %y = graph.add %c, %a : (tensor<1x2x1x2xf32>, tensor<2xf32>) -> tensor<1x2x1x2xf32>
  return %y : tensor<1x2x1x2xf32>
}

// -----

// A constant that stretches the result is no bias.
// CHECK-LABEL: func.func @stretches
func.func @stretches(%x: tensor<1x1x4x4xf32>, %w: tensor<1x1x1x1xf32>) -> tensor<1x2x4x4xf32> {
  // CHECK: graph.add
  %a = graph.constant dense<[[[1.0]], [[3.0]]]> : tensor<2x1x1xf32>
  %c = graph.conv %x, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %y = graph.add %c, %a : (tensor<1x1x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  return %y : tensor<1x2x4x4xf32>
}

// -----

// A convolution that others read keeps its bias.
// CHECK-LABEL: func.func @usedTwice
func.func @usedTwice(%x: tensor<1x1x4x4xf32>, %w: tensor<1x1x1x1xf32>) -> (tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>) {
  // CHECK: graph.add
  %a = graph.constant dense<1.0> : tensor<f32>
  %c = graph.conv %x, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %y = graph.add %c, %a : (tensor<1x1x4x4xf32>, tensor<f32>) -> tensor<1x1x4x4xf32>
  return %c, %y : tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>
}

// -----

// The constant minus, or divided by, the convolution.
// CHECK-LABEL: func.func @constantOnTheLeft
func.func @constantOnTheLeft(%x: tensor<1x1x4x4xf32>, %w: tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32> {
  // CHECK: graph.sub
  // CHECK: graph.div
  %a = graph.constant dense<1.0> : tensor<f32>
  %c = graph.conv %x, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %d = graph.sub %a, %c : (tensor<f32>, tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  %y = graph.div %a, %d : (tensor<f32>, tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  return %y : tensor<1x1x4x4xf32>
}

// -----

// Division by zero makes infinite weights: not folded.
// CHECK-LABEL: func.func @divisionByZero
func.func @divisionByZero(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32> {
  // CHECK: graph.div
  %w = graph.constant dense<1.0> : tensor<1x1x1x1xf32>
  %a = graph.constant dense<0.0> : tensor<f32>
  %c = graph.conv %x, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %y = graph.div %c, %a : (tensor<1x1x4x4xf32>, tensor<f32>) -> tensor<1x1x4x4xf32>
  return %y : tensor<1x1x4x4xf32>
}

// -----

// Integers wrap: left as they are.
// CHECK-LABEL: func.func @integers
func.func @integers(%x: tensor<3x1xi32>) -> tensor<3x2xi32> {
  // CHECK: graph.mul
  %w = graph.constant dense<[[1, 10]]> : tensor<1x2xi32>
  %s = graph.constant dense<[2, 3]> : tensor<2xi32>
  %c = graph.matmul %x, %w : (tensor<3x1xi32>, tensor<1x2xi32>) -> tensor<3x2xi32>
  %y = graph.mul %c, %s : (tensor<3x2xi32>, tensor<2xi32>) -> tensor<3x2xi32>
  return %y : tensor<3x2xi32>
}
