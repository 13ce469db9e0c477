// RUN: systole-opt %s --cse --canonicalize --loop-invariant-code-motion | FileCheck %s

// The effects that MLIR's own passes see.

graph.variable @x : tensor<2xf32>
graph.variable @flag : tensor<i1>

// Equal reads are one value only where no assignment is between them.
// CHECK-LABEL: @readsAroundAnAssignment
func.func @readsAroundAnAssignment(%v: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  // CHECK: %[[A:.*]] = graph.read_variable @x
  // CHECK-NEXT: graph.assign_variable @x
  // CHECK-NEXT: %[[C:.*]] = graph.read_variable @x
  // CHECK-NEXT: return %[[A]], %[[A]], %[[C]]
  %a = graph.read_variable @x : tensor<2xf32>
  %b = graph.read_variable @x : tensor<2xf32>
  graph.assign_variable @x, %v : tensor<2xf32>
  %c = graph.read_variable @x : tensor<2xf32>
  return %a, %b, %c : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// A read that nobody uses goes; an assignment stays.
// CHECK-LABEL: @deadRead
func.func @deadRead(%v: tensor<2xf32>) {
  // CHECK-NEXT: graph.assign_variable @x
  // CHECK-NEXT: return
  %a = graph.read_variable @x : tensor<2xf32>
  graph.assign_variable @x, %v : tensor<2xf32>
  return
}

// Neither leaves a loop or a branch, and neither goes with one that gives no
// result.
// CHECK-LABEL: @regions
func.func @regions(%v: tensor<2xf32>) {
  // CHECK: graph.while
  // CHECK: graph.read_variable @flag
  // CHECK: do
  // CHECK: graph.if
  // CHECK: graph.assign_variable @x
  %r = graph.while (%i = %v) : (tensor<2xf32>) -> (tensor<2xf32>) {
    %more = graph.read_variable @flag : tensor<i1>
    graph.yield %more : tensor<i1>
  } do (%j) {
    %more = graph.read_variable @flag : tensor<i1>
    graph.if %more : tensor<i1> {
      graph.assign_variable @x, %v : tensor<2xf32>
    } else {
    }
    graph.yield %j : tensor<2xf32>
  }
  return
}
