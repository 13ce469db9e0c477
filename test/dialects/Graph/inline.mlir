// RUN: systole-opt --inline %s | FileCheck %s

// Operations move into the caller, regions and all.
// CHECK-LABEL: @caller
// CHECK-SAME: (%[[X:.*]]: tensor<2xf32>, %[[C:.*]]: tensor<i1>)
func.func @caller(%x: tensor<2xf32>, %c: tensor<i1>) -> tensor<2xf32> {
  // CHECK: graph.if %[[C]]
  // CHECK: graph.exp %[[X]]
  // CHECK-NOT: call
  %0 = graph.if %c : tensor<i1> -> (tensor<2xf32>) {
    %1 = func.call @callee(%x) : (tensor<2xf32>) -> tensor<2xf32>
    graph.yield %1 : tensor<2xf32>
  } else {
    graph.yield %x : tensor<2xf32>
  }
  return %0 : tensor<2xf32>
}

func.func private @callee(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = graph.exp %x : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
