// RUN: systole-opt --cpu-lower-graph="cpu=x86-64-v3" --split-input-file %s | FileCheck %s
// ... but not under --precision=strict.
// RUN: systole-opt --cpu-lower-graph="cpu=x86-64-v3 strict" --split-input-file %s | FileCheck %s --check-prefix=STRICT

// A reshape shares its operand's memory: one kernel, one planned buffer.
// CHECK-LABEL: func.func @model_main_entry(%{{.*}}: !llvm.ptr) -> i32
// CHECK-DAG: %[[BYTES:.*]] = arith.constant 64 : i64
// CHECK: arith.cmpi sge, %{{.*}}, %[[BYTES]]
// CHECK: call @relu_0
// CHECK-NOT: call @
// CHECK: return
func.func @main(%x: tensor<2x3xf32>) -> tensor<3x2xf32> attributes {graph.entry} {
  %shape = graph.constant dense<[3, 2]> : tensor<2xi64>
  %y = graph.relu %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %z = graph.reshape %y, %shape : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<3x2xf32>
  return %z : tensor<3x2xf32>
}

// -----

// Two operations of the same shape are one kernel, called twice.
// CHECK-LABEL: func.func @model_main_entry
// CHECK: call @exp_0
// CHECK: call @exp_0
// CHECK: func.func private @exp_0
// CHECK-NOT: @exp_1
func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> attributes {graph.entry} {
  %y = graph.exp %x : (tensor<8xf32>) -> tensor<8xf32>
  %z = graph.exp %y : (tensor<8xf32>) -> tensor<8xf32>
  return %z : tensor<8xf32>
}

// -----

// Neighbouring dimensions that are contiguous in every operand become one loop.
// CHECK-LABEL: func.func private @add_0
// CHECK: scf.for
// CHECK-NOT: scf.for
// CHECK: return
func.func @main(%x: tensor<4x5x6xf32>, %y: tensor<4x5x6xf32>) -> tensor<4x5x6xf32> attributes {graph.entry} {
  %z = graph.add %x, %y : (tensor<4x5x6xf32>, tensor<4x5x6xf32>) -> tensor<4x5x6xf32>
  return %z : tensor<4x5x6xf32>
}

// -----

// A matrix product with constant weights: vectors of accumulators, the group's
// relu in registers before the only store.
// CHECK-LABEL: func.func private @contraction_0
// CHECK: scf.for
// CHECK: vector.broadcast
// CHECK: arith.mulf {{.*}} : vector<8xf32>
// CHECK: arith.addf {{.*}} : vector<8xf32>
// CHECK: arith.select {{.*}} : vector<8xi1>, vector<8xf32>
// CHECK: llvm.store {{.*}} : vector<8xf32>
func.func @main(%x: tensor<6x4xf32>) -> tensor<6x8xf32> attributes {graph.entry} {
  %w = graph.constant dense<2.0> : tensor<4x8xf32>
  %y = graph.group "matmul" (%a = %x, %b = %w) : (tensor<6x4xf32>, tensor<4x8xf32>) -> (tensor<6x8xf32>) {
    %m = graph.matmul %a, %b : (tensor<6x4xf32>, tensor<4x8xf32>) -> tensor<6x8xf32>
    %r = graph.relu %m : (tensor<6x8xf32>) -> tensor<6x8xf32>
    graph.yield %r : tensor<6x8xf32>
  }
  return %y : tensor<6x8xf32>
}

// -----

// Sums may be contracted and reordered ...
// CHECK-LABEL: func.func private @reduce_0
// CHECK: arith.addf {{.*}} fastmath<reassoc,contract>
// STRICT-LABEL: func.func private @reduce_0
// STRICT-NOT: fastmath
func.func @main(%x: tensor<4x100xf32>) -> tensor<4xf32> attributes {graph.entry} {
  %y = graph.reduce sum, %x {axes = array<i64: 1>} : (tensor<4x100xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
