// RUN: systole-opt %s --graph-hoist-invariants --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-hoist-invariants --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS

// STATS-DAG: num-from-loops = 3
// STATS-DAG: num-from-branches = 2

// What depends on nothing that the loop carries, and then what depends on that.
// CHECK-LABEL: func.func @loop
func.func @loop(%x: tensor<2xf32>, %n: tensor<f32>) -> tensor<2xf32> {
  // CHECK: %[[S:.*]] = graph.sqrt %arg1
  // CHECK: %[[A:.*]] = graph.exp %arg0
  // CHECK: %[[B:.*]] = graph.neg %[[A]]
  // CHECK: graph.while
  // CHECK: graph.compare
  // CHECK: do
  // CHECK: graph.add %{{.*}}, %[[B]]
  // CHECK-NOT: graph.exp
  %r = graph.while (%i = %x) : (tensor<2xf32>) -> (tensor<2xf32>) {
    %s = graph.sqrt %n : (tensor<f32>) -> tensor<f32>
    %m = graph.reduce max, %i {axes = array<i64: 0>} : (tensor<2xf32>) -> tensor<f32>
    %more = graph.compare lt, %m, %s : (tensor<f32>, tensor<f32>) -> tensor<i1>
    graph.yield %more : tensor<i1>
  } do (%j) {
    %a = graph.exp %x : (tensor<2xf32>) -> tensor<2xf32>
    %b = graph.neg %a : (tensor<2xf32>) -> tensor<2xf32>
    %c = graph.add %j, %b : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    graph.yield %c : tensor<2xf32>
  }
  return %r : tensor<2xf32>
}

// -----

// The body may not run: an index may be out of range, sizes may not broadcast.
// The condition runs: there a gather may move.
// CHECK-LABEL: func.func @mayFail
func.func @mayFail(%x: tensor<2xf32>, %i: tensor<i64>, %p: tensor<?xf32>, %q: tensor<?xf32>) -> tensor<2xf32> {
  // CHECK: graph.gather
  // CHECK: graph.while
  // CHECK: do
  // CHECK: graph.gather
  // CHECK: graph.add %arg2, %arg3
  %r = graph.while (%c = %x) : (tensor<2xf32>) -> (tensor<2xf32>) {
    %limit = graph.gather %x, %i {axis = 0 : i64} : (tensor<2xf32>, tensor<i64>) -> tensor<f32>
    %m = graph.reduce max, %c {axes = array<i64: 0>} : (tensor<2xf32>) -> tensor<f32>
    %more = graph.compare lt, %m, %limit : (tensor<f32>, tensor<f32>) -> tensor<i1>
    graph.yield %more : tensor<i1>
  } do (%d) {
    %step = graph.gather %x, %i {axis = 0 : i64} : (tensor<2xf32>, tensor<i64>) -> tensor<f32>
    %wide = graph.add %p, %q : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
    %size = graph.reduce max, %wide {axes = array<i64: 0>} : (tensor<?xf32>) -> tensor<f32>
    %t = graph.add %step, %size : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %e = graph.add %d, %t : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
    graph.yield %e : tensor<2xf32>
  }
  return %r : tensor<2xf32>
}

// -----

// Out of two loops, one after the other.
// CHECK-LABEL: func.func @nested
func.func @nested(%x: tensor<2xf32>, %n: tensor<f32>) -> tensor<2xf32> {
  // CHECK: graph.tanh %arg0
  // CHECK: graph.while
  %r = graph.while (%i = %x) : (tensor<2xf32>) -> (tensor<2xf32>) {
    %m = graph.reduce max, %i {axes = array<i64: 0>} : (tensor<2xf32>) -> tensor<f32>
    %more = graph.compare lt, %m, %n : (tensor<f32>, tensor<f32>) -> tensor<i1>
    graph.yield %more : tensor<i1>
  } do (%j) {
    %s = graph.while (%k = %j) : (tensor<2xf32>) -> (tensor<2xf32>) {
      %m = graph.reduce min, %k {axes = array<i64: 0>} : (tensor<2xf32>) -> tensor<f32>
      %more = graph.compare lt, %m, %n : (tensor<f32>, tensor<f32>) -> tensor<i1>
      graph.yield %more : tensor<i1>
    } do (%l) {
      %t = graph.tanh %x : (tensor<2xf32>) -> tensor<2xf32>
      %u = graph.add %l, %t : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
      graph.yield %u : tensor<2xf32>
    }
    graph.yield %s : tensor<2xf32>
  }
  return %r : tensor<2xf32>
}

// -----

// Equal in both branches, and then what becomes equal; the result that is the
// same on either side is no result of the branch.
// CHECK-LABEL: func.func @branches
func.func @branches(%c: tensor<i1>, %x: tensor<2xf32>, %i: tensor<2xi64>) -> (tensor<2xf32>, tensor<2xf32>) {
  // CHECK: %[[A:.*]] = graph.gather %arg1, %arg2
  // CHECK: %[[B:.*]] = graph.exp %[[A]]
  // CHECK: %[[R:.*]]:2 = graph.if
  // CHECK: graph.neg %[[B]]
  // CHECK: graph.tanh %[[B]]
  // CHECK: return %[[R]]#0, %[[B]]
  %y:2 = graph.if %c : tensor<i1> -> (tensor<2xf32>, tensor<2xf32>) {
    %a = graph.gather %x, %i {axis = 0 : i64} : (tensor<2xf32>, tensor<2xi64>) -> tensor<2xf32>
    %b = graph.exp %a : (tensor<2xf32>) -> tensor<2xf32>
    %d = graph.neg %b : (tensor<2xf32>) -> tensor<2xf32>
    graph.yield %d, %b : tensor<2xf32>, tensor<2xf32>
  } else {
    %a = graph.gather %x, %i {axis = 0 : i64} : (tensor<2xf32>, tensor<2xi64>) -> tensor<2xf32>
    %b = graph.exp %a : (tensor<2xf32>) -> tensor<2xf32>
    %d = graph.tanh %b : (tensor<2xf32>) -> tensor<2xf32>
    graph.yield %d, %b : tensor<2xf32>, tensor<2xf32>
  }
  return %y#0, %y#1 : tensor<2xf32>, tensor<2xf32>
}

// -----

// What one branch alone computes stays in it.
// CHECK-LABEL: func.func @oneBranch
func.func @oneBranch(%c: tensor<i1>, %x: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK: graph.if
  // CHECK: graph.exp
  // CHECK: graph.tanh
  %y = graph.if %c : tensor<i1> -> (tensor<2xf32>) {
    %a = graph.exp %x : (tensor<2xf32>) -> tensor<2xf32>
    graph.yield %a : tensor<2xf32>
  } else {
    %a = graph.tanh %x : (tensor<2xf32>) -> tensor<2xf32>
    graph.yield %a : tensor<2xf32>
  }
  return %y : tensor<2xf32>
}
