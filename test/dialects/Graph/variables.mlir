// RUN: systole-opt --verify-roundtrip %s | FileCheck %s
// RUN: systole-opt --emit-bytecode %s | systole-opt | FileCheck %s
// RUN: systole-opt --mlir-print-op-generic %s | systole-opt | FileCheck %s

// Every form of the operations on variables, and what MLIR's own passes may do
// with them.

// CHECK: graph.variable @steps = dense<0> : tensor<i64>
graph.variable @steps = dense<0> : tensor<i64>
// CHECK: graph.variable @hidden per_sample : tensor<1x4xf32>
graph.variable @hidden per_sample : tensor<1x4xf32>
// CHECK: graph.variable @codes per_sample = dense<[1, 2]> : tensor<2xi4>
graph.variable @codes per_sample = dense<[1, 2]> : tensor<2xi4>

// CHECK-LABEL: @first
// CHECK-SAME: graph.initializer
func.func @first() attributes {graph.initializer} {
  %one = graph.constant dense<1> : tensor<i64>
  // CHECK: graph.assign_variable @steps, %{{.*}} : tensor<i64>
  graph.assign_variable @steps, %one : tensor<i64>
  return
}

// CHECK-LABEL: @main
func.func @main(%x: tensor<?x4xf32>) -> tensor<1x4xf32> attributes {graph.entry} {
  // CHECK: graph.read_variable @hidden : tensor<1x4xf32>
  %h = graph.read_variable @hidden : tensor<1x4xf32>
  // CHECK: graph.assign_variable @hidden, %{{.*}} : tensor<?x4xf32>
  graph.assign_variable @hidden, %x : tensor<?x4xf32>
  return %h : tensor<1x4xf32>
}
