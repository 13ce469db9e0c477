// RUN: systole-opt --canonicalize %s | FileCheck %s

// Twice the same rounding, twice the same clamp: once is enough.
// CHECK-LABEL: @idempotent
// CHECK-SAME: (%[[X:.*]]: tensor<2xf32>)
func.func @idempotent(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  // CHECK-DAG: %[[A:.*]] = graph.abs %[[X]]
  // CHECK-DAG: %[[F:.*]] = graph.floor %[[X]]
  // CHECK-DAG: %[[R:.*]] = graph.relu %[[X]]
  // CHECK: return %[[A]], %[[F]], %[[R]]
  %a0 = graph.abs %x : (tensor<2xf32>) -> tensor<2xf32>
  %a1 = graph.abs %a0 : (tensor<2xf32>) -> tensor<2xf32>
  %f0 = graph.floor %x : (tensor<2xf32>) -> tensor<2xf32>
  %f1 = graph.floor %f0 : (tensor<2xf32>) -> tensor<2xf32>
  %r0 = graph.relu %x : (tensor<2xf32>) -> tensor<2xf32>
  %r1 = graph.relu %r0 : (tensor<2xf32>) -> tensor<2xf32>
  return %a1, %f1, %r1 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// Operations that undo themselves.
// CHECK-LABEL: @involution
// CHECK-SAME: (%[[X:.*]]: tensor<2xf32>, %[[C:.*]]: tensor<2xi1>)
func.func @involution(%x: tensor<2xf32>, %c: tensor<2xi1>) -> (tensor<2xf32>, tensor<2xi1>) {
  // CHECK-NEXT: return %[[X]], %[[C]]
  %n0 = graph.neg %x : (tensor<2xf32>) -> tensor<2xf32>
  %n1 = graph.neg %n0 : (tensor<2xf32>) -> tensor<2xf32>
  %c0 = graph.not %c : (tensor<2xi1>) -> tensor<2xi1>
  %c1 = graph.not %c0 : (tensor<2xi1>) -> tensor<2xi1>
  return %n1, %c1 : tensor<2xf32>, tensor<2xi1>
}

// A fold never changes what the type says: the unknown dimension stays.
// CHECK-LABEL: @typesMustAgree
func.func @typesMustAgree(%x: tensor<2xf32>) -> tensor<?xf32> {
  // CHECK-COUNT-2: graph.neg
  %n0 = graph.neg %x : (tensor<2xf32>) -> tensor<2xf32>
  %n1 = graph.neg %n0 : (tensor<2xf32>) -> tensor<?xf32>
  return %n1 : tensor<?xf32>
}

// CHECK-LABEL: @castToItself
// CHECK-SAME: (%[[X:.*]]: tensor<2xf32>)
func.func @castToItself(%x: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK-NEXT: return %[[X]]
  %y = graph.cast %x to f32 : (tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// Through a wider type, nothing is lost.
// CHECK-LABEL: @castChainExact
// CHECK-SAME: (%[[X:.*]]: tensor<2xi8>, %[[H:.*]]: tensor<2xf16>, %[[B:.*]]: tensor<2xi1>)
func.func @castChainExact(%x: tensor<2xi8>, %h: tensor<2xf16>, %b: tensor<2xi1>)
    -> (tensor<2xf32>, tensor<2xf16>, tensor<2xf32>) {
  // CHECK-DAG: %[[F:.*]] = graph.cast %[[X]] to f32
  // CHECK-DAG: %[[G:.*]] = graph.cast %[[B]] to f32
  // CHECK: return %[[F]], %[[H]], %[[G]]
  %0 = graph.cast %x to i32 : (tensor<2xi8>) -> tensor<2xi32>
  %1 = graph.cast %0 to f32 : (tensor<2xi32>) -> tensor<2xf32>
  %2 = graph.cast %h to f32 : (tensor<2xf16>) -> tensor<2xf32>
  %3 = graph.cast %2 to f16 : (tensor<2xf32>) -> tensor<2xf16>
  %4 = graph.cast %b to ui8 : (tensor<2xi1>) -> tensor<2xui8>
  %5 = graph.cast %4 to f32 : (tensor<2xui8>) -> tensor<2xf32>
  return %1, %3, %5 : tensor<2xf32>, tensor<2xf16>, tensor<2xf32>
}

// Narrower, of other sign, or rounding: the first cast matters.
// CHECK-LABEL: @castChainLossy
func.func @castChainLossy(%x: tensor<2xi32>, %h: tensor<2xf16>)
    -> (tensor<2xi32>, tensor<2xi64>, tensor<2xf16>) {
  // CHECK-COUNT-6: graph.cast
  %0 = graph.cast %x to i8 : (tensor<2xi32>) -> tensor<2xi8>
  %1 = graph.cast %0 to i32 : (tensor<2xi8>) -> tensor<2xi32>
  %2 = graph.cast %x to ui32 : (tensor<2xi32>) -> tensor<2xui32>
  %3 = graph.cast %2 to i64 : (tensor<2xui32>) -> tensor<2xi64>
  %4 = graph.cast %h to bf16 : (tensor<2xf16>) -> tensor<2xbf16>
  %5 = graph.cast %4 to f16 : (tensor<2xbf16>) -> tensor<2xf16>
  return %1, %3, %5 : tensor<2xi32>, tensor<2xi64>, tensor<2xf16>
}

// CHECK-LABEL: @neutralElements
// CHECK-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[I:.*]]: tensor<2xi32>)
func.func @neutralElements(%x: tensor<2x3xf32>, %i: tensor<2xi32>) -> (tensor<2x3xf32>, tensor<2xi32>) {
  // CHECK-NEXT: return %[[X]], %[[I]]
  %zero = graph.constant dense<0.0> : tensor<f32>
  %minus_zero = graph.constant dense<-0.0> : tensor<3xf32>
  %one = graph.constant dense<1.0> : tensor<1x1xf32>
  %izero = graph.constant dense<0> : tensor<i32>
  %0 = graph.add %x, %minus_zero : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %1 = graph.sub %0, %zero : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  %2 = graph.mul %one, %1 : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = graph.div %2, %one : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %4 = graph.pow %3, %one : (tensor<2x3xf32>, tensor<1x1xf32>) -> tensor<2x3xf32>
  %5 = graph.add %izero, %i : (tensor<i32>, tensor<2xi32>) -> tensor<2xi32>
  return %4, %5 : tensor<2x3xf32>, tensor<2xi32>
}

// -0.0 + 0.0 is 0.0, and -0.0 - -0.0 is 0.0: neither is an identity.
// CHECK-LABEL: @signOfZero
func.func @signOfZero(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  // CHECK: graph.add
  // CHECK: graph.sub
  %zero = graph.constant dense<0.0> : tensor<f32>
  %minus_zero = graph.constant dense<-0.0> : tensor<f32>
  %0 = graph.add %x, %zero : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  %1 = graph.sub %x, %minus_zero : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  return %0, %1 : tensor<2xf32>, tensor<2xf32>
}

// A neutral element that stretches its partner is not neutral.
// CHECK-LABEL: @neutralStretches
func.func @neutralStretches(%x: tensor<1xf32>, %y: tensor<?xf32>) -> (tensor<2xf32>, tensor<?xf32>) {
  // CHECK-COUNT-2: graph.mul
  %one = graph.constant dense<1.0> : tensor<2xf32>
  %0 = graph.mul %x, %one : (tensor<1xf32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = graph.mul %y, %one : (tensor<?xf32>, tensor<2xf32>) -> tensor<?xf32>
  return %0, %1 : tensor<2xf32>, tensor<?xf32>
}

// CHECK-LABEL: @sameOperands
// CHECK-SAME: (%[[X:.*]]: tensor<2xf32>, %[[C:.*]]: tensor<2xi1>)
func.func @sameOperands(%x: tensor<2xf32>, %c: tensor<2xi1>)
    -> (tensor<2xf32>, tensor<2xf32>, tensor<2xi1>, tensor<2xi1>) {
  // CHECK-NEXT: return %[[X]], %[[X]], %[[C]], %[[C]]
  %0 = graph.max %x, %x : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = graph.min %x, %x : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %2 = graph.and %c, %c : (tensor<2xi1>, tensor<2xi1>) -> tensor<2xi1>
  %3 = graph.or %c, %c : (tensor<2xi1>, tensor<2xi1>) -> tensor<2xi1>
  return %0, %1, %2, %3 : tensor<2xf32>, tensor<2xf32>, tensor<2xi1>, tensor<2xi1>
}

// CHECK-LABEL: @logicalConstants
// CHECK-SAME: (%[[C:.*]]: tensor<2xi1>)
func.func @logicalConstants(%c: tensor<2xi1>) -> (tensor<2xi1>, tensor<2xi1>) {
  // CHECK-NEXT: return %[[C]], %[[C]]
  %true = graph.constant dense<true> : tensor<i1>
  %false = graph.constant dense<false> : tensor<i1>
  %0 = graph.and %c, %true : (tensor<2xi1>, tensor<i1>) -> tensor<2xi1>
  %1 = graph.or %c, %false : (tensor<2xi1>, tensor<i1>) -> tensor<2xi1>
  return %0, %1 : tensor<2xi1>, tensor<2xi1>
}

// Integers equal themselves; a NaN does not.
// CHECK-LABEL: @compareWithItself
func.func @compareWithItself(%i: tensor<2xi32>, %x: tensor<2xf32>)
    -> (tensor<2xi1>, tensor<2xi1>, tensor<2xi1>) {
  // CHECK-DAG: graph.constant dense<true> : tensor<2xi1>
  // CHECK-DAG: graph.constant dense<false> : tensor<2xi1>
  // CHECK-DAG: graph.compare eq
  %0 = graph.compare le, %i, %i : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi1>
  %1 = graph.compare ne, %i, %i : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi1>
  %2 = graph.compare eq, %x, %x : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xi1>
  return %0, %1, %2 : tensor<2xi1>, tensor<2xi1>, tensor<2xi1>
}

// CHECK-LABEL: @selectKnown
// CHECK-SAME: (%[[C:.*]]: tensor<2xi1>, %[[X:.*]]: tensor<2xf32>, %[[Y:.*]]: tensor<2xf32>)
func.func @selectKnown(%c: tensor<2xi1>, %x: tensor<2xf32>, %y: tensor<2xf32>)
    -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  // CHECK-NEXT: return %[[X]], %[[Y]], %[[X]]
  %true = graph.constant dense<true> : tensor<i1>
  %false = graph.constant dense<false> : tensor<2xi1>
  %0 = graph.select %true, %x, %y : (tensor<i1>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = graph.select %false, %x, %y : (tensor<2xi1>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %2 = graph.select %c, %x, %x : (tensor<2xi1>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0, %1, %2 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// The chosen side is stretched: the selection stays.
// CHECK-LABEL: @selectStretches
func.func @selectStretches(%x: tensor<1xf32>, %y: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK: graph.select
  %true = graph.constant dense<true> : tensor<i1>
  %0 = graph.select %true, %x, %y : (tensor<i1>, tensor<1xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// Rounding twice, reading bits as another type and back.
// CHECK-LABEL: @roundAndBits
// CHECK-SAME: (%[[X:.*]]: tensor<2xf32>)
func.func @roundAndBits(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xui32>) {
  // CHECK-DAG: %[[R:.*]] = graph.round %[[X]]
  // CHECK-DAG: %[[U:.*]] = graph.bitcast %[[X]] to ui32
  // CHECK: return %[[R]], %[[X]], %[[U]]
  %r0 = graph.round %x : (tensor<2xf32>) -> tensor<2xf32>
  %r1 = graph.round %r0 : (tensor<2xf32>) -> tensor<2xf32>
  %b = graph.bitcast %x to i32 : (tensor<2xf32>) -> tensor<2xi32>
  %f = graph.bitcast %b to f32 : (tensor<2xi32>) -> tensor<2xf32>
  %u = graph.bitcast %b to ui32 : (tensor<2xi32>) -> tensor<2xui32>
  return %r1, %f, %u : tensor<2xf32>, tensor<2xf32>, tensor<2xui32>
}

// What changes no bit: all of them set for `and`, none for the others. One is not
// all of them.
// CHECK-LABEL: @bitsKept
// CHECK-SAME: (%[[X:.*]]: tensor<2xi32>, %[[U:.*]]: tensor<2xui8>)
func.func @bitsKept(%x: tensor<2xi32>, %u: tensor<2xui8>)
    -> (tensor<2xi32>, tensor<2xui8>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>) {
  %all = graph.constant dense<-1> : tensor<i32>
  %most = graph.constant dense<255> : tensor<ui8>
  %zero = graph.constant dense<0> : tensor<i32>
  %one = graph.constant dense<1> : tensor<i32>
  // CHECK: %[[ONE:.*]] = graph.constant dense<1>
  // CHECK: %[[F:.*]] = graph.and %[[X]], %[[ONE]]
  // CHECK-NEXT: return %[[X]], %[[U]], %[[X]], %[[X]], %[[X]], %[[F]]
  %a = graph.and %x, %all : (tensor<2xi32>, tensor<i32>) -> tensor<2xi32>
  %b = graph.and %u, %most : (tensor<2xui8>, tensor<ui8>) -> tensor<2xui8>
  %c = graph.xor %x, %zero : (tensor<2xi32>, tensor<i32>) -> tensor<2xi32>
  %d = graph.shift_left %x, %zero : (tensor<2xi32>, tensor<i32>) -> tensor<2xi32>
  %e = graph.shift_right %x, %zero : (tensor<2xi32>, tensor<i32>) -> tensor<2xi32>
  %f = graph.and %x, %one : (tensor<2xi32>, tensor<i32>) -> tensor<2xi32>
  return %a, %b, %c, %d, %e, %f
      : tensor<2xi32>, tensor<2xui8>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>, tensor<2xi32>
}
