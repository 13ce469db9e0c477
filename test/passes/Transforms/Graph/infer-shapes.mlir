// RUN: systole-opt %s --graph-infer-shapes --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-infer-shapes --split-input-file --mlir-pass-statistics -o %t 2>&1 | FileCheck %s --check-prefix=STATS
// Running the pass again changes nothing.
// RUN: systole-opt %t --graph-infer-shapes --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=AGAIN --allow-empty

// STATS: num-types-refined
// STATS: num-types-widened
// AGAIN-NOT: num-types-refined

// Types travel down a chain and into the function's signature.
// CHECK-LABEL: func.func @chain
// CHECK-SAME: -> tensor<2x3xf32>
func.func @chain(%x: tensor<2x3xf32>) -> tensor<*xf32> {
  %a = graph.exp %x : (tensor<2x3xf32>) -> tensor<*xf32>
  // CHECK: graph.relu {{.*}} -> tensor<2x3xf32>
  %b = graph.relu %a : (tensor<*xf32>) -> tensor<?x?xf32>
  %c = graph.neg %b : (tensor<?x?xf32>) -> tensor<*xf32>
  return %c : tensor<*xf32>
}

// -----

// What a model declares beyond inference is kept.
// CHECK-LABEL: func.func @declared
func.func @declared(%x: tensor<?x4xf32>, %s: tensor<2xi64>) -> tensor<8x2xf32> {
  // CHECK: graph.reshape {{.*}} -> tensor<8x2xf32>
  %y = graph.reshape %x, %s : (tensor<?x4xf32>, tensor<2xi64>) -> tensor<8x2xf32>
  return %y : tensor<8x2xf32>
}

// -----

// A conditional has what both branches agree on.
// CHECK-LABEL: func.func @branchesAgreeInPart
// CHECK-SAME: -> tensor<?x3xf32>
func.func @branchesAgreeInPart(%c: tensor<i1>, %x: tensor<2x3xf32>, %y: tensor<4x3xf32>) -> tensor<*xf32> {
  // CHECK: graph.if {{.*}} -> (tensor<?x3xf32>)
  %r = graph.if %c : tensor<i1> -> (tensor<*xf32>) {
    // CHECK: graph.exp {{.*}} -> tensor<2x3xf32>
    %a = graph.exp %x : (tensor<2x3xf32>) -> tensor<*xf32>
    graph.yield %a : tensor<*xf32>
  } else {
    graph.yield %y : tensor<4x3xf32>
  }
  return %r : tensor<*xf32>
}

// -----

// Branches of different ranks leave the result unranked.
// CHECK-LABEL: func.func @branchesOfTwoRanks
// CHECK-SAME: -> tensor<*xf32>
func.func @branchesOfTwoRanks(%c: tensor<i1>, %x: tensor<3xf32>, %y: tensor<4x3xf32>) -> tensor<*xf32> {
  %r = graph.if %c : tensor<i1> -> (tensor<*xf32>) {
    graph.yield %x : tensor<3xf32>
  } else {
    graph.yield %y : tensor<4x3xf32>
  }
  return %r : tensor<*xf32>
}

// -----

// A loop that keeps its shape has it inside and outside.
// CHECK-LABEL: func.func @loopKeepsShape
// CHECK-SAME: -> tensor<2xf32>
func.func @loopKeepsShape(%x: tensor<2xf32>, %go: tensor<i1>) -> tensor<?xf32> {
  // CHECK: graph.while {{.*}} -> (tensor<2xf32>)
  %r = graph.while (%i = %x) : (tensor<2xf32>) -> (tensor<?xf32>) {
    graph.yield %go : tensor<i1>
  } do (%j) {
    // CHECK: graph.exp {{.*}} (tensor<2xf32>) -> tensor<2xf32>
    %n = graph.exp %j : (tensor<?xf32>) -> tensor<?xf32>
    graph.yield %n : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}

// -----

// A carried dimension that the body changes is widened, also where an importer
// declared inside the body what holds for the first iteration.
// CHECK-LABEL: func.func @loopGrows
// CHECK-SAME: -> tensor<?x3xf32>
func.func @loopGrows(%x: tensor<0x3xf32>, %row: tensor<1x3xf32>, %go: tensor<i1>) -> tensor<?x3xf32> {
  // CHECK: graph.while {{.*}} -> (tensor<?x3xf32>)
  %r = graph.while (%i = %x) : (tensor<0x3xf32>) -> (tensor<?x3xf32>) {
    graph.yield %go : tensor<i1>
  } do (%j) {
    // CHECK: graph.neg {{.*}} -> tensor<?x3xf32>
    %m = graph.neg %j : (tensor<?x3xf32>) -> tensor<0x3xf32>
    // CHECK: graph.concat {{.*}} -> tensor<?x3xf32>
    %n = graph.concat %m, %row {axis = 0 : i64} : (tensor<0x3xf32>, tensor<1x3xf32>) -> tensor<1x3xf32>
    graph.yield %n : tensor<1x3xf32>
  }
  return %r : tensor<?x3xf32>
}

// -----

// A nested loop is inferred within each round of the outer one.
// CHECK-LABEL: func.func @nestedLoops
// CHECK-SAME: -> (tensor<?xf32>, tensor<4xf32>)
func.func @nestedLoops(%x: tensor<1xf32>, %y: tensor<4xf32>, %go: tensor<i1>) -> (tensor<?xf32>, tensor<?xf32>) {
  %r:2 = graph.while (%i = %x, %k = %y) : (tensor<1xf32>, tensor<4xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
    graph.yield %go : tensor<i1>
  } do (%j, %l) {
    // CHECK: graph.while {{.*}} -> (tensor<?xf32>)
    %s = graph.while (%a = %j) : (tensor<?xf32>) -> (tensor<?xf32>) {
      graph.yield %go : tensor<i1>
    } do (%b) {
      %c = graph.concat %b, %x {axis = 0 : i64} : (tensor<?xf32>, tensor<1xf32>) -> tensor<?xf32>
      graph.yield %c : tensor<?xf32>
    }
    graph.yield %s, %l : tensor<?xf32>, tensor<?xf32>
  }
  return %r#0, %r#1 : tensor<?xf32>, tensor<?xf32>
}

// -----

// Types pass through a group.
// CHECK-LABEL: func.func @group
func.func @group(%x: tensor<2xf32>) -> tensor<?xf32> {
  %e = graph.abs %x : (tensor<2xf32>) -> tensor<?xf32>
  // CHECK: graph.group {{.*}} : (tensor<2xf32>) -> (tensor<2xf32>)
  %y = graph.group "elementwise" (%a = %e) : (tensor<?xf32>) -> (tensor<?xf32>) {
    // CHECK: graph.exp {{.*}} -> tensor<2xf32>
    %b = graph.exp %a : (tensor<?xf32>) -> tensor<?xf32>
    graph.yield %b : tensor<?xf32>
  }
  return %y : tensor<?xf32>
}

// -----

// Callers take what a function returns; what they pass keeps the argument's type.
// CHECK-LABEL: func.func @caller
// CHECK-SAME: -> tensor<2xf32>
func.func @caller(%x: tensor<3xf32>) -> tensor<?xf32> {
  // CHECK: graph.abs {{.*}} -> tensor<?xf32>
  %a = graph.abs %x : (tensor<3xf32>) -> tensor<?xf32>
  // CHECK: call @callee(%{{.*}}) : (tensor<?xf32>) -> tensor<2xf32>
  %r = func.call @callee(%a) : (tensor<?xf32>) -> tensor<?xf32>
  return %r : tensor<?xf32>
}
func.func private @callee(%x: tensor<?xf32>) -> tensor<?xf32> {
  %y = graph.constant dense<1.0> : tensor<2xf32>
  %z = graph.exp %y : (tensor<2xf32>) -> tensor<?xf32>
  return %z : tensor<?xf32>
}
