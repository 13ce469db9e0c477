// RUN: systole-opt --canonicalize %s | FileCheck %s

// CHECK-LABEL: @shapeOfStatic
func.func @shapeOfStatic(%x: tensor<2x3xf32>, %y: tensor<2x?xf32>) -> (tensor<2xi64>, tensor<2xi64>) {
  // CHECK-DAG: graph.constant dense<[2, 3]> : tensor<2xi64>
  // CHECK-DAG: graph.shape_of
  %0 = graph.shape_of %x : (tensor<2x3xf32>) -> tensor<2xi64>
  %1 = graph.shape_of %y : (tensor<2x?xf32>) -> tensor<2xi64>
  return %0, %1 : tensor<2xi64>, tensor<2xi64>
}

// Known dimensions of a shape that is not known as a whole.
// CHECK-LABEL: @gatherKnownDimension
func.func @gatherKnownDimension(%x: tensor<?x3xf32>) -> (tensor<i64>, tensor<1xi64>, tensor<i64>) {
  // CHECK-DAG: %[[A:.*]] = graph.constant dense<3> : tensor<i64>
  // CHECK-DAG: %[[B:.*]] = graph.constant dense<3> : tensor<1xi64>
  // CHECK: %[[C:.*]] = graph.gather
  // CHECK: return %[[A]], %[[B]], %[[C]]
  %s = graph.shape_of %x : (tensor<?x3xf32>) -> tensor<2xi64>
  %i0 = graph.constant dense<0> : tensor<i64>
  %i1 = graph.constant dense<1> : tensor<i64>
  %last = graph.constant dense<-1> : tensor<1xi32>
  %0 = graph.gather %s, %i1 {axis = 0 : i64} : (tensor<2xi64>, tensor<i64>) -> tensor<i64>
  %1 = graph.gather %s, %last {axis = 0 : i64} : (tensor<2xi64>, tensor<1xi32>) -> tensor<1xi64>
  %2 = graph.gather %s, %i0 {axis = 0 : i64} : (tensor<2xi64>, tensor<i64>) -> tensor<i64>
  return %0, %1, %2 : tensor<i64>, tensor<1xi64>, tensor<i64>
}

// CHECK-LABEL: @transposes
// CHECK-SAME: (%[[X:.*]]: tensor<2x3x4xf32>)
func.func @transposes(%x: tensor<2x3x4xf32>) -> (tensor<2x3x4xf32>, tensor<2x3x4xf32>, tensor<4x3x2xf32>) {
  // CHECK-NEXT: %[[T:.*]] = graph.transpose %[[X]] {perm = array<i64: 2, 1, 0>}
  // CHECK-NEXT: return %[[X]], %[[X]], %[[T]]
  %identity = graph.transpose %x {perm = array<i64: 0, 1, 2>} : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %a = graph.transpose %x {perm = array<i64: 1, 2, 0>} : (tensor<2x3x4xf32>) -> tensor<3x4x2xf32>
  %back = graph.transpose %a {perm = array<i64: 2, 0, 1>} : (tensor<3x4x2xf32>) -> tensor<2x3x4xf32>
  %merged = graph.transpose %a {perm = array<i64: 1, 0, 2>} : (tensor<3x4x2xf32>) -> tensor<4x3x2xf32>
  return %identity, %back, %merged : tensor<2x3x4xf32>, tensor<2x3x4xf32>, tensor<4x3x2xf32>
}

// Only the last of several reshapes matters, and its static result says how.
// CHECK-LABEL: @reshapes
// CHECK-SAME: (%[[X:.*]]: tensor<2x6xf32>, %[[S:.*]]: tensor<2xi64>)
func.func @reshapes(%x: tensor<2x6xf32>, %s: tensor<2xi64>) -> (tensor<3x4xf32>, tensor<2x6xf32>) {
  // CHECK-DAG: %[[C:.*]] = graph.constant dense<[3, 4]> : tensor<2xi64>
  // CHECK: %[[R:.*]] = graph.reshape %[[X]], %[[C]] : (tensor<2x6xf32>, tensor<2xi64>) -> tensor<3x4xf32>
  // CHECK: return %[[R]], %[[X]]
  %0 = graph.reshape %x, %s : (tensor<2x6xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  %1 = graph.reshape %0, %s {copy_zeros} : (tensor<?x?xf32>, tensor<2xi64>) -> tensor<3x4xf32>
  %2 = graph.reshape %1, %s : (tensor<3x4xf32>, tensor<2xi64>) -> tensor<2x6xf32>
  return %1, %2 : tensor<3x4xf32>, tensor<2x6xf32>
}

// A reshape that copies dimensions needs the tensor that it reshapes.
// CHECK-LABEL: @reshapeCopies
func.func @reshapeCopies(%x: tensor<2x?xf32>, %s: tensor<2xi64>, %t: tensor<3xi64>) -> tensor<?x?xf32> {
  // CHECK-COUNT-2: graph.reshape
  %0 = graph.reshape %x, %t : (tensor<2x?xf32>, tensor<3xi64>) -> tensor<?x?x?xf32>
  %1 = graph.reshape %0, %s {copy_zeros} : (tensor<?x?x?xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %1 : tensor<?x?xf32>
}

// CHECK-LABEL: @squeezeInverse
// CHECK-SAME: (%[[X:.*]]: tensor<3x?xf32>, %[[Y:.*]]: tensor<1x3xf32>)
func.func @squeezeInverse(%x: tensor<3x?xf32>, %y: tensor<1x3xf32>) -> (tensor<3x?xf32>, tensor<1x3xf32>) {
  // CHECK-NEXT: return %[[X]], %[[Y]]
  %0 = graph.unsqueeze %x {axes = array<i64: 0, 2>} : (tensor<3x?xf32>) -> tensor<1x3x1x?xf32>
  %1 = graph.squeeze %0 {axes = array<i64: 0, 2>} : (tensor<1x3x1x?xf32>) -> tensor<3x?xf32>
  %2 = graph.squeeze %y {axes = array<i64: 0>} : (tensor<1x3xf32>) -> tensor<3xf32>
  %3 = graph.unsqueeze %2 {axes = array<i64: 0>} : (tensor<3xf32>) -> tensor<1x3xf32>
  return %1, %3 : tensor<3x?xf32>, tensor<1x3xf32>
}

// Other axes, another tensor.
// CHECK-LABEL: @squeezeOther
func.func @squeezeOther(%x: tensor<1x3xf32>) -> tensor<3x1xf32> {
  // CHECK: graph.squeeze
  // CHECK: graph.unsqueeze
  %0 = graph.squeeze %x {axes = array<i64: 0>} : (tensor<1x3xf32>) -> tensor<3xf32>
  %1 = graph.unsqueeze %0 {axes = array<i64: 1>} : (tensor<3xf32>) -> tensor<3x1xf32>
  return %1 : tensor<3x1xf32>
}

// Parts that are the whole.
// CHECK-LABEL: @nothingToDo
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>, %[[D:.*]]: tensor<?xf32>, %[[S:.*]]: tensor<1xi64>)
func.func @nothingToDo(%x: tensor<4xf32>, %d: tensor<?xf32>, %s: tensor<1xi64>)
    -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<?xf32>, tensor<4xf32>) {
  // CHECK-NEXT: return %[[X]], %[[X]], %[[X]], %[[D]], %[[X]]
  %start = graph.constant dense<0> : tensor<1xi64>
  %end = graph.constant dense<9223372036854775807> : tensor<1xi64>
  %step = graph.constant dense<1> : tensor<1xi64>
  %none = graph.constant dense<0> : tensor<2xi64>
  %slice = graph.slice %x, %start, %end, %step {axes = array<i64: 0>}
      : (tensor<4xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<4xf32>
  %broadcast = graph.broadcast %x, %s : (tensor<4xf32>, tensor<1xi64>) -> tensor<4xf32>
  %concat = graph.concat %x {axis = 0 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  %pad = graph.pad reflect, %d, %none : (tensor<?xf32>, tensor<2xi64>) -> tensor<?xf32>
  %empty = graph.constant dense<> : tensor<0xf32>
  %two = graph.concat %empty, %x {axis = 0 : i64} : (tensor<0xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %slice, %broadcast, %concat, %pad, %two
      : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<?xf32>, tensor<4xf32>
}

// As many elements, in the other order.
// CHECK-LABEL: @sliceReverses
func.func @sliceReverses(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: graph.slice
  %start = graph.constant dense<-1> : tensor<1xi64>
  %end = graph.constant dense<-9223372036854775808> : tensor<1xi64>
  %slice = graph.slice %x, %start, %end, %start {axes = array<i64: 0>}
      : (tensor<4xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<4xf32>
  return %slice : tensor<4xf32>
}
