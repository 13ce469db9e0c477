// RUN: systole-opt %s --cpu-lower-graph --split-input-file | FileCheck %s
// RUN: systole-opt %s --cpu-lower-graph --split-input-file --remarks-filter=cpu --remark-format=emitRemark 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK

// Where variables are copied, and where not.

// A sum is computed where it stays: nothing is copied but the output.
// REMARK: computed in the variable's memory
// CHECK-LABEL: func.func @model__state_begin(
// CHECK: llvm.intr.memset
// CHECK-LABEL: func.func @model_in_place_entry(
// CHECK: call @add
// CHECK-NOT: llvm.intr.memcpy
// CHECK: return
graph.variable @sum : tensor<64xf32>
func.func @in_place(%x: tensor<64xf32>) {
  %a = graph.read_variable @sum : tensor<64xf32>
  %b = graph.add %a, %x : (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32>
  graph.assign_variable @sum, %b : tensor<64xf32>
  return
}

// -----

// The old value is read after the assignment: it moves away first, or the new
// one is made elsewhere.
// REMARK: the variable is copied: the variable is assigned before the last use
// CHECK-LABEL: func.func @model_read_later_entry(
// CHECK: llvm.intr.memcpy
graph.variable @last : tensor<64xf32>
func.func @read_later(%x: tensor<64xf32>) -> tensor<64xf32> {
  %a = graph.read_variable @last : tensor<64xf32>
  graph.assign_variable @last, %x : tensor<64xf32>
  %b = graph.add %a, %x : (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32>
  return %b : tensor<64xf32>
}

// -----

// What is returned is the caller's.
// REMARK: the variable is copied: it is returned, and the run assigns the variable
graph.variable @last : tensor<64xf32>
func.func @returned(%x: tensor<64xf32>) -> tensor<64xf32> {
  %a = graph.read_variable @last : tensor<64xf32>
  graph.assign_variable @last, %x : tensor<64xf32>
  return %a : tensor<64xf32>
}

// -----

// A product reads all of its operand for each element: it is computed in the
// variable's memory only if the variable is not what it reads.
// REMARK: the value is copied to the variable
// REMARK: computed in the variable's memory
graph.variable @m : tensor<8x8xf32>
graph.variable @n : tensor<8x8xf32>
func.func @product(%x: tensor<8x8xf32>) {
  %a = graph.read_variable @m : tensor<8x8xf32>
  %b = graph.matmul %a, %x : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  graph.assign_variable @m, %b : tensor<8x8xf32>
  %c = graph.matmul %b, %x : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  graph.assign_variable @n, %c : tensor<8x8xf32>
  return
}

// -----

// A row of a cache: the index is checked before anything is written.
// REMARK: computed in the variable's memory
// CHECK-LABEL: func.func @model_cache_entry(
// CHECK: call @scatter_nd_check
// CHECK: cf.cond_br
// CHECK: call @scatter_nd
// CHECK-NOT: llvm.intr.memcpy
// CHECK: return
graph.variable @rows : tensor<16x64xf32>
func.func @cache(%row: tensor<1x64xf32>, %at: tensor<1x1xi64>) {
  %a = graph.read_variable @rows : tensor<16x64xf32>
  %b = graph.scatter_nd replace, %a, %at, %row : (tensor<16x64xf32>, tensor<1x1xi64>, tensor<1x64xf32>) -> tensor<16x64xf32>
  graph.assign_variable @rows, %b : tensor<16x64xf32>
  return
}

// -----

// Something may fail after the assignment: the value waits in the arena until
// nothing can.
// CHECK-LABEL: func.func @model_waits_entry(
// CHECK: call @gather
// CHECK: llvm.intr.memcpy
// CHECK: return
graph.variable @sum : tensor<64xf32>
func.func @waits(%x: tensor<64xf32>, %at: tensor<i64>) -> tensor<f32> {
  %a = graph.read_variable @sum : tensor<64xf32>
  %b = graph.add %a, %x : (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32>
  graph.assign_variable @sum, %b : tensor<64xf32>
  %c = graph.gather %b, %at {axis = 0 : i64} : (tensor<64xf32>, tensor<i64>) -> tensor<f32>
  return %c : tensor<f32>
}
