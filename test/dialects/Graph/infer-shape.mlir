// RUN: systole-opt %s -split-input-file -verify-diagnostics

// What inference finds. Each case declares a wrong result type, so that the
// message tells the inferred one; a less precise type would be accepted.

func.func @broadcast_stretch(%x: tensor<2x1x4xf32>, %y: tensor<3x1xf32>) {
  // expected-error @+1 {{inferred type 'tensor<2x3x4xf32>'}}
  %z = graph.add %x, %y : (tensor<2x1x4xf32>, tensor<3x1xf32>) -> tensor<f64>
  return
}

// -----

func.func @broadcast_scalar(%x: tensor<2x3xf32>, %y: tensor<f32>) {
  // expected-error @+1 {{inferred type 'tensor<2x3xf32>'}}
  %z = graph.add %x, %y : (tensor<2x3xf32>, tensor<f32>) -> tensor<f64>
  return
}

// -----

// A dimension of 1 stretches to 0.
func.func @broadcast_empty(%x: tensor<0x1xf32>, %y: tensor<1x3xf32>) {
  // expected-error @+1 {{inferred type 'tensor<0x3xf32>'}}
  %z = graph.add %x, %y : (tensor<0x1xf32>, tensor<1x3xf32>) -> tensor<f64>
  return
}

// -----

func.func @broadcast_dynamic_one(%x: tensor<?xf32>, %y: tensor<1xf32>) {
  // expected-error @+1 {{inferred type 'tensor<?xf32>'}}
  %z = graph.add %x, %y : (tensor<?xf32>, tensor<1xf32>) -> tensor<f64>
  return
}

// -----

// An unknown dimension is 1 or 5: the result has 5.
func.func @broadcast_dynamic_known(%x: tensor<?xf32>, %y: tensor<5xf32>) {
  // expected-error @+1 {{inferred type 'tensor<5xf32>'}}
  %z = graph.add %x, %y : (tensor<?xf32>, tensor<5xf32>) -> tensor<f64>
  return
}

// -----

func.func @broadcast_dynamic_both(%x: tensor<?x2xf32>, %y: tensor<?x1xf32>) {
  // expected-error @+1 {{inferred type 'tensor<?x2xf32>'}}
  %z = graph.add %x, %y : (tensor<?x2xf32>, tensor<?x1xf32>) -> tensor<f64>
  return
}

// -----

func.func @broadcast_unranked(%x: tensor<*xf32>, %y: tensor<2xf32>) {
  // expected-error @+1 {{inferred type 'tensor<*xf32>'}}
  %z = graph.add %x, %y : (tensor<*xf32>, tensor<2xf32>) -> tensor<f64>
  return
}

// -----

func.func @select_three(%c: tensor<4x1x1xi1>, %x: tensor<3x1xf32>, %y: tensor<2xf32>) {
  // expected-error @+1 {{inferred type 'tensor<4x3x2xf32>'}}
  %z = graph.select %c, %x, %y : (tensor<4x1x1xi1>, tensor<3x1xf32>, tensor<2xf32>) -> tensor<f64>
  return
}

// -----

func.func @compare_boolean(%x: tensor<2x?xf32>) {
  // expected-error @+1 {{inferred type 'tensor<2x?xi1>'}}
  %z = graph.compare lt, %x, %x : (tensor<2x?xf32>, tensor<2x?xf32>) -> tensor<i1>
  return
}

// -----

func.func @cast_keeps_shape(%x: tensor<2x?xf32>) {
  // expected-error @+1 {{inferred type 'tensor<2x?xi64>'}}
  %z = graph.cast %x to i64 : (tensor<2x?xf32>) -> tensor<i32>
  return
}

// -----

func.func @shape_of_unranked(%x: tensor<*xf32>) {
  // expected-error @+1 {{inferred type 'tensor<?xi64>'}}
  %z = graph.shape_of %x : (tensor<*xf32>) -> tensor<i64>
  return
}

// -----

func.func @reshape_minus_one(%x: tensor<2x6xf32>) {
  %s = graph.constant dense<[4, -1]> : tensor<2xi64>
  // expected-error @+1 {{inferred type 'tensor<4x3xf32>'}}
  %y = graph.reshape %x, %s : (tensor<2x6xf32>, tensor<2xi64>) -> tensor<f64>
  return
}

// -----

func.func @reshape_copy(%x: tensor<2x6xf32>) {
  %s = graph.constant dense<[0, 3, -1]> : tensor<3xi64>
  // expected-error @+1 {{inferred type 'tensor<2x3x2xf32>'}}
  %y = graph.reshape %x, %s {copy_zeros} : (tensor<2x6xf32>, tensor<3xi64>) -> tensor<f64>
  return
}

// -----

// The unknown dimension is copied: what remains is known.
func.func @reshape_copy_unknown(%x: tensor<?x3x4xf32>) {
  %s = graph.constant dense<[0, -1]> : tensor<2xi64>
  // expected-error @+1 {{inferred type 'tensor<?x12xf32>'}}
  %y = graph.reshape %x, %s {copy_zeros} : (tensor<?x3x4xf32>, tensor<2xi64>) -> tensor<f64>
  return
}

// -----

func.func @reshape_unknown(%x: tensor<?x4xf32>) {
  %s = graph.constant dense<[2, -1]> : tensor<2xi64>
  // expected-error @+1 {{inferred type 'tensor<2x?xf32>'}}
  %y = graph.reshape %x, %s : (tensor<?x4xf32>, tensor<2xi64>) -> tensor<f64>
  return
}

// -----

func.func @reshape_empty(%x: tensor<0x4xf32>) {
  %s = graph.constant dense<[2, 0]> : tensor<2xi64>
  // expected-error @+1 {{inferred type 'tensor<2x0xf32>'}}
  %y = graph.reshape %x, %s : (tensor<0x4xf32>, tensor<2xi64>) -> tensor<f64>
  return
}

// -----

func.func @reshape_empty_minus_one(%x: tensor<0x4xf32>) {
  %s = graph.constant dense<[2, -1]> : tensor<2xi64>
  // expected-error @+1 {{inferred type 'tensor<2x0xf32>'}}
  %y = graph.reshape %x, %s : (tensor<0x4xf32>, tensor<2xi64>) -> tensor<f64>
  return
}

// -----

func.func @reshape_unranked(%x: tensor<*xf32>) {
  %s = graph.constant dense<[2, -1]> : tensor<2xi64>
  // expected-error @+1 {{inferred type 'tensor<2x?xf32>'}}
  %y = graph.reshape %x, %s : (tensor<*xf32>, tensor<2xi64>) -> tensor<f64>
  return
}

// -----

func.func @reshape_unknown_shape(%x: tensor<6xf32>, %s: tensor<2xi64>) {
  // expected-error @+1 {{inferred type 'tensor<?x?xf32>'}}
  %y = graph.reshape %x, %s : (tensor<6xf32>, tensor<2xi64>) -> tensor<f64>
  return
}

// -----

func.func @reshape_unknown_rank(%x: tensor<6xf32>, %s: tensor<?xi64>) {
  // expected-error @+1 {{inferred type 'tensor<*xf32>'}}
  %y = graph.reshape %x, %s : (tensor<6xf32>, tensor<?xi64>) -> tensor<f64>
  return
}

// -----

// An unknown dimension may be 1.
func.func @squeeze(%x: tensor<1x?x1x3xf32>) {
  // expected-error @+1 {{inferred type 'tensor<1x3xf32>'}}
  %y = graph.squeeze %x {axes = array<i64: 1, 2>} : (tensor<1x?x1x3xf32>) -> tensor<f64>
  return
}

// -----

func.func @unsqueeze(%x: tensor<2x?xf32>) {
  // expected-error @+1 {{inferred type 'tensor<1x2x1x?x1xf32>'}}
  %y = graph.unsqueeze %x {axes = array<i64: 0, 2, 4>} : (tensor<2x?xf32>) -> tensor<f64>
  return
}

// -----

func.func @transpose(%x: tensor<2x?x4xf32>) {
  // expected-error @+1 {{inferred type 'tensor<4x2x?xf32>'}}
  %y = graph.transpose %x {perm = array<i64: 2, 0, 1>} : (tensor<2x?x4xf32>) -> tensor<f64>
  return
}

// -----

func.func @transpose_unranked(%x: tensor<*xf32>) {
  // expected-error @+1 {{inferred type 'tensor<?x?xf32>'}}
  %y = graph.transpose %x {perm = array<i64: 1, 0>} : (tensor<*xf32>) -> tensor<f64>
  return
}

// -----

func.func @broadcast_to(%x: tensor<3x1xf32>) {
  %s = graph.constant dense<[2, 1, 4]> : tensor<3xi64>
  // expected-error @+1 {{inferred type 'tensor<2x3x4xf32>'}}
  %y = graph.broadcast %x, %s : (tensor<3x1xf32>, tensor<3xi64>) -> tensor<f64>
  return
}

// -----

// A dimension above 1 stays, whatever the shape says.
func.func @broadcast_to_unknown(%x: tensor<3x1xf32>, %s: tensor<3xi64>) {
  // expected-error @+1 {{inferred type 'tensor<?x3x?xf32>'}}
  %y = graph.broadcast %x, %s : (tensor<3x1xf32>, tensor<3xi64>) -> tensor<f64>
  return
}

// -----

// One operand knows what the others do not.
func.func @concat(%x: tensor<?x3xf32>, %y: tensor<2x4xf32>) {
  // expected-error @+1 {{inferred type 'tensor<2x7xf32>'}}
  %z = graph.concat %x, %y {axis = 1 : i64} : (tensor<?x3xf32>, tensor<2x4xf32>) -> tensor<f64>
  return
}

// -----

func.func @concat_unranked(%x: tensor<*xf32>, %y: tensor<2x4xf32>) {
  // expected-error @+1 {{inferred type 'tensor<2x?xf32>'}}
  %z = graph.concat %x, %y {axis = 1 : i64} : (tensor<*xf32>, tensor<2x4xf32>) -> tensor<f64>
  return
}

// -----

func.func @slice_plain(%x: tensor<8xf32>) {
  %s = graph.constant dense<[1]> : tensor<1xi64>
  %e = graph.constant dense<[6]> : tensor<1xi64>
  %t = graph.constant dense<[2]> : tensor<1xi64>
  // expected-error @+1 {{inferred type 'tensor<3xf32>'}}
  %y = graph.slice %x, %s, %e, %t {axes = array<i64: 0>}
      : (tensor<8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<f64>
  return
}

// -----

func.func @slice_negative(%x: tensor<8xf32>) {
  %s = graph.constant dense<[-3]> : tensor<1xi64>
  %e = graph.constant dense<[9223372036854775807]> : tensor<1xi64>
  %t = graph.constant dense<[1]> : tensor<1xi64>
  // expected-error @+1 {{inferred type 'tensor<3xf32>'}}
  %y = graph.slice %x, %s, %e, %t {axes = array<i64: 0>}
      : (tensor<8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<f64>
  return
}

// -----

func.func @slice_beyond(%x: tensor<8xf32>) {
  %s = graph.constant dense<[9]> : tensor<1xi64>
  %e = graph.constant dense<[20]> : tensor<1xi64>
  %t = graph.constant dense<[1]> : tensor<1xi64>
  // expected-error @+1 {{inferred type 'tensor<0xf32>'}}
  %y = graph.slice %x, %s, %e, %t {axes = array<i64: 0>}
      : (tensor<8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<f64>
  return
}

// -----

// An end below -size means: through index 0.
func.func @slice_backwards(%x: tensor<8xf32>) {
  %s = graph.constant dense<[-1]> : tensor<1xi64>
  %e = graph.constant dense<[-9223372036854775808]> : tensor<1xi64>
  %t = graph.constant dense<[-1]> : tensor<1xi64>
  // expected-error @+1 {{inferred type 'tensor<8xf32>'}}
  %y = graph.slice %x, %s, %e, %t {axes = array<i64: 0>}
      : (tensor<8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<f64>
  return
}

// -----

// One step of the smallest number: no overflow.
func.func @slice_backwards_far(%x: tensor<8xf32>) {
  %s = graph.constant dense<[9223372036854775807]> : tensor<1xi64>
  %e = graph.constant dense<[-9223372036854775808]> : tensor<1xi64>
  %t = graph.constant dense<[-9223372036854775808]> : tensor<1xi64>
  // expected-error @+1 {{inferred type 'tensor<1xf32>'}}
  %y = graph.slice %x, %s, %e, %t {axes = array<i64: 0>}
      : (tensor<8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<f64>
  return
}

// -----

func.func @slice_backwards_minus_one(%x: tensor<8xf32>) {
  %s = graph.constant dense<[-1]> : tensor<1xi64>
  %e = graph.constant dense<[-1]> : tensor<1xi64>
  %t = graph.constant dense<[-1]> : tensor<1xi64>
  // expected-error @+1 {{inferred type 'tensor<0xf32>'}}
  %y = graph.slice %x, %s, %e, %t {axes = array<i64: 0>}
      : (tensor<8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<f64>
  return
}

// -----

func.func @slice_step_large(%x: tensor<8xf32>) {
  %s = graph.constant dense<[0]> : tensor<1xi64>
  %e = graph.constant dense<[8]> : tensor<1xi64>
  %t = graph.constant dense<[9223372036854775807]> : tensor<1xi64>
  // expected-error @+1 {{inferred type 'tensor<1xf32>'}}
  %y = graph.slice %x, %s, %e, %t {axes = array<i64: 0>}
      : (tensor<8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<f64>
  return
}

// -----

func.func @slice_dynamic(%x: tensor<?xf32>) {
  %s = graph.constant dense<[0]> : tensor<1xi64>
  %e = graph.constant dense<[2]> : tensor<1xi64>
  %t = graph.constant dense<[1]> : tensor<1xi64>
  // expected-error @+1 {{inferred type 'tensor<?xf32>'}}
  %y = graph.slice %x, %s, %e, %t {axes = array<i64: 0>}
      : (tensor<?xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<f64>
  return
}

// -----

func.func @pad(%x: tensor<2x?xf32>) {
  %p = graph.constant dense<[3, 0, -1, 0]> : tensor<4xi64>
  // expected-error @+1 {{inferred type 'tensor<4x?xf32>'}}
  %y = graph.pad constant, %x, %p : (tensor<2x?xf32>, tensor<4xi64>) -> tensor<f64>
  return
}

// -----

func.func @gather(%x: tensor<2x8x?xf32>, %i: tensor<3x4xi64>) {
  // expected-error @+1 {{inferred type 'tensor<2x3x4x?xf32>'}}
  %y = graph.gather %x, %i {axis = 1 : i64} : (tensor<2x8x?xf32>, tensor<3x4xi64>) -> tensor<f64>
  return
}

// -----

func.func @gather_scalar(%x: tensor<2x8xf32>, %i: tensor<i64>) {
  // expected-error @+1 {{inferred type 'tensor<8xf32>'}}
  %y = graph.gather %x, %i {axis = 0 : i64} : (tensor<2x8xf32>, tensor<i64>) -> tensor<f64>
  return
}

// -----

// Less precise, or more precise but compatible: both are accepted.
func.func @compatible(%x: tensor<2x?xf32>) -> (tensor<?x?xf32>, tensor<2x3xf32>, tensor<*xf32>) {
  %a = graph.exp %x : (tensor<2x?xf32>) -> tensor<?x?xf32>
  %b = graph.exp %x : (tensor<2x?xf32>) -> tensor<2x3xf32>
  %c = graph.exp %x : (tensor<2x?xf32>) -> tensor<*xf32>
  return %a, %b, %c : tensor<?x?xf32>, tensor<2x3xf32>, tensor<*xf32>
}
