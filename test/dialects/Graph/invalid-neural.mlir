// RUN: systole-opt %s -split-input-file -verify-diagnostics

// A case for each constraint of contractions and reductions, called after it.

func.func @matmul_c1(%x: tensor<2x3xf32>, %y: tensor<f32>) {
  // expected-error @+1 {{operands must have rank 1 or more: lhs 'tensor<2x3xf32>', rhs 'tensor<f32>'}}
  %z = graph.matmul %x, %y : (tensor<2x3xf32>, tensor<f32>) -> tensor<2xf32>
  return
}

// -----

func.func @matmul_c1_element(%x: tensor<2x3xf32>, %y: tensor<3xf16>) {
  // expected-error @+1 {{operand element types differ: lhs 'f32', rhs 'f16'}}
  %z = graph.matmul %x, %y : (tensor<2x3xf32>, tensor<3xf16>) -> tensor<2xf32>
  return
}

// -----

func.func @matmul_c2(%x: tensor<2x3xf32>, %y: tensor<2x4xf32>) {
  // expected-error @+1 {{contracted dimensions differ: 3 of lhs 'tensor<2x3xf32>', 2 of rhs 'tensor<2x4xf32>'}}
  %z = graph.matmul %x, %y : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @matmul_c2_vector(%x: tensor<3xf32>, %y: tensor<4xf32>) {
  // expected-error @+1 {{contracted dimensions differ: 3 of lhs 'tensor<3xf32>', 4 of rhs 'tensor<4xf32>'}}
  %z = graph.matmul %x, %y : (tensor<3xf32>, tensor<4xf32>) -> tensor<f32>
  return
}

// -----

func.func @matmul_c3(%x: tensor<5x2x3xf32>, %y: tensor<4x3x2xf32>) {
  // expected-error @+1 {{batch dimensions do not broadcast: lhs 'tensor<5x2x3xf32>', rhs 'tensor<4x3x2xf32>'}}
  %z = graph.matmul %x, %y : (tensor<5x2x3xf32>, tensor<4x3x2xf32>) -> tensor<?x2x2xf32>
  return
}

// -----

func.func @matmul_c1_sum_type(%x: tensor<2x3xi8>, %y: tensor<3x4xi8>) {
  // expected-error @+1 {{inferred type 'tensor<2x4xi32>'}}
  %z = graph.matmul %x, %y {sum_type = i32} : (tensor<2x3xi8>, tensor<3x4xi8>) -> tensor<2x4xi8>
  return
}

// -----

func.func @matmul_c4(%x: tensor<2x3xi32>, %y: tensor<3x4xi32>) {
  // expected-error @+1 {{sum_type 'i64' for elements 'i32': it is i32 or i64, for signed integers of at most 16 bits}}
  %z = graph.matmul %x, %y {sum_type = i64} : (tensor<2x3xi32>, tensor<3x4xi32>) -> tensor<2x4xi64>
  return
}

// -----

func.func @matmul_c4_type(%x: tensor<2x3xi8>, %y: tensor<3x4xi8>) {
  // expected-error @+1 {{sum_type 'i16' for elements 'i8'}}
  %z = graph.matmul %x, %y {sum_type = i16} : (tensor<2x3xi8>, tensor<3x4xi8>) -> tensor<2x4xi16>
  return
}

// -----

func.func @matmul_c4_unsigned(%x: tensor<2x3xi8>, %y: tensor<3x4xui16>) {
  // expected-error @+1 {{sum_type 'i32' for elements 'ui16'}}
  %z = graph.matmul %x, %y {sum_type = i32} : (tensor<2x3xi8>, tensor<3x4xui16>) -> tensor<2x4xi32>
  return
}

// -----

func.func @conv_c5_sum_type(%x: tensor<1x2x4xi8>, %w: tensor<3x2x3xi8>, %b: tensor<3xi8>) {
  // expected-error @+1 {{operand element types differ}}
  %y = graph.conv %x, %w, %b {
      input_layout = #graph.layout<"nc0">, filter_layout = #graph.layout<"oi0">,
      output_layout = #graph.layout<"nc0">, strides = array<i64: 1>, dilations = array<i64: 1>,
      pads = array<i64: 0, 0>, groups = 1 : i64, sum_type = i32}
      : (tensor<1x2x4xi8>, tensor<3x2x3xi8>, tensor<3xi8>) -> tensor<1x3x2xi32>
  return
}

// -----

func.func @conv_c8(%x: tensor<1x2x4xf32>, %w: tensor<3x2x3xf32>) {
  // expected-error @+1 {{sum_type 'i32' for elements 'f32'}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc0">, filter_layout = #graph.layout<"oi0">,
      output_layout = #graph.layout<"nc0">, strides = array<i64: 1>, dilations = array<i64: 1>,
      pads = array<i64: 0, 0>, groups = 1 : i64, sum_type = i32}
      : (tensor<1x2x4xf32>, tensor<3x2x3xf32>) -> tensor<1x3x2xi32>
  return
}

// -----

func.func @conv_c1(%x: tensor<1x3x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{needs one rank of at least 3: input 'tensor<1x3x8xf32>' in layout 'nc01'}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8xf32>, tensor<4x3x3x3xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @conv_c1_layouts(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{needs one rank of at least 3: input 'tensor<1x3x8x8xf32>' in layout 'nc01', filter 'tensor<4x3x3x3xf32>' in layout 'oi0'}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi0">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @conv_c1_rank2(%x: tensor<1x3xf32>, %w: tensor<4x3xf32>) {
  // expected-error @+1 {{needs one rank of at least 3: input 'tensor<1x3xf32>' in layout 'nc'}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc">, filter_layout = #graph.layout<"oi">,
      output_layout = #graph.layout<"nc">, strides = array<i64>,
      dilations = array<i64>, pads = array<i64>, groups = 1 : i64}
      : (tensor<1x3xf32>, tensor<4x3xf32>) -> tensor<?x?xf32>
  return
}

// -----

func.func @conv_c2(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{strides has 1 entries, not 2}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @conv_c2_zero(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{dilations [1, 0] holds 0, less than 1}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 0>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @conv_c2_pads(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{pads [0, -1, 0, 0] holds -1, less than 0}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 0, -1, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @conv_c2_auto_pad(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{auto_pad same_upper leaves pads [1, 1, 1, 1] no meaning}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, groups = 1 : i64, auto_pad = #graph.auto_pad<same_upper>}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @conv_c3(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{groups is 0, not positive}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 0 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @conv_c3_input(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{2 groups do not divide 3 input channels}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 2 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @conv_c3_output(%x: tensor<1x3x8x8xf32>, %w: tensor<4x1x3x3xf32>) {
  // expected-error @+1 {{3 groups do not divide 4 output channels}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 3 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x1x3x3xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @conv_c3_filter(%x: tensor<1x3x8x8xf32>, %w: tensor<4x2x3x3xf32>) {
  // expected-error @+1 {{filter takes 2 channels, but each of 1 groups has 3}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x2x3x3xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @conv_c4(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{bias 'tensor<3xf32>' does not have shape [4]}}
  %y = graph.conv %x, %w, %b {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>, tensor<3xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @conv_c4_rank(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>, %b: tensor<1x4xf32>) {
  // expected-error @+1 {{bias 'tensor<1x4xf32>' does not have shape [4]}}
  %y = graph.conv %x, %w, %b {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>, tensor<1x4xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @conv_c5(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf16>) {
  // expected-error @+1 {{operand element types differ: 'tensor<1x3x8x8xf32>', 'tensor<4x3x3x3xf16>'}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf16>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @conv_c6(%x: tensor<1x3x8x2xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{spatial dimension 1 of size 2, padded by 0 and 0, does not fit kernel 3 dilated by 1}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x2xf32>, tensor<4x3x3x3xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

// The dilated kernel does not fit 64 bits.
func.func @conv_c6_dilated(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{spatial dimension 0 of size 8, padded by 0 and 0, does not fit kernel 3 dilated by 4611686018427387904}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 4611686018427387904, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @conv_c6_empty(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x0x3xf32>) {
  // expected-error @+1 {{filter 'tensor<4x3x0x3xf32>' has an empty kernel}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x3x0x3xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @conv_c7(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{input_layout 'oi01' and output_layout 'nc01' must name 'n' and 'c'}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"oi01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @conv_c7_filter(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{filter_layout 'nc01' must name 'o' and 'i'}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"nc01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @reduce_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{axes are not increasing: 1 before 0}}
  %y = graph.reduce sum, %x {axes = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<f32>
  return
}

// -----

func.func @reduce_c1_rank(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{axis -1 is outside rank 2}}
  %y = graph.reduce sum, %x {axes = array<i64: -1>} : (tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @reduce_c2(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{result of type 'tensor<2xf32>' does not match the inferred type 'tensor<2x1xf32>'}}
  %y = graph.reduce max, %x {axes = array<i64: 1>, keep_dims} : (tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @reduce_c3(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{result of type 'tensor<2xf64>' does not match}}
  %y = graph.reduce mean, %x {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2xf64>
  return
}

// -----

func.func @softmax_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{axis 2 is outside rank 2}}
  %y = graph.softmax %x {axis = 2 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @softmax_c2(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{result of type 'tensor<2xf32>' does not match the inferred type 'tensor<2x3xf32>'}}
  %y = graph.softmax %x {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @batch_norm_c1(%x: tensor<1x3x8xf32>, %s: tensor<3xf32>, %m: tensor<3xf32>) {
  // expected-error @+1 {{axis 3 is outside rank 3}}
  %y = graph.batch_norm %x, %m, %m, %s, %m {axis = 3 : i64, epsilon = 1.0e-5 : f64}
      : (tensor<1x3x8xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x8xf32>
  return
}

// -----

func.func @batch_norm_c2(%x: tensor<1x3x8xf32>, %s: tensor<8xf32>, %m: tensor<3xf32>) {
  // expected-error @+1 {{mean 'tensor<8xf32>' does not have the shape of dimension 1 of input 'tensor<1x3x8xf32>'}}
  %y = graph.batch_norm %x, %m, %m, %s, %m {axis = 1 : i64, epsilon = 1.0e-5 : f64}
      : (tensor<1x3x8xf32>, tensor<3xf32>, tensor<3xf32>, tensor<8xf32>, tensor<3xf32>) -> tensor<1x3x8xf32>
  return
}

// -----

func.func @batch_norm_c2_rank(%x: tensor<1x3x8xf32>, %s: tensor<3x1xf32>, %m: tensor<3xf32>) {
  // expected-error @+1 {{mean 'tensor<3x1xf32>' does not have the shape of dimension 1}}
  %y = graph.batch_norm %x, %m, %m, %s, %m {axis = 1 : i64, epsilon = 1.0e-5 : f64}
      : (tensor<1x3x8xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3x1xf32>, tensor<3xf32>) -> tensor<1x3x8xf32>
  return
}

// -----

func.func @batch_norm_c3(%x: tensor<1x3x8xf32>, %s: tensor<3xf16>, %m: tensor<3xf32>) {
  // expected-error @+1 {{operand element types differ}}
  %y = graph.batch_norm %x, %m, %m, %s, %m {axis = 1 : i64, epsilon = 1.0e-5 : f64}
      : (tensor<1x3x8xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf16>, tensor<3xf32>) -> tensor<1x3x8xf32>
  return
}

// -----

func.func @batch_norm_c3_result(%x: tensor<1x3x8xf32>, %s: tensor<3xf32>, %m: tensor<3xf32>) {
  // expected-error @+1 {{result of type 'tensor<1x3x8xf64>' does not match}}
  %y = graph.batch_norm %x, %m, %m, %s, %m {axis = 1 : i64, epsilon = 1.0e-5 : f64}
      : (tensor<1x3x8xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x8xf64>
  return
}
