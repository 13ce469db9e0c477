// RUN: systole-opt %s --graph-simplify-algebra --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-simplify-algebra=reassociate=false --split-input-file | FileCheck %s --check-prefix=STRICT
// RUN: systole-opt %s --graph-simplify-algebra --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS

// STATS-DAG: num-simplified = 3
// STATS-DAG: num-constants-merged = 1
// STATS-DAG: num-reductions-merged = 2

// A negated term is subtracted, a subtracted negation added, in any bit.
// CHECK-LABEL: func.func @signs
// STRICT-LABEL: func.func @signs
func.func @signs(%x: tensor<3xf32>, %y: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) {
  // CHECK: %[[A:.*]] = graph.sub %arg0, %arg1
  // CHECK: %[[B:.*]] = graph.add %arg0, %arg1
  // CHECK: %[[C:.*]] = graph.mul %arg0, %arg1
  // CHECK: return %[[A]], %[[B]], %[[C]]
  // STRICT: %[[A:.*]] = graph.sub %arg0, %arg1
  // STRICT: %[[B:.*]] = graph.add %arg0, %arg1
  // STRICT: %[[C:.*]] = graph.mul %arg0, %arg1
  // STRICT: return %[[A]], %[[B]], %[[C]]
  %n = graph.neg %y : (tensor<3xf32>) -> tensor<3xf32>
  %a = graph.add %n, %x : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %m = graph.neg %y : (tensor<3xf32>) -> tensor<3xf32>
  %b = graph.sub %x, %m : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %o = graph.neg %x : (tensor<3xf32>) -> tensor<3xf32>
  %p = graph.neg %y : (tensor<3xf32>) -> tensor<3xf32>
  %c = graph.mul %o, %p : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %a, %b, %c : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

// -----

// A negation that is needed anyway stays.
// CHECK-LABEL: func.func @negationUsedTwice
func.func @negationUsedTwice(%x: tensor<3xf32>, %y: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  // CHECK: graph.neg
  // CHECK: graph.add
  %n = graph.neg %y : (tensor<3xf32>) -> tensor<3xf32>
  %a = graph.add %x, %n : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %a, %n : tensor<3xf32>, tensor<3xf32>
}

// -----

// Zero minus x is -x; a float's zero must be negative unless signs are free.
// CHECK-LABEL: func.func @fromZero
// STRICT-LABEL: func.func @fromZero
func.func @fromZero(%x: tensor<3xf32>, %i: tensor<3xi32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xi32>) {
  // CHECK-COUNT-3: graph.neg
  // STRICT: graph.sub
  // STRICT: graph.neg
  // STRICT: graph.neg
  %zero = graph.constant dense<0.0> : tensor<f32>
  %minus = graph.constant dense<-0.0> : tensor<f32>
  %none = graph.constant dense<0> : tensor<i32>
  %a = graph.sub %zero, %x : (tensor<f32>, tensor<3xf32>) -> tensor<3xf32>
  %b = graph.sub %minus, %x : (tensor<f32>, tensor<3xf32>) -> tensor<3xf32>
  %c = graph.sub %none, %i : (tensor<i32>, tensor<3xi32>) -> tensor<3xi32>
  return %a, %b, %c : tensor<3xf32>, tensor<3xf32>, tensor<3xi32>
}

// -----

// Adding +0.0 changes -0.0: only where signs are free. A zero that broadcasts
// changes the shape: never.
// CHECK-LABEL: func.func @plusZero
// STRICT-LABEL: func.func @plusZero
func.func @plusZero(%x: tensor<3xf32>, %one: tensor<1xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  // CHECK: %[[B:.*]] = graph.add %arg1
  // CHECK: return %arg0, %[[B]]
  // STRICT-COUNT-2: graph.add
  %zero = graph.constant dense<0.0> : tensor<3xf32>
  %a = graph.add %x, %zero : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %b = graph.add %one, %zero : (tensor<1xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %a, %b : tensor<3xf32>, tensor<3xf32>
}

// -----

// -(x - y) = y - x but for the sign of a zero.
// CHECK-LABEL: func.func @negatedDifference
// STRICT-LABEL: func.func @negatedDifference
func.func @negatedDifference(%x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xf32> {
  // CHECK: graph.sub %arg1, %arg0
  // CHECK-NOT: graph.neg
  // STRICT: graph.neg
  %s = graph.sub %x, %y : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %n = graph.neg %s : (tensor<3xf32>) -> tensor<3xf32>
  return %n : tensor<3xf32>
}

// -----

// Integers: x - x and x * 0 are zero. A float may be infinite.
// CHECK-LABEL: func.func @nothingLeft
func.func @nothingLeft(%x: tensor<3xi32>, %f: tensor<3xf32>) -> (tensor<3xi32>, tensor<3xi32>, tensor<3xf32>, tensor<3xf32>) {
  // CHECK-NOT: graph.sub {{.*}} -> tensor<3xi32>
  // CHECK-NOT: graph.mul {{.*}} -> tensor<3xi32>
  // CHECK: graph.sub {{.*}} -> tensor<3xf32>
  // CHECK: graph.mul {{.*}} -> tensor<3xf32>
  %zero = graph.constant dense<0> : tensor<i32>
  %none = graph.constant dense<0.0> : tensor<f32>
  %a = graph.sub %x, %x : (tensor<3xi32>, tensor<3xi32>) -> tensor<3xi32>
  %b = graph.mul %x, %zero : (tensor<3xi32>, tensor<i32>) -> tensor<3xi32>
  %c = graph.sub %f, %f : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %d = graph.mul %f, %none : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  return %a, %b, %c, %d : tensor<3xi32>, tensor<3xi32>, tensor<3xf32>, tensor<3xf32>
}

// -----

// Dividing by a power of two is exact as a product; by 3 it rounds otherwise; by
// 0 there is no reciprocal; integers divide.
// CHECK-LABEL: func.func @divide
// STRICT-LABEL: func.func @divide
func.func @divide(%x: tensor<3xf32>, %i: tensor<3xi32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xi32>) {
  // CHECK: graph.mul
  // CHECK: graph.mul
  // CHECK: graph.div
  // CHECK: graph.div
  // STRICT: graph.mul
  // STRICT-COUNT-3: graph.div
  %four = graph.constant dense<[4.0, -0.5, 1.0]> : tensor<3xf32>
  %three = graph.constant dense<3.0> : tensor<f32>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %two = graph.constant dense<2> : tensor<i32>
  %a = graph.div %x, %four : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %b = graph.div %x, %three : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %c = graph.div %x, %zero : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %d = graph.div %i, %two : (tensor<3xi32>, tensor<i32>) -> tensor<3xi32>
  return %a, %b, %c, %d : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xi32>
}

// -----

// Powers that are products, roots and quotients.
// CHECK-LABEL: func.func @powers
// STRICT-LABEL: func.func @powers
func.func @powers(%x: tensor<3xf32>, %i: tensor<3xi32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xi32>) {
  // CHECK-NOT: graph.pow
  // CHECK: graph.sqrt
  // CHECK: graph.div
  // CHECK-NOT: graph.pow
  // STRICT-COUNT-4: graph.pow
  // STRICT-NEXT: graph.mul %arg1, %arg1
  %zero = graph.constant dense<0.0> : tensor<f32>
  %half = graph.constant dense<0.5> : tensor<f32>
  %minus = graph.constant dense<-1.0> : tensor<f32>
  %two = graph.constant dense<2.0> : tensor<f32>
  %three = graph.constant dense<3.0> : tensor<f32>
  %itwo = graph.constant dense<2> : tensor<i32>
  %a = graph.pow %x, %two : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %b = graph.pow %x, %three : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %c = graph.pow %x, %half : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %d = graph.pow %x, %minus : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %e = graph.pow %x, %zero : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %f = graph.pow %i, %itwo : (tensor<3xi32>, tensor<i32>) -> tensor<3xi32>
  return %a, %b, %c, %d, %e, %f : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xi32>
}

// -----

// An exponent that is not constant, or that broadcasts the base, stays a power.
// CHECK-LABEL: func.func @powersThatStay
func.func @powersThatStay(%x: tensor<3xf32>, %one: tensor<1xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  // CHECK-COUNT-2: graph.pow
  %two = graph.constant dense<2.0> : tensor<3xf32>
  %a = graph.pow %x, %one : (tensor<3xf32>, tensor<1xf32>) -> tensor<3xf32>
  %b = graph.pow %one, %two : (tensor<1xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %a, %b : tensor<3xf32>, tensor<3xf32>
}

// -----

// What is never negative needs no relu; abs ignores a sign.
// CHECK-LABEL: func.func @signless
func.func @signless(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) {
  // CHECK: %[[E:.*]] = graph.exp
  // CHECK: %[[A:.*]] = graph.abs %arg0
  // CHECK: %[[T:.*]] = graph.tanh
  // CHECK: %[[R:.*]] = graph.relu %[[T]]
  // CHECK: return %[[E]], %[[A]], %[[R]]
  %e = graph.exp %x : (tensor<3xf32>) -> tensor<3xf32>
  %a = graph.relu %e : (tensor<3xf32>) -> tensor<3xf32>
  %n = graph.neg %x : (tensor<3xf32>) -> tensor<3xf32>
  %b = graph.abs %n : (tensor<3xf32>) -> tensor<3xf32>
  %t = graph.tanh %x : (tensor<3xf32>) -> tensor<3xf32>
  %c = graph.relu %t : (tensor<3xf32>) -> tensor<3xf32>
  return %a, %b, %c : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

// -----

// !(x == y) is x != y; with floats !(x < y) is not x >= y.
// CHECK-LABEL: func.func @conditions
func.func @conditions(%x: tensor<3xf32>, %y: tensor<3xf32>, %i: tensor<3xi32>, %j: tensor<3xi32>) -> (tensor<3xi1>, tensor<3xi1>, tensor<3xi1>) {
  // CHECK: graph.compare ne
  // CHECK: graph.compare lt
  // CHECK: graph.not
  // CHECK: graph.compare ge
  %a = graph.compare eq, %x, %y : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xi1>
  %b = graph.not %a : (tensor<3xi1>) -> tensor<3xi1>
  %c = graph.compare lt, %x, %y : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xi1>
  %d = graph.not %c : (tensor<3xi1>) -> tensor<3xi1>
  %e = graph.compare lt, %i, %j : (tensor<3xi32>, tensor<3xi32>) -> tensor<3xi1>
  %f = graph.not %e : (tensor<3xi1>) -> tensor<3xi1>
  return %b, %d, %f : tensor<3xi1>, tensor<3xi1>, tensor<3xi1>
}

// -----

// A negated condition swaps the sides; a constant one chooses, broadcast to the
// result's shape; one that is not everywhere the same stays.
// CHECK-LABEL: func.func @selections
func.func @selections(%c: tensor<3xi1>, %x: tensor<f32>, %y: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) {
  // CHECK: graph.select %arg0, %arg2, %arg1
  // CHECK: graph.broadcast %arg1
  // CHECK: graph.select
  %n = graph.not %c : (tensor<3xi1>) -> tensor<3xi1>
  %a = graph.select %n, %x, %y : (tensor<3xi1>, tensor<f32>, tensor<3xf32>) -> tensor<3xf32>
  %true = graph.constant dense<true> : tensor<3xi1>
  %b = graph.select %true, %x, %y : (tensor<3xi1>, tensor<f32>, tensor<3xf32>) -> tensor<3xf32>
  %some = graph.constant dense<[true, false, true]> : tensor<3xi1>
  %d = graph.select %some, %x, %y : (tensor<3xi1>, tensor<f32>, tensor<3xf32>) -> tensor<3xf32>
  return %a, %b, %d : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

// -----

// Constants of sums, differences and products meet; floats only where they may
// round otherwise, integers and maxima always.
// CHECK-LABEL: func.func @chains
// STRICT-LABEL: func.func @chains
func.func @chains(%x: tensor<2xf32>, %i: tensor<2xi32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xi32>, tensor<2xf32>) {
  // CHECK-DAG: %[[A:.*]] = graph.constant dense<[-4.000000e+00, -3.000000e+00]>
  // CHECK-DAG: %[[P:.*]] = graph.constant dense<[5.000000e+00, 1.000000e+01]>
  // CHECK-DAG: %[[I:.*]] = graph.constant dense<3>
  // CHECK-DAG: %[[M:.*]] = graph.constant dense<5.000000e+00> : tensor<2xf32>
  // CHECK-DAG: graph.add %arg0, %[[A]]
  // CHECK-DAG: graph.mul %arg0, %[[P]]
  // CHECK-DAG: graph.sub %arg1, %[[I]]
  // CHECK-DAG: graph.max %arg0, %[[M]]
  // STRICT: graph.sub %arg0
  // STRICT: graph.add
  // STRICT-COUNT-2: graph.mul
  // STRICT-NEXT: %[[I:.*]] = graph.sub %arg1
  // STRICT-NEXT: %[[M:.*]] = graph.max %arg0
  // STRICT-NEXT: return {{.*}}%[[I]], %[[M]]
  %ab = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %five = graph.constant dense<5.0> : tensor<f32>
  %one = graph.constant dense<1> : tensor<i32>
  %two = graph.constant dense<2> : tensor<i32>
  %s = graph.sub %x, %five : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  %t = graph.add %s, %ab : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %p = graph.mul %x, %ab : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %q = graph.mul %p, %five : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  %u = graph.sub %i, %one : (tensor<2xi32>, tensor<i32>) -> tensor<2xi32>
  %v = graph.sub %u, %two : (tensor<2xi32>, tensor<i32>) -> tensor<2xi32>
  %m = graph.max %x, %ab : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %n = graph.max %m, %five : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  return %t, %q, %v, %n : tensor<2xf32>, tensor<2xf32>, tensor<2xi32>, tensor<2xf32>
}

// -----

// Not where the inner value is needed, where the constants together would be
// larger than each, or where their product is not finite.
// CHECK-LABEL: func.func @chainsThatStay
func.func @chainsThatStay(%x: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) {
  // CHECK-COUNT-2: graph.add
  // CHECK-COUNT-4: graph.mul
  %row = graph.constant dense<[1.5, 2.0]> : tensor<2xf32>
  %column = graph.constant dense<[[1.5], [3.0]]> : tensor<2x1xf32>
  %large = graph.constant dense<1.0e30> : tensor<f32>
  %a = graph.add %x, %row : (tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  %b = graph.add %a, %row : (tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  %c = graph.mul %x, %row : (tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  %d = graph.mul %c, %column : (tensor<2x2xf32>, tensor<2x1xf32>) -> tensor<2x2xf32>
  %e = graph.mul %x, %large : (tensor<2x2xf32>, tensor<f32>) -> tensor<2x2xf32>
  %f = graph.mul %e, %large : (tensor<2x2xf32>, tensor<f32>) -> tensor<2x2xf32>
  return %a, %b, %d, %f : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>
}

// -----

// A factor behind a scaled sum: the preparation of an image as exporters write it.
// CHECK-LABEL: func.func @distribute
// STRICT-LABEL: func.func @distribute
func.func @distribute(%x: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK-DAG: %[[A:.*]] = graph.constant dense<1.250000e-01> : tensor<2xf32>
  // CHECK-DAG: %[[B:.*]] = graph.constant dense<[5.000000e-01, 1.000000e+00]>
  // CHECK: %[[M:.*]] = graph.mul %arg0, %[[A]]
  // CHECK: %[[S:.*]] = graph.sub %[[M]], %[[B]]
  // CHECK: return %[[S]]
  // STRICT-COUNT-2: graph.mul
  %scale = graph.constant dense<4.0> : tensor<f32>
  %mean = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %deviation = graph.constant dense<[2.0, 2.0]> : tensor<2xf32>
  %a = graph.div %x, %scale : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  %b = graph.sub %a, %mean : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %c = graph.div %b, %deviation : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %c : tensor<2xf32>
}

// -----

// Two reductions are one, with the dimensions that the second counts after the
// first; sums of floats only where they may be taken in another order.
// CHECK-LABEL: func.func @reduceTwice
// STRICT-LABEL: func.func @reduceTwice
func.func @reduceTwice(%x: tensor<2x3x4xf32>) -> (tensor<2xf32>, tensor<1x3x1xf32>) {
  // CHECK: graph.reduce sum, %arg0 {axes = array<i64: 1, 2>} :
  // CHECK: graph.reduce max, %arg0 {axes = array<i64: 0, 2>, keep_dims}
  // CHECK-NEXT: return
  // STRICT-COUNT-2: graph.reduce sum
  // STRICT: graph.reduce max
  // STRICT-NEXT: return
  %a = graph.reduce sum, %x {axes = array<i64: 1>} : (tensor<2x3x4xf32>) -> tensor<2x4xf32>
  %b = graph.reduce sum, %a {axes = array<i64: 1>} : (tensor<2x4xf32>) -> tensor<2xf32>
  %c = graph.reduce max, %x {axes = array<i64: 0>, keep_dims} : (tensor<2x3x4xf32>) -> tensor<1x3x4xf32>
  %d = graph.reduce max, %c {axes = array<i64: 2>, keep_dims} : (tensor<1x3x4xf32>) -> tensor<1x3x1xf32>
  return %b, %d : tensor<2xf32>, tensor<1x3x1xf32>
}

// -----

// Different kinds, an integer mean that rounds twice, dimensions kept by one
// alone: these stay two.
// CHECK-LABEL: func.func @reduceApart
func.func @reduceApart(%x: tensor<2x3x4xf32>, %i: tensor<2x3x4xi32>) -> (tensor<2xf32>, tensor<2xi32>, tensor<2x1xf32>) {
  // CHECK-COUNT-6: graph.reduce
  %a = graph.reduce sum, %x {axes = array<i64: 1>} : (tensor<2x3x4xf32>) -> tensor<2x4xf32>
  %b = graph.reduce max, %a {axes = array<i64: 1>} : (tensor<2x4xf32>) -> tensor<2xf32>
  %c = graph.reduce mean, %i {axes = array<i64: 1>} : (tensor<2x3x4xi32>) -> tensor<2x4xi32>
  %d = graph.reduce mean, %c {axes = array<i64: 1>} : (tensor<2x4xi32>) -> tensor<2xi32>
  %e = graph.reduce max, %x {axes = array<i64: 1>} : (tensor<2x3x4xf32>) -> tensor<2x4xf32>
  %f = graph.reduce max, %e {axes = array<i64: 1>, keep_dims} : (tensor<2x4xf32>) -> tensor<2x1xf32>
  return %b, %d, %f : tensor<2xf32>, tensor<2xi32>, tensor<2x1xf32>
}

// -----

// One element reduces to itself; dropped dimensions are not kept first.
// CHECK-LABEL: func.func @reduceLess
func.func @reduceLess(%x: tensor<2x1xf32>, %y: tensor<2x3xf32>) -> (tensor<2x1xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2x1xf32>) {
  // CHECK-NOT: graph.reduce {{.*}}%arg0
  // CHECK: %[[S:.*]] = graph.squeeze %arg0
  // CHECK: %[[A:.*]] = graph.reduce sum, %arg1 {axes = array<i64: 1>} :
  // CHECK: %[[B:.*]] = graph.reduce max, %arg1 {axes = array<i64: 1>, keep_dims}
  // CHECK: return %arg0, %[[S]], %[[A]], %[[B]]
  %a = graph.reduce mean, %x {axes = array<i64: 1>, keep_dims} : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %b = graph.reduce max, %x {axes = array<i64: 1>} : (tensor<2x1xf32>) -> tensor<2xf32>
  %c = graph.reduce sum, %y {axes = array<i64: 1>, keep_dims} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %d = graph.squeeze %c {axes = array<i64: 1>} : (tensor<2x1xf32>) -> tensor<2xf32>
  %e = graph.reduce max, %y {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2xf32>
  %f = graph.unsqueeze %e {axes = array<i64: 1>} : (tensor<2xf32>) -> tensor<2x1xf32>
  return %a, %b, %d, %f : tensor<2x1xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2x1xf32>
}
