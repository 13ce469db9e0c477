// What patterns and passes say when they nearly did something: the other half of
// their rules. (test/tools/systole/explain.test has what users see of it.)
// RUN: systole-opt %s --graph-fold-bias --graph-fold-pads --graph-simplify-reshapes \
// RUN:   '--graph-fold-transposes=reassociate=false' --graph-recompute-cheap --graph-fuse-rows \
// RUN:   --graph-fuse-elementwise --remarks-filter=graph-.* --remark-format=emitRemark \
// RUN:   -o /dev/null 2>&1 | FileCheck %s
// Nobody who does not ask pays for it, or sees it.
// RUN: systole-opt %s --graph-fold-bias --graph-fuse-elementwise -o /dev/null 2>&1 | count 0

// A constant that is not one number for each channel.
// CHECK-DAG: loc("no-channels"{{.*}}graph-fold-bias | Remark="it is part of no weights: its constant has not one number for each output channel"
func.func @notOfChannels(%x: tensor<2x3xf32>) -> tensor<2x2xf32> {
  %w = graph.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>
  %c = graph.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
  %0 = graph.matmul %x, %w : (tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<2x2xf32>
  %1 = graph.mul %0, %c : (tensor<2x2xf32>, tensor<2x1xf32>) -> tensor<2x2xf32> loc("no-channels"("Mul"))
  return %1 : tensor<2x2xf32>
}

// Weights that would be infinite.
// CHECK-DAG: loc("too-large"{{.*}}graph-fold-bias | Remark="it is part of no weights: those before it are no constants, or would not be finite"
func.func @notFinite(%x: tensor<2x1xf32>) -> tensor<2x1xf32> {
  %w = graph.constant dense<3.0e+38> : tensor<1x1xf32>
  %c = graph.constant dense<3.0e+38> : tensor<1xf32>
  %0 = graph.matmul %x, %w : (tensor<2x1xf32>, tensor<1x1xf32>) -> tensor<2x1xf32>
  %1 = graph.mul %0, %c : (tensor<2x1xf32>, tensor<1xf32>) -> tensor<2x1xf32> loc("too-large"("Mul"))
  return %1 : tensor<2x1xf32>
}

// Paddings that fill with different numbers.
// CHECK-DAG: loc("ones"{{.*}}graph-fold-pads | Remark="it is not merged with the padding before it, which fills with another value"
func.func @padsOfPads(%x: tensor<2xf32>) -> tensor<6xf32> {
  %p = graph.constant dense<1> : tensor<2xi64>
  %one = graph.constant dense<1.0> : tensor<f32>
  %0 = graph.pad constant, %x, %p : (tensor<2xf32>, tensor<2xi64>) -> tensor<4xf32>
  %1 = graph.pad constant, %0, %p, %one : (tensor<4xf32>, tensor<2xi64>, tensor<f32>) -> tensor<6xf32> loc("ones"("Pad"))
  return %1 : tensor<6xf32>
}

// A reshape between two that could be one kernel.
// CHECK-DAG: loc("behind"{{.*}}graph-simplify-reshapes | Remark="a reshape stays between it and the kernel before it: its other operands fit one of the two shapes only"
func.func @viewBetween(%x: tensor<2x3xf32>, %y: tensor<6xf32>) -> tensor<6xf32> {
  %s = graph.constant dense<6> : tensor<1xi64>
  %0 = graph.exp %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = graph.reshape %0, %s : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<6xf32>
  %2 = graph.add %1, %y : (tensor<6xf32>, tensor<6xf32>) -> tensor<6xf32> loc("behind"("Add"))
  return %2 : tensor<6xf32>
}

// A broadcast without which the shape would not follow.
// CHECK-DAG: loc("repeated"{{.*}}graph-simplify-reshapes | Remark="it repeats elements in memory
func.func @neededBroadcast(%x: tensor<3xf32>, %y: tensor<1x3xf32>) -> tensor<2x3xf32> {
  %s = graph.constant dense<[2, 3]> : tensor<2xi64>
  %0 = graph.broadcast %x, %s : (tensor<3xf32>, tensor<2xi64>) -> tensor<2x3xf32> loc("repeated"("Expand"))
  %1 = graph.add %0, %y : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// A sum whose terms would change their order, which was forbidden.
// CHECK-DAG: loc("turned"{{.*}}graph-fold-transposes | Remark="it stays before a sum
func.func @orderOfTerms(%x: tensor<2x3x4xf32>) -> tensor<4xf32> {
  %0 = graph.transpose %x {perm = array<i64: 1, 0, 2>} : (tensor<2x3x4xf32>) -> tensor<3x2x4xf32> loc("turned"("Transpose"))
  %1 = graph.reduce sum, %0 {axes = array<i64: 0, 1>} : (tensor<3x2x4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// A cheap value whose readers are not all element-wise.
// CHECK-DAG: loc("cheap"{{.*}}graph-recompute-cheap | Remark="it is stored and read again by several: not every reader is element-wise
func.func @notForMatMul(%x: tensor<3x3xf32>) -> (tensor<3x3xf32>, tensor<3x3xf32>) {
  %0 = graph.relu %x : (tensor<3x3xf32>) -> tensor<3x3xf32> loc("cheap"("Relu"))
  %1 = graph.neg %0 : (tensor<3x3xf32>) -> tensor<3x3xf32>
  %2 = graph.matmul %0, %x : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
  return %1, %2 : tensor<3x3xf32>, tensor<3x3xf32>
}

// What two sweeps over a row would compute twice.
// CHECK-DAG: loc("powers"{{.*}}graph-fuse-rows | Remark="it is no part of the kernel over rows after it: it is costly, and two sweeps over a row would compute it"
func.func @costlyTwice(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
  %0 = graph.exp %x : (tensor<2x8xf32>) -> tensor<2x8xf32> loc("powers"("Exp"))
  %1 = graph.reduce sum, %0 {axes = array<i64: 1>, keep_dims} : (tensor<2x8xf32>) -> tensor<2x1xf32>
  %2 = graph.sub %0, %1 : (tensor<2x8xf32>, tensor<2x1xf32>) -> tensor<2x8xf32>
  return %2 : tensor<2x8xf32>
}

// An operand that varies as neither the result nor its last dimension does.
// CHECK-DAG: loc("column"{{.*}}graph-fuse-elementwise | Remark="it is no part of the kernel before it: it reads a value that varies neither as the contraction's result nor along its last dimension"
func.func @columnEpilogue(%x: tensor<4x3xf32>, %w: tensor<3x5xf32>, %c: tensor<4x1xf32>) -> tensor<4x5xf32> {
  %0 = graph.matmul %x, %w : (tensor<4x3xf32>, tensor<3x5xf32>) -> tensor<4x5xf32>
  %1 = graph.add %0, %c : (tensor<4x5xf32>, tensor<4x1xf32>) -> tensor<4x5xf32> loc("column"("Add"))
  return %1 : tensor<4x5xf32>
}
