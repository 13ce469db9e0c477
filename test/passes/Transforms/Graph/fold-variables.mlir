// RUN: systole-opt %s --graph-fold-variables --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-fold-variables --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS
// RUN: systole-opt %s --graph-fold-variables --split-input-file --remarks-filter=graph-.* --remark-format=emitRemark 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARKS

// STATS: num-constants = 3
// STATS: num-removed = 2
// REMARKS: only an initialiser assigns it

// Nobody assigns them: with an initial value, without one, read in a region.
// CHECK-LABEL: func.func @neverAssigned
// CHECK-NOT: graph.variable
graph.variable @given = dense<[1.0, 2.0]> : tensor<2xf32>
graph.variable @zeros : tensor<2xf32>
graph.variable @inside per_sample = dense<true> : tensor<i1>
func.func @neverAssigned(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  // CHECK: %[[A:.*]] = graph.constant dense<[1.000000e+00, 2.000000e+00]>
  // CHECK: %[[B:.*]] = graph.constant dense<0.000000e+00> : tensor<2xf32>
  %a = graph.read_variable @given : tensor<2xf32>
  %b = graph.read_variable @zeros : tensor<2xf32>
  // CHECK: graph.while
  // CHECK: graph.constant dense<true>
  %r = graph.while (%i = %x) : (tensor<2xf32>) -> (tensor<2xf32>) {
    %more = graph.read_variable @inside : tensor<i1>
    graph.yield %more : tensor<i1>
  } do (%j) {
    graph.yield %b : tensor<2xf32>
  }
  return %a, %r : tensor<2xf32>, tensor<2xf32>
}

// -----

// Nobody reads it, nobody does anything.
// CHECK-LABEL: func.func @neverRead
// CHECK-NEXT: return
graph.variable @log : tensor<2xf32>
graph.variable @unused : tensor<2xf32>
func.func @neverRead(%x: tensor<2xf32>) {
  graph.assign_variable @log, %x : tensor<2xf32>
  return
}

// -----

// Another entry assigns it: it stays, also in the one that only reads.
// CHECK: graph.variable @shared
// CHECK-LABEL: func.func @reader
// CHECK: graph.read_variable @shared
// CHECK-LABEL: func.func @writer
// CHECK: graph.assign_variable @shared
graph.variable @shared : tensor<2xf32>
func.func @reader() -> tensor<2xf32> {
  %a = graph.read_variable @shared : tensor<2xf32>
  return %a : tensor<2xf32>
}
func.func @writer(%x: tensor<2xf32>) {
  graph.assign_variable @shared, %x : tensor<2xf32>
  return
}

// -----

// An initialiser assigns it.
// CHECK: graph.variable @table
// CHECK: graph.assign_variable @table
// CHECK: graph.read_variable @table
graph.variable @table : tensor<2xf32>
func.func @fill() attributes {graph.initializer} {
  %one = graph.constant dense<1.0> : tensor<2xf32>
  graph.assign_variable @table, %one : tensor<2xf32>
  return
}
func.func @main() -> tensor<2xf32> {
  %a = graph.read_variable @table : tensor<2xf32>
  return %a : tensor<2xf32>
}
