// RUN: systole-opt %s --graph-eliminate-common-subexpressions --split-input-file --mlir-print-debuginfo | FileCheck %s
// RUN: systole-opt %s --graph-eliminate-common-subexpressions --split-input-file --mlir-pass-statistics 2>&1 >/dev/null | FileCheck %s --check-prefix=STATS

// STATS: num-merged = 1
// STATS: num-constants-merged = 2

// Equal operations become one that carries both names.
// CHECK-LABEL: func.func @namesAreKept
func.func @namesAreKept(%x: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK: %[[A:.*]] = graph.exp {{.*}} loc(#[[LOC:.*]])
  // CHECK-NOT: graph.exp
  // CHECK: graph.add %[[A]], %[[A]]
  // CHECK-DAG: #[[FIRST:.*]] = loc("first"
  // CHECK-DAG: #[[SECOND:.*]] = loc("second"
  // CHECK: #[[LOC]] = loc(fused[#[[FIRST]], #[[SECOND]]])
  %a = graph.exp %x : (tensor<2xf32>) -> tensor<2xf32> loc("first"("Exp"))
  %b = graph.exp %x : (tensor<2xf32>) -> tensor<2xf32> loc("second"("Exp"))
  %y = graph.add %a, %b : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// Constants are one when types and bytes are, whether inline or in a resource.
// CHECK-LABEL: func.func @constantsByContent
func.func @constantsByContent() -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xi32>) {
  // CHECK: %[[A:.*]] = graph.constant
  // CHECK: %[[I:.*]] = graph.constant {{.*}} tensor<2xi32>
  // CHECK: return %[[A]], %[[A]], %[[A]], %[[I]]
  %a = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %b = graph.constant dense_resource<one> : tensor<2xf32>
  %c = graph.constant dense_resource<two> : tensor<2xf32>
  %d = graph.constant dense_resource<two> : tensor<2xi32>
  return %a, %b, %c, %d : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xi32>
}

{-#
  dialect_resources: {
    builtin: {
      one: "0x040000000000803F00000040",
      two: "0x040000000000803F00000040"
    }
  }
#-}

// -----

// Zeros of both signs are different bytes.
// CHECK-LABEL: func.func @signedZeros
func.func @signedZeros() -> (tensor<f32>, tensor<f32>) {
  // CHECK-COUNT-2: graph.constant
  %a = graph.constant dense<0.0> : tensor<f32>
  %b = graph.constant dense<-0.0> : tensor<f32>
  return %a, %b : tensor<f32>, tensor<f32>
}

// -----

// Other attributes, operands or result types make another operation.
// CHECK-LABEL: func.func @different
func.func @different(%x: tensor<2x2xf32>, %y: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<?x2xf32>) {
  // CHECK-COUNT-2: graph.softmax
  %a = graph.softmax %x {axis = 0 : i64} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %b = graph.softmax %x {axis = 1 : i64} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  // CHECK-COUNT-2: graph.exp
  %c = graph.exp %y : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %d = graph.exp %y : (tensor<2x2xf32>) -> tensor<?x2xf32>
  return %a, %b, %c, %d : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<?x2xf32>
}

// -----

// A branch sees what was computed before it, not what its sibling computes.
// CHECK-LABEL: func.func @branches
func.func @branches(%c: tensor<i1>, %x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  // CHECK: %[[A:.*]] = graph.exp
  %a = graph.exp %x : (tensor<2xf32>) -> tensor<2xf32>
  %r = graph.if %c : tensor<i1> -> (tensor<2xf32>) {
    // CHECK: graph.if
    // CHECK-NOT: graph.exp
    // CHECK: graph.neg %[[A]]
    %b = graph.exp %x : (tensor<2xf32>) -> tensor<2xf32>
    %d = graph.neg %b : (tensor<2xf32>) -> tensor<2xf32>
    graph.yield %d : tensor<2xf32>
  } else {
    // CHECK: graph.neg
    %d = graph.neg %a : (tensor<2xf32>) -> tensor<2xf32>
    graph.yield %d : tensor<2xf32>
  }
  return %a, %r : tensor<2xf32>, tensor<2xf32>
}

// -----

// A group is isolated: it shares nothing with its surroundings.
// CHECK-LABEL: func.func @isolated
func.func @isolated(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  // CHECK: graph.constant
  %a = graph.constant dense<2.0> : tensor<f32>
  %b = graph.mul %x, %a : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  %y = graph.group "elementwise" (%g = %x) : (tensor<2xf32>) -> (tensor<2xf32>) {
    // CHECK: graph.group
    // CHECK: graph.constant
    %c = graph.constant dense<2.0> : tensor<f32>
    %d = graph.mul %g, %c : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
    graph.yield %d : tensor<2xf32>
  }
  return %b, %y : tensor<2xf32>, tensor<2xf32>
}
