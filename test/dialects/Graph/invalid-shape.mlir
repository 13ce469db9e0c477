// RUN: systole-opt %s -split-input-file -verify-diagnostics

// A case for each constraint of each operation that moves data, called after it.

func.func @constant_c1() {
  // expected-error @+1 {{'graph.constant' op result of type 'tensor<3xf32>' does not match the inferred type 'tensor<2xf32>'}}
  %c = "graph.constant"() {value = dense<1.0> : tensor<2xf32>} : () -> tensor<3xf32>
  return
}

// -----

func.func @shape_of_c1(%x: tensor<2x?xf32>) {
  // expected-error @+1 {{result of type 'tensor<3xi64>' does not match the inferred type 'tensor<2xi64>'}}
  %s = graph.shape_of %x : (tensor<2x?xf32>) -> tensor<3xi64>
  return
}

// -----

func.func @reshape_c1(%x: tensor<6xf32>, %s: tensor<1x2xi64>) {
  // expected-error @+1 {{operand 'shape' has rank 2, not 1}}
  %y = graph.reshape %x, %s : (tensor<6xf32>, tensor<1x2xi64>) -> tensor<2x3xf32>
  return
}

// -----

func.func @reshape_c1_result(%x: tensor<6xf32>, %s: tensor<2xi64>) {
  // expected-error @+1 {{result of type 'tensor<6xf32>' does not match the inferred type 'tensor<?x?xf32>'}}
  %y = graph.reshape %x, %s : (tensor<6xf32>, tensor<2xi64>) -> tensor<6xf32>
  return
}

// -----

func.func @reshape_c2(%x: tensor<6xf32>) {
  %s = graph.constant dense<[-1, -1]> : tensor<2xi64>
  // expected-error @+1 {{shape [-1, -1] may hold -1 once and no other negative entry}}
  %y = graph.reshape %x, %s : (tensor<6xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return
}

// -----

func.func @reshape_c2_negative(%x: tensor<6xf32>) {
  %s = graph.constant dense<[-3, -2]> : tensor<2xi64>
  // expected-error @+1 {{shape [-3, -2] may hold -1 once and no other negative entry}}
  %y = graph.reshape %x, %s : (tensor<6xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return
}

// -----

func.func @reshape_c3(%x: tensor<6xf32>) {
  %s = graph.constant dense<[4, -1]> : tensor<2xi64>
  // expected-error @+1 {{elements of 'tensor<6xf32>' do not fill the shape [4, -1]}}
  %y = graph.reshape %x, %s : (tensor<6xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return
}

// -----

// The product of the entries exceeds 64 bits.
func.func @reshape_c3_size(%x: tensor<6xf32>) {
  %s = graph.constant dense<[4294967296, 4294967296]> : tensor<2xi64>
  // expected-error @+1 {{elements of 'tensor<6xf32>' do not fill the shape [4294967296, 4294967296]}}
  %y = graph.reshape %x, %s : (tensor<6xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return
}

// -----

func.func @reshape_c3_copied(%x: tensor<2x3xf32>) {
  %s = graph.constant dense<[0, 4]> : tensor<2xi64>
  // expected-error @+1 {{elements of 'tensor<2x3xf32>' do not fill the shape [0, 4]}}
  %y = graph.reshape %x, %s {copy_zeros} : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<2x4xf32>
  return
}

// -----

func.func @reshape_c4(%x: tensor<6xf32>, %s: tensor<2xi64>) {
  // expected-error @+1 {{result of type 'tensor<?x?xf16>' does not match}}
  %y = graph.reshape %x, %s : (tensor<6xf32>, tensor<2xi64>) -> tensor<?x?xf16>
  return
}

// -----

func.func @squeeze_c1(%x: tensor<1x3x1xf32>) {
  // expected-error @+1 {{axes are not increasing: 2 before 0}}
  %y = graph.squeeze %x {axes = array<i64: 2, 0>} : (tensor<1x3x1xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @squeeze_c1_rank(%x: tensor<1x3xf32>) {
  // expected-error @+1 {{axis 2 is outside rank 2}}
  %y = graph.squeeze %x {axes = array<i64: 0, 2>} : (tensor<1x3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @squeeze_c2(%x: tensor<1x3xf32>) {
  // expected-error @+1 {{dimension 1 of input 'tensor<1x3xf32>' is not 1}}
  %y = graph.squeeze %x {axes = array<i64: 1>} : (tensor<1x3xf32>) -> tensor<1xf32>
  return
}

// -----

func.func @squeeze_c3(%x: tensor<1x3xf32>) {
  // expected-error @+1 {{result of type 'tensor<3xf64>' does not match}}
  %y = graph.squeeze %x {axes = array<i64: 0>} : (tensor<1x3xf32>) -> tensor<3xf64>
  return
}

// -----

func.func @unsqueeze_c1(%x: tensor<3xf32>) {
  // expected-error @+1 {{axis 3 is outside rank 3}}
  %y = graph.unsqueeze %x {axes = array<i64: 0, 3>} : (tensor<3xf32>) -> tensor<1x3x1xf32>
  return
}

// -----

func.func @unsqueeze_c1_twice(%x: tensor<3xf32>) {
  // expected-error @+1 {{axes are not increasing: 1 before 1}}
  %y = graph.unsqueeze %x {axes = array<i64: 1, 1>} : (tensor<3xf32>) -> tensor<3x1x1xf32>
  return
}

// -----

func.func @unsqueeze_c2(%x: tensor<3xf32>) {
  // expected-error @+1 {{result of type 'tensor<1x3xi32>' does not match}}
  %y = graph.unsqueeze %x {axes = array<i64: 0>} : (tensor<3xf32>) -> tensor<1x3xi32>
  return
}

// -----

func.func @transpose_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{perm [1, 1] is not a permutation}}
  %y = graph.transpose %x {perm = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<3x3xf32>
  return
}

// -----

func.func @transpose_c1_rank(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{perm [2, 0, 1] does not permute the dimensions of input 'tensor<2x3xf32>'}}
  %y = graph.transpose %x {perm = array<i64: 2, 0, 1>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @transpose_c2(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{result of type 'tensor<3x2xf16>' does not match}}
  %y = graph.transpose %x {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf16>
  return
}

// -----

func.func @broadcast_c1(%x: tensor<3xf32>, %s: tensor<i64>) {
  // expected-error @+1 {{operand 'shape' has rank 0, not 1}}
  %y = graph.broadcast %x, %s : (tensor<3xf32>, tensor<i64>) -> tensor<3xf32>
  return
}

// -----

func.func @broadcast_c2(%x: tensor<3xf32>) {
  %s = graph.constant dense<[2]> : tensor<1xi64>
  // expected-error @+1 {{input 'tensor<3xf32>' does not broadcast with the shape [2]}}
  %y = graph.broadcast %x, %s : (tensor<3xf32>, tensor<1xi64>) -> tensor<?xf32>
  return
}

// -----

func.func @broadcast_c2_negative(%x: tensor<1xf32>) {
  %s = graph.constant dense<[-1]> : tensor<1xi64>
  // expected-error @+1 {{shape [-1] has a negative entry}}
  %y = graph.broadcast %x, %s : (tensor<1xf32>, tensor<1xi64>) -> tensor<?xf32>
  return
}

// -----

func.func @broadcast_c3(%x: tensor<1xf32>, %s: tensor<1xi64>) {
  // expected-error @+1 {{result of type 'tensor<?xf64>' does not match}}
  %y = graph.broadcast %x, %s : (tensor<1xf32>, tensor<1xi64>) -> tensor<?xf64>
  return
}

// -----

func.func @concat_c1() {
  // expected-error @+1 {{needs at least one operand}}
  %z = graph.concat {axis = 0 : i64} : () -> tensor<0xf32>
  return
}

// -----

func.func @concat_c1_rank(%x: tensor<2xf32>, %y: tensor<2x1xf32>) {
  // expected-error @+1 {{operand ranks differ: 'tensor<2xf32>' and 'tensor<2x1xf32>'}}
  %z = graph.concat %x, %y {axis = 0 : i64} : (tensor<2xf32>, tensor<2x1xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @concat_c1_element(%x: tensor<2xf32>, %y: tensor<2xf64>) {
  // expected-error @+1 {{operand element types differ: 'f32' and 'f64'}}
  %z = graph.concat %x, %y {axis = 0 : i64} : (tensor<2xf32>, tensor<2xf64>) -> tensor<4xf32>
  return
}

// -----

func.func @concat_c2(%x: tensor<2xf32>) {
  // expected-error @+1 {{axis -1 is outside rank 1}}
  %z = graph.concat %x, %x {axis = -1 : i64} : (tensor<2xf32>, tensor<2xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @concat_c3(%x: tensor<2x3xf32>, %y: tensor<4x3xf32>) {
  // expected-error @+1 {{operands differ in dimension 0: 'tensor<2x3xf32>' and 'tensor<4x3xf32>'}}
  %z = graph.concat %x, %y {axis = 1 : i64} : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<2x6xf32>
  return
}

// -----

// 2^62 elements twice: the sum does not fit 64 bits.
func.func @concat_c3_size(%x: tensor<4611686018427387904xi8>) {
  // expected-error @+1 {{result would have more than 2^62 elements}}
  %z = graph.concat %x, %x {axis = 0 : i64} : (tensor<4611686018427387904xi8>, tensor<4611686018427387904xi8>) -> tensor<?xi8>
  return
}

// -----

func.func @slice_c1(%x: tensor<2x8xf32>, %s: tensor<2xi64>, %t: tensor<1xi64>) {
  // expected-error @+1 {{operand 'ends' has 2 entries for 1 axes}}
  %y = graph.slice %x, %t, %s, %t {axes = array<i64: 1>}
      : (tensor<2x8xf32>, tensor<1xi64>, tensor<2xi64>, tensor<1xi64>) -> tensor<2x?xf32>
  return
}

// -----

func.func @slice_c1_rank(%x: tensor<8xf32>, %s: tensor<i64>, %t: tensor<1xi64>) {
  // expected-error @+1 {{operand 'starts' has rank 0, not 1}}
  %y = graph.slice %x, %s, %t, %t {axes = array<i64: 0>}
      : (tensor<8xf32>, tensor<i64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32>
  return
}

// -----

func.func @slice_c2(%x: tensor<2x8xf32>, %s: tensor<2xi64>) {
  // expected-error @+1 {{axis 1 occurs twice}}
  %y = graph.slice %x, %s, %s, %s {axes = array<i64: 1, 1>}
      : (tensor<2x8xf32>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<2x?xf32>
  return
}

// -----

func.func @slice_c2_rank(%x: tensor<2x8xf32>, %s: tensor<1xi64>) {
  // expected-error @+1 {{axis 2 is outside rank 2}}
  %y = graph.slice %x, %s, %s, %s {axes = array<i64: 2>}
      : (tensor<2x8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x?xf32>
  return
}

// -----

func.func @slice_c3(%x: tensor<2x8xf32>) {
  %s = graph.constant dense<[0]> : tensor<1xi64>
  // expected-error @+1 {{steps [0] hold a zero}}
  %y = graph.slice %x, %s, %s, %s {axes = array<i64: 1>}
      : (tensor<2x8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x?xf32>
  return
}

// -----

func.func @slice_c4(%x: tensor<8xf32>, %s: tensor<1xi64>) {
  // expected-error @+1 {{result of type 'tensor<?xf64>' does not match}}
  %y = graph.slice %x, %s, %s, %s {axes = array<i64: 0>}
      : (tensor<8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf64>
  return
}

// -----

func.func @pad_c1(%x: tensor<2x3xf32>, %p: tensor<2xi64>) {
  // expected-error @+1 {{operand 'pads' has 2 entries, not two for each dimension of 'tensor<2x3xf32>'}}
  %y = graph.pad edge, %x, %p : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return
}

// -----

func.func @pad_c2(%x: tensor<2xf32>) {
  %p = graph.constant dense<[-2, -1]> : tensor<2xi64>
  // expected-error @+1 {{dimension 0 of size 2 cannot be padded by -2 and -1}}
  %y = graph.pad constant, %x, %p : (tensor<2xf32>, tensor<2xi64>) -> tensor<?xf32>
  return
}

// -----

func.func @pad_c2_reflect(%x: tensor<2xf32>) {
  %p = graph.constant dense<[0, 2]> : tensor<2xi64>
  // expected-error @+1 {{dimension 0 of size 2 cannot be padded by 2 in mode reflect}}
  %y = graph.pad reflect, %x, %p : (tensor<2xf32>, tensor<2xi64>) -> tensor<?xf32>
  return
}

// -----

func.func @pad_c2_edge(%x: tensor<0xf32>) {
  %p = graph.constant dense<[1, 0]> : tensor<2xi64>
  // expected-error @+1 {{dimension 0 of size 0 cannot be padded by 1 in mode edge}}
  %y = graph.pad edge, %x, %p : (tensor<0xf32>, tensor<2xi64>) -> tensor<?xf32>
  return
}

// -----

// The sum does not fit 64 bits.
func.func @pad_c2_size(%x: tensor<2xf32>) {
  %p = graph.constant dense<9223372036854775807> : tensor<2xi64>
  // expected-error @+1 {{cannot be padded by 9223372036854775807 and 9223372036854775807}}
  %y = graph.pad constant, %x, %p : (tensor<2xf32>, tensor<2xi64>) -> tensor<?xf32>
  return
}

// -----

func.func @pad_c3(%x: tensor<2xf32>, %p: tensor<2xi64>, %v: tensor<f64>) {
  // expected-error @+1 {{value of type 'tensor<f64>' pads elements of type 'f32'}}
  %y = graph.pad constant, %x, %p, %v : (tensor<2xf32>, tensor<2xi64>, tensor<f64>) -> tensor<?xf32>
  return
}

// -----

func.func @pad_c3_size(%x: tensor<2xf32>, %p: tensor<2xi64>, %v: tensor<2xf32>) {
  // expected-error @+1 {{value of type 'tensor<2xf32>' is not one element}}
  %y = graph.pad constant, %x, %p, %v : (tensor<2xf32>, tensor<2xi64>, tensor<2xf32>) -> tensor<?xf32>
  return
}

// -----

func.func @pad_c3_mode(%x: tensor<2xf32>, %p: tensor<2xi64>, %v: tensor<f32>) {
  // expected-error @+1 {{mode edge takes no value}}
  %y = graph.pad edge, %x, %p, %v : (tensor<2xf32>, tensor<2xi64>, tensor<f32>) -> tensor<?xf32>
  return
}

// -----

func.func @pad_c4(%x: tensor<2xf32>, %p: tensor<2xi64>) {
  // expected-error @+1 {{result of type 'tensor<?xf64>' does not match}}
  %y = graph.pad edge, %x, %p : (tensor<2xf32>, tensor<2xi64>) -> tensor<?xf64>
  return
}

// -----

func.func @gather_c1(%x: tensor<2x8xf32>, %i: tensor<3xi64>) {
  // expected-error @+1 {{axis 2 is outside rank 2}}
  %y = graph.gather %x, %i {axis = 2 : i64} : (tensor<2x8xf32>, tensor<3xi64>) -> tensor<2x3xf32>
  return
}

// -----

func.func @gather_c2(%x: tensor<2x8xf32>, %i: tensor<3x4xi64>) {
  // expected-error @+1 {{result of type 'tensor<2x3xf32>' does not match the inferred type 'tensor<2x3x4xf32>'}}
  %y = graph.gather %x, %i {axis = 1 : i64} : (tensor<2x8xf32>, tensor<3x4xi64>) -> tensor<2x3xf32>
  return
}

// -----

func.func @gather_c3(%x: tensor<8xf32>, %i: tensor<3xi64>) {
  // expected-error @+1 {{result of type 'tensor<3xi64>' does not match}}
  %y = graph.gather %x, %i {axis = 0 : i64} : (tensor<8xf32>, tensor<3xi64>) -> tensor<3xi64>
  return
}
