// RUN: systole-opt %s --graph-fold-constants --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-fold-constants=max-bytes=16 --split-input-file | FileCheck %s --check-prefix=SMALL
// RUN: systole-opt %s --graph-fold-constants=max-macs=10 --split-input-file | FileCheck %s --check-prefix=CHEAP
// RUN: systole-opt %s --graph-fold-constants=max-macs=10 --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS

// STATS-DAG: num-folded = {{[1-9]}}
// STATS-DAG: num-branches-folded = 1
// STATS-DAG: num-too-large = 1

// A chain folds in one run.
// CHECK-LABEL: func.func @chain
func.func @chain() -> tensor<2xf32> {
  // CHECK: graph.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
  // CHECK-NOT: graph.neg
  %a = graph.constant dense<[1.0, -2.0]> : tensor<2xf32>
  %b = graph.neg %a : (tensor<2xf32>) -> tensor<2xf32>
  %c = graph.abs %b : (tensor<2xf32>) -> tensor<2xf32>
  return %c : tensor<2xf32>
}

// -----

// An operation with an operand that is no constant stays.
// CHECK-LABEL: func.func @notConstant
func.func @notConstant(%x: tensor<2xf32>) -> tensor<2xf32> {
  %a = graph.constant dense<[1.0, -2.0]> : tensor<2xf32>
  // CHECK: graph.add
  %b = graph.add %a, %x : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %b : tensor<2xf32>
}

// -----

// A result larger than all inputs and the limit stays computed.
// CHECK-LABEL: func.func @large
// CHECK: graph.constant {{.*}} : tensor<8x8xf32>
// SMALL-LABEL: func.func @large
// SMALL: graph.broadcast
func.func @large() -> tensor<8x8xf32> {
  %a = graph.constant dense<1.0> : tensor<f32>
  %s = graph.constant dense<8> : tensor<2xi64>
  %b = graph.broadcast %a, %s : (tensor<f32>, tensor<2xi64>) -> tensor<8x8xf32>
  return %b : tensor<8x8xf32>
}

// -----

// Beyond the limit, but not larger than its inputs: folded.
// SMALL-LABEL: func.func @notLargerThanInputs
// SMALL-NEXT: graph.constant
// SMALL-NEXT: return
func.func @notLargerThanInputs() -> tensor<8xf32> {
  %a = graph.constant dense<0.0> : tensor<8xf32>
  %b = graph.exp %a : (tensor<8xf32>) -> tensor<8xf32>
  return %b : tensor<8xf32>
}

// -----

// A costly operation stays computed.
// CHECK-LABEL: func.func @costly
// CHECK-NOT: graph.matmul
// CHEAP-LABEL: func.func @costly
// CHEAP: graph.matmul
func.func @costly() -> tensor<4x4xf32> {
  %a = graph.constant dense<1.0> : tensor<4x4xf32>
  %b = graph.matmul %a, %a : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %b : tensor<4x4xf32>
}

// -----

// An operation that fails stays, without a message: it may never run.
// CHECK-LABEL: func.func @fails
func.func @fails() -> tensor<1xf32> {
  %a = graph.constant dense<1.0> : tensor<4xf32>
  %i = graph.constant dense<7> : tensor<1xi64>
  // CHECK: graph.gather
  %b = graph.gather %a, %i {axis = 0 : i64} : (tensor<4xf32>, tensor<1xi64>) -> tensor<1xf32>
  return %b : tensor<1xf32>
}

// -----

// A conditional on a constant becomes its branch, and the signature its type.
// CHECK-LABEL: func.func @branch
// CHECK-SAME: -> tensor<2xf32>
func.func @branch(%x: tensor<2xf32>, %y: tensor<3xf32>) -> tensor<?xf32> {
  %c = graph.constant dense<true> : tensor<i1>
  // CHECK-NEXT: %[[E:.*]] = graph.exp
  // CHECK-NEXT: return %[[E]]
  %r = graph.if %c : tensor<i1> -> (tensor<?xf32>) {
    %e = graph.exp %x : (tensor<2xf32>) -> tensor<2xf32>
    graph.yield %e : tensor<2xf32>
  } else {
    graph.yield %y : tensor<3xf32>
  }
  return %r : tensor<?xf32>
}

// -----

// A condition that is computed from constants decides too; the other branch's
// operations vanish.
// CHECK-LABEL: func.func @computedCondition
func.func @computedCondition(%x: tensor<2xf32>) -> tensor<2xf32> {
  %a = graph.constant dense<1> : tensor<i64>
  %b = graph.constant dense<2> : tensor<i64>
  %c = graph.compare gt, %a, %b : (tensor<i64>, tensor<i64>) -> tensor<i1>
  // CHECK-NOT: graph.exp
  // CHECK: graph.neg
  %r = graph.if %c : tensor<i1> -> (tensor<2xf32>) {
    %e = graph.exp %x : (tensor<2xf32>) -> tensor<2xf32>
    graph.yield %e : tensor<2xf32>
  } else {
    %n = graph.neg %x : (tensor<2xf32>) -> tensor<2xf32>
    graph.yield %n : tensor<2xf32>
  }
  return %r : tensor<2xf32>
}

// -----

// A condition of the user's stays.
// CHECK-LABEL: func.func @unknownCondition
func.func @unknownCondition(%c: tensor<i1>, %x: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK: graph.if
  %r = graph.if %c : tensor<i1> -> (tensor<2xf32>) {
    graph.yield %x : tensor<2xf32>
  } else {
    // CHECK: graph.constant dense<2.0
    %a = graph.constant dense<1.0> : tensor<2xf32>
    %n = graph.add %a, %a : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    graph.yield %n : tensor<2xf32>
  }
  return %r : tensor<2xf32>
}

// -----

// Loops are not run, only their bodies folded.
// CHECK-LABEL: func.func @loop
func.func @loop() -> tensor<i64> {
  %z = graph.constant dense<0> : tensor<i64>
  // CHECK: graph.while
  %r = graph.while (%i = %z) : (tensor<i64>) -> (tensor<i64>) {
    %five = graph.constant dense<5> : tensor<i64>
    %m = graph.compare lt, %i, %five : (tensor<i64>, tensor<i64>) -> tensor<i1>
    graph.yield %m : tensor<i1>
  } do (%j) {
    // CHECK: %[[TWO:.*]] = graph.constant dense<2>
    // CHECK: graph.add %{{.*}}, %[[TWO]]
    %one = graph.constant dense<1> : tensor<i64>
    %two = graph.add %one, %one : (tensor<i64>, tensor<i64>) -> tensor<i64>
    %n = graph.add %j, %two : (tensor<i64>, tensor<i64>) -> tensor<i64>
    graph.yield %n : tensor<i64>
  }
  return %r : tensor<i64>
}
