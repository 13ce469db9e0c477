// RUN: systole-opt %s --graph-quantize -split-input-file -verify-diagnostics

// Nobody calibrated.
// expected-error @+1 {{there is nothing to quantise: no convolution or matrix product of floats, outside of loops and branches, has known ranges}}
func.func @main(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = graph.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %y = graph.matmul %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// -----

// A sum alone is not worth it.
// expected-error @+1 {{there is nothing to quantise}}
func.func @main(%x: tensor<4xf32> {graph.range = array<f32: 0.0, 1.0>}) -> tensor<4xf32> {
  %y = graph.add %x, %x {graph.range = array<f32: 0.0, 1.0>} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// What could be quantised is marked.
// expected-error @+2 {{nothing is left to quantise: all operations that could be lose more accuracy than is wanted, and stay floats}}
// expected-note @+1 {{help: a lower --quantize-target, or a lower --quantize-budget, leaves more of them}}
func.func @main(%x: tensor<1x2xf32> {graph.range = array<f32: 0.0, 1.0>}) -> tensor<1x2xf32> {
  %w = graph.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %y = graph.matmul %x, %w {graph.keep_float, graph.range = array<f32: 0.0, 1.0>} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
