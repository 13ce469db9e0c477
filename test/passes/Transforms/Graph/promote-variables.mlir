// RUN: systole-opt %s --graph-promote-variables --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-promote-variables --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS
// RUN: systole-opt %s --graph-promote-variables --split-input-file --remarks-filter=graph-.* --remark-format=emitRemark 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARKS

// STATS: num-from-branches = 1
// STATS: num-from-loops = 1
// STATS: num-from-branches = 1
// REMARKS-DAG: variable @big is no value that it carries: its 8192 bytes are more than 4096
// REMARKS-DAG: variable @x is no value that it carries: the loop's condition assigns it
// REMARKS-DAG: variable @y is no value that it carries: a value of another type is assigned to it

// A loop in which a branch assigns: the branch first, then the loop.
// CHECK-LABEL: func.func @nested
graph.variable @n : tensor<i64>
func.func @nested(%c: tensor<i1>, %limit: tensor<i64>, %one: tensor<i64>) -> tensor<i64> {
  // CHECK: %[[BEFORE:.*]] = graph.read_variable @n
  // CHECK: %[[R:.*]]:2 = graph.while (%[[I:.*]] = %arg2, %[[N:.*]] = %[[BEFORE]])
  // CHECK: graph.compare lt, %[[N]], %arg1
  // CHECK: do (%[[J:.*]], %[[M:.*]])
  // CHECK: %[[NEXT:.*]] = graph.if
  // CHECK: %[[SUM:.*]] = graph.add %[[M]], %[[J]]
  // CHECK: graph.yield %[[SUM]]
  // CHECK: else
  // CHECK: graph.yield %[[M]]
  // CHECK: graph.yield %[[NEXT]], %[[NEXT]]
  // CHECK: graph.assign_variable @n, %[[R]]#1
  // CHECK: return %[[R]]#0
  %r = graph.while (%i = %one) : (tensor<i64>) -> (tensor<i64>) {
    %a = graph.read_variable @n : tensor<i64>
    %more = graph.compare lt, %a, %limit : (tensor<i64>, tensor<i64>) -> tensor<i1>
    graph.yield %more : tensor<i1>
  } do (%j) {
    graph.if %c : tensor<i1> {
      %a = graph.read_variable @n : tensor<i64>
      %b = graph.add %a, %j : (tensor<i64>, tensor<i64>) -> tensor<i64>
      graph.assign_variable @n, %b : tensor<i64>
    } else {
    }
    %d = graph.read_variable @n : tensor<i64>
    graph.yield %d : tensor<i64>
  }
  return %r : tensor<i64>
}

// -----

// Both branches assign, the second one twice.
// CHECK-LABEL: func.func @branches
graph.variable @n : tensor<i64>
func.func @branches(%c: tensor<i1>, %a: tensor<i64>, %b: tensor<i64>) {
  // CHECK: %[[R:.*]] = graph.if
  // CHECK-NEXT: graph.yield %arg1
  // CHECK: else
  // CHECK-NEXT: graph.yield %arg1
  // CHECK: graph.assign_variable @n, %[[R]]
  graph.if %c : tensor<i1> {
    graph.assign_variable @n, %a : tensor<i64>
  } else {
    graph.assign_variable @n, %b : tensor<i64>
    graph.assign_variable @n, %a : tensor<i64>
  }
  return
}

// -----

// What only reads carries nothing; two variables are carried in their order.
// CHECK-LABEL: func.func @onlyReads
graph.variable @n : tensor<i64>
func.func @onlyReads(%c: tensor<i1>, %a: tensor<i64>) -> tensor<i64> {
  // CHECK-NEXT: graph.if
  // CHECK-NEXT: graph.read_variable
  %r = graph.if %c : tensor<i1> -> (tensor<i64>) {
    %b = graph.read_variable @n : tensor<i64>
    graph.yield %b : tensor<i64>
  } else {
    graph.yield %a : tensor<i64>
  }
  return %r : tensor<i64>
}

// -----

// One more carried value would be copied in each iteration.
// CHECK-LABEL: func.func @large
graph.variable @big : tensor<2048xf32>
func.func @large(%c: tensor<i1>, %v: tensor<2048xf32>) {
  // CHECK: graph.while () : () -> ()
  graph.while () : () -> () {
    graph.yield %c : tensor<i1>
  } do () {
    graph.assign_variable @big, %v : tensor<2048xf32>
  }
  return
}

// -----

// The condition assigns, or a type says less than the variable's.
// CHECK-LABEL: func.func @declined
graph.variable @x : tensor<i1>
graph.variable @y : tensor<2xf32>
func.func @declined(%c: tensor<i1>, %v: tensor<?xf32>) {
  // CHECK: graph.while () : () -> ()
  // CHECK: graph.if %{{.*}} : tensor<i1> {
  graph.while () : () -> () {
    %a = graph.read_variable @x : tensor<i1>
    graph.assign_variable @x, %c : tensor<i1>
    graph.yield %a : tensor<i1>
  } do () {
  }
  graph.if %c : tensor<i1> {
    graph.assign_variable @y, %v : tensor<?xf32>
  } else {
  }
  return
}
