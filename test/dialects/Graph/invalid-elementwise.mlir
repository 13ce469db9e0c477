// RUN: systole-opt %s -split-input-file -verify-diagnostics

// A case for each constraint of each elementwise operation, called after it.

func.func @abs_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'graph.abs' op result of type 'tensor<3x2xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.abs %x : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @neg_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'graph.neg' op result of type 'tensor<3x2xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.neg %x : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @exp_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'graph.exp' op result of type 'tensor<3x2xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.exp %x : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @log_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'graph.log' op result of type 'tensor<3x2xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.log %x : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @sqrt_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'graph.sqrt' op result of type 'tensor<3x2xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.sqrt %x : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @tanh_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'graph.tanh' op result of type 'tensor<3x2xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.tanh %x : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @erf_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'graph.erf' op result of type 'tensor<3x2xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.erf %x : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @sigmoid_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'graph.sigmoid' op result of type 'tensor<3x2xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.sigmoid %x : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @floor_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'graph.floor' op result of type 'tensor<3x2xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.floor %x : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @relu_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'graph.relu' op result of type 'tensor<3x2xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.relu %x : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @exp_c1_element(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{result of type 'tensor<2x3xf64>' does not match}}
  %y = graph.exp %x : (tensor<2x3xf32>) -> tensor<2x3xf64>
  return
}

// -----

func.func @not_c1(%x: tensor<2x3xi1>) {
  // expected-error @+1 {{result of type 'tensor<2xi1>' does not match the inferred type 'tensor<2x3xi1>'}}
  %y = graph.not %x : (tensor<2x3xi1>) -> tensor<2xi1>
  return
}

// -----

func.func @cast_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{result of type 'tensor<6xi64>' does not match the inferred type 'tensor<2x3xi64>'}}
  %y = graph.cast %x to i64 : (tensor<2x3xf32>) -> tensor<6xi64>
  return
}

// -----

func.func @cast_c2(%x: tensor<2xf32>) {
  // expected-error @+1 {{result of type 'tensor<2xi32>' does not match the inferred type 'tensor<2xi64>'}}
  %y = graph.cast %x to i64 : (tensor<2xf32>) -> tensor<2xi32>
  return
}

// -----

func.func @add_c1(%x: tensor<2xf32>, %y: tensor<2xf16>) {
  // expected-error @+1 {{'graph.add' op operand element types differ: lhs 'f32', rhs 'f16'}}
  %z = graph.add %x, %y : (tensor<2xf32>, tensor<2xf16>) -> tensor<2xf32>
  return
}

// -----

func.func @add_c2(%x: tensor<2x3xf32>, %y: tensor<2xf32>) {
  // expected-error @+1 {{'graph.add' op operand shapes do not broadcast: 'tensor<2x3xf32>', 'tensor<2xf32>'}}
  %z = graph.add %x, %y : (tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @sub_c1(%x: tensor<2xf32>, %y: tensor<2xf16>) {
  // expected-error @+1 {{'graph.sub' op operand element types differ: lhs 'f32', rhs 'f16'}}
  %z = graph.sub %x, %y : (tensor<2xf32>, tensor<2xf16>) -> tensor<2xf32>
  return
}

// -----

func.func @sub_c2(%x: tensor<2x3xf32>, %y: tensor<2xf32>) {
  // expected-error @+1 {{'graph.sub' op operand shapes do not broadcast: 'tensor<2x3xf32>', 'tensor<2xf32>'}}
  %z = graph.sub %x, %y : (tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @mul_c1(%x: tensor<2xf32>, %y: tensor<2xf16>) {
  // expected-error @+1 {{'graph.mul' op operand element types differ: lhs 'f32', rhs 'f16'}}
  %z = graph.mul %x, %y : (tensor<2xf32>, tensor<2xf16>) -> tensor<2xf32>
  return
}

// -----

func.func @mul_c2(%x: tensor<2x3xf32>, %y: tensor<2xf32>) {
  // expected-error @+1 {{'graph.mul' op operand shapes do not broadcast: 'tensor<2x3xf32>', 'tensor<2xf32>'}}
  %z = graph.mul %x, %y : (tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @div_c1(%x: tensor<2xf32>, %y: tensor<2xf16>) {
  // expected-error @+1 {{'graph.div' op operand element types differ: lhs 'f32', rhs 'f16'}}
  %z = graph.div %x, %y : (tensor<2xf32>, tensor<2xf16>) -> tensor<2xf32>
  return
}

// -----

func.func @div_c2(%x: tensor<2x3xf32>, %y: tensor<2xf32>) {
  // expected-error @+1 {{'graph.div' op operand shapes do not broadcast: 'tensor<2x3xf32>', 'tensor<2xf32>'}}
  %z = graph.div %x, %y : (tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @pow_c1(%x: tensor<2xf32>, %y: tensor<2xf16>) {
  // expected-error @+1 {{'graph.pow' op operand element types differ: lhs 'f32', rhs 'f16'}}
  %z = graph.pow %x, %y : (tensor<2xf32>, tensor<2xf16>) -> tensor<2xf32>
  return
}

// -----

func.func @pow_c2(%x: tensor<2x3xf32>, %y: tensor<2xf32>) {
  // expected-error @+1 {{'graph.pow' op operand shapes do not broadcast: 'tensor<2x3xf32>', 'tensor<2xf32>'}}
  %z = graph.pow %x, %y : (tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @max_c1(%x: tensor<2xf32>, %y: tensor<2xf16>) {
  // expected-error @+1 {{'graph.max' op operand element types differ: lhs 'f32', rhs 'f16'}}
  %z = graph.max %x, %y : (tensor<2xf32>, tensor<2xf16>) -> tensor<2xf32>
  return
}

// -----

func.func @max_c2(%x: tensor<2x3xf32>, %y: tensor<2xf32>) {
  // expected-error @+1 {{'graph.max' op operand shapes do not broadcast: 'tensor<2x3xf32>', 'tensor<2xf32>'}}
  %z = graph.max %x, %y : (tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @min_c1(%x: tensor<2xf32>, %y: tensor<2xf16>) {
  // expected-error @+1 {{'graph.min' op operand element types differ: lhs 'f32', rhs 'f16'}}
  %z = graph.min %x, %y : (tensor<2xf32>, tensor<2xf16>) -> tensor<2xf32>
  return
}

// -----

func.func @min_c2(%x: tensor<2x3xf32>, %y: tensor<2xf32>) {
  // expected-error @+1 {{'graph.min' op operand shapes do not broadcast: 'tensor<2x3xf32>', 'tensor<2xf32>'}}
  %z = graph.min %x, %y : (tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @add_c2_result(%x: tensor<2x1xf32>, %y: tensor<3xf32>) {
  // expected-error @+1 {{result of type 'tensor<2x1xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %z = graph.add %x, %y : (tensor<2x1xf32>, tensor<3xf32>) -> tensor<2x1xf32>
  return
}

// -----

// Each operand is small enough, the result is not.
func.func @add_c2_size(%x: tensor<2147483648x1xf32>, %y: tensor<4294967296xf32>) {
  // expected-error @+1 {{result would have more than 2^62 elements}}
  %z = graph.add %x, %y : (tensor<2147483648x1xf32>, tensor<4294967296xf32>) -> tensor<?x?xf32>
  return
}

// -----

// The operands are boolean by their constraint, so that only the result can differ.
func.func @and_c1(%x: tensor<2xi1>) {
  // expected-error @+1 {{result of type 'tensor<2xi8>' does not match the inferred type 'tensor<2xi1>'}}
  %z = graph.and %x, %x : (tensor<2xi1>, tensor<2xi1>) -> tensor<2xi8>
  return
}

// -----

func.func @and_c2(%x: tensor<2x3xi1>, %y: tensor<2xi1>) {
  // expected-error @+1 {{operand shapes do not broadcast}}
  %z = graph.and %x, %y : (tensor<2x3xi1>, tensor<2xi1>) -> tensor<2x3xi1>
  return
}

// -----

// The operands are boolean by their constraint, so that only the result can differ.
func.func @or_c1(%x: tensor<2xi1>) {
  // expected-error @+1 {{result of type 'tensor<2xi8>' does not match the inferred type 'tensor<2xi1>'}}
  %z = graph.or %x, %x : (tensor<2xi1>, tensor<2xi1>) -> tensor<2xi8>
  return
}

// -----

func.func @or_c2(%x: tensor<2x3xi1>, %y: tensor<2xi1>) {
  // expected-error @+1 {{operand shapes do not broadcast}}
  %z = graph.or %x, %y : (tensor<2x3xi1>, tensor<2xi1>) -> tensor<2x3xi1>
  return
}

// -----

func.func @compare_c1(%x: tensor<2xf32>, %y: tensor<2xi64>) {
  // expected-error @+1 {{operand element types differ: lhs 'f32', rhs 'i64'}}
  %z = graph.compare lt, %x, %y : (tensor<2xf32>, tensor<2xi64>) -> tensor<2xi1>
  return
}

// -----

func.func @compare_c2(%x: tensor<2xf32>, %y: tensor<3xf32>) {
  // expected-error @+1 {{operand shapes do not broadcast}}
  %z = graph.compare lt, %x, %y : (tensor<2xf32>, tensor<3xf32>) -> tensor<?xi1>
  return
}

// -----

func.func @compare_c3(%x: tensor<2xf32>) {
  // expected-error @+1 {{result #0 must be tensor of 1-bit signless integer values}}
  %z = graph.compare lt, %x, %x : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @select_c1(%c: tensor<i1>, %x: tensor<2xf32>, %y: tensor<2xf16>) {
  // expected-error @+1 {{operand element types differ: onTrue 'f32', onFalse 'f16'}}
  %z = graph.select %c, %x, %y : (tensor<i1>, tensor<2xf32>, tensor<2xf16>) -> tensor<2xf32>
  return
}

// -----

func.func @select_c2(%c: tensor<4xi1>, %x: tensor<2xf32>) {
  // expected-error @+1 {{operand shapes do not broadcast: 'tensor<4xi1>', 'tensor<2xf32>', 'tensor<2xf32>'}}
  %z = graph.select %c, %x, %x : (tensor<4xi1>, tensor<2xf32>, tensor<2xf32>) -> tensor<?xf32>
  return
}

// -----

func.func @expm1_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'graph.expm1' op result of type 'tensor<3x2xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.expm1 %x : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @log1p_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'graph.log1p' op result of type 'tensor<3x2xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.log1p %x : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @sin_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'graph.sin' op result of type 'tensor<3x2xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.sin %x : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @cos_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'graph.cos' op result of type 'tensor<3x2xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.cos %x : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @atan_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'graph.atan' op result of type 'tensor<3x2xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.atan %x : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @round_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'graph.round' op result of type 'tensor<3x2xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.round %x : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @xor_c1(%x: tensor<2x3xi32>, %y: tensor<2x3xi8>) {
  // expected-error @+1 {{'graph.xor' op operand element types differ: lhs 'i32', rhs 'i8'}}
  %z = graph.xor %x, %y : (tensor<2x3xi32>, tensor<2x3xi8>) -> tensor<2x3xi32>
  return
}

// -----

func.func @xor_c2(%x: tensor<2x3xi32>, %y: tensor<2xi32>) {
  // expected-error @+1 {{'graph.xor' op operand shapes do not broadcast: 'tensor<2x3xi32>', 'tensor<2xi32>'}}
  %z = graph.xor %x, %y : (tensor<2x3xi32>, tensor<2xi32>) -> tensor<2x3xi32>
  return
}

// -----

func.func @shift_left_c1(%x: tensor<2x3xi32>, %y: tensor<2x3xi8>) {
  // expected-error @+1 {{'graph.shift_left' op operand element types differ: lhs 'i32', rhs 'i8'}}
  %z = graph.shift_left %x, %y : (tensor<2x3xi32>, tensor<2x3xi8>) -> tensor<2x3xi32>
  return
}

// -----

func.func @shift_left_c2(%x: tensor<2x3xi32>, %y: tensor<2xi32>) {
  // expected-error @+1 {{'graph.shift_left' op operand shapes do not broadcast: 'tensor<2x3xi32>', 'tensor<2xi32>'}}
  %z = graph.shift_left %x, %y : (tensor<2x3xi32>, tensor<2xi32>) -> tensor<2x3xi32>
  return
}

// -----

func.func @shift_right_c1(%x: tensor<2x3xi32>, %y: tensor<2x3xi8>) {
  // expected-error @+1 {{'graph.shift_right' op operand element types differ: lhs 'i32', rhs 'i8'}}
  %z = graph.shift_right %x, %y : (tensor<2x3xi32>, tensor<2x3xi8>) -> tensor<2x3xi32>
  return
}

// -----

func.func @shift_right_c2(%x: tensor<2x3xi32>, %y: tensor<2xi32>) {
  // expected-error @+1 {{'graph.shift_right' op operand shapes do not broadcast: 'tensor<2x3xi32>', 'tensor<2xi32>'}}
  %z = graph.shift_right %x, %y : (tensor<2x3xi32>, tensor<2xi32>) -> tensor<2x3xi32>
  return
}

// -----

func.func @bitcast_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'graph.bitcast' op result of type 'tensor<3x2xi32>' does not match the inferred type 'tensor<2x3xi32>'}}
  %y = graph.bitcast %x to i32 : (tensor<2x3xf32>) -> tensor<3x2xi32>
  return
}

// -----

func.func @bitcast_c2(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{result of type 'tensor<2x3xui32>' does not match the inferred type 'tensor<2x3xi32>'}}
  %y = graph.bitcast %x to i32 : (tensor<2x3xf32>) -> tensor<2x3xui32>
  return
}

// -----

func.func @bitcast_c3(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{the bits of 'f32' are not those of 'i64'}}
  %y = graph.bitcast %x to i64 : (tensor<2x3xf32>) -> tensor<2x3xi64>
  return
}

// -----

func.func @bitcast_c3_boolean(%x: tensor<2x3xi1>) {
  // expected-error @+1 {{the bits of 'i1' are not those of 'i1'}}
  %y = graph.bitcast %x to i1 : (tensor<2x3xi1>) -> tensor<2x3xi1>
  return
}
