// RUN: systole-opt %s --graph-simplify-reshapes --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-simplify-reshapes --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS

// STATS-DAG: num-views-merged = 2
// STATS-DAG: num-views-sunk = 2
// STATS-DAG: num-broadcasts-removed = 1

// Views of views are one; none where the shape comes back.
// CHECK-LABEL: func.func @views
func.func @views(%x: tensor<2x3xf32>) -> (tensor<3x2x1xf32>, tensor<2x3xf32>) {
  // CHECK: %[[Y:.*]] = graph.reshape %arg0
  // CHECK-NOT: graph.squeeze
  // CHECK: return %[[Y]], %arg0
  %shape = graph.constant dense<[3, 2]> : tensor<2xi64>
  %r = graph.reshape %x, %shape : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<3x2xf32>
  %u = graph.unsqueeze %r {axes = array<i64: 2>} : (tensor<3x2xf32>) -> tensor<3x2x1xf32>
  %v = graph.unsqueeze %x {axes = array<i64: 0>} : (tensor<2x3xf32>) -> tensor<1x2x3xf32>
  %w = graph.unsqueeze %v {axes = array<i64: 3>} : (tensor<1x2x3xf32>) -> tensor<1x2x3x1xf32>
  %s = graph.squeeze %w {axes = array<i64: 0, 3>} : (tensor<1x2x3x1xf32>) -> tensor<2x3xf32>
  return %u, %s : tensor<3x2x1xf32>, tensor<2x3xf32>
}

// -----

// With unknown dimensions the axes are joined: the second's count after the
// first's.
// CHECK-LABEL: func.func @axes
func.func @axes(%x: tensor<1x?x1x?xf32>, %y: tensor<?x?xf32>) -> (tensor<?x?xf32>, tensor<1x?x1x?xf32>) {
  // CHECK: graph.squeeze %arg0 {axes = array<i64: 0, 2>}
  // CHECK: graph.unsqueeze %arg1 {axes = array<i64: 0, 2>}
  // CHECK-NEXT: return
  %a = graph.squeeze %x {axes = array<i64: 0>} : (tensor<1x?x1x?xf32>) -> tensor<?x1x?xf32>
  %b = graph.squeeze %a {axes = array<i64: 1>} : (tensor<?x1x?xf32>) -> tensor<?x?xf32>
  %c = graph.unsqueeze %y {axes = array<i64: 1>} : (tensor<?x?xf32>) -> tensor<?x1x?xf32>
  %d = graph.unsqueeze %c {axes = array<i64: 0>} : (tensor<?x1x?xf32>) -> tensor<1x?x1x?xf32>
  return %b, %d : tensor<?x?xf32>, tensor<1x?x1x?xf32>
}

// -----

// Where neither the shape nor the axes tell, both views stay.
// CHECK-LABEL: func.func @viewsThatStay
func.func @viewsThatStay(%x: tensor<?x?x1xf32>, %s: tensor<2xi64>) -> tensor<1x?x?xf32> {
  // CHECK: graph.reshape
  // CHECK: graph.unsqueeze
  %a = graph.reshape %x, %s : (tensor<?x?x1xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  %b = graph.unsqueeze %a {axes = array<i64: 0>} : (tensor<?x?xf32>) -> tensor<1x?x?xf32>
  return %b : tensor<1x?x?xf32>
}

// -----

// A view goes behind what a matrix product can take as its epilogue.
// CHECK-LABEL: func.func @sink
func.func @sink(%x: tensor<2x3xf32>, %w: tensor<3x4xf32>) -> tensor<2x2x2xf32> {
  // CHECK: %[[M:.*]] = graph.matmul
  // CHECK: %[[S:.*]] = graph.mul %[[M]]
  // CHECK: %[[R:.*]] = graph.relu %[[S]]
  // CHECK: graph.reshape %[[R]]
  %two = graph.constant dense<2.0> : tensor<f32>
  %shape = graph.constant dense<[2, 2, 2]> : tensor<3xi64>
  %m = graph.matmul %x, %w : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  %v = graph.reshape %m, %shape : (tensor<2x4xf32>, tensor<3xi64>) -> tensor<2x2x2xf32>
  %s = graph.mul %v, %two : (tensor<2x2x2xf32>, tensor<f32>) -> tensor<2x2x2xf32>
  %r = graph.relu %s : (tensor<2x2x2xf32>) -> tensor<2x2x2xf32>
  return %r : tensor<2x2x2xf32>
}

// -----

// Not a view of an argument, one that is read twice, or beside another tensor.
// CHECK-LABEL: func.func @viewsThatFloat
func.func @viewsThatFloat(%x: tensor<4xf32>, %y: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) {
  // CHECK: %[[A:.*]] = graph.reshape %arg0
  // CHECK: graph.relu %[[A]]
  // CHECK: %[[E:.*]] = graph.exp
  // CHECK: %[[B:.*]] = graph.reshape %[[E]]
  // CHECK: graph.relu %[[B]]
  // CHECK: %[[T:.*]] = graph.tanh
  // CHECK: %[[C:.*]] = graph.reshape %[[T]]
  // CHECK: graph.add %[[C]], %arg1
  %shape = graph.constant dense<[2, 2]> : tensor<2xi64>
  %a = graph.reshape %x, %shape : (tensor<4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
  %b = graph.relu %a : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %e = graph.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %c = graph.reshape %e, %shape : (tensor<4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
  %d = graph.relu %c : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %t = graph.tanh %x : (tensor<4xf32>) -> tensor<4xf32>
  %f = graph.reshape %t, %shape : (tensor<4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
  %g = graph.add %f, %y : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  return %b, %c, %d, %g : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>
}

// -----

// A reader that broadcasts needs no broadcast: the other operand has the shape.
// CHECK-LABEL: func.func @broadcastRemoved
func.func @broadcastRemoved(%x: tensor<3xf32>, %y: tensor<2x3xf32>, %s: tensor<2xi64>, %z: tensor<?x3xf32>) -> (tensor<2x3xf32>, tensor<?x3xf32>) {
  // CHECK-NOT: graph.broadcast
  // CHECK: graph.mul %arg0, %arg1
  // CHECK: graph.add
  %b = graph.broadcast %x, %s : (tensor<3xf32>, tensor<2xi64>) -> tensor<2x3xf32>
  %m = graph.mul %b, %y : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %t = graph.shape_of %z : (tensor<?x3xf32>) -> tensor<2xi64>
  %n = graph.tanh %z : (tensor<?x3xf32>) -> tensor<?x3xf32>
  %a = graph.add %n, %z : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
  return %m, %a : tensor<2x3xf32>, tensor<?x3xf32>
}

// -----

// Not where the broadcast alone gives the shape, or might.
// CHECK-LABEL: func.func @broadcastNeeded
func.func @broadcastNeeded(%x: tensor<3xf32>, %y: tensor<1x3xf32>, %s: tensor<2xi64>, %z: tensor<?x3xf32>) -> (tensor<2x3xf32>, tensor<?x3xf32>) {
  // CHECK: %[[B:.*]] = graph.broadcast
  // CHECK: graph.mul %[[B]]
  // CHECK: %[[C:.*]] = graph.broadcast
  // CHECK: graph.add %[[C]]
  %b = graph.broadcast %x, %s : (tensor<3xf32>, tensor<2xi64>) -> tensor<2x3xf32>
  %m = graph.mul %b, %y : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  %c = graph.broadcast %x, %s : (tensor<3xf32>, tensor<2xi64>) -> tensor<?x3xf32>
  %a = graph.add %c, %z : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
  return %m, %a : tensor<2x3xf32>, tensor<?x3xf32>
}

// -----

// Fewer elements are computed before a broadcast than after it; two are one; one
// that repeats nothing is a reshape.
// CHECK-LABEL: func.func @broadcastMoved
func.func @broadcastMoved(%x: tensor<3xf32>) -> (tensor<4x2x3xf32>, tensor<1x3xf32>) {
  // CHECK: %[[E:.*]] = graph.exp %arg0 : (tensor<3xf32>)
  // CHECK: graph.broadcast %[[E]], {{.*}} -> tensor<4x2x3xf32>
  // CHECK-NOT: graph.broadcast
  // CHECK: graph.reshape %arg0, {{.*}} -> tensor<1x3xf32>
  %s = graph.constant dense<[2, 3]> : tensor<2xi64>
  %t = graph.constant dense<[4, 2, 3]> : tensor<3xi64>
  %u = graph.constant dense<[1, 3]> : tensor<2xi64>
  %a = graph.broadcast %x, %s : (tensor<3xf32>, tensor<2xi64>) -> tensor<2x3xf32>
  %b = graph.exp %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %c = graph.broadcast %b, %t : (tensor<2x3xf32>, tensor<3xi64>) -> tensor<4x2x3xf32>
  %d = graph.broadcast %x, %u : (tensor<3xf32>, tensor<2xi64>) -> tensor<1x3xf32>
  return %c, %d : tensor<4x2x3xf32>, tensor<1x3xf32>
}

// -----

// A broadcast with another reader stays before both.
// CHECK-LABEL: func.func @broadcastReadTwice
func.func @broadcastReadTwice(%x: tensor<3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  // CHECK: %[[B:.*]] = graph.broadcast
  // CHECK: graph.exp %[[B]]
  %s = graph.constant dense<[2, 3]> : tensor<2xi64>
  %a = graph.broadcast %x, %s : (tensor<3xf32>, tensor<2xi64>) -> tensor<2x3xf32>
  %b = graph.exp %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %a, %b : tensor<2x3xf32>, tensor<2x3xf32>
}
