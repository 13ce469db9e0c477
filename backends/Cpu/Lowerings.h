//===- Lowerings.h - One function for each family of operations -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each function defines the results of its operation in `host`: it computes
// their dimensions, takes memory, builds a kernel and launches it. They fail,
// with a message, only for what the backend cannot do.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_LOWERINGS_H
#define SYSTOLE_BACKENDS_CPU_LOWERINGS_H

#include "backends/Cpu/HostBuilder.h"
#include "dialects/Graph/IR/GraphOps.h"

namespace systole::cpu {

/// An element-wise operation, or a group of nothing else.
mlir::LogicalResult lowerElementwise(HostBuilder &host, mlir::Operation *op);
/// matmul or conv, alone or at the root of a group.
mlir::LogicalResult lowerContraction(HostBuilder &host, mlir::Operation *op);
/// A group with reductions along rows.
mlir::LogicalResult lowerRows(HostBuilder &host, graph::GroupOp op);
mlir::LogicalResult lowerMovement(HostBuilder &host, mlir::Operation *op);
/// Gathering, scattering, ranges, places that are not zero.
mlir::LogicalResult lowerIndex(HostBuilder &host, mlir::Operation *op);
mlir::LogicalResult lowerArgReduce(HostBuilder &host, graph::ArgReduceOp op);
mlir::LogicalResult lowerTopK(HostBuilder &host, graph::TopKOp op);
mlir::LogicalResult lowerCumulative(HostBuilder &host, graph::CumulativeOp op);
mlir::LogicalResult lowerReduce(HostBuilder &host, graph::ReduceOp op);
mlir::LogicalResult lowerSoftmax(HostBuilder &host, graph::SoftmaxOp op);
mlir::LogicalResult lowerBatchNorm(HostBuilder &host, graph::BatchNormOp op);
mlir::LogicalResult lowerAttention(HostBuilder &host, graph::GroupOp op);
mlir::LogicalResult lowerPool(HostBuilder &host, mlir::Operation *op);
mlir::LogicalResult lowerIf(HostBuilder &host, graph::IfOp op);
mlir::LogicalResult lowerWhile(HostBuilder &host, graph::WhileOp op);

// Interpolation and boxes: LowerResize.cpp, LowerSample.cpp, LowerBoxes.cpp.
mlir::LogicalResult lowerResize(HostBuilder &host, graph::ResizeOp op);
mlir::LogicalResult lowerSample(HostBuilder &host, graph::SampleOp op);
mlir::LogicalResult lowerNonMaxSuppression(HostBuilder &host,
                                           graph::NonMaxSuppressionOp op);
// LowerSignal.cpp.
mlir::LogicalResult lowerDft(HostBuilder &host, graph::DftOp op);
mlir::LogicalResult lowerDet(HostBuilder &host, graph::DetOp op);
mlir::LogicalResult lowerRandomBits(HostBuilder &host, graph::RandomBitsOp op);
// LowerString.cpp.
mlir::LogicalResult lowerString(HostBuilder &host, mlir::Operation *op);
/// A constant of strings in memory of the operation being lowered.
CodeTensor stringConstant(HostBuilder &host, const graph::Tensor &tensor);

//===--- Shared pieces ---===//

/// The number in a one-element constant (looked up through group arguments).
std::optional<double> scalarConstant(mlir::Value value);
/// That number in compute form; a vector for lanes > 1.
mlir::Value materializeScalar(mlir::OpBuilder &b, mlir::Location loc,
                              double number, mlir::Type element, int64_t lanes);
/// Lowest or highest value of an element type, as a constant of `type`: its
/// compute type or a vector of that.
mlir::Value extremeElement(KernelBuilder &k, mlir::Type element,
                           mlir::Type type, bool lowest);
/// What an element-wise operation, or a group of them, computes.
struct Expression {
  llvm::SmallVector<mlir::Operation *> operations; ///< In order.
  /// Values outside (graph values of the host) and what stands for them inside.
  llvm::SmallVector<std::pair<mlir::Value, mlir::Value>> leaves;
  mlir::Value result;     ///< Inside.
  mlir::Value hostResult; ///< Outside.
};
Expression expressionOf(mlir::Operation *op);
/// True for a group of element-wise operations alone.
bool isElementwiseGroup(graph::GroupOp op);
/// True for a group with reductions.
bool isRowGroup(graph::GroupOp op);
/// True for a group with a softmax.
bool isAttentionGroup(graph::GroupOp op);
/// Emits `operations` on `values` (graph value to compute form) and returns
/// `result`. Values that are neither bound nor computed are scalar constants.
mlir::Value evaluate(CodeBuilder &k,
                     llvm::ArrayRef<mlir::Operation *> operations,
                     mlir::Value result,
                     llvm::DenseMap<mlir::Value, mlir::Value> &values,
                     int64_t lanes);

/// A sliding window's output size and low padding in one spatial dimension, as
/// host values (graph.conv and graph.max_pool specify them).
struct WindowDim {
  mlir::Value input, output, padLow, padHigh, kernel;
  int64_t stride, dilation;
};
WindowDim resolveWindow(HostBuilder &host, mlir::Value input,
                        mlir::Value kernel, int64_t stride, int64_t dilation,
                        int64_t padLow, int64_t padHigh, graph::AutoPad autoPad,
                        bool ceilMode);

/// The same window inside a kernel.
WindowDim importWindow(KernelBuilder &k, const WindowDim &window);

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_LOWERINGS_H
