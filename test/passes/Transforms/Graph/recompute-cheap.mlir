// RUN: systole-opt %s --graph-recompute-cheap --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-recompute-cheap --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS

// STATS-DAG: num-recomputed = 1
// STATS-DAG: num-bytes-saved = 880

// Bytes that become numbers: reading them twice is less than writing the numbers.
// CHECK-LABEL: func.func @widen
func.func @widen(%x: tensor<80xi8>) -> (tensor<80xf32>, tensor<80xf32>) {
  // CHECK: %[[A:.*]] = graph.cast %arg0
  // CHECK: graph.exp %[[A]]
  // CHECK: %[[B:.*]] = graph.cast %arg0
  // CHECK: graph.tanh %[[B]]
  %r = graph.cast %x to f32 : (tensor<80xi8>) -> tensor<80xf32>
  %a = graph.exp %r : (tensor<80xf32>) -> tensor<80xf32>
  %b = graph.tanh %r : (tensor<80xf32>) -> tensor<80xf32>
  return %a, %b : tensor<80xf32>, tensor<80xf32>
}

// -----

// Not what is costly, what is a result itself, or what reads more than it gives.
// CHECK-LABEL: func.func @stays
func.func @stays(%x: tensor<8xf32>, %y: tensor<8xf64>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) {
  // CHECK-COUNT-1: graph.log
  // CHECK-NOT: graph.log
  // CHECK-COUNT-1: graph.relu
  // CHECK-NOT: graph.relu
  // CHECK-COUNT-1: graph.cast
  // CHECK-NOT: graph.cast
  %r = graph.log %x : (tensor<8xf32>) -> tensor<8xf32>
  %a = graph.exp %r : (tensor<8xf32>) -> tensor<8xf32>
  %b = graph.tanh %r : (tensor<8xf32>) -> tensor<8xf32>
  %s = graph.relu %x : (tensor<8xf32>) -> tensor<8xf32>
  %c = graph.exp %s : (tensor<8xf32>) -> tensor<8xf32>
  %d = graph.tanh %s : (tensor<8xf32>) -> tensor<8xf32>
  %t = graph.cast %y to f32 : (tensor<8xf64>) -> tensor<8xf32>
  %e = graph.exp %t : (tensor<8xf32>) -> tensor<8xf32>
  %f = graph.tanh %t : (tensor<8xf32>) -> tensor<8xf32>
  %g = graph.sqrt %t : (tensor<8xf32>) -> tensor<8xf32>
  %h = graph.add %f, %g : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %a, %b, %s, %c, %d, %e, %h : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
}

// -----

// Not a contraction's epilogue, nor what would end one, nor what fusion keeps out
// of memory as it is.
// CHECK-LABEL: func.func @contraction
func.func @contraction(%x: tensor<8x8xf32>, %y: tensor<8x8xf32>) -> (tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>) {
  // CHECK-COUNT-1: graph.relu
  // CHECK-NOT: graph.relu
  // CHECK-COUNT-1: graph.neg
  // CHECK-NOT: graph.neg
  // CHECK-COUNT-1: graph.abs
  // CHECK-NOT: graph.abs
  %m = graph.matmul %x, %x : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  %r = graph.relu %m : (tensor<8x8xf32>) -> tensor<8x8xf32>
  %a = graph.exp %r : (tensor<8x8xf32>) -> tensor<8x8xf32>
  %b = graph.tanh %r : (tensor<8x8xf32>) -> tensor<8x8xf32>
  %n = graph.neg %y : (tensor<8x8xf32>) -> tensor<8x8xf32>
  %p = graph.matmul %x, %x : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  %c = graph.add %p, %n : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  %d = graph.tanh %n : (tensor<8x8xf32>) -> tensor<8x8xf32>
  %q = graph.sigmoid %y : (tensor<8x8xf32>) -> tensor<8x8xf32>
  %s = graph.abs %q : (tensor<8x8xf32>) -> tensor<8x8xf32>
  %e = graph.exp %s : (tensor<8x8xf32>) -> tensor<8x8xf32>
  %f = graph.tanh %s : (tensor<8x8xf32>) -> tensor<8x8xf32>
  return %a, %b, %c, %d, %e, %f : tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>, tensor<8x8xf32>
}
