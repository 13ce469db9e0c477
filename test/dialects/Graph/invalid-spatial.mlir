// RUN: systole-opt %s -split-input-file -verify-diagnostics

// A case for each constraint of interpolation, boxes, signals and quantisation,
// called after it.

func.func @resize_c1(%x: tensor<4xf32>, %n: tensor<1xi64>, %s: tensor<1xf64>) {
  // expected-error @+1 {{axis 1 is outside rank 1}}
  %y = graph.resize linear, %x, %n, %s {axes = array<i64: 1>} : (tensor<4xf32>, tensor<1xi64>, tensor<1xf64>) -> tensor<?xf32>
  return
}

// -----

func.func @resize_c1_twice(%x: tensor<4xf32>, %n: tensor<2xi64>, %s: tensor<2xf64>) {
  // expected-error @+1 {{axis 0 occurs twice}}
  %y = graph.resize linear, %x, %n, %s {axes = array<i64: 0, 0>} : (tensor<4xf32>, tensor<2xi64>, tensor<2xf64>) -> tensor<?xf32>
  return
}

// -----

func.func @resize_c2(%x: tensor<4xf32>, %n: tensor<2xi64>, %s: tensor<1xf64>) {
  // expected-error @+1 {{operand 'sizes' of type 'tensor<2xi64>' does not have 1 entries for 1 axes}}
  %y = graph.resize linear, %x, %n, %s {axes = array<i64: 0>} : (tensor<4xf32>, tensor<2xi64>, tensor<1xf64>) -> tensor<?xf32>
  return
}

// -----

func.func @resize_c2_negative(%x: tensor<4xf32>, %s: tensor<1xf64>) {
  %n = graph.constant dense<-1> : tensor<1xi64>
  // expected-error @+1 {{size -1 of axis 0 is negative}}
  %y = graph.resize linear, %x, %n, %s {axes = array<i64: 0>} : (tensor<4xf32>, tensor<1xi64>, tensor<1xf64>) -> tensor<?xf32>
  return
}

// -----

func.func @resize_c3(%x: tensor<4xf32>, %n: tensor<1xi64>, %s: tensor<1xf64>, %r: tensor<2xf64>) {
  // expected-error @+1 {{coordinates 'half_pixel' take no operand 'region'}}
  %y = graph.resize linear, %x, %n, %s, %r {axes = array<i64: 0>} : (tensor<4xf32>, tensor<1xi64>, tensor<1xf64>, tensor<2xf64>) -> tensor<?xf32>
  return
}

// -----

func.func @resize_c3_missing(%x: tensor<4xf32>, %n: tensor<1xi64>, %s: tensor<1xf64>) {
  // expected-error @+1 {{coordinates 'crop' need operand 'region'}}
  %y = graph.resize linear, %x, %n, %s {axes = array<i64: 0>, coordinates = #graph.resize_coordinates<crop>} : (tensor<4xf32>, tensor<1xi64>, tensor<1xf64>) -> tensor<?xf32>
  return
}

// -----

func.func @resize_c4(%x: tensor<0xf32>, %s: tensor<1xf64>) {
  %n = graph.constant dense<3> : tensor<1xi64>
  // expected-error @+1 {{dimension 0 of input 'tensor<0xf32>' is empty and cannot be resized}}
  %y = graph.resize linear, %x, %n, %s {axes = array<i64: 0>} : (tensor<0xf32>, tensor<1xi64>, tensor<1xf64>) -> tensor<3xf32>
  return
}

// -----

func.func @resize_c5(%x: tensor<4xf32>, %s: tensor<1xf64>) {
  %n = graph.constant dense<3> : tensor<1xi64>
  // expected-error @+1 {{inferred type 'tensor<3xf32>'}}
  %y = graph.resize linear, %x, %n, %s {axes = array<i64: 0>} : (tensor<4xf32>, tensor<1xi64>, tensor<1xf64>) -> tensor<3xf16>
  return
}

// -----

func.func @sample_c1(%x: tensor<1x3xf32>, %p: tensor<1x2xf32>) {
  // expected-error @+1 {{input 'tensor<1x3xf32>' does not have 1 to 4 spatial dimensions}}
  %y = graph.sample linear, %x, %p : (tensor<1x3xf32>, tensor<1x2xf32>) -> tensor<1x3xf32>
  return
}

// -----

func.func @sample_c2(%x: tensor<1x3x8x8xf32>, %p: tensor<1x5x3xf32>) {
  // expected-error @+1 {{do not have a number for each spatial dimension of input 'tensor<1x3x8x8xf32>'}}
  %y = graph.sample linear, %x, %p : (tensor<1x3x8x8xf32>, tensor<1x5x3xf32>) -> tensor<1x3x5xf32>
  return
}

// -----

func.func @sample_c3(%x: tensor<1x3x8xf32>, %p: tensor<2x5x1xf32>) {
  // expected-error @+1 {{2 rows of positions 'tensor<2x5x1xf32>' for 1 entries}}
  %y = graph.sample linear, %x, %p : (tensor<1x3x8xf32>, tensor<2x5x1xf32>) -> tensor<2x3x5xf32>
  return
}

// -----

func.func @sample_c3_entries(%x: tensor<1x3x8xf32>, %p: tensor<2x5x1xf32>, %e: tensor<2x1xi64>) {
  // expected-error @+1 {{entries 'tensor<2x1xi64>' do not have rank 1}}
  %y = graph.sample linear, %x, %p, %e : (tensor<1x3x8xf32>, tensor<2x5x1xf32>, tensor<2x1xi64>) -> tensor<2x3x5xf32>
  return
}

// -----

func.func @sample_c4(%x: tensor<1x3x8xi32>, %p: tensor<1x5x1xf32>) {
  // expected-error @+1 {{mode linear takes no input of type 'tensor<1x3x8xi32>'}}
  %y = graph.sample linear, %x, %p : (tensor<1x3x8xi32>, tensor<1x5x1xf32>) -> tensor<1x3x5xi32>
  return
}

// -----

func.func @sample_c5(%x: tensor<1x3x0xf32>, %p: tensor<1x5x1xf32>) {
  // expected-error @+1 {{input 'tensor<1x3x0xf32>' has no element to read}}
  %y = graph.sample linear, %x, %p : (tensor<1x3x0xf32>, tensor<1x5x1xf32>) -> tensor<1x3x5xf32>
  return
}

// -----

func.func @non_max_suppression_c1(%b: tensor<1x6x5xf32>, %s: tensor<1x2x6xf32>, %n: tensor<i64>, %t: tensor<f32>) {
  // expected-error @+1 {{do not have shapes [batch, n, 4] and [batch, classes, n]}}
  %i = graph.non_max_suppression %b, %s, %n, %t, %t : (tensor<1x6x5xf32>, tensor<1x2x6xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> tensor<?x3xi64>
  return
}

// -----

func.func @non_max_suppression_c2(%b: tensor<1x6x4xf32>, %s: tensor<1x2x6xf32>, %n: tensor<i64>, %t: tensor<f64>) {
  // expected-error @+1 {{operand element types differ: 'f32' and 'f64'}}
  %i = graph.non_max_suppression %b, %s, %n, %t, %t : (tensor<1x6x4xf32>, tensor<1x2x6xf32>, tensor<i64>, tensor<f64>, tensor<f64>) -> tensor<?x3xi64>
  return
}

// -----

func.func @non_max_suppression_c3(%b: tensor<1x6x4xf32>, %s: tensor<1x2x6xf32>, %n: tensor<2xi64>, %t: tensor<f32>) {
  // expected-error @+1 {{operand 'max_boxes' of type 'tensor<2xi64>' does not have one element}}
  %i = graph.non_max_suppression %b, %s, %n, %t, %t : (tensor<1x6x4xf32>, tensor<1x2x6xf32>, tensor<2xi64>, tensor<f32>, tensor<f32>) -> tensor<?x3xi64>
  return
}

// -----

func.func @non_max_suppression_c4(%b: tensor<1x6x4xf32>, %s: tensor<1x2x6xf32>, %n: tensor<i64>, %t: tensor<f32>) {
  // expected-error @+1 {{inferred type 'tensor<?x3xi64>'}}
  %i = graph.non_max_suppression %b, %s, %n, %t, %t : (tensor<1x6x4xf32>, tensor<1x2x6xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> tensor<?x4xi64>
  return
}

// -----

func.func @dft_c1(%x: tensor<3x16x1xf32>) {
  // expected-error @+1 {{last dimension of input 'tensor<3x16x1xf32>' is not 2}}
  %y = graph.dft %x {axis = 1 : i64} : (tensor<3x16x1xf32>) -> tensor<3x16x1xf32>
  return
}

// -----

func.func @dft_c2(%x: tensor<3x16x2xf32>) {
  // expected-error @+1 {{axis 2 is outside rank 2}}
  %y = graph.dft %x {axis = 2 : i64} : (tensor<3x16x2xf32>) -> tensor<3x16x2xf32>
  return
}

// -----

func.func @dft_c3(%x: tensor<3x16x2xf32>) {
  // expected-error @+1 {{inferred type 'tensor<3x16x2xf32>'}}
  %y = graph.dft %x {axis = 1 : i64} : (tensor<3x16x2xf32>) -> tensor<3x9x2xf32>
  return
}

// -----

func.func @det_c1(%x: tensor<5x3x4xf32>) {
  // expected-error @+1 {{input 'tensor<5x3x4xf32>' does not hold square matrices}}
  %y = graph.det %x : (tensor<5x3x4xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @det_c2(%x: tensor<5x3x3xf32>) {
  // expected-error @+1 {{inferred type 'tensor<5xf32>'}}
  %y = graph.det %x : (tensor<5x3x3xf32>) -> tensor<5xf64>
  return
}

// -----

func.func @random_bits_c1(%k: tensor<i64>) {
  %s = graph.constant dense<[2, -1]> : tensor<2xi64>
  // expected-error @+1 {{has a negative entry}}
  %y = graph.random_bits %s, %k : (tensor<2xi64>, tensor<i64>) -> tensor<?x?xui32>
  return
}

// -----

func.func @random_bits_c1_rank(%s: tensor<2x1xi64>, %k: tensor<i64>) {
  // expected-error @+1 {{operand 'shape' has rank 2, not 1}}
  %y = graph.random_bits %s, %k : (tensor<2x1xi64>, tensor<i64>) -> tensor<?x?xui32>
  return
}

// -----

func.func @random_bits_c2(%s: tensor<2xi64>, %k: tensor<2xi64>) {
  // expected-error @+1 {{key 'tensor<2xi64>' does not have one element}}
  %y = graph.random_bits %s, %k : (tensor<2xi64>, tensor<2xi64>) -> tensor<?x?xui32>
  return
}

// -----

func.func @random_bits_c3(%k: tensor<i64>) {
  %s = graph.constant dense<[2, 3]> : tensor<2xi64>
  // expected-error @+1 {{inferred type 'tensor<2x3xui32>'}}
  %y = graph.random_bits %s, %k : (tensor<2xi64>, tensor<i64>) -> tensor<2x3xi32>
  return
}

// -----

func.func @quantize_c1(%x: tensor<2xf32>, %s: tensor<f16>) {
  // expected-error @+1 {{operand element types differ: input 'f32', scale 'f16'}}
  %y = graph.quantize %x, %s to i8 : (tensor<2xf32>, tensor<f16>) -> tensor<2xi8>
  return
}

// -----

func.func @quantize_c2(%x: tensor<2xf32>, %s: tensor<f32>, %z: tensor<ui8>) {
  // expected-error @+1 {{zero_point 'tensor<ui8>' does not hold integers of type 'i8'}}
  %y = graph.quantize %x, %s, %z to i8 : (tensor<2xf32>, tensor<f32>, tensor<ui8>) -> tensor<2xi8>
  return
}

// -----

func.func @quantize_c3(%x: tensor<2xf32>, %s: tensor<f32>) {
  // expected-error @+1 {{cannot quantize to 'i64': not an integer of 2 to 32 bits or a float of at most 16}}
  %y = graph.quantize %x, %s to i64 : (tensor<2xf32>, tensor<f32>) -> tensor<2xi64>
  return
}

// -----

func.func @quantize_c4(%x: tensor<2x3xf32>, %s: tensor<2xf32>) {
  // expected-error @+1 {{operand shapes do not broadcast}}
  %y = graph.quantize %x, %s to i8 : (tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x3xi8>
  return
}

// -----

func.func @dequantize_c1(%x: tensor<2xi8>, %s: tensor<f32>, %z: tensor<ui8>) {
  // expected-error @+1 {{operand element types differ: input 'i8', zero_point 'ui8'}}
  %y = graph.dequantize %x, %s, %z : (tensor<2xi8>, tensor<f32>, tensor<ui8>) -> tensor<2xf32>
  return
}

// -----

func.func @dequantize_c2(%x: tensor<2xi64>, %s: tensor<f32>) {
  // expected-error @+1 {{holds neither integers of 2 to 32 bits nor floats of at most 16}}
  %y = graph.dequantize %x, %s : (tensor<2xi64>, tensor<f32>) -> tensor<2xf32>
  return
}

// -----

func.func @dequantize_c3(%x: tensor<2xi8>, %s: tensor<f32>) {
  // expected-error @+1 {{inferred type 'tensor<2xf32>'}}
  %y = graph.dequantize %x, %s : (tensor<2xi8>, tensor<f32>) -> tensor<2xf16>
  return
}

// -----

func.func @rescale_c1(%x: tensor<2xi32>, %m: tensor<i32>, %s: tensor<i8>) {
  // expected-error @+1 {{multiplier and shift hold i32, not 'i8'}}
  %y = graph.rescale %x, %m, %s : (tensor<2xi32>, tensor<i32>, tensor<i8>) -> tensor<2xi32>
  return
}

// -----

// Rounded twice, only 32 bits are.
func.func @rescale_c2(%x: tensor<2xi64>, %m: tensor<i32>) {
  // expected-error @+1 {{input holds 'i64', not i32 (i64 is rounded once)}}
  %y = graph.rescale %x, %m, %m : (tensor<2xi64>, tensor<i32>, tensor<i32>) -> tensor<2xi32>
  return
}

// -----

func.func @rescale_c3(%x: tensor<2xi32>, %m: tensor<3xi32>, %s: tensor<i32>) {
  // expected-error @+1 {{operand shapes do not broadcast}}
  %y = graph.rescale %x, %m, %s : (tensor<2xi32>, tensor<3xi32>, tensor<i32>) -> tensor<2xi32>
  return
}
