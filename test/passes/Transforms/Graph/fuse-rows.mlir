// RUN: systole-opt %s --graph-fuse-rows --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-fuse-rows --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS

// STATS-DAG: num-groups = 1
// STATS-DAG: num-ops-grouped = 9

// A layer normalisation as exporters write it is one group: its scale and shift
// are operands, its epsilon is copied.
// CHECK-LABEL: func.func @layerNorm
func.func @layerNorm(%x: tensor<2x5x8xf32>, %scale: tensor<8xf32>, %shift: tensor<8xf32>) -> tensor<2x5x8xf32> {
  // CHECK: %[[Y:.*]] = graph.group "rows" ({{.*}} = %arg0, {{.*}} = %arg1, {{.*}} = %arg2)
  // CHECK: graph.reduce mean
  // CHECK: graph.reduce mean
  // CHECK: graph.constant
  // CHECK: graph.yield
  // CHECK-NEXT: }
  // CHECK-NEXT: return %[[Y]]
  %epsilon = graph.constant dense<1.0e-5> : tensor<f32>
  %m = graph.reduce mean, %x {axes = array<i64: 2>, keep_dims} : (tensor<2x5x8xf32>) -> tensor<2x5x1xf32>
  %c = graph.sub %x, %m : (tensor<2x5x8xf32>, tensor<2x5x1xf32>) -> tensor<2x5x8xf32>
  %q = graph.mul %c, %c : (tensor<2x5x8xf32>, tensor<2x5x8xf32>) -> tensor<2x5x8xf32>
  %v = graph.reduce mean, %q {axes = array<i64: 2>, keep_dims} : (tensor<2x5x8xf32>) -> tensor<2x5x1xf32>
  %e = graph.add %v, %epsilon : (tensor<2x5x1xf32>, tensor<f32>) -> tensor<2x5x1xf32>
  %s = graph.sqrt %e : (tensor<2x5x1xf32>) -> tensor<2x5x1xf32>
  %n = graph.div %c, %s : (tensor<2x5x8xf32>, tensor<2x5x1xf32>) -> tensor<2x5x8xf32>
  %t = graph.mul %n, %scale : (tensor<2x5x8xf32>, tensor<8xf32>) -> tensor<2x5x8xf32>
  %y = graph.add %t, %shift : (tensor<2x5x8xf32>, tensor<8xf32>) -> tensor<2x5x8xf32>
  return %y : tensor<2x5x8xf32>
}

// -----

// A reduction takes what computes its operand, with any number of rows.
// CHECK-LABEL: func.func @dotProducts
func.func @dotProducts(%x: tensor<?x8xf32>) -> tensor<?x1xf32> {
  // CHECK: graph.group "rows"
  // CHECK: graph.mul
  // CHECK: graph.reduce sum
  %q = graph.mul %x, %x : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %s = graph.reduce sum, %q {axes = array<i64: 1>, keep_dims} : (tensor<?x8xf32>) -> tensor<?x1xf32>
  return %s : tensor<?x1xf32>
}

// -----

// Not along another dimension, without the reduced one, of integers, or alone.
// CHECK-LABEL: func.func @otherReductions
func.func @otherReductions(%x: tensor<4x8xf32>, %i: tensor<4x8xi32>) -> (tensor<1x8xf32>, tensor<4xf32>, tensor<4x1xi32>, tensor<4x1xf32>) {
  // CHECK-NOT: graph.group
  // CHECK: return
  %a = graph.exp %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  %b = graph.reduce sum, %a {axes = array<i64: 0>, keep_dims} : (tensor<4x8xf32>) -> tensor<1x8xf32>
  %c = graph.tanh %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  %d = graph.reduce sum, %c {axes = array<i64: 1>} : (tensor<4x8xf32>) -> tensor<4xf32>
  %e = graph.neg %i : (tensor<4x8xi32>) -> tensor<4x8xi32>
  %f = graph.reduce sum, %e {axes = array<i64: 1>, keep_dims} : (tensor<4x8xi32>) -> tensor<4x1xi32>
  %g = graph.reduce max, %x {axes = array<i64: 1>, keep_dims} : (tensor<4x8xf32>) -> tensor<4x1xf32>
  return %b, %d, %f, %g : tensor<1x8xf32>, tensor<4xf32>, tensor<4x1xi32>, tensor<4x1xf32>
}

// -----

// A value that is read elsewhere ends the group; so does one that a contraction
// will take as its epilogue, or a costly one that two sweeps would compute.
// CHECK-LABEL: func.func @borders
func.func @borders(%x: tensor<4x8xf32>, %w: tensor<8x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>) {
  // CHECK: %[[N:.*]] = graph.neg
  // CHECK: graph.group "rows" ({{.*}} = %[[N]])
  // CHECK: graph.matmul
  // CHECK: %[[R:.*]] = graph.relu
  // CHECK: graph.group "rows" ({{.*}} = %[[R]])
  // CHECK: %[[T:.*]] = graph.tanh
  // CHECK: graph.group "rows" ({{.*}} = %[[T]])
  %n = graph.neg %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  %m = graph.reduce max, %n {axes = array<i64: 1>, keep_dims} : (tensor<4x8xf32>) -> tensor<4x1xf32>
  %a = graph.sub %n, %m : (tensor<4x8xf32>, tensor<4x1xf32>) -> tensor<4x8xf32>
  %p = graph.matmul %x, %w : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %r = graph.relu %p : (tensor<4x8xf32>) -> tensor<4x8xf32>
  %s = graph.reduce mean, %r {axes = array<i64: 1>, keep_dims} : (tensor<4x8xf32>) -> tensor<4x1xf32>
  %b = graph.sub %r, %s : (tensor<4x8xf32>, tensor<4x1xf32>) -> tensor<4x8xf32>
  %t = graph.tanh %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  %u = graph.reduce sum, %t {axes = array<i64: 1>, keep_dims} : (tensor<4x8xf32>) -> tensor<4x1xf32>
  %c = graph.mul %t, %u : (tensor<4x8xf32>, tensor<4x1xf32>) -> tensor<4x8xf32>
  return %n, %a, %b, %c : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>
}
