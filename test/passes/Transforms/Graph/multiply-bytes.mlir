// RUN: systole-opt %s --graph-multiply-bytes --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-multiply-bytes --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS

// STATS: num-rewritten = 1

// Padding becomes what stands for zero; the bias takes -3 times the weights' sum.
// CHECK-LABEL: func.func @conv
func.func @conv(%x: tensor<1x5x5x2xui8>) -> tensor<1x3x3x2xi32> {
  // CHECK-DAG: %[[W:.*]] = graph.constant dense<{{.*}}> : tensor<1x1x2x2xi8>
  // CHECK-DAG: %[[B:.*]] = graph.constant dense<[88, 182]> : tensor<2xi32>
  // CHECK-DAG: %[[Z:.*]] = graph.constant dense<3> : tensor<ui8>
  // CHECK: %[[P:.*]] = graph.pad constant, %arg0, %{{.*}}, %[[Z]] : {{.*}} -> tensor<1x7x7x2xui8>
  // CHECK: graph.conv %[[P]], %[[W]], %[[B]] {{.*}} pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 3, 3>, sum_type = i32
  %z = graph.constant dense<3> : tensor<i16>
  %w = graph.constant dense<[[[[1, 2], [3, 4]]]]> : tensor<1x1x2x2xi16>
  %b = graph.constant dense<[100, 200]> : tensor<2xi32>
  %c = graph.cast %x to i16 : (tensor<1x5x5x2xui8>) -> tensor<1x5x5x2xi16>
  %d = graph.sub %c, %z : (tensor<1x5x5x2xi16>, tensor<i16>) -> tensor<1x5x5x2xi16>
  %y = graph.conv %d, %w, %b {input_layout = #graph.layout<"n01c">, filter_layout = #graph.layout<"01io">, output_layout = #graph.layout<"n01c">, strides = array<i64: 3, 3>, dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, groups = 1 : i64, sum_type = i32} : (tensor<1x5x5x2xi16>, tensor<1x1x2x2xi16>, tensor<2xi32>) -> tensor<1x3x3x2xi32>
  return %y : tensor<1x3x3x2xi32>
}

// -----

// Signed bytes are moved by 128: without a zero point, that is what stands for
// zero. Automatic padding takes its size from the input's.
// CHECK-LABEL: func.func @signed
func.func @signed(%x: tensor<1x4x4x1xi8>) -> tensor<1x4x4x1xi32> {
  // CHECK-DAG: %[[B:.*]] = graph.constant dense<-1280> : tensor<1xi32>
  // CHECK-DAG: %[[Z:.*]] = graph.constant dense<128> : tensor<ui8>
  // CHECK: %[[U:.*]] = graph.cast %{{.*}} to ui8
  // CHECK: %[[P:.*]] = graph.pad constant, %[[U]], %{{.*}}, %[[Z]] : {{.*}} -> tensor<1x5x5x1xui8>
  // CHECK: graph.conv %[[P]], %{{.*}}, %[[B]]
  %w = graph.constant dense<[[[[1]], [[2]]], [[[3]], [[4]]]]> : tensor<2x2x1x1xi16>
  %c = graph.cast %x to i16 : (tensor<1x4x4x1xi8>) -> tensor<1x4x4x1xi16>
  %y = graph.conv %c, %w {input_layout = #graph.layout<"n01c">, filter_layout = #graph.layout<"01io">, output_layout = #graph.layout<"n01c">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, auto_pad = #graph.auto_pad<same_upper>, groups = 1 : i64, sum_type = i32} : (tensor<1x4x4x1xi16>, tensor<2x2x1x1xi16>) -> tensor<1x4x4x1xi32>
  return %y : tensor<1x4x4x1xi32>
}

// -----

// A transpose between is of the bytes.
// CHECK-LABEL: func.func @transposed
func.func @transposed(%x: tensor<2x3xui8>) -> tensor<3x2xi32> {
  // CHECK: %[[T:.*]] = graph.transpose %arg0 {{.*}} -> tensor<3x2xui8>
  // CHECK: graph.matmul %[[T]]
  %w = graph.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi16>
  %c = graph.cast %x to i16 : (tensor<2x3xui8>) -> tensor<2x3xi16>
  %t = graph.transpose %c {perm = array<i64: 1, 0>} : (tensor<2x3xi16>) -> tensor<3x2xi16>
  %y = graph.matmul %t, %w {sum_type = i32} : (tensor<3x2xi16>, tensor<2x2xi16>) -> tensor<3x2xi32>
  return %y : tensor<3x2xi32>
}

// -----

// Groups, weights of nine bits, a zero point for each channel, wide sums and
// inputs that never were bytes stay.
// CHECK-LABEL: func.func @stays
func.func @stays(%x: tensor<1x2xui8>, %v: tensor<1x1x1x2xui8>, %s: tensor<1x2xi16>) -> (tensor<1x2xi32>, tensor<1x2xi32>, tensor<1x2xi64>, tensor<1x2xi32>, tensor<1x1x1x2xi32>) {
  // CHECK-NOT: xi8>
  // CHECK-COUNT-4: graph.matmul
  // CHECK: graph.conv
  %w = graph.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi16>
  %nine = graph.constant dense<[[1, 2], [3, 200]]> : tensor<2x2xi16>
  %z = graph.constant dense<3> : tensor<i16>
  %zs = graph.constant dense<[3, 4]> : tensor<2xi16>
  %f = graph.constant dense<[[[[1, 2]]]]> : tensor<1x1x1x2xi16>
  %c = graph.cast %x to i16 : (tensor<1x2xui8>) -> tensor<1x2xi16>
  %d = graph.sub %c, %z : (tensor<1x2xi16>, tensor<i16>) -> tensor<1x2xi16>
  %e = graph.sub %c, %zs : (tensor<1x2xi16>, tensor<2xi16>) -> tensor<1x2xi16>
  %a = graph.matmul %d, %nine {sum_type = i32} : (tensor<1x2xi16>, tensor<2x2xi16>) -> tensor<1x2xi32>
  %b = graph.matmul %e, %w {sum_type = i32} : (tensor<1x2xi16>, tensor<2x2xi16>) -> tensor<1x2xi32>
  %g = graph.matmul %d, %w {sum_type = i64} : (tensor<1x2xi16>, tensor<2x2xi16>) -> tensor<1x2xi64>
  %h = graph.matmul %s, %w {sum_type = i32} : (tensor<1x2xi16>, tensor<2x2xi16>) -> tensor<1x2xi32>
  %i = graph.cast %v to i16 : (tensor<1x1x1x2xui8>) -> tensor<1x1x1x2xi16>
  %j = graph.conv %i, %f {input_layout = #graph.layout<"n01c">, filter_layout = #graph.layout<"01io">, output_layout = #graph.layout<"n01c">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 2 : i64, sum_type = i32} : (tensor<1x1x1x2xi16>, tensor<1x1x1x2xi16>) -> tensor<1x1x1x2xi32>
  return %a, %b, %g, %h, %j : tensor<1x2xi32>, tensor<1x2xi32>, tensor<1x2xi64>, tensor<1x2xi32>, tensor<1x1x1x2xi32>
}
