// RUN: systole-opt %s --graph-calibrate -split-input-file -verify-diagnostics

// A value that is not finite has no range.
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = graph.constant dense<0.0> : tensor<f32>
  // expected-error @+1 {{gives NaN or infinity for sample 0 of the calibration data}}
  %y = graph.div %x, %zero : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// There are no random integers.
// expected-error @+1 {{input 0 is no ranked tensor of f32: no random numbers for it}}
func.func @main(%x: tensor<4xi32>) -> tensor<4xi32> {
  return %x : tensor<4xi32>
}
