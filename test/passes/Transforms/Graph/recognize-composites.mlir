// RUN: systole-opt %s --graph-recognize-composites --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-recognize-composites --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS
// RUN: systole-opt %s --systole-optimize="reassociate=false verify-names=false fuse=false" --split-input-file | FileCheck %s --check-prefix=STRICT

// STATS-DAG: num-softmax = 2
// STATS-DAG: num-sigmoid = 2
// STATS-DAG: num-relu = 2

// With the maximum subtracted, which softmax does by itself, and without.
// CHECK-LABEL: func.func @softmax
// STRICT-LABEL: func.func @softmax
func.func @softmax(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  // CHECK: %[[A:.*]] = graph.softmax %arg0 {axis = 1 : i64}
  // CHECK: %[[B:.*]] = graph.softmax %arg0 {axis = 0 : i64}
  // CHECK: return %[[A]], %[[B]]
  // STRICT-COUNT-2: graph.div
  %m = graph.reduce max, %x {axes = array<i64: 1>, keep_dims} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %d = graph.sub %x, %m : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  %e = graph.exp %d : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %s = graph.reduce sum, %e {axes = array<i64: 1>, keep_dims} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %y = graph.div %e, %s : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  %f = graph.exp %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %t = graph.reduce sum, %f {axes = array<i64: 0>, keep_dims} : (tensor<2x3xf32>) -> tensor<1x3xf32>
  %z = graph.div %f, %t : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  return %y, %z : tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// A shift by another maximum stays; a sum of something else, a mean, or one that
// drops its dimension is no softmax.
// CHECK-LABEL: func.func @almostSoftmax
func.func @almostSoftmax(%x: tensor<3x3xf32>) -> (tensor<3x3xf32>, tensor<3x3xf32>, tensor<3x3xf32>, tensor<3x3xf32>) {
  // CHECK: %[[D:.*]] = graph.sub
  // CHECK: graph.softmax %[[D]] {axis = 1 : i64}
  // CHECK-COUNT-3: graph.div
  %m = graph.reduce max, %x {axes = array<i64: 0>, keep_dims} : (tensor<3x3xf32>) -> tensor<1x3xf32>
  %d = graph.sub %x, %m : (tensor<3x3xf32>, tensor<1x3xf32>) -> tensor<3x3xf32>
  %e = graph.exp %d : (tensor<3x3xf32>) -> tensor<3x3xf32>
  %s = graph.reduce sum, %e {axes = array<i64: 1>, keep_dims} : (tensor<3x3xf32>) -> tensor<3x1xf32>
  %a = graph.div %e, %s : (tensor<3x3xf32>, tensor<3x1xf32>) -> tensor<3x3xf32>
  %f = graph.exp %x : (tensor<3x3xf32>) -> tensor<3x3xf32>
  %b = graph.div %f, %s : (tensor<3x3xf32>, tensor<3x1xf32>) -> tensor<3x3xf32>
  %t = graph.reduce mean, %f {axes = array<i64: 1>, keep_dims} : (tensor<3x3xf32>) -> tensor<3x1xf32>
  %c = graph.div %f, %t : (tensor<3x3xf32>, tensor<3x1xf32>) -> tensor<3x3xf32>
  %u = graph.reduce sum, %f {axes = array<i64: 1>} : (tensor<3x3xf32>) -> tensor<3xf32>
  %g = graph.div %f, %u : (tensor<3x3xf32>, tensor<3xf32>) -> tensor<3x3xf32>
  return %a, %b, %c, %g : tensor<3x3xf32>, tensor<3x3xf32>, tensor<3x3xf32>, tensor<3x3xf32>
}

// -----

// The logistic function by its definition and by the hyperbolic tangent.
// CHECK-LABEL: func.func @sigmoid
func.func @sigmoid(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  // CHECK: %[[A:.*]] = graph.sigmoid %arg0
  // CHECK: %[[B:.*]] = graph.sigmoid %arg0
  // CHECK: return %[[A]], %[[B]]
  %one = graph.constant dense<1.0> : tensor<f32>
  %half = graph.constant dense<0.5> : tensor<f32>
  %n = graph.neg %x : (tensor<3xf32>) -> tensor<3xf32>
  %e = graph.exp %n : (tensor<3xf32>) -> tensor<3xf32>
  %p = graph.add %e, %one : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %a = graph.div %one, %p : (tensor<f32>, tensor<3xf32>) -> tensor<3xf32>
  %h = graph.mul %x, %half : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %t = graph.tanh %h : (tensor<3xf32>) -> tensor<3xf32>
  %q = graph.add %t, %one : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %b = graph.mul %q, %half : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  return %a, %b : tensor<3xf32>, tensor<3xf32>
}

// -----

// Other numbers, other signs.
// CHECK-LABEL: func.func @almostSigmoid
func.func @almostSigmoid(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) {
  // CHECK-NOT: graph.sigmoid
  // CHECK: return
  %one = graph.constant dense<1.0> : tensor<f32>
  %two = graph.constant dense<2.0> : tensor<f32>
  %half = graph.constant dense<0.5> : tensor<f32>
  %n = graph.neg %x : (tensor<3xf32>) -> tensor<3xf32>
  %e = graph.exp %n : (tensor<3xf32>) -> tensor<3xf32>
  %p = graph.add %e, %two : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %a = graph.div %one, %p : (tensor<f32>, tensor<3xf32>) -> tensor<3xf32>
  %f = graph.exp %x : (tensor<3xf32>) -> tensor<3xf32>
  %r = graph.add %f, %one : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %b = graph.div %one, %r : (tensor<f32>, tensor<3xf32>) -> tensor<3xf32>
  %t = graph.tanh %x : (tensor<3xf32>) -> tensor<3xf32>
  %q = graph.add %t, %one : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %c = graph.mul %q, %half : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  return %a, %b, %c : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

// -----

// A maximum with zero, and a choice by sign.
// CHECK-LABEL: func.func @relu
func.func @relu(%x: tensor<3xf32>, %i: tensor<3xi32>) -> (tensor<3xf32>, tensor<3xf32>) {
  // CHECK: %[[A:.*]] = graph.relu %arg0
  // CHECK: %[[B:.*]] = graph.relu %arg0
  // CHECK: return %[[A]], %[[B]]
  %zero = graph.constant dense<0.0> : tensor<f32>
  %a = graph.max %zero, %x : (tensor<f32>, tensor<3xf32>) -> tensor<3xf32>
  %c = graph.compare gt, %x, %zero : (tensor<3xf32>, tensor<f32>) -> tensor<3xi1>
  %b = graph.select %c, %x, %zero : (tensor<3xi1>, tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  return %a, %b : tensor<3xf32>, tensor<3xf32>
}

// -----

// A maximum that broadcasts, or with one; a choice the other way round.
// CHECK-LABEL: func.func @almostRelu
func.func @almostRelu(%x: tensor<3xf32>, %y: tensor<1xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) {
  // CHECK-NOT: graph.relu
  // CHECK: return
  %zero = graph.constant dense<0.0> : tensor<3xf32>
  %one = graph.constant dense<1.0> : tensor<f32>
  %a = graph.max %y, %zero : (tensor<1xf32>, tensor<3xf32>) -> tensor<3xf32>
  %b = graph.max %x, %one : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %c = graph.compare lt, %x, %zero : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xi1>
  %d = graph.select %c, %x, %zero : (tensor<3xi1>, tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %a, %b, %d : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}
