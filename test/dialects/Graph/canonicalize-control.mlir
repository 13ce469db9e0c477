// RUN: systole-opt --canonicalize %s | FileCheck %s

// The region that a constant chooses takes the operation's place.
// CHECK-LABEL: @knownCondition
// CHECK-SAME: (%[[X:.*]]: tensor<2xf32>)
func.func @knownCondition(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  // CHECK-DAG: %[[E:.*]] = graph.exp %[[X]]
  // CHECK-DAG: %[[T:.*]] = graph.tanh %[[X]]
  // CHECK: return %[[E]], %[[T]]
  %true = graph.constant dense<true> : tensor<i1>
  %false = graph.constant dense<false> : tensor<1xi1>
  %0 = graph.if %true : tensor<i1> -> (tensor<2xf32>) {
    %e = graph.exp %x : (tensor<2xf32>) -> tensor<2xf32>
    graph.yield %e : tensor<2xf32>
  } else {
    graph.yield %x : tensor<2xf32>
  }
  %1 = graph.if %false : tensor<1xi1> -> (tensor<2xf32>) {
    graph.yield %x : tensor<2xf32>
  } else {
    %t = graph.tanh %x : (tensor<2xf32>) -> tensor<2xf32>
    graph.yield %t : tensor<2xf32>
  }
  return %0, %1 : tensor<2xf32>, tensor<2xf32>
}

// The result's type knows less than the value's: a cast to its own element type
// keeps the users valid.
// CHECK-LABEL: @typeRestated
// CHECK-SAME: (%[[X:.*]]: tensor<2xf32>)
func.func @typeRestated(%x: tensor<2xf32>) -> tensor<?xf32> {
  // CHECK-NEXT: %[[C:.*]] = graph.cast %[[X]] to f32 : (tensor<2xf32>) -> tensor<?xf32>
  // CHECK-NEXT: return %[[C]]
  %true = graph.constant dense<true> : tensor<i1>
  %0 = graph.if %true : tensor<i1> -> (tensor<?xf32>) {
    graph.yield %x : tensor<2xf32>
  } else {
    graph.yield %x : tensor<2xf32>
  }
  return %0 : tensor<?xf32>
}

// CHECK-LABEL: @unknownCondition
func.func @unknownCondition(%c: tensor<i1>, %x: tensor<2xf32>, %y: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK: graph.if
  %0 = graph.if %c : tensor<i1> -> (tensor<2xf32>) {
    graph.yield %x : tensor<2xf32>
  } else {
    graph.yield %y : tensor<2xf32>
  }
  return %0 : tensor<2xf32>
}
