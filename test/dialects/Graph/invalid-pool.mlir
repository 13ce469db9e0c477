// RUN: systole-opt %s -split-input-file -verify-diagnostics

// A case for each constraint of pooling, called after it.

func.func @max_pool_c1(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{'graph.max_pool' op layout 'oi01' does not name 'n', 'c' and the dimensions of input 'tensor<1x3x8x8xf32>'}}
  %y = graph.max_pool %x {layout = #graph.layout<"oi01">, kernel = array<i64: 2, 2>,
      strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x3x8x8xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @max_pool_c1_rank(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{layout 'nc0' does not name 'n', 'c' and the dimensions of input 'tensor<1x3x8x8xf32>'}}
  %y = graph.max_pool %x {layout = #graph.layout<"nc0">, kernel = array<i64: 2, 2>,
      strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x3x8x8xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @max_pool_c2(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{kernel has 1 entries, not 2}}
  %y = graph.max_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 2>,
      strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x3x8x8xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @max_pool_c2_zero(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{strides [2, 0] holds 0, less than 1}}
  %y = graph.max_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>,
      strides = array<i64: 2, 0>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x3x8x8xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @max_pool_c2_pads(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{pads has 2 entries, not 4}}
  %y = graph.max_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>,
      strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0>}
      : (tensor<1x3x8x8xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @max_pool_c3(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{spatial dimension 0 of size 8, padded by 0 and 0, does not fit kernel 9 dilated by 1}}
  %y = graph.max_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 9, 2>,
      strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x3x8x8xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @avg_pool_c1(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{'graph.avg_pool' op layout 'oi01' does not name 'n', 'c' and the dimensions of input 'tensor<1x3x8x8xf32>'}}
  %y = graph.avg_pool %x {layout = #graph.layout<"oi01">, kernel = array<i64: 2, 2>,
      strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x3x8x8xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @avg_pool_c1_rank(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{layout 'nc0' does not name 'n', 'c' and the dimensions of input 'tensor<1x3x8x8xf32>'}}
  %y = graph.avg_pool %x {layout = #graph.layout<"nc0">, kernel = array<i64: 2, 2>,
      strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x3x8x8xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @avg_pool_c2(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{kernel has 1 entries, not 2}}
  %y = graph.avg_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 2>,
      strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x3x8x8xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @avg_pool_c2_zero(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{strides [2, 0] holds 0, less than 1}}
  %y = graph.avg_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>,
      strides = array<i64: 2, 0>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x3x8x8xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @avg_pool_c2_pads(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{pads has 2 entries, not 4}}
  %y = graph.avg_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>,
      strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0>}
      : (tensor<1x3x8x8xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @avg_pool_c3(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{spatial dimension 0 of size 8, padded by 0 and 0, does not fit kernel 9 dilated by 1}}
  %y = graph.avg_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 9, 2>,
      strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x3x8x8xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @max_pool_c4(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{result of type 'tensor<?x?x?x?xf64>' does not match}}
  %y = graph.max_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>,
      strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x3x8x8xf32>) -> tensor<?x?x?x?xf64>
  return
}

// -----

// The dilated kernel does not fit 64 bits.
func.func @max_pool_c2_size(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{does not fit kernel 9223372036854775807 dilated by 9223372036854775807}}
  %y = graph.max_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 9223372036854775807, 1>,
      strides = array<i64: 2, 2>, dilations = array<i64: 9223372036854775807, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x3x8x8xf32>) -> tensor<?x?x?x?xf32>
  return
}

// -----

func.func @avg_pool_c4(%x: tensor<1x3x8x8xi32>) {
  // expected-error @+1 {{input 'tensor<1x3x8x8xi32>' is not floating point}}
  %y = graph.avg_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>,
      strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x3x8x8xi32>) -> tensor<?x?x?x?xi32>
  return
}

// -----

func.func @arg_max_pool_c1(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{'graph.arg_max_pool' op layout 'oi01' does not name 'n', 'c' and the dimensions of input 'tensor<1x3x8x8xf32>'}}
  %y = graph.arg_max_pool %x {layout = #graph.layout<"oi01">, kernel = array<i64: 2, 2>,
      strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x3x8x8xf32>) -> tensor<?x?x?x?xi64>
  return
}

// -----

func.func @arg_max_pool_c2(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{kernel has 1 entries, not 2}}
  %y = graph.arg_max_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 2>,
      strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x3x8x8xf32>) -> tensor<?x?x?x?xi64>
  return
}

// -----

func.func @arg_max_pool_c3(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{spatial dimension 0 of size 8, padded by 0 and 0, does not fit kernel 9 dilated by 1}}
  %y = graph.arg_max_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 9, 2>,
      strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x3x8x8xf32>) -> tensor<?x?x?x?xi64>
  return
}

// -----

func.func @arg_max_pool_c4(%x: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{op result #0 must be tensor of 64-bit signless integer values, but got 'tensor<?x?x?x?xf32>'}}
  %y = graph.arg_max_pool %x {layout = #graph.layout<"nc01">, kernel = array<i64: 2, 2>,
      strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x3x8x8xf32>) -> tensor<?x?x?x?xf32>
  return
}
