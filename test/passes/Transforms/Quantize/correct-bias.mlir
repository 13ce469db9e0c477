// RUN: systole-opt %s -split-input-file --graph-correct-bias | FileCheck %s

// The scale is 1, so 0.25 becomes 0: its part of the mean, 0.25 * 8, is missing.
// CHECK-LABEL: func.func @addsToConv
// CHECK: dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
func.func @addsToConv(%x: tensor<1x2x2x2xf32> {graph.range = array<f32: 0.0, 255.0>, graph.means = array<f32: 8.0, 3.0>}) -> tensor<1x2x2x2xf32> {
  %w = graph.constant dense<[[[[0.25, 1.0], [127.0, 127.0]]]]> : tensor<1x1x2x2xf32>
  %b = graph.constant dense<[1.0, 1.0]> : tensor<2xf32>
  %y = graph.conv %x, %w, %b {input_layout = #graph.layout<"n01c">, filter_layout = #graph.layout<"01io">,
      output_layout = #graph.layout<"n01c">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64, graph.range = array<f32: 0.0, 1.0>}
      : (tensor<1x2x2x2xf32>, tensor<1x1x2x2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  return %y : tensor<1x2x2x2xf32>
}

// -----

// A depthwise filter's channel reads the mean of its own.
// CHECK-LABEL: func.func @readsOwnChannel
// CHECK: dense<[0.000000e+00, 7.500000e-01]> : tensor<2xf32>
func.func @readsOwnChannel(%x: tensor<1x2x2x2xf32> {graph.range = array<f32: 0.0, 255.0>, graph.means = array<f32: 8.0, 3.0>}) -> tensor<1x1x2x2xf32> {
  %w = graph.constant dense<[[[[1.0, 0.25]]], [[[127.0, 127.0]]]]> : tensor<2x1x1x2xf32>
  %y = graph.conv %x, %w {input_layout = #graph.layout<"n01c">, filter_layout = #graph.layout<"01io">,
      output_layout = #graph.layout<"n01c">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pads = array<i64: 0, 0, 0, 0>, groups = 2 : i64, graph.range = array<f32: 0.0, 1.0>}
      : (tensor<1x2x2x2xf32>, tensor<2x1x1x2xf32>) -> tensor<1x1x2x2xf32>
  return %y : tensor<1x1x2x2xf32>
}

// -----

// What is added to a product already is added to.
// CHECK-LABEL: func.func @addsToAddition
// CHECK: dense<3.000000e+00> : tensor<1x1xf32>
// CHECK-COUNT-1: graph.add
// CHECK-NOT: graph.add
func.func @addsToAddition(%x: tensor<1x2xf32> {graph.range = array<f32: 0.0, 255.0>, graph.means = array<f32: 16.0, 0.0>}) -> tensor<1x1xf32> {
  %w = graph.constant dense<[[0.125], [127.0]]> : tensor<2x1xf32>
  %b = graph.constant dense<1.0> : tensor<1x1xf32>
  %p = graph.matmul %x, %w {graph.range = array<f32: 0.0, 1.0>} : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
  %y = graph.add %p, %b {graph.range = array<f32: 0.0, 1.0>} : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}

// -----

// Where calibration has not been, nothing is known.
// CHECK-LABEL: func.func @needsMeans
// CHECK-NOT: graph.add
func.func @needsMeans(%x: tensor<1x2xf32> {graph.range = array<f32: 0.0, 255.0>}) -> tensor<1x1xf32> {
  %w = graph.constant dense<[[0.125], [127.0]]> : tensor<2x1xf32>
  %y = graph.matmul %x, %w {graph.range = array<f32: 0.0, 1.0>} : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}
