// RUN: systole-opt %s -split-input-file --graph-quantize | FileCheck %s

// A bias and an activation are part of the sum; a bound that the 8 bits have
// anyway is none.
// CHECK-LABEL: func.func @boundsByRange
// CHECK: %[[Q:.*]] = graph.quantize %arg0
// CHECK: %[[W:.*]] = graph.cast %[[Q]]
// CHECK: %[[C:.*]] = graph.sub %[[W]]
// CHECK: graph.conv %[[C]]
// CHECK-SAME: sum_type = i32
// CHECK-NOT: graph.relu
// CHECK-NOT: graph.max
// CHECK: graph.quantize
// CHECK: graph.conv
// CHECK-SAME: sum_type = i32
// CHECK: %[[Y:.*]] = graph.dequantize
// CHECK-NEXT: return %[[Y]]
func.func @boundsByRange(%x: tensor<1x2x2x1xf32> {graph.range = array<f32: 0.0, 1.0>}) -> tensor<1x2x2x1xf32> {
  %w = graph.constant dense<2.0> : tensor<1x1x1x1xf32>
  %b = graph.constant dense<0.5> : tensor<1xf32>
  %h = graph.conv %x, %w, %b {input_layout = #graph.layout<"n01c">, filter_layout = #graph.layout<"01io">,
      output_layout = #graph.layout<"n01c">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64, graph.range = array<f32: -1.0, 1.0>}
      : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x2x2x1xf32>
  %r = graph.relu %h {graph.range = array<f32: 0.0, 1.0>} : (tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32>
  %y = graph.conv %r, %w {input_layout = #graph.layout<"n01c">, filter_layout = #graph.layout<"01io">,
      output_layout = #graph.layout<"n01c">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64, graph.range = array<f32: -1.0, 1.0>}
      : (tensor<1x2x2x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x2x2x1xf32>
  return %y : tensor<1x2x2x1xf32>
}

// -----

// What is marked stays as it is, and reads what the integers stand for.
// CHECK-LABEL: func.func @keepsMarked
// CHECK: graph.matmul
// CHECK-SAME: sum_type = i32
// CHECK: %[[X:.*]] = graph.dequantize
// CHECK: graph.matmul %[[X]], {{.*}} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
// CHECK-NOT: graph.keep_float
func.func @keepsMarked(%x: tensor<1x2xf32> {graph.range = array<f32: 0.0, 1.0>}) -> tensor<1x2xf32> {
  %w = graph.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %h = graph.matmul %x, %w {graph.range = array<f32: 0.0, 1.0>} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %y = graph.matmul %h, %w {graph.keep_float, graph.range = array<f32: 0.0, 1.0>} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// -----

// A function of one number is a table, whatever it is written in.
// CHECK-LABEL: func.func @readsTable
// CHECK: graph.constant dense_resource<{{.*}}> : tensor<256xf32>
// CHECK: %[[T:.*]] = graph.gather
// CHECK-NEXT: return %[[T]]
// CHECK-NOT: graph.tanh
func.func @readsTable(%x: tensor<1x2xf32> {graph.range = array<f32: 0.0, 1.0>}) -> tensor<1x2xf32> {
  %w = graph.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = graph.constant dense<0.5> : tensor<f32>
  %h = graph.matmul %x, %w {graph.range = array<f32: 0.0, 1.0>} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %t = graph.tanh %h {graph.range = array<f32: 0.0, 1.0>} : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %m = graph.mul %h, %t {graph.range = array<f32: 0.0, 1.0>} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %y = graph.add %m, %c {graph.range = array<f32: 0.0, 1.0>} : (tensor<1x2xf32>, tensor<f32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// -----

// Exponentials from a table, an exact sum, one division.
// CHECK-LABEL: func.func @sumsPowers
// CHECK: %[[P:.*]] = graph.gather
// CHECK: %[[S:.*]] = graph.reduce sum, %[[P]]
// CHECK-SAME: tensor<1x2xi32>
// CHECK: graph.div
// CHECK-NOT: graph.softmax
func.func @sumsPowers(%x: tensor<1x2xf32> {graph.range = array<f32: 0.0, 1.0>}) -> tensor<1x2xf32> {
  %w = graph.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %h = graph.matmul %x, %w {graph.range = array<f32: 0.0, 1.0>} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %y = graph.softmax %h {axis = 1 : i64, graph.range = array<f32: 0.0, 1.0>} : (tensor<1x2xf32>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// -----

// What is joined has one scale, and is moved as integers.
// CHECK-LABEL: func.func @joinsWithOneScale
// CHECK: graph.concat {{.*}} : (tensor<1x2xi8>, tensor<1x2xi8>) -> tensor<1x4xi8>
// CHECK: graph.matmul {{.*}} {sum_type = i32} : (tensor<1x4xi16>
func.func @joinsWithOneScale(%x: tensor<1x2xf32> {graph.range = array<f32: 0.0, 1.0>}) -> tensor<1x1xf32> {
  %w = graph.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %v = graph.constant dense<[[1.0], [2.0], [3.0], [4.0]]> : tensor<4x1xf32>
  %a = graph.matmul %x, %w {graph.range = array<f32: 0.0, 1.0>} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %b = graph.matmul %a, %w {graph.range = array<f32: 0.0, 9.0>} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %c = graph.concat %a, %b {axis = 1 : i64, graph.range = array<f32: 0.0, 9.0>} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x4xf32>
  %y = graph.matmul %c, %v {graph.range = array<f32: 0.0, 1.0>} : (tensor<1x4xf32>, tensor<4x1xf32>) -> tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}

// -----

// The mean of a whole picture is one sum of integers; one with padding has
// windows of different sizes.
// CHECK-LABEL: func.func @sumsPools
// CHECK: graph.conv {{.*}}groups = 2 : i64{{.*}} sum_type = i32
// CHECK: graph.dequantize {{.*}} : (tensor<1x3x3x2xi32>, tensor<1x3x3x1xf32>)
// CHECK: graph.reduce sum, {{.*}}axes = array<i64: 1, 2>, keep_dims{{.*}}tensor<1x3x3x2xi32>
// CHECK-NOT: graph.avg_pool
func.func @sumsPools(%x: tensor<1x3x3x2xf32> {graph.range = array<f32: 0.0, 1.0>}) -> tensor<1x1x1x2xf32> {
  %w = graph.constant dense<1.0> : tensor<1x1x2x2xf32>
  %h = graph.conv %x, %w {input_layout = #graph.layout<"n01c">, filter_layout = #graph.layout<"01io">,
      output_layout = #graph.layout<"n01c">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64, graph.range = array<f32: 0.0, 2.0>}
      : (tensor<1x3x3x2xf32>, tensor<1x1x2x2xf32>) -> tensor<1x3x3x2xf32>
  %p = graph.avg_pool %h {layout = #graph.layout<"n01c">, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, graph.range = array<f32: 0.0, 2.0>}
      : (tensor<1x3x3x2xf32>) -> tensor<1x3x3x2xf32>
  %y = graph.avg_pool %p {layout = #graph.layout<"n01c">, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, graph.range = array<f32: 0.0, 2.0>}
      : (tensor<1x3x3x2xf32>) -> tensor<1x1x1x2xf32>
  return %y : tensor<1x1x1x2xf32>
}
