// RUN: systole-opt %s --graph-prune --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-prune --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS

// STATS: num-ops-pruned = 2
// STATS: num-results-pruned = 1
// STATS: num-functions-pruned = 2

// A chain that nobody reads goes, a used one stays.
// CHECK-LABEL: func.func @chain
func.func @chain(%x: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK-NOT: graph.exp
  // CHECK-NOT: graph.neg
  // CHECK: graph.relu
  %a = graph.exp %x : (tensor<2xf32>) -> tensor<2xf32>
  %b = graph.neg %a : (tensor<2xf32>) -> tensor<2xf32>
  %y = graph.relu %x : (tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// An unused result of a conditional goes with what computes it.
// CHECK-LABEL: func.func @unusedBranchResult
func.func @unusedBranchResult(%c: tensor<i1>, %x: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK: graph.if %arg0 : tensor<i1> -> (tensor<2xf32>) {
  %r:2 = graph.if %c : tensor<i1> -> (tensor<2xf32>, tensor<2xf32>) {
    // CHECK-NOT: graph.exp
    %a = graph.exp %x : (tensor<2xf32>) -> tensor<2xf32>
    %b = graph.neg %x : (tensor<2xf32>) -> tensor<2xf32>
    // CHECK: graph.yield %{{[0-9]+}} : tensor<2xf32>
    graph.yield %a, %b : tensor<2xf32>, tensor<2xf32>
  } else {
    graph.yield %x, %x : tensor<2xf32>, tensor<2xf32>
  }
  return %r#1 : tensor<2xf32>
}

// -----

// Carried values: %r#1 counts for nobody but itself and goes; %r#2 feeds %r#0, and
// the condition reads %r#3: both stay though their results are unused.
// CHECK-LABEL: func.func @carried
func.func @carried(%x: tensor<f32>, %y: tensor<f32>) -> tensor<f32> {
  %z = graph.constant dense<0> : tensor<i64>
  %one = graph.constant dense<1> : tensor<i64>
  %n = graph.constant dense<5> : tensor<i64>
  // CHECK: graph.while ({{.*}}) : (tensor<f32>, tensor<f32>, tensor<i64>) -> (tensor<f32>, tensor<f32>, tensor<i64>)
  %r:4 = graph.while (%a = %x, %b = %y, %c = %y, %i = %z) : (tensor<f32>, tensor<f32>, tensor<f32>, tensor<i64>) -> (tensor<f32>, tensor<f32>, tensor<f32>, tensor<i64>) {
    %m = graph.compare lt, %i, %n : (tensor<i64>, tensor<i64>) -> tensor<i1>
    graph.yield %m : tensor<i1>
  } do (%d, %e, %f, %j) {
    // CHECK-NOT: graph.exp
    %d1 = graph.add %d, %f : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %e1 = graph.exp %e : (tensor<f32>) -> tensor<f32>
    %f1 = graph.neg %f : (tensor<f32>) -> tensor<f32>
    %j1 = graph.add %j, %one : (tensor<i64>, tensor<i64>) -> tensor<i64>
    graph.yield %d1, %e1, %f1, %j1 : tensor<f32>, tensor<f32>, tensor<f32>, tensor<i64>
  }
  return %r#0 : tensor<f32>
}

// -----

// A loop whose results nobody uses goes entirely.
// CHECK-LABEL: func.func @deadLoop
func.func @deadLoop(%x: tensor<f32>, %go: tensor<i1>) -> tensor<f32> {
  // CHECK-NEXT: return %arg0
  %r = graph.while (%a = %x) : (tensor<f32>) -> (tensor<f32>) {
    graph.yield %go : tensor<i1>
  } do (%d) {
    graph.yield %d : tensor<f32>
  }
  return %x : tensor<f32>
}

// -----

// A value that a nested conditional in the body reads is live.
// CHECK-LABEL: func.func @readByNestedRegion
func.func @readByNestedRegion(%x: tensor<f32>, %y: tensor<f32>, %go: tensor<i1>) -> tensor<f32> {
  // CHECK: graph.while ({{.*}}) : (tensor<f32>, tensor<f32>)
  %r:2 = graph.while (%a = %x, %b = %y) : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>) {
    graph.yield %go : tensor<i1>
  } do (%c, %d) {
    %s = graph.if %go : tensor<i1> -> (tensor<f32>) {
      graph.yield %d : tensor<f32>
    } else {
      graph.yield %c : tensor<f32>
    }
    %n = graph.neg %d : (tensor<f32>) -> tensor<f32>
    graph.yield %s, %n : tensor<f32>, tensor<f32>
  }
  return %r#0 : tensor<f32>
}

// -----

// Private functions go with the last call, one after the other; others stay.
// CHECK-LABEL: func.func @entry
func.func @entry(%x: tensor<f32>) -> tensor<f32> {
  %r = func.call @used(%x) : (tensor<f32>) -> tensor<f32>
  return %r : tensor<f32>
}
// CHECK: func.func private @used
func.func private @used(%x: tensor<f32>) -> tensor<f32> {
  return %x : tensor<f32>
}
// CHECK-NOT: @unused
func.func private @unused(%x: tensor<f32>) -> tensor<f32> {
  %r = func.call @unusedToo(%x) : (tensor<f32>) -> tensor<f32>
  return %r : tensor<f32>
}
func.func private @unusedToo(%x: tensor<f32>) -> tensor<f32> {
  return %x : tensor<f32>
}
