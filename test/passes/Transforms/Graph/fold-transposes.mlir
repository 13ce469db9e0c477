// RUN: systole-opt %s --graph-fold-transposes --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-fold-transposes=reassociate=false --split-input-file | FileCheck %s --check-prefix=STRICT
// RUN: systole-opt %s --graph-fold-transposes --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS

// STATS-DAG: num-removed = 2
// STATS-DAG: num-left = 1

// A pair that undoes itself.
// CHECK-LABEL: func.func @pair
func.func @pair(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  // CHECK-NEXT: return %arg0
  %a = graph.transpose %x {perm = array<i64: 1, 2, 0>} : (tensor<2x3x4xf32>) -> tensor<3x4x2xf32>
  %b = graph.transpose %a {perm = array<i64: 2, 0, 1>} : (tensor<3x4x2xf32>) -> tensor<2x3x4xf32>
  return %b : tensor<2x3x4xf32>
}

// -----

// A pair that does not.
// CHECK-LABEL: func.func @pairComposes
func.func @pairComposes(%x: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
  // CHECK-NEXT: graph.transpose %arg0 {perm = array<i64: 2, 0, 1>}
  // CHECK-NEXT: return
  %a = graph.transpose %x {perm = array<i64: 1, 2, 0>} : (tensor<2x3x4xf32>) -> tensor<3x4x2xf32>
  %b = graph.transpose %a {perm = array<i64: 1, 2, 0>} : (tensor<3x4x2xf32>) -> tensor<4x2x3xf32>
  return %b : tensor<4x2x3xf32>
}

// -----

// The transpose of a constant is a constant.
// CHECK-LABEL: func.func @constant
func.func @constant() -> tensor<2x2xf32> {
  // CHECK-NEXT: graph.constant dense<{{\[\[}}1.000000e+00, 3.000000e+00], [2.000000e+00, 4.000000e+00]]>
  %c = graph.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %t = graph.transpose %c {perm = array<i64: 1, 0>} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  return %t : tensor<2x2xf32>
}

// -----

// Constants adapt, also those that are broadcast; scalars stay.
// CHECK-LABEL: func.func @elementwise
func.func @elementwise(%x: tensor<2x3x4xf32>, %s: tensor<f32>) -> tensor<2x3x4xf32> {
  // CHECK: %[[C:.*]] = graph.constant dense<{{\[\[\[}}1.000000e+00], [2.000000e+00], [3.000000e+00]]]> : tensor<1x3x1xf32>
  // CHECK: %[[A:.*]] = graph.mul %arg0, %[[C]]
  // CHECK: graph.add %[[A]], %arg1
  // CHECK-NOT: graph.transpose
  %c = graph.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %t = graph.transpose %x {perm = array<i64: 0, 2, 1>} : (tensor<2x3x4xf32>) -> tensor<2x4x3xf32>
  %m = graph.mul %t, %c : (tensor<2x4x3xf32>, tensor<3xf32>) -> tensor<2x4x3xf32>
  %a = graph.add %m, %s : (tensor<2x4x3xf32>, tensor<f32>) -> tensor<2x4x3xf32>
  %u = graph.transpose %a {perm = array<i64: 0, 2, 1>} : (tensor<2x4x3xf32>) -> tensor<2x3x4xf32>
  return %u : tensor<2x3x4xf32>
}

// -----

// Two transposed operands share one transpose of the result.
// CHECK-LABEL: func.func @twoOperands
func.func @twoOperands(%x: tensor<2x3xf32>, %y: tensor<2x3xf32>) -> tensor<3x2xf32> {
  // CHECK-NEXT: %[[A:.*]] = graph.add %arg0, %arg1
  // CHECK-NEXT: graph.transpose %[[A]]
  %t = graph.transpose %x {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %u = graph.transpose %y {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %a = graph.add %t, %u : (tensor<3x2xf32>, tensor<3x2xf32>) -> tensor<3x2xf32>
  return %a : tensor<3x2xf32>
}

// -----

// An operand that is not transposed stops it: nothing would be gained.
// CHECK-LABEL: func.func @otherOperand
func.func @otherOperand(%x: tensor<2x3xf32>, %y: tensor<3x2xf32>) -> tensor<3x2xf32> {
  // CHECK-NEXT: %[[T:.*]] = graph.transpose %arg0
  // CHECK-NEXT: graph.add %[[T]], %arg1
  %t = graph.transpose %x {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %a = graph.add %t, %y : (tensor<3x2xf32>, tensor<3x2xf32>) -> tensor<3x2xf32>
  return %a : tensor<3x2xf32>
}

// -----

// It is transposed where that lets two others cancel.
// CHECK-LABEL: func.func @otherOperandPays
func.func @otherOperandPays(%x: tensor<2x3xf32>, %y: tensor<3x2xf32>) -> tensor<2x3xf32> {
  // CHECK-NEXT: %[[T:.*]] = graph.transpose %arg1
  // CHECK-NEXT: graph.add %arg0, %[[T]]
  // CHECK-NEXT: return
  %t = graph.transpose %x {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %a = graph.add %t, %y : (tensor<3x2xf32>, tensor<3x2xf32>) -> tensor<3x2xf32>
  %u = graph.transpose %a {perm = array<i64: 1, 0>} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  return %u : tensor<2x3xf32>
}

// -----

// A lower rank, not constant, cannot be transposed along.
// CHECK-LABEL: func.func @lowerRank
func.func @lowerRank(%x: tensor<2x3xf32>, %y: tensor<2xf32>) -> tensor<2x3xf32> {
  // CHECK-COUNT-2: graph.transpose
  %t = graph.transpose %x {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %a = graph.add %t, %y : (tensor<3x2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  %u = graph.transpose %a {perm = array<i64: 1, 0>} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  return %u : tensor<2x3xf32>
}

// -----

// x * sigmoid(x): both readers of the transpose can take it along.
// CHECK-LABEL: func.func @severalReaders
func.func @severalReaders(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // CHECK-NEXT: %[[S:.*]] = graph.sigmoid %arg0
  // CHECK-NEXT: graph.mul %arg0, %[[S]]
  // CHECK-NEXT: return
  %t = graph.transpose %x {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %s = graph.sigmoid %t : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %m = graph.mul %t, %s : (tensor<3x2xf32>, tensor<3x2xf32>) -> tensor<3x2xf32>
  %u = graph.transpose %m {perm = array<i64: 1, 0>} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  return %u : tensor<2x3xf32>
}

// -----

// A reader that needs the transposed value keeps it where it is.
// CHECK-LABEL: func.func @stuckReader
func.func @stuckReader(%x: tensor<2x3xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
  // CHECK-NEXT: %[[T:.*]] = graph.transpose %arg0
  // CHECK-NEXT: graph.exp %[[T]]
  %t = graph.transpose %x {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %e = graph.exp %t : (tensor<3x2xf32>) -> tensor<3x2xf32>
  return %t, %e : tensor<3x2xf32>, tensor<3x2xf32>
}

// -----

// Axes are renamed: reductions with and without their dimensions, softmax.
// CHECK-LABEL: func.func @axes
func.func @axes(%x: tensor<2x3x4x5xf32>) -> (tensor<2x5xf32>, tensor<2x5x1x1xf32>) {
  // CHECK-DAG: graph.reduce mean, %arg0 {axes = array<i64: 1, 2>} : {{.*}} -> tensor<2x5xf32>
  // CHECK-DAG: graph.softmax %arg0 {axis = 3 : i64}
  // CHECK-DAG: graph.reduce max, {{.*}} {axes = array<i64: 1, 2>, keep_dims} : {{.*}} -> tensor<2x1x1x5xf32>
  // CHECK-NOT: graph.transpose
  %t = graph.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<2x3x4x5xf32>) -> tensor<2x5x3x4xf32>
  %r = graph.reduce mean, %t {axes = array<i64: 2, 3>} : (tensor<2x5x3x4xf32>) -> tensor<2x5xf32>
  %s = graph.softmax %t {axis = 1 : i64} : (tensor<2x5x3x4xf32>) -> tensor<2x5x3x4xf32>
  %k = graph.reduce max, %s {axes = array<i64: 2, 3>, keep_dims} : (tensor<2x5x3x4xf32>) -> tensor<2x5x1x1xf32>
  return %r, %k : tensor<2x5xf32>, tensor<2x5x1x1xf32>
}

// -----

// Concatenation, slices and padding between two transposes.
// CHECK-LABEL: func.func @movement
func.func @movement(%x: tensor<2x3x4xf32>, %y: tensor<2x3x1xf32>) -> tensor<2x4x3xf32> {
  // CHECK: %[[C:.*]] = graph.concat %arg0, %arg1 {axis = 2 : i64} : {{.*}} -> tensor<2x3x5xf32>
  // CHECK: %[[S:.*]] = graph.slice %[[C]], {{.*}} {axes = array<i64: 2>} : {{.*}} -> tensor<2x3x3xf32>
  // CHECK: graph.pad constant, %[[S]], %{{.*}} -> tensor<2x4x3xf32>
  // CHECK-NEXT: return
  %one = graph.constant dense<1> : tensor<1xi64>
  %four = graph.constant dense<4> : tensor<1xi64>
  // Before the transpose: one more row at the end of dimension 1.
  %pads = graph.constant dense<[0, 0, 0, 0, 0, 1]> : tensor<6xi64>
  %t = graph.transpose %x {perm = array<i64: 0, 2, 1>} : (tensor<2x3x4xf32>) -> tensor<2x4x3xf32>
  %u = graph.transpose %y {perm = array<i64: 0, 2, 1>} : (tensor<2x3x1xf32>) -> tensor<2x1x3xf32>
  %c = graph.concat %t, %u {axis = 1 : i64} : (tensor<2x4x3xf32>, tensor<2x1x3xf32>) -> tensor<2x5x3xf32>
  %s = graph.slice %c, %one, %four, %one {axes = array<i64: 1>}
      : (tensor<2x5x3xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x3x3xf32>
  %p = graph.pad constant, %s, %pads : (tensor<2x3x3xf32>, tensor<6xi64>) -> tensor<2x3x4xf32>
  %v = graph.transpose %p {perm = array<i64: 0, 2, 1>} : (tensor<2x3x4xf32>) -> tensor<2x4x3xf32>
  return %v : tensor<2x4x3xf32>
}

// -----

// Padding by numbers that are not constant stops it.
// CHECK-LABEL: func.func @computedPads
func.func @computedPads(%x: tensor<2x3xf32>, %pads: tensor<4xi64>) -> tensor<?x?xf32> {
  // CHECK-COUNT-2: graph.transpose
  %t = graph.transpose %x {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %p = graph.pad constant, %t, %pads : (tensor<3x2xf32>, tensor<4xi64>) -> tensor<?x?xf32>
  %v = graph.transpose %p {perm = array<i64: 1, 0>} : (tensor<?x?xf32>) -> tensor<?x?xf32>
  return %v : tensor<?x?xf32>
}

// -----

// Dimensions that come and go.
// CHECK-LABEL: func.func @squeezes
func.func @squeezes(%x: tensor<2x3x1x5xf32>) -> (tensor<2x3x5xf32>, tensor<2x1x3x1x5xf32>) {
  // CHECK-DAG: graph.squeeze %arg0 {axes = array<i64: 2>} : {{.*}} -> tensor<2x3x5xf32>
  // CHECK-DAG: graph.unsqueeze %arg0 {axes = array<i64: 1>} : {{.*}} -> tensor<2x1x3x1x5xf32>
  // CHECK-NOT: graph.transpose
  %t = graph.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<2x3x1x5xf32>) -> tensor<2x5x3x1xf32>
  %s = graph.squeeze %t {axes = array<i64: 3>} : (tensor<2x5x3x1xf32>) -> tensor<2x5x3xf32>
  %u = graph.transpose %s {perm = array<i64: 0, 2, 1>} : (tensor<2x5x3xf32>) -> tensor<2x3x5xf32>
  %a = graph.unsqueeze %t {axes = array<i64: 1>} : (tensor<2x5x3x1xf32>) -> tensor<2x1x5x3x1xf32>
  %b = graph.transpose %a {perm = array<i64: 0, 1, 3, 4, 2>} : (tensor<2x1x5x3x1xf32>) -> tensor<2x1x3x1x5xf32>
  return %u, %b : tensor<2x3x5xf32>, tensor<2x1x3x1x5xf32>
}

// -----

// Where only dimensions of size 1 move, no element does.
// CHECK-LABEL: func.func @movesNothing
func.func @movesNothing(%x: tensor<?x1x1x8xf32>) -> tensor<?x8x1x1xf32> {
  // CHECK: %[[S:.*]] = graph.constant dense<[-1, 8, 1, 1]>
  // CHECK: graph.reshape %arg0, %[[S]]
  %t = graph.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<?x1x1x8xf32>) -> tensor<?x8x1x1xf32>
  return %t : tensor<?x8x1x1xf32>
}

// -----

// Several dynamic dimensions: which one is -1 could not be said.
// CHECK-LABEL: func.func @movesNothingDynamic
func.func @movesNothingDynamic(%x: tensor<1x1x?x?xf32>) -> tensor<1x?x?x1xf32> {
  // CHECK: %[[S:.*]] = graph.squeeze %arg0 {axes = array<i64: 0, 1>}
  // CHECK: graph.unsqueeze %[[S]] {axes = array<i64: 0, 3>}
  %t = graph.transpose %x {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x1x?x?xf32>) -> tensor<1x?x?x1xf32>
  return %t : tensor<1x?x?x1xf32>
}

// -----

// Dynamic dimensions that change places are elements that do.
// CHECK-LABEL: func.func @movesDynamic
func.func @movesDynamic(%x: tensor<1x?x?xf32>) -> tensor<1x?x?xf32> {
  // CHECK: graph.transpose
  %t = graph.transpose %x {perm = array<i64: 0, 2, 1>} : (tensor<1x?x?xf32>) -> tensor<1x?x?xf32>
  return %t : tensor<1x?x?xf32>
}

// -----

// A transpose that is flattened into a matrix product reorders rows: those of
// (c, h) to (h, c).
// CHECK-LABEL: func.func @flatten
// STRICT-LABEL: func.func @flatten
// STRICT: graph.transpose
func.func @flatten(%x: tensor<?x2x3xf32>) -> tensor<?x1xf32> {
  // CHECK-DAG: %[[W:.*]] = graph.constant dense<{{\[\[}}0.000000e+00], [2.000000e+00], [4.000000e+00], [1.000000e+00], [3.000000e+00], [5.000000e+00]]>
  // CHECK: %[[F:.*]] = graph.reshape %arg0
  // CHECK: graph.matmul %[[F]], %[[W]]
  %w = graph.constant dense<[[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]]> : tensor<6x1xf32>
  %s = graph.constant dense<[-1, 6]> : tensor<2xi64>
  %t = graph.transpose %x {perm = array<i64: 0, 2, 1>} : (tensor<?x2x3xf32>) -> tensor<?x3x2xf32>
  %f = graph.reshape %t, %s : (tensor<?x3x2xf32>, tensor<2xi64>) -> tensor<?x6xf32>
  %y = graph.matmul %f, %w : (tensor<?x6xf32>, tensor<6x1xf32>) -> tensor<?x1xf32>
  return %y : tensor<?x1xf32>
}

// -----

// The batch is flattened too: rows are no longer whole.
// CHECK-LABEL: func.func @flattenBatch
func.func @flattenBatch(%x: tensor<2x2x3xf32>) -> tensor<4x1xf32> {
  // CHECK: graph.transpose
  %w = graph.constant dense<[[0.0], [1.0], [2.0]]> : tensor<3x1xf32>
  %s = graph.constant dense<[4, 3]> : tensor<2xi64>
  %t = graph.transpose %x {perm = array<i64: 0, 2, 1>} : (tensor<2x2x3xf32>) -> tensor<2x3x2xf32>
  %f = graph.reshape %t, %s : (tensor<2x3x2xf32>, tensor<2xi64>) -> tensor<4x3xf32>
  %y = graph.matmul %f, %w : (tensor<4x3xf32>, tensor<3x1xf32>) -> tensor<4x1xf32>
  return %y : tensor<4x1xf32>
}

// -----

// Nothing is moved into a loop, which would repeat it.
// CHECK-LABEL: func.func @loop
func.func @loop(%x: tensor<2x3xf32>, %go: tensor<i1>) -> tensor<3x2xf32> {
  // CHECK: graph.transpose
  // CHECK: graph.while
  // CHECK-NOT: graph.transpose
  %t = graph.transpose %x {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %r = graph.while (%a = %t) : (tensor<3x2xf32>) -> (tensor<3x2xf32>) {
    graph.yield %go : tensor<i1>
  } do (%b) {
    %e = graph.exp %t : (tensor<3x2xf32>) -> tensor<3x2xf32>
    graph.yield %e : tensor<3x2xf32>
  }
  return %r : tensor<3x2xf32>
}

// -----

// A transposed scalar sinks once, and then moves nothing.
// CHECK-LABEL: func.func @scalars
func.func @scalars(%x: tensor<1x1xf32>, %y: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NOT: graph.transpose
  %t = graph.transpose %x {perm = array<i64: 1, 0>} : (tensor<1x1xf32>) -> tensor<1x1xf32>
  %a = graph.add %t, %y : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %b = graph.mul %a, %t : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  return %b : tensor<1x1xf32>
}

// -----

// In the strict way, a sum keeps the order of its terms; a maximum has none.
// CHECK-LABEL: func.func @orderOfTerms
// CHECK-NOT: graph.transpose
// STRICT-LABEL: func.func @orderOfTerms
// STRICT: %[[T:.*]] = graph.transpose
// STRICT: graph.reduce sum, %[[T]]
func.func @orderOfTerms(%x: tensor<2x3x4xf32>) -> tensor<2xf32> {
  %t = graph.transpose %x {perm = array<i64: 0, 2, 1>} : (tensor<2x3x4xf32>) -> tensor<2x4x3xf32>
  %s = graph.reduce sum, %t {axes = array<i64: 1, 2>} : (tensor<2x4x3xf32>) -> tensor<2xf32>
  return %s : tensor<2xf32>
}

// -----

// STRICT-LABEL: func.func @orderOfMaximum
// STRICT-NOT: graph.transpose
func.func @orderOfMaximum(%x: tensor<2x3x4xf32>) -> tensor<2xf32> {
  %t = graph.transpose %x {perm = array<i64: 0, 2, 1>} : (tensor<2x3x4xf32>) -> tensor<2x4x3xf32>
  %s = graph.reduce max, %t {axes = array<i64: 1, 2>} : (tensor<2x4x3xf32>) -> tensor<2xf32>
  return %s : tensor<2xf32>
}

// -----

// A constant that was elided in a printed excerpt has no bytes to transpose.
// CHECK-LABEL: func.func @elided
// STRICT-LABEL: func.func @elided
func.func @elided(%x: tensor<2x3xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
  // CHECK: graph.transpose
  // CHECK: graph.add
  %c = graph.constant dense_resource<__elided__> : tensor<2x3xf32>
  %d = graph.constant dense_resource<__elided__> : tensor<2xf32>
  %t = graph.transpose %c {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %u = graph.transpose %x {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %a = graph.add %u, %d : (tensor<3x2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  return %t, %a : tensor<3x2xf32>, tensor<3x2xf32>
}
