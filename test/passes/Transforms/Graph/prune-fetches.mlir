// RUN: systole-opt %s --graph-prune=fetches=second | FileCheck %s
// RUN: systole-opt %s --graph-prune=fetches=second,first | FileCheck %s --check-prefix=BOTH
// RUN: not systole-opt %s --graph-prune=fetches=second,third 2>&1 | FileCheck %s --check-prefix=ERROR

// ERROR: error: no entry function has a result named 'third'

// Only what the fetched result needs is left. Arguments stay: they are the
// model's signature. Fetching does not reorder results.
// CHECK-LABEL: func.func @main
// CHECK-SAME: (%arg0: tensor<2xf32>, %arg1: tensor<2xf32>) -> (tensor<2xf32> {graph.name = "second"})
// CHECK-NOT: graph.exp
// CHECK: %[[Y:.*]] = graph.relu
// CHECK: return %[[Y]] :
// BOTH-LABEL: func.func @main
// BOTH-SAME: -> (tensor<2xf32> {graph.name = "first"}, tensor<2xf32> {graph.name = "second"})
func.func @main(%x: tensor<2xf32>, %z: tensor<2xf32>) -> (tensor<2xf32> {graph.name = "first"}, tensor<2xf32> {graph.name = "second"}) attributes {graph.entry} {
  %a = graph.exp %z : (tensor<2xf32>) -> tensor<2xf32>
  %y = graph.relu %x : (tensor<2xf32>) -> tensor<2xf32>
  return %a, %y : tensor<2xf32>, tensor<2xf32>
}

// Functions that are no entries keep their results.
// CHECK-LABEL: func.func @helper
// CHECK-SAME: -> tensor<2xf32>
func.func @helper(%x: tensor<2xf32>) -> tensor<2xf32> {
  return %x : tensor<2xf32>
}
