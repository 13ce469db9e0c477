// RUN: systole-opt %s -split-input-file -verify-diagnostics

// What inference finds. Each case declares a wrong result type, so that the
// message tells the inferred one; a less precise type would be accepted.

func.func @matmul_batched(%x: tensor<5x1x2x3xf32>, %y: tensor<4x3x7xf32>) {
  // expected-error @+1 {{inferred type 'tensor<5x4x2x7xf32>'}}
  %z = graph.matmul %x, %y : (tensor<5x1x2x3xf32>, tensor<4x3x7xf32>) -> tensor<f64>
  return
}

// -----

func.func @matmul_vectors(%x: tensor<3xf32>, %y: tensor<3xf32>) {
  // expected-error @+1 {{inferred type 'tensor<f32>'}}
  %z = graph.matmul %x, %y : (tensor<3xf32>, tensor<3xf32>) -> tensor<f64>
  return
}

// -----

func.func @matmul_vector_left(%x: tensor<3xf32>, %y: tensor<5x3x4xf32>) {
  // expected-error @+1 {{inferred type 'tensor<5x4xf32>'}}
  %z = graph.matmul %x, %y : (tensor<3xf32>, tensor<5x3x4xf32>) -> tensor<f64>
  return
}

// -----

func.func @matmul_vector_right(%x: tensor<5x2x3xf32>, %y: tensor<3xf32>) {
  // expected-error @+1 {{inferred type 'tensor<5x2xf32>'}}
  %z = graph.matmul %x, %y : (tensor<5x2x3xf32>, tensor<3xf32>) -> tensor<f64>
  return
}

// -----

func.func @matmul_dynamic(%x: tensor<?x2x?xf32>, %y: tensor<3x4xf32>) {
  // expected-error @+1 {{inferred type 'tensor<?x2x4xf32>'}}
  %z = graph.matmul %x, %y : (tensor<?x2x?xf32>, tensor<3x4xf32>) -> tensor<f64>
  return
}

// -----

func.func @pool_floor(%x: tensor<1x2x8xf32>) {
  // expected-error @+1 {{inferred type 'tensor<1x2x3xf32>'}}
  %y = graph.max_pool %x {layout = #graph.layout<"nc0">, kernel = array<i64: 3>,
      strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x2x8xf32>) -> tensor<f64>
  return
}

// -----

func.func @pool_ceil(%x: tensor<1x2x8xf32>) {
  // expected-error @+1 {{inferred type 'tensor<1x2x4xf32>'}}
  %y = graph.max_pool %x {layout = #graph.layout<"nc0">, kernel = array<i64: 3>,
      strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, ceil_mode}
      : (tensor<1x2x8xf32>) -> tensor<f64>
  return
}

// -----

// A third window would start in the high padding.
func.func @pool_ceil_outside(%x: tensor<1x2x3xf32>) {
  // expected-error @+1 {{inferred type 'tensor<1x2x2xf32>'}}
  %y = graph.max_pool %x {layout = #graph.layout<"nc0">, kernel = array<i64: 1>,
      strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 0, 1>, ceil_mode}
      : (tensor<1x2x3xf32>) -> tensor<f64>
  return
}

// -----

func.func @pool_dilated(%x: tensor<1x2x8xf32>) {
  // expected-error @+1 {{inferred type 'tensor<1x2x6xf32>'}}
  %y = graph.max_pool %x {layout = #graph.layout<"nc0">, kernel = array<i64: 3>,
      strides = array<i64: 1>, dilations = array<i64: 2>, pads = array<i64: 1, 1>}
      : (tensor<1x2x8xf32>) -> tensor<f64>
  return
}

// -----

func.func @pool_same_upper(%x: tensor<1x2x7xf32>) {
  // expected-error @+1 {{inferred type 'tensor<1x2x4xf32>'}}
  %y = graph.max_pool %x {layout = #graph.layout<"nc0">, kernel = array<i64: 3>,
      strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, auto_pad = #graph.auto_pad<same_upper>}
      : (tensor<1x2x7xf32>) -> tensor<f64>
  return
}

// -----

// The stride exceeds the kernel: no padding at all.
func.func @pool_same_stride(%x: tensor<1x2x9xf32>) {
  // expected-error @+1 {{inferred type 'tensor<1x2x3xf32>'}}
  %y = graph.max_pool %x {layout = #graph.layout<"nc0">, kernel = array<i64: 2>,
      strides = array<i64: 4>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, auto_pad = #graph.auto_pad<same_lower>}
      : (tensor<1x2x9xf32>) -> tensor<f64>
  return
}

// -----

func.func @pool_dynamic(%x: tensor<1x2x?xf32>) {
  // expected-error @+1 {{inferred type 'tensor<1x2x?xf32>'}}
  %y = graph.max_pool %x {layout = #graph.layout<"nc0">, kernel = array<i64: 3>,
      strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 0, 0>}
      : (tensor<1x2x?xf32>) -> tensor<f64>
  return
}

// -----

func.func @pool_empty(%x: tensor<1x2x0xf32>) {
  // expected-error @+1 {{inferred type 'tensor<1x2x0xf32>'}}
  %y = graph.max_pool %x {layout = #graph.layout<"nc0">, kernel = array<i64: 3>,
      strides = array<i64: 2>, dilations = array<i64: 1>, pads = array<i64: 0, 0>, auto_pad = #graph.auto_pad<same_upper>}
      : (tensor<1x2x0xf32>) -> tensor<f64>
  return
}

// -----

func.func @conv_channels_first(%x: tensor<2x3x8x9xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{inferred type 'tensor<2x4x8x9xf32>'}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, groups = 1 : i64}
      : (tensor<2x3x8x9xf32>, tensor<4x3x3x3xf32>) -> tensor<f64>
  return
}

// -----

func.func @conv_channels_last(%x: tensor<2x8x9x3xf32>, %w: tensor<3x3x3x4xf32>) {
  // expected-error @+1 {{inferred type 'tensor<2x8x9x4xf32>'}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"n01c">, filter_layout = #graph.layout<"01io">,
      output_layout = #graph.layout<"n01c">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, groups = 1 : i64}
      : (tensor<2x8x9x3xf32>, tensor<3x3x3x4xf32>) -> tensor<f64>
  return
}

// -----

// Each operand and the result have a layout of their own.
func.func @conv_mixed(%x: tensor<2x3x8x9xf32>, %w: tensor<3x3x3x4xf32>) {
  // expected-error @+1 {{inferred type 'tensor<2x8x9x4xf32>'}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"01io">,
      output_layout = #graph.layout<"n01c">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, groups = 1 : i64}
      : (tensor<2x3x8x9xf32>, tensor<3x3x3x4xf32>) -> tensor<f64>
  return
}

// -----

func.func @conv_one_dimension(%x: tensor<2x3x8xf32>, %w: tensor<4x3x3xf32>) {
  // expected-error @+1 {{inferred type 'tensor<2x4x8xf32>'}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc0">, filter_layout = #graph.layout<"oi0">,
      output_layout = #graph.layout<"nc0">, strides = array<i64: 1>,
      dilations = array<i64: 1>, pads = array<i64: 1, 1>, groups = 1 : i64}
      : (tensor<2x3x8xf32>, tensor<4x3x3xf32>) -> tensor<f64>
  return
}

// -----

func.func @conv_three_dimensions(%x: tensor<1x2x4x5x6xf32>, %w: tensor<3x2x3x3x3xf32>) {
  // expected-error @+1 {{inferred type 'tensor<1x3x4x5x6xf32>'}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc012">, filter_layout = #graph.layout<"oi012">,
      output_layout = #graph.layout<"nc012">, strides = array<i64: 1, 1, 1>,
      dilations = array<i64: 1, 1, 1>, pads = array<i64: 1, 1, 1, 1, 1, 1>, groups = 1 : i64}
      : (tensor<1x2x4x5x6xf32>, tensor<3x2x3x3x3xf32>) -> tensor<f64>
  return
}

// -----

// The layout says how many dimensions there are.
func.func @conv_unranked(%x: tensor<*xf32>, %w: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{inferred type 'tensor<?x4x?x?xf32>'}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, groups = 1 : i64}
      : (tensor<*xf32>, tensor<4x3x3x3xf32>) -> tensor<f64>
  return
}

// -----

func.func @conv_dynamic_filter(%x: tensor<2x3x8x9xf32>, %w: tensor<?x3x?x3xf32>) {
  // expected-error @+1 {{inferred type 'tensor<2x?x?x9xf32>'}}
  %y = graph.conv %x, %w {
      input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">,
      output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, groups = 1 : i64}
      : (tensor<2x3x8x9xf32>, tensor<?x3x?x3xf32>) -> tensor<f64>
  return
}

// -----

func.func @reduce_keep(%x: tensor<2x?x4xf32>) {
  // expected-error @+1 {{inferred type 'tensor<2x1x1xf32>'}}
  %y = graph.reduce sum, %x {axes = array<i64: 1, 2>, keep_dims} : (tensor<2x?x4xf32>) -> tensor<f64>
  return
}

// -----

func.func @reduce_drop(%x: tensor<2x?x4xf32>) {
  // expected-error @+1 {{inferred type 'tensor<2xf32>'}}
  %y = graph.reduce sum, %x {axes = array<i64: 1, 2>} : (tensor<2x?x4xf32>) -> tensor<f64>
  return
}

// -----

func.func @reduce_none(%x: tensor<2x?xf32>) {
  // expected-error @+1 {{inferred type 'tensor<2x?xf32>'}}
  %y = graph.reduce sum, %x {axes = array<i64>} : (tensor<2x?xf32>) -> tensor<f64>
  return
}

// -----

// The statistics know the channels.
func.func @batch_norm_channels(%x: tensor<1x?x8xf32>, %s: tensor<3xf32>) {
  // expected-error @+1 {{inferred type 'tensor<1x3x8xf32>'}}
  %y = graph.batch_norm %x, %s, %s, %s, %s {axis = 1 : i64, epsilon = 1.0e-5 : f64}
      : (tensor<1x?x8xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<f64>
  return
}
