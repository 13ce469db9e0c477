// RUN: systole-opt %s --graph-fold-shapes --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-fold-shapes --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS

// STATS-DAG: num-values-folded = {{[1-9]}}
// STATS-DAG: num-targets-folded = {{[1-9]}}

// A known dimension is known though its neighbour is not.
// CHECK-LABEL: func.func @knownDimension
func.func @knownDimension(%x: tensor<?x4xf32>) -> tensor<1xi64> {
  %one = graph.constant dense<1> : tensor<1xi64>
  %s = graph.shape_of %x : (tensor<?x4xf32>) -> tensor<2xi64>
  // CHECK-NOT: graph.shape_of
  // CHECK: graph.constant dense<4> : tensor<1xi64>
  %d = graph.gather %s, %one {axis = 0 : i64} : (tensor<2xi64>, tensor<1xi64>) -> tensor<1xi64>
  return %d : tensor<1xi64>
}

// -----

// An unknown dimension stays computed.
// CHECK-LABEL: func.func @unknownDimension
func.func @unknownDimension(%x: tensor<?x4xf32>) -> tensor<1xi64> {
  %zero = graph.constant dense<0> : tensor<1xi64>
  // CHECK: graph.shape_of
  %s = graph.shape_of %x : (tensor<?x4xf32>) -> tensor<2xi64>
  // CHECK: graph.gather
  %d = graph.gather %s, %zero {axis = 0 : i64} : (tensor<2xi64>, tensor<1xi64>) -> tensor<1xi64>
  return %d : tensor<1xi64>
}

// -----

// Arithmetic on known elements, through slice, cast, squeeze and select.
// CHECK-LABEL: func.func @arithmetic
func.func @arithmetic(%x: tensor<?x6x4xf32>) -> tensor<1xi64> {
  %one = graph.constant dense<1> : tensor<1xi64>
  %two = graph.constant dense<2> : tensor<1xi64>
  %three = graph.constant dense<3> : tensor<1xi64>
  %s = graph.shape_of %x : (tensor<?x6x4xf32>) -> tensor<3xi64>
  %i = graph.cast %s to i32 : (tensor<3xi64>) -> tensor<3xi32>
  %j = graph.cast %i to i64 : (tensor<3xi32>) -> tensor<3xi64>
  %t = graph.slice %j, %one, %three, %one {axes = array<i64: 0>}
      : (tensor<3xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %a = graph.slice %t, %one, %two, %one {axes = array<i64: 0>}
      : (tensor<2xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
  %b = graph.mul %a, %two : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
  %c = graph.compare gt, %b, %three : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi1>
  // CHECK: graph.constant dense<8> : tensor<1xi64>
  // CHECK-NOT: graph.select
  %d = graph.select %c, %b, %three : (tensor<1xi1>, tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
  return %d : tensor<1xi64>
}

// -----

// What would overflow is left to the program.
// CHECK-LABEL: func.func @overflow
func.func @overflow() -> tensor<i64> {
  %a = graph.constant dense<9223372036854775807> : tensor<i64>
  // CHECK: graph.add
  %b = graph.add %a, %a : (tensor<i64>, tensor<i64>) -> tensor<i64>
  return %b : tensor<i64>
}

// -----

// Two dimensions that are the input's own become copied zeros.
// CHECK-LABEL: func.func @splitHeads
// CHECK-SAME: -> tensor<?x?x8x16xf32>
func.func @splitHeads(%x: tensor<?x?x128xf32>) -> tensor<?x?x?x?xf32> {
  %zero = graph.constant dense<0> : tensor<1xi64>
  %one = graph.constant dense<1> : tensor<1xi64>
  %heads = graph.constant dense<[8, 16]> : tensor<2xi64>
  %s = graph.shape_of %x : (tensor<?x?x128xf32>) -> tensor<3xi64>
  %a = graph.gather %s, %zero {axis = 0 : i64} : (tensor<3xi64>, tensor<1xi64>) -> tensor<1xi64>
  %b = graph.gather %s, %one {axis = 0 : i64} : (tensor<3xi64>, tensor<1xi64>) -> tensor<1xi64>
  // CHECK: %[[T:.*]] = graph.constant dense<[0, 0, 8, 16]>
  %t = graph.concat %a, %b, %heads {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>, tensor<2xi64>) -> tensor<4xi64>
  // CHECK: graph.reshape %arg0, %[[T]] {copy_zeros}
  %y = graph.reshape %x, %t : (tensor<?x?x128xf32>, tensor<4xi64>) -> tensor<?x?x?x?xf32>
  return %y : tensor<?x?x?x?xf32>
}

// -----

// The dimension may come through element-wise operations.
// CHECK-LABEL: func.func @batchOfProducer
func.func @batchOfProducer(%x: tensor<?x2x3xf32>) -> tensor<?x?xf32> {
  %zero = graph.constant dense<0> : tensor<1xi64>
  %rest = graph.constant dense<-1> : tensor<1xi64>
  %r = graph.relu %x : (tensor<?x2x3xf32>) -> tensor<?x2x3xf32>
  %s = graph.shape_of %x : (tensor<?x2x3xf32>) -> tensor<3xi64>
  %a = graph.gather %s, %zero {axis = 0 : i64} : (tensor<3xi64>, tensor<1xi64>) -> tensor<1xi64>
  // CHECK: %[[T:.*]] = graph.constant dense<[0, -1]>
  %t = graph.concat %a, %rest {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  // CHECK: graph.reshape %{{.*}}, %[[T]] {copy_zeros}
  %y = graph.reshape %r, %t : (tensor<?x2x3xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}

// -----

// Two unknown entries that are not the input's own cannot be said.
// CHECK-LABEL: func.func @twoUnknown
func.func @twoUnknown(%x: tensor<?xf32>, %a: tensor<1xi64>, %b: tensor<1xi64>) -> tensor<?x?xf32> {
  // CHECK: %[[T:.*]] = graph.concat
  %t = graph.concat %a, %b {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  // CHECK: graph.reshape %arg0, %[[T]]
  %y = graph.reshape %x, %t : (tensor<?xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}

// -----

// An entry of 0 without copy_zeros makes a -1 ambiguous.
// CHECK-LABEL: func.func @emptyTarget
func.func @emptyTarget(%x: tensor<?x0xf32>) -> tensor<?x?xf32> {
  %zero = graph.constant dense<0> : tensor<1xi64>
  %s = graph.shape_of %x : (tensor<?x0xf32>) -> tensor<2xi64>
  %a = graph.gather %s, %zero {axis = 0 : i64} : (tensor<2xi64>, tensor<1xi64>) -> tensor<1xi64>
  // CHECK: %[[T:.*]] = graph.concat
  %t = graph.concat %zero, %a {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  // CHECK: graph.reshape %arg0, %[[T]]
  %y = graph.reshape %x, %t : (tensor<?x0xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}

// -----

// Known entries above 1 are dimensions of a broadcast; 1 may stretch.
// CHECK-LABEL: func.func @broadcastTarget
// CHECK-SAME: -> tensor<?x4x?xf32>
func.func @broadcastTarget(%x: tensor<?x1x?xf32>, %n: tensor<1xi64>) -> tensor<?x?x?xf32> {
  %c = graph.constant dense<[4, 1]> : tensor<2xi64>
  %t = graph.concat %n, %c {axis = 0 : i64} : (tensor<1xi64>, tensor<2xi64>) -> tensor<3xi64>
  %y = graph.broadcast %x, %t : (tensor<?x1x?xf32>, tensor<3xi64>) -> tensor<?x?x?xf32>
  return %y : tensor<?x?x?xf32>
}

// -----

// A copied dimension may be 0 when the program runs: a -1 beside it would mean
// nothing then.
// CHECK-LABEL: func.func @copiedBesideUnknown
func.func @copiedBesideUnknown(%x: tensor<?x4xf32>, %n: tensor<1xi64>) -> tensor<?x?xf32> {
  %zero = graph.constant dense<0> : tensor<1xi64>
  %s = graph.shape_of %x : (tensor<?x4xf32>) -> tensor<2xi64>
  %a = graph.gather %s, %zero {axis = 0 : i64} : (tensor<2xi64>, tensor<1xi64>) -> tensor<1xi64>
  // CHECK: %[[T:.*]] = graph.concat
  %t = graph.concat %a, %n {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  // CHECK: graph.reshape %arg0, %[[T]]
  %y = graph.reshape %x, %t : (tensor<?x4xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}

// -----

// Indices count from the end, too.
// CHECK-LABEL: func.func @lastDimension
func.func @lastDimension(%x: tensor<?x4xf32>) -> tensor<1xi64> {
  // CHECK: %[[C:.*]] = graph.constant dense<4> : tensor<1xi64>
  // CHECK: return %[[C]]
  %last = graph.constant dense<-1> : tensor<1xi64>
  %s = graph.shape_of %x : (tensor<?x4xf32>) -> tensor<2xi64>
  %d = graph.gather %s, %last {axis = 0 : i64} : (tensor<2xi64>, tensor<1xi64>) -> tensor<1xi64>
  return %d : tensor<1xi64>
}
