// RUN: systole-opt %s --graph-fuse-attention --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-fuse-attention --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS

// STATS-DAG: num-groups = 1
// STATS-DAG: num-ops-grouped = 5

// A scale and a mask between product and softmax belong to it. The mask's heads
// are one, the keys are shared by all batch entries.
// CHECK-LABEL: func.func @masked
func.func @masked(%q: tensor<2x3x9x4xf32>, %k: tensor<3x4x7xf32>, %v: tensor<2x3x7x5xf32>, %m: tensor<2x1x1x7xf32>) -> tensor<2x3x9x5xf32> {
  // CHECK: %[[Y:.*]] = graph.group "attention" ({{.*}} = %arg0, {{.*}} = %arg1, {{.*}} = %arg3, {{.*}} = %arg2)
  // CHECK: graph.matmul
  // CHECK: graph.mul
  // CHECK: graph.add
  // CHECK: graph.softmax
  // CHECK: graph.matmul
  // CHECK: graph.yield
  // CHECK: return %[[Y]]
  %c = graph.constant dense<0.5> : tensor<f32>
  %s = graph.matmul %q, %k : (tensor<2x3x9x4xf32>, tensor<3x4x7xf32>) -> tensor<2x3x9x7xf32>
  %t = graph.mul %s, %c : (tensor<2x3x9x7xf32>, tensor<f32>) -> tensor<2x3x9x7xf32>
  %a = graph.add %t, %m : (tensor<2x3x9x7xf32>, tensor<2x1x1x7xf32>) -> tensor<2x3x9x7xf32>
  %p = graph.softmax %a {axis = 3 : i64} : (tensor<2x3x9x7xf32>) -> tensor<2x3x9x7xf32>
  %y = graph.matmul %p, %v : (tensor<2x3x9x7xf32>, tensor<2x3x7x5xf32>) -> tensor<2x3x9x5xf32>
  return %y : tensor<2x3x9x5xf32>
}

// -----

// What happens to the probabilities belongs to it, too; two readers of one value
// are no obstacle inside. As many batch entries as the program gets.
// CHECK-LABEL: func.func @guarded
func.func @guarded(%q: tensor<?x9x4xf32>, %v: tensor<9x5xf32>) -> tensor<?x9x5xf32> {
  // CHECK: graph.transpose
  // CHECK: graph.group "attention"
  // CHECK: graph.matmul
  // CHECK: graph.softmax
  // CHECK: graph.compare
  // CHECK: graph.select
  // CHECK: graph.matmul
  %k = graph.transpose %q {perm = array<i64: 0, 2, 1>} : (tensor<?x9x4xf32>) -> tensor<?x4x9xf32>
  %zero = graph.constant dense<0.0> : tensor<f32>
  %s = graph.matmul %q, %k : (tensor<?x9x4xf32>, tensor<?x4x9xf32>) -> tensor<?x9x9xf32>
  %p = graph.softmax %s {axis = 2 : i64} : (tensor<?x9x9xf32>) -> tensor<?x9x9xf32>
  %e = graph.compare eq, %p, %p : (tensor<?x9x9xf32>, tensor<?x9x9xf32>) -> tensor<?x9x9xi1>
  %g = graph.select %e, %p, %zero : (tensor<?x9x9xi1>, tensor<?x9x9xf32>, tensor<f32>) -> tensor<?x9x9xf32>
  %y = graph.matmul %g, %v : (tensor<?x9x9xf32>, tensor<9x5xf32>) -> tensor<?x9x5xf32>
  return %y : tensor<?x9x5xf32>
}

// -----

// Not if the scores are read elsewhere: they have to be in memory then.
// CHECK-LABEL: func.func @scoresAreWanted
func.func @scoresAreWanted(%q: tensor<3x9x4xf32>, %k: tensor<3x4x7xf32>, %v: tensor<3x7x5xf32>) -> (tensor<3x9x5xf32>, tensor<3x9x7xf32>) {
  // CHECK-NOT: graph.group
  // CHECK: return
  %s = graph.matmul %q, %k : (tensor<3x9x4xf32>, tensor<3x4x7xf32>) -> tensor<3x9x7xf32>
  %p = graph.softmax %s {axis = 2 : i64} : (tensor<3x9x7xf32>) -> tensor<3x9x7xf32>
  %y = graph.matmul %p, %v : (tensor<3x9x7xf32>, tensor<3x7x5xf32>) -> tensor<3x9x5xf32>
  return %y, %s : tensor<3x9x5xf32>, tensor<3x9x7xf32>
}

// -----

// Not with one head, not along queries, not without a softmax.
// CHECK-LABEL: func.func @others
func.func @others(%q: tensor<1x9x4xf32>, %k: tensor<1x4x9xf32>, %a: tensor<3x9x4xf32>, %b: tensor<3x4x9xf32>) -> (tensor<1x9x4xf32>, tensor<3x9x4xf32>, tensor<3x9x4xf32>) {
  // CHECK-NOT: graph.group
  // CHECK: return
  %s = graph.matmul %q, %k : (tensor<1x9x4xf32>, tensor<1x4x9xf32>) -> tensor<1x9x9xf32>
  %p = graph.softmax %s {axis = 2 : i64} : (tensor<1x9x9xf32>) -> tensor<1x9x9xf32>
  %y = graph.matmul %p, %q : (tensor<1x9x9xf32>, tensor<1x9x4xf32>) -> tensor<1x9x4xf32>
  %t = graph.matmul %a, %b : (tensor<3x9x4xf32>, tensor<3x4x9xf32>) -> tensor<3x9x9xf32>
  %r = graph.softmax %t {axis = 1 : i64} : (tensor<3x9x9xf32>) -> tensor<3x9x9xf32>
  %z = graph.matmul %r, %a : (tensor<3x9x9xf32>, tensor<3x9x4xf32>) -> tensor<3x9x4xf32>
  %u = graph.matmul %a, %b : (tensor<3x9x4xf32>, tensor<3x4x9xf32>) -> tensor<3x9x9xf32>
  %x = graph.relu %u : (tensor<3x9x9xf32>) -> tensor<3x9x9xf32>
  %w = graph.matmul %x, %a : (tensor<3x9x9xf32>, tensor<3x9x4xf32>) -> tensor<3x9x4xf32>
  return %y, %z, %w : tensor<1x9x4xf32>, tensor<3x9x4xf32>, tensor<3x9x4xf32>
}

// -----

// Not if an operand has heads that the scores do not have: six batch entries of
// values, one of scores.
// CHECK-LABEL: func.func @moreValues
func.func @moreValues(%q: tensor<1x3x9x4xf32>, %k: tensor<1x3x4x9xf32>, %v: tensor<6x3x9x5xf32>) -> tensor<6x3x9x5xf32> {
  // CHECK-NOT: graph.group
  // CHECK: return
  %s = graph.matmul %q, %k : (tensor<1x3x9x4xf32>, tensor<1x3x4x9xf32>) -> tensor<1x3x9x9xf32>
  %p = graph.softmax %s {axis = 3 : i64} : (tensor<1x3x9x9xf32>) -> tensor<1x3x9x9xf32>
  %y = graph.matmul %p, %v : (tensor<1x3x9x9xf32>, tensor<6x3x9x5xf32>) -> tensor<6x3x9x5xf32>
  return %y : tensor<6x3x9x5xf32>
}
