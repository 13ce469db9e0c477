// RUN: systole-opt %s --graph-fold-batch-norm --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-fold-batch-norm --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS

// STATS: num-into-conv = 1
// STATS: num-into-matmul = 1
// STATS: num-expanded = 1

// Into filter and bias of a convolution: s = [2, 3], t = [1, -3], so the filter
// [1, 10] becomes [2, 30] and the bias [5, 6] becomes [11, 15].
// CHECK-LABEL: func.func @intoConv
func.func @intoConv(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
  // CHECK-DAG: %[[W:.*]] = graph.constant dense<{{\[\[\[\[}}2.000000e+00]]], {{\[\[\[}}3.000000e+01]]]]>
  // CHECK-DAG: %[[B:.*]] = graph.constant dense<[1.100000e+01, 1.500000e+01]>
  // CHECK: %[[Y:.*]] = graph.conv %arg0, %[[W]], %[[B]]
  // CHECK-NOT: graph.batch_norm
  // CHECK: return %[[Y]]
  %w = graph.constant dense<[[[[1.0]]], [[[10.0]]]]> : tensor<2x1x1x1xf32>
  %b = graph.constant dense<[5.0, 6.0]> : tensor<2xf32>
  %scale = graph.constant dense<[4.0, 9.0]> : tensor<2xf32>
  %bias = graph.constant dense<[2.0, 0.0]> : tensor<2xf32>
  %mean = graph.constant dense<[0.5, 1.0]> : tensor<2xf32>
  %variance = graph.constant dense<[4.0, 9.0]> : tensor<2xf32>
  %c = graph.conv %x, %w, %b {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %y = graph.batch_norm %c, %scale, %bias, %mean, %variance {axis = 1 : i64, epsilon = 0.0 : f64}
      : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %y : tensor<1x2x4x4xf32>
}

// -----

// A convolution with another user keeps its weights; the normalisation becomes
// mul and add.
// CHECK-LABEL: func.func @convUsedTwice
func.func @convUsedTwice(%x: tensor<1x1x4x4xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  // CHECK: %[[C:.*]] = graph.conv
  // CHECK: %[[M:.*]] = graph.mul %[[C]], %{{.*}} : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>)
  // CHECK: graph.add %[[M]], %{{.*}} : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>)
  %w = graph.constant dense<[[[[1.0]]], [[[10.0]]]]> : tensor<2x1x1x1xf32>
  %s = graph.constant dense<[4.0, 9.0]> : tensor<2xf32>
  %c = graph.conv %x, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %y = graph.batch_norm %c, %s, %s, %s, %s {axis = 1 : i64, epsilon = 0.0 : f64}
      : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %y, %c : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}

// -----

// A filter that is an argument takes no scale.
// CHECK-LABEL: func.func @filterNotConstant
func.func @filterNotConstant(%x: tensor<1x1x4x4xf32>, %w: tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32> {
  // CHECK: graph.conv %arg0, %arg1 {
  // CHECK: graph.mul
  // CHECK: graph.add
  %s = graph.constant dense<[4.0, 9.0]> : tensor<2xf32>
  %c = graph.conv %x, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %y = graph.batch_norm %c, %s, %s, %s, %s {axis = 1 : i64, epsilon = 0.0 : f64}
      : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %y : tensor<1x2x4x4xf32>
}

// -----

// Along another dimension than the convolution's channels.
// CHECK-LABEL: func.func @otherAxis
func.func @otherAxis(%x: tensor<1x1x2x2xf32>) -> tensor<1x2x2x2xf32> {
  // CHECK: graph.conv
  // CHECK: graph.mul {{.*}} : (tensor<1x2x2x2xf32>, tensor<2xf32>)
  %w = graph.constant dense<[[[[1.0]]], [[[10.0]]]]> : tensor<2x1x1x1xf32>
  %s = graph.constant dense<[4.0, 9.0]> : tensor<2xf32>
  %c = graph.conv %x, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x2x2xf32>
  %y = graph.batch_norm %c, %s, %s, %s, %s {axis = 3 : i64, epsilon = 0.0 : f64}
      : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  return %y : tensor<1x2x2x2xf32>
}

// -----

// Into the columns of a matrix product, with the offset added after it.
// CHECK-LABEL: func.func @intoMatMul
func.func @intoMatMul(%x: tensor<3x1xf32>) -> tensor<3x2xf32> {
  // CHECK-DAG: %[[W:.*]] = graph.constant dense<{{\[\[}}2.000000e+00, 3.000000e+01]]>
  // CHECK-DAG: %[[T:.*]] = graph.constant dense<[1.000000e+00, -3.000000e+00]>
  // CHECK: %[[M:.*]] = graph.matmul %arg0, %[[W]]
  // CHECK: graph.add %[[M]], %[[T]]
  %w = graph.constant dense<[[1.0, 10.0]]> : tensor<1x2xf32>
  %scale = graph.constant dense<[4.0, 9.0]> : tensor<2xf32>
  %bias = graph.constant dense<[2.0, 0.0]> : tensor<2xf32>
  %mean = graph.constant dense<[0.5, 1.0]> : tensor<2xf32>
  %variance = graph.constant dense<[4.0, 9.0]> : tensor<2xf32>
  %c = graph.matmul %x, %w : (tensor<3x1xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  %y = graph.batch_norm %c, %scale, %bias, %mean, %variance {axis = 1 : i64, epsilon = 0.0 : f64}
      : (tensor<3x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

// Statistics that are arguments.
// CHECK-LABEL: func.func @statisticsNotConstant
func.func @statisticsNotConstant(%x: tensor<3x2xf32>, %m: tensor<2xf32>) -> tensor<3x2xf32> {
  // CHECK: graph.batch_norm
  %s = graph.constant dense<[4.0, 9.0]> : tensor<2xf32>
  %y = graph.batch_norm %x, %s, %s, %m, %s {axis = 1 : i64, epsilon = 0.0 : f64}
      : (tensor<3x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

// A variance of 0 without epsilon gives infinities: the model's own business.
// CHECK-LABEL: func.func @infiniteScale
func.func @infiniteScale(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  // CHECK: graph.batch_norm
  %s = graph.constant dense<[4.0, 9.0]> : tensor<2xf32>
  %v = graph.constant dense<0.0> : tensor<2xf32>
  %y = graph.batch_norm %x, %s, %s, %s, %v {axis = 1 : i64, epsilon = 0.0 : f64}
      : (tensor<3x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

// A weight that would overflow keeps the convolution as it is.
// CHECK-LABEL: func.func @overflowingWeight
func.func @overflowingWeight(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32> {
  // CHECK: %[[W:.*]] = graph.constant dense<3.000000e+38>
  // CHECK: graph.conv %arg0, %[[W]]
  %w = graph.constant dense<3.0e38> : tensor<1x1x1x1xf32>
  %s = graph.constant dense<16.0> : tensor<1xf32>
  %c = graph.conv %x, %w {input_layout = #graph.layout<"nc01">, filter_layout = #graph.layout<"oi01">, output_layout = #graph.layout<"nc01">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %y = graph.batch_norm %c, %s, %s, %s, %s {axis = 1 : i64, epsilon = 0.0 : f64}
      : (tensor<1x1x4x4xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x4x4xf32>
  return %y : tensor<1x1x4x4xf32>
}
