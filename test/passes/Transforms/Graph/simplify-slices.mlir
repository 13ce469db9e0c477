// RUN: systole-opt %s --graph-simplify-slices --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-simplify-slices --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS

// STATS-DAG: num-slices-merged = 1
// STATS-DAG: num-concats-merged = 1

// Starts add up, steps multiply: [1, 3, 5, 7] of ten, then its [3, 1] backwards.
// CHECK-LABEL: func.func @sliceOfSlice
func.func @sliceOfSlice(%x: tensor<10x4xf32>) -> tensor<2x3xf32> {
  // CHECK-DAG: %[[S:.*]] = graph.constant dense<[7, 1]> : tensor<2xi64>
  // CHECK-DAG: %[[E:.*]] = graph.constant dense<[2, 4]> : tensor<2xi64>
  // CHECK-DAG: %[[T:.*]] = graph.constant dense<[-4, 1]> : tensor<2xi64>
  // CHECK: graph.slice %arg0, %[[S]], %[[E]], %[[T]] {axes = array<i64: 0, 1>}
  %s = graph.constant dense<1> : tensor<1xi64>
  %e = graph.constant dense<8> : tensor<1xi64>
  %t = graph.constant dense<2> : tensor<1xi64>
  %a = graph.slice %x, %s, %e, %t {axes = array<i64: 0>} : (tensor<10x4xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<4x4xf32>
  %u = graph.constant dense<[-1, 1]> : tensor<2xi64>
  %v = graph.constant dense<[-100, 100]> : tensor<2xi64>
  %w = graph.constant dense<[-2, 1]> : tensor<2xi64>
  %b = graph.slice %a, %u, %v, %w {axes = array<i64: 0, 1>} : (tensor<4x4xf32>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<2x3xf32>
  return %b : tensor<2x3xf32>
}

// -----

// A slice that ends before index 0 ends below -size.
// CHECK-LABEL: func.func @backwardsToTheStart
func.func @backwardsToTheStart(%x: tensor<10xf32>) -> tensor<3xf32> {
  // CHECK-DAG: %[[S:.*]] = graph.constant dense<2>
  // CHECK-DAG: %[[E:.*]] = graph.constant dense<-11>
  // CHECK-DAG: %[[T:.*]] = graph.constant dense<-1>
  // CHECK: graph.slice %arg0, %[[S]], %[[E]], %[[T]]
  %zero = graph.constant dense<0> : tensor<1xi64>
  %three = graph.constant dense<3> : tensor<1xi64>
  %one = graph.constant dense<1> : tensor<1xi64>
  %last = graph.constant dense<-1> : tensor<1xi64>
  %low = graph.constant dense<-100> : tensor<1xi64>
  %a = graph.slice %x, %zero, %three, %one {axes = array<i64: 0>} : (tensor<10xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<3xf32>
  %b = graph.slice %a, %last, %low, %last {axes = array<i64: 0>} : (tensor<3xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<3xf32>
  return %b : tensor<3xf32>
}

// -----

// Bounds that are computed, and dimensions of unknown size, leave two slices.
// CHECK-LABEL: func.func @slicesThatStay
func.func @slicesThatStay(%x: tensor<?xf32>, %y: tensor<10xf32>, %n: tensor<1xi64>) -> (tensor<?xf32>, tensor<?xf32>) {
  // CHECK-COUNT-4: graph.slice
  %one = graph.constant dense<1> : tensor<1xi64>
  %five = graph.constant dense<5> : tensor<1xi64>
  %a = graph.slice %x, %one, %five, %one {axes = array<i64: 0>} : (tensor<?xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32>
  %b = graph.slice %a, %one, %five, %one {axes = array<i64: 0>} : (tensor<?xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32>
  %c = graph.slice %y, %one, %n, %one {axes = array<i64: 0>} : (tensor<10xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32>
  %d = graph.slice %c, %one, %five, %one {axes = array<i64: 0>} : (tensor<?xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xf32>
  return %b, %d : tensor<?xf32>, tensor<?xf32>
}

// -----

// One operand of a concat, whole or in part, and two of three.
// CHECK-LABEL: func.func @sliceOfConcat
func.func @sliceOfConcat(%x: tensor<2xf32>, %y: tensor<3xf32>, %z: tensor<4xf32>) -> (tensor<3xf32>, tensor<2xf32>, tensor<3xf32>) {
  // CHECK: %[[A:.*]] = graph.slice %arg2, {{.*}} -> tensor<2xf32>
  // CHECK: %[[C:.*]] = graph.concat %arg0, %arg1
  // CHECK: %[[B:.*]] = graph.slice %[[C]], {{.*}} -> tensor<3xf32>
  // CHECK: return %arg1, %[[A]], %[[B]]
  %one = graph.constant dense<1> : tensor<1xi64>
  %two = graph.constant dense<2> : tensor<1xi64>
  %four = graph.constant dense<4> : tensor<1xi64>
  %five = graph.constant dense<5> : tensor<1xi64>
  %six = graph.constant dense<6> : tensor<1xi64>
  %eight = graph.constant dense<8> : tensor<1xi64>
  %c = graph.concat %x, %y, %z {axis = 0 : i64} : (tensor<2xf32>, tensor<3xf32>, tensor<4xf32>) -> tensor<9xf32>
  %a = graph.slice %c, %two, %five, %one {axes = array<i64: 0>} : (tensor<9xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<3xf32>
  %b = graph.slice %c, %six, %eight, %one {axes = array<i64: 0>} : (tensor<9xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2xf32>
  %d = graph.slice %c, %one, %four, %one {axes = array<i64: 0>} : (tensor<9xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<3xf32>
  return %a, %b, %d : tensor<3xf32>, tensor<2xf32>, tensor<3xf32>
}

// -----

// A slice that touches every operand, or another dimension, or operands of
// unknown size.
// CHECK-LABEL: func.func @concatNeeded
func.func @concatNeeded(%x: tensor<2x3xf32>, %y: tensor<?x3xf32>) -> (tensor<2x3xf32>, tensor<4x1xf32>, tensor<?x3xf32>) {
  // CHECK-COUNT-2: graph.concat
  // CHECK-COUNT-3: graph.slice
  %one = graph.constant dense<1> : tensor<1xi64>
  %two = graph.constant dense<2> : tensor<1xi64>
  %three = graph.constant dense<3> : tensor<1xi64>
  %c = graph.concat %x, %x {axis = 0 : i64} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
  %d = graph.concat %x, %y {axis = 0 : i64} : (tensor<2x3xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
  %a = graph.slice %c, %one, %three, %one {axes = array<i64: 0>} : (tensor<4x3xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x3xf32>
  %b = graph.slice %c, %one, %two, %one {axes = array<i64: 1>} : (tensor<4x3xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<4x1xf32>
  %e = graph.slice %d, %one, %two, %one {axes = array<i64: 0>} : (tensor<?x3xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?x3xf32>
  return %a, %b, %e : tensor<2x3xf32>, tensor<4x1xf32>, tensor<?x3xf32>
}

// -----

// Consecutive parts are a larger part; all of them, the whole.
// CHECK-LABEL: func.func @concatOfSlices
func.func @concatOfSlices(%x: tensor<4x2xf32>, %y: tensor<1x2xf32>) -> (tensor<4x2xf32>, tensor<4x2xf32>) {
  // CHECK: %[[P:.*]] = graph.slice %arg0, {{.*}} -> tensor<3x2xf32>
  // CHECK: %[[C:.*]] = graph.concat %arg1, %[[P]]
  // CHECK: return %arg0, %[[C]]
  %zero = graph.constant dense<0> : tensor<1xi64>
  %one = graph.constant dense<1> : tensor<1xi64>
  %two = graph.constant dense<2> : tensor<1xi64>
  %four = graph.constant dense<4> : tensor<1xi64>
  %a = graph.slice %x, %zero, %one, %one {axes = array<i64: 0>} : (tensor<4x2xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x2xf32>
  %b = graph.slice %x, %one, %two, %one {axes = array<i64: 0>} : (tensor<4x2xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x2xf32>
  %c = graph.slice %x, %two, %four, %one {axes = array<i64: 0>} : (tensor<4x2xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x2xf32>
  %d = graph.concat %a, %b, %c {axis = 0 : i64} : (tensor<1x2xf32>, tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<4x2xf32>
  %e = graph.concat %y, %b, %c {axis = 0 : i64} : (tensor<1x2xf32>, tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<4x2xf32>
  return %d, %e : tensor<4x2xf32>, tensor<4x2xf32>
}

// -----

// Not in another order, from another value, or along another dimension.
// CHECK-LABEL: func.func @slicesApart
func.func @slicesApart(%x: tensor<2x2xf32>, %y: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x4xf32>) {
  // CHECK-COUNT-3: graph.concat
  %zero = graph.constant dense<0> : tensor<1xi64>
  %one = graph.constant dense<1> : tensor<1xi64>
  %two = graph.constant dense<2> : tensor<1xi64>
  %a = graph.slice %x, %zero, %one, %one {axes = array<i64: 0>} : (tensor<2x2xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x2xf32>
  %b = graph.slice %x, %one, %two, %one {axes = array<i64: 0>} : (tensor<2x2xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x2xf32>
  %c = graph.slice %y, %one, %two, %one {axes = array<i64: 0>} : (tensor<2x2xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x2xf32>
  %d = graph.concat %b, %a {axis = 0 : i64} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<2x2xf32>
  %e = graph.concat %a, %c {axis = 0 : i64} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<2x2xf32>
  %f = graph.concat %a, %b {axis = 1 : i64} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x4xf32>
  return %d, %e, %f : tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x4xf32>
}

// -----

// A concat for another one alone, along the same dimension, is part of it.
// CHECK-LABEL: func.func @concatOfConcat
func.func @concatOfConcat(%x: tensor<2x2xf32>) -> (tensor<6x2xf32>, tensor<2x8xf32>) {
  // CHECK: graph.concat %arg0, %arg0, %arg0 {axis = 0 : i64}
  // CHECK: %[[A:.*]] = graph.concat %arg0, %arg0 {axis = 0 : i64}
  // CHECK-NOT: graph.concat {{.*}}axis = 0
  // CHECK: graph.concat
  %a = graph.concat %x, %x {axis = 0 : i64} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<4x2xf32>
  %b = graph.concat %a, %x {axis = 0 : i64} : (tensor<4x2xf32>, tensor<2x2xf32>) -> tensor<6x2xf32>
  %s = graph.constant dense<[2, 4]> : tensor<2xi64>
  %c = graph.concat %x, %x {axis = 0 : i64} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<4x2xf32>
  %r = graph.reshape %c, %s : (tensor<4x2xf32>, tensor<2xi64>) -> tensor<2x4xf32>
  %d = graph.concat %r, %r {axis = 1 : i64} : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x8xf32>
  return %b, %d : tensor<6x2xf32>, tensor<2x8xf32>
}

// -----

// Not where a row is left out between the two.
// CHECK-LABEL: func.func @gapBetweenSlices
func.func @gapBetweenSlices(%x: tensor<4x2xf32>) -> tensor<3x2xf32> {
  // CHECK: %[[A:.*]] = graph.slice
  // CHECK: %[[B:.*]] = graph.slice
  // CHECK: graph.concat %[[A]], %[[B]]
  %zero = graph.constant dense<0> : tensor<1xi64>
  %one = graph.constant dense<1> : tensor<1xi64>
  %two = graph.constant dense<2> : tensor<1xi64>
  %four = graph.constant dense<4> : tensor<1xi64>
  %a = graph.slice %x, %zero, %one, %one {axes = array<i64: 0>} : (tensor<4x2xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x2xf32>
  %b = graph.slice %x, %two, %four, %one {axes = array<i64: 0>} : (tensor<4x2xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x2xf32>
  %c = graph.concat %a, %b {axis = 0 : i64} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<3x2xf32>
  return %c : tensor<3x2xf32>
}
