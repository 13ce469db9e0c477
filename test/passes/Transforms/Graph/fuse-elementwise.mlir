// RUN: systole-opt %s --graph-fuse-elementwise --split-input-file | FileCheck %s
// RUN: systole-opt %s --graph-fuse-elementwise=max-ops=2 --split-input-file | FileCheck %s --check-prefix=TWO
// RUN: systole-opt %s --graph-fuse-elementwise --split-input-file --mlir-print-debuginfo | FileCheck %s --check-prefix=NAMES
// RUN: systole-opt %s --graph-fuse-elementwise --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS

// STATS: num-ops-grouped = 5
// STATS: num-groups = 1

// A convolution with scale, bias, residual, clamp. It comes first; a constant of
// one element is copied, all else are operands.
// CHECK-LABEL: func.func @conv
// TWO-LABEL: func.func @conv
func.func @conv(%x: tensor<1x4x4x2xf32>, %w: tensor<1x1x2x3xf32>, %r: tensor<1x4x4x3xf32>, %s: tensor<1x1x1x3xf32>) -> tensor<1x4x4x3xf32> {
  // CHECK: graph.group "conv" (%[[X:.*]] = %arg0, %[[W:.*]] = %arg1, %[[S:.*]] = %arg3, %[[R:.*]] = %arg2)
  // CHECK-NEXT: %[[C:.*]] = graph.conv %[[X]], %[[W]]
  // CHECK-NEXT: %[[M:.*]] = graph.mul %[[C]], %[[S]]
  // CHECK-NEXT: %[[A:.*]] = graph.add %[[R]], %[[M]]
  // CHECK-NEXT: %[[ZERO:.*]] = graph.constant dense<0.0
  // CHECK-NEXT: %[[LOW:.*]] = graph.max %[[A]], %[[ZERO]]
  // CHECK-NEXT: %[[SIX:.*]] = graph.constant dense<6.0
  // CHECK-NEXT: %[[HIGH:.*]] = graph.min %[[LOW]], %[[SIX]]
  // CHECK-NEXT: graph.yield %[[HIGH]]
  // TWO: graph.group "conv"
  // TWO: graph.mul
  // TWO-NEXT: graph.yield
  // TWO: graph.group "elementwise"
  %zero = graph.constant dense<0.0> : tensor<f32>
  %six = graph.constant dense<6.0> : tensor<1xf32>
  %c = graph.conv %x, %w {input_layout = #graph.layout<"n01c">, filter_layout = #graph.layout<"01io">, output_layout = #graph.layout<"n01c">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x4x4x2xf32>, tensor<1x1x2x3xf32>) -> tensor<1x4x4x3xf32>
  %m = graph.mul %c, %s : (tensor<1x4x4x3xf32>, tensor<1x1x1x3xf32>) -> tensor<1x4x4x3xf32>
  %a = graph.add %r, %m : (tensor<1x4x4x3xf32>, tensor<1x4x4x3xf32>) -> tensor<1x4x4x3xf32>
  %l = graph.max %a, %zero : (tensor<1x4x4x3xf32>, tensor<f32>) -> tensor<1x4x4x3xf32>
  %h = graph.min %l, %six : (tensor<1x4x4x3xf32>, tensor<1xf32>) -> tensor<1x4x4x3xf32>
  return %h : tensor<1x4x4x3xf32>
}

// -----

// An intermediate with several uses, all inside: x * sigmoid(x).
// CHECK-LABEL: func.func @severalUsesInside
func.func @severalUsesInside(%x: tensor<2x3xf32>, %w: tensor<3x4xf32>) -> tensor<2x4xf32> {
  // CHECK: graph.group "matmul"
  // CHECK-NEXT: graph.matmul
  // CHECK-NEXT: graph.sigmoid
  // CHECK-NEXT: graph.mul
  // CHECK-NEXT: graph.yield
  %c = graph.matmul %x, %w : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  %s = graph.sigmoid %c : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %m = graph.mul %c, %s : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  return %m : tensor<2x4xf32>
}

// -----

// A group ends where a value is needed outside.
// CHECK-LABEL: func.func @usedOutside
func.func @usedOutside(%x: tensor<2x3xf32>, %w: tensor<3x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  // CHECK: %[[G:.*]] = graph.group "matmul"
  // CHECK: graph.relu
  // CHECK-NEXT: graph.yield
  // CHECK: %[[E:.*]] = graph.exp %[[G]]
  // CHECK: return %[[G]], %[[E]]
  %c = graph.matmul %x, %w : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  %r = graph.relu %c : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %e = graph.exp %r : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %r, %e : tensor<2x4xf32>, tensor<2x4xf32>
}

// -----

// The contraction's own result is needed: it stays alone.
// CHECK-LABEL: func.func @rootUsedOutside
func.func @rootUsedOutside(%x: tensor<2x3xf32>, %w: tensor<3x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  // CHECK-NOT: graph.group
  %c = graph.matmul %x, %w : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  %r = graph.relu %c : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %c, %r : tensor<2x4xf32>, tensor<2x4xf32>
}

// -----

// A path that leaves the group and comes back: the sum cannot be inside.
// CHECK-LABEL: func.func @pathOutside
func.func @pathOutside(%x: tensor<2x3xf32>, %w: tensor<3x4xf32>) -> tensor<2x4xf32> {
  // CHECK-NOT: graph.group
  %c = graph.matmul %x, %w : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  %s = graph.softmax %c {axis = 1 : i64} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %a = graph.add %c, %s : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  return %a : tensor<2x4xf32>
}

// -----

// A sum that is larger than the contraction's result.
// CHECK-LABEL: func.func @otherShape
func.func @otherShape(%x: tensor<1x3xf32>, %w: tensor<3x4xf32>, %b: tensor<2x4xf32>) -> tensor<2x4xf32> {
  // CHECK-NOT: graph.group
  %c = graph.matmul %x, %w : (tensor<1x3xf32>, tensor<3x4xf32>) -> tensor<1x4xf32>
  %a = graph.add %c, %b : (tensor<1x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  return %a : tensor<2x4xf32>
}

// -----

// An operand that varies along rows only is no epilogue of a contraction.
// CHECK-LABEL: func.func @rowOperand
func.func @rowOperand(%x: tensor<2x3xf32>, %w: tensor<3x4xf32>, %b: tensor<2x1xf32>) -> tensor<2x4xf32> {
  // CHECK-NOT: graph.group
  %c = graph.matmul %x, %w : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  %a = graph.add %c, %b : (tensor<2x4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  return %a : tensor<2x4xf32>
}

// -----

// Two branches meet: the later one takes the sum.
// CHECK-LABEL: func.func @residual
func.func @residual(%x: tensor<2x3xf32>, %w: tensor<3x4xf32>, %v: tensor<3x4xf32>) -> tensor<2x4xf32> {
  // CHECK: %[[A:.*]] = graph.group "matmul" ({{.*}} = %arg0, {{.*}} = %arg1)
  // CHECK: graph.tanh
  // CHECK: graph.group "matmul" ({{.*}} = %arg0, {{.*}} = %arg2, {{.*}} = %[[A]])
  // CHECK-NEXT: graph.matmul
  // CHECK-NEXT: graph.add
  // CHECK-NEXT: graph.relu
  %a = graph.matmul %x, %w : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  %b = graph.matmul %x, %v : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  %t = graph.tanh %a : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %s = graph.add %t, %b : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  %r = graph.relu %s : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %r : tensor<2x4xf32>
}

// -----

// A dynamic batch: equal by construction.
// CHECK-LABEL: func.func @dynamicBatch
func.func @dynamicBatch(%x: tensor<?x4x4x2xf32>, %w: tensor<1x1x2x2xf32>, %b: tensor<2xf32>) -> tensor<?x4x4x2xf32> {
  // CHECK: graph.group "conv"
  // CHECK: graph.add
  // CHECK: graph.add
  // CHECK: graph.yield
  %c = graph.conv %x, %w {input_layout = #graph.layout<"n01c">, filter_layout = #graph.layout<"01io">, output_layout = #graph.layout<"n01c">, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<?x4x4x2xf32>, tensor<1x1x2x2xf32>) -> tensor<?x4x4x2xf32>
  %a = graph.add %c, %b : (tensor<?x4x4x2xf32>, tensor<2xf32>) -> tensor<?x4x4x2xf32>
  %r = graph.add %a, %x : (tensor<?x4x4x2xf32>, tensor<?x4x4x2xf32>) -> tensor<?x4x4x2xf32>
  return %r : tensor<?x4x4x2xf32>
}

// -----

// Two dynamic dimensions of different origin: one may be 1 in some run.
// CHECK-LABEL: func.func @unrelatedBatches
func.func @unrelatedBatches(%x: tensor<?x3xf32>, %y: tensor<?x3xf32>) -> tensor<?x3xf32> {
  // CHECK-NOT: graph.group
  %a = graph.add %x, %y : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
  %r = graph.relu %a : (tensor<?x3xf32>) -> tensor<?x3xf32>
  return %r : tensor<?x3xf32>
}

// -----

// A graph of element-wise operations; other operands broadcast, types change.
// CHECK-LABEL: func.func @elementwise
func.func @elementwise(%x: tensor<2x3xf32>, %y: tensor<2x1xf32>) -> tensor<2x3xf32> {
  // CHECK: graph.group "elementwise" (%{{.*}} = %arg0, %{{.*}} = %arg1) : (tensor<2x3xf32>, tensor<2x1xf32>) -> (tensor<2x3xf32>)
  // CHECK-NEXT: graph.exp
  // CHECK-NEXT: graph.compare
  // CHECK-NEXT: graph.neg
  // CHECK-NEXT: graph.select
  // CHECK-NEXT: graph.yield
  %e = graph.exp %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %c = graph.compare lt, %e, %y : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xi1>
  %n = graph.neg %e : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %s = graph.select %c, %e, %n : (tensor<2x3xi1>, tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %s : tensor<2x3xf32>
}

// -----

// One operation alone needs no group, and reductions end one.
// CHECK-LABEL: func.func @alone
func.func @alone(%x: tensor<2x3xf32>) -> tensor<2xf32> {
  // CHECK-NOT: graph.group
  %e = graph.exp %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %r = graph.reduce sum, %e {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2xf32>
  %s = graph.sqrt %r : (tensor<2xf32>) -> tensor<2xf32>
  return %s : tensor<2xf32>
}

// -----

// A smaller producer is computed once, outside, instead of for each element.
// CHECK-LABEL: func.func @smallerProducer
func.func @smallerProducer(%x: tensor<2x3xf32>, %y: tensor<3xf32>) -> tensor<2x3xf32> {
  // CHECK: %[[E:.*]] = graph.exp
  // CHECK: graph.group "elementwise" ({{.*}} = %arg0, {{.*}} = %[[E]])
  %e = graph.exp %y : (tensor<3xf32>) -> tensor<3xf32>
  %a = graph.mul %x, %e : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %r = graph.tanh %a : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// -----

// Inside a loop's body, but not across its border.
// CHECK-LABEL: func.func @loopBody
func.func @loopBody(%x: tensor<4xf32>, %go: tensor<i1>) -> tensor<4xf32> {
  // CHECK: %[[E:.*]] = graph.exp
  // CHECK: graph.while
  // CHECK: graph.group "elementwise" ({{.*}}, {{.*}} = %[[E]])
  %e = graph.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %r = graph.while (%a = %x) : (tensor<4xf32>) -> (tensor<4xf32>) {
    graph.yield %go : tensor<i1>
  } do (%b) {
    %m = graph.mul %b, %e : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %n = graph.neg %m : (tensor<4xf32>) -> tensor<4xf32>
    graph.yield %n : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// -----

// Strings and complex numbers are not for kernels.
// CHECK-LABEL: func.func @exotic
func.func @exotic(%x: tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>> {
  // CHECK-NOT: graph.group
  %m = graph.add %x, %x : (tensor<4xcomplex<f32>>, tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>>
  %n = graph.neg %m : (tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>>
  return %n : tensor<4xcomplex<f32>>
}

// -----

// The group is named after all that it holds.
// CHECK-LABEL: func.func @names
// NAMES-LABEL: func.func @names
// NAMES: graph.group
// NAMES: } loc(#[[GROUP:.*]])
// NAMES-DAG: #[[FIRST:.*]] = loc("first"
// NAMES-DAG: #[[SECOND:.*]] = loc("second"
// NAMES: #[[GROUP]] = loc(fused[#[[FIRST]], #[[SECOND]]])
func.func @names(%x: tensor<4xf32>) -> tensor<4xf32> {
  %m = graph.exp %x : (tensor<4xf32>) -> tensor<4xf32> loc("first"("Exp"))
  %n = graph.neg %m : (tensor<4xf32>) -> tensor<4xf32> loc("second"("Neg"))
  return %n : tensor<4xf32>
}
