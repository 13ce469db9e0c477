// RUN: systole-opt %s --graph-forward-variables --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-forward-variables --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS
// RUN: systole-opt %s --graph-forward-variables --split-input-file --remarks-filter=graph-.* --remark-format=emitRemark 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARKS

// STATS: num-forwarded = 2
// STATS: num-dead = 2
// STATS: num-forwarded = 1
// STATS: num-forwarded = 2
// STATS: num-hoisted = 1
// STATS: num-forwarded = 2
// REMARKS-DAG: it is read in every iteration: the loop assigns it
// REMARKS-DAG: what was assigned has a type that says less than the variable's

graph.variable @x : tensor<2xf32>
graph.variable @y : tensor<2xf32>

// A read after a read, a read after an assignment; of another variable neither
// says anything.
// CHECK-LABEL: func.func @straight
func.func @straight(%v: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  // CHECK-NEXT: %[[A:.*]] = graph.read_variable @x
  // CHECK-NEXT: graph.assign_variable @x, %arg0
  // CHECK-NEXT: %[[D:.*]] = graph.read_variable @y
  // CHECK-NEXT: return %[[A]], %[[A]], %arg0, %[[D]]
  %a = graph.read_variable @x : tensor<2xf32>
  %b = graph.read_variable @x : tensor<2xf32>
  graph.assign_variable @x, %v : tensor<2xf32>
  %c = graph.read_variable @x : tensor<2xf32>
  %d = graph.read_variable @y : tensor<2xf32>
  return %a, %b, %c, %d : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// -----

// The first assignment is replaced before anybody reads; the last assigns what
// the variable holds.
// CHECK-LABEL: func.func @dead
graph.variable @x : tensor<2xf32>
func.func @dead(%v: tensor<2xf32>, %w: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK-NEXT: graph.assign_variable @x, %arg1
  // CHECK-NEXT: return %arg1
  graph.assign_variable @x, %v : tensor<2xf32>
  graph.assign_variable @x, %w : tensor<2xf32>
  %a = graph.read_variable @x : tensor<2xf32>
  graph.assign_variable @x, %a : tensor<2xf32>
  return %a : tensor<2xf32>
}

// -----

// Somebody reads between: both assignments are made.
// CHECK-LABEL: func.func @readInABranch
graph.variable @x : tensor<2xf32>
func.func @readInABranch(%c: tensor<i1>, %v: tensor<?xf32>, %w: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK: graph.assign_variable @x, %arg1
  // CHECK: graph.if
  // CHECK: graph.read_variable @x
  // CHECK: graph.assign_variable @x, %arg2
  graph.assign_variable @x, %v : tensor<?xf32>
  %r = graph.if %c : tensor<i1> -> (tensor<2xf32>) {
    %a = graph.read_variable @x : tensor<2xf32>
    graph.yield %a : tensor<2xf32>
  } else {
    graph.yield %w : tensor<2xf32>
  }
  graph.assign_variable @x, %w : tensor<2xf32>
  return %r : tensor<2xf32>
}

// -----

// What a branch assigns is not known after it, in the other branch it is not
// assigned.
// CHECK-LABEL: func.func @assignedInABranch
graph.variable @x : tensor<2xf32>
func.func @assignedInABranch(%c: tensor<i1>, %v: tensor<2xf32>, %w: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  // CHECK: graph.assign_variable @x, %arg1
  // CHECK: graph.if
  // CHECK: graph.assign_variable @x, %arg2
  // CHECK-NEXT: graph.yield %arg2
  // CHECK: else
  // CHECK-NEXT: graph.yield %arg1
  // CHECK: %[[B:.*]] = graph.read_variable @x
  // CHECK: return %{{.*}}, %[[B]]
  graph.assign_variable @x, %v : tensor<2xf32>
  %r = graph.if %c : tensor<i1> -> (tensor<2xf32>) {
    graph.assign_variable @x, %w : tensor<2xf32>
    %a = graph.read_variable @x : tensor<2xf32>
    graph.yield %a : tensor<2xf32>
  } else {
    %a = graph.read_variable @x : tensor<2xf32>
    graph.yield %a : tensor<2xf32>
  }
  %b = graph.read_variable @x : tensor<2xf32>
  return %r, %b : tensor<2xf32>, tensor<2xf32>
}

// -----

// Of two variables that a loop reads, the one that it does not assign is read
// before it. What was known of the other one is known no more.
// CHECK-LABEL: func.func @loop
graph.variable @step : tensor<f32>
graph.variable @sum : tensor<f32>
func.func @loop(%v: tensor<f32>) -> tensor<f32> {
  // CHECK: graph.assign_variable @sum, %arg0
  // CHECK: %[[S:.*]] = graph.read_variable @step
  // CHECK: graph.while
  // CHECK: %[[A:.*]] = graph.read_variable @sum
  // CHECK: graph.compare lt, %[[A]], %[[S]]
  // CHECK: do
  // CHECK: %[[B:.*]] = graph.read_variable @sum
  // CHECK: %[[C:.*]] = graph.add %[[B]], %[[S]]
  // CHECK: graph.assign_variable @sum, %[[C]]
  // CHECK: %[[D:.*]] = graph.read_variable @sum
  // CHECK: return %[[D]]
  graph.assign_variable @sum, %v : tensor<f32>
  graph.while () : () -> () {
    %a = graph.read_variable @sum : tensor<f32>
    %s = graph.read_variable @step : tensor<f32>
    %more = graph.compare lt, %a, %s : (tensor<f32>, tensor<f32>) -> tensor<i1>
    graph.yield %more : tensor<i1>
  } do () {
    %b = graph.read_variable @sum : tensor<f32>
    %s = graph.read_variable @step : tensor<f32>
    %c = graph.add %b, %s : (tensor<f32>, tensor<f32>) -> tensor<f32>
    graph.assign_variable @sum, %c : tensor<f32>
  }
  %d = graph.read_variable @sum : tensor<f32>
  return %d : tensor<f32>
}

// -----

// A called function may do anything.
// CHECK-LABEL: func.func @call
graph.variable @x : tensor<2xf32>
func.func private @helper(%v: tensor<2xf32>)
func.func @call(%v: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK: graph.assign_variable
  // CHECK: call @helper
  // CHECK: %[[A:.*]] = graph.read_variable
  // CHECK: return %[[A]]
  graph.assign_variable @x, %v : tensor<2xf32>
  call @helper(%v) : (tensor<2xf32>) -> ()
  %a = graph.read_variable @x : tensor<2xf32>
  return %a : tensor<2xf32>
}
