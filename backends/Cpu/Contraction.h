//===- Contraction.h - Matrix products and convolutions ---------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Matrix products and convolutions are one loop nest. Output rows (matrix rows,
// or positions along the last spatial dimension) lie in segments; a row is a
// contiguous line of output channels. For each row the reduction walks "taps"
// (kernel positions), and at each tap a contiguous run of input elements:
//
//   matmul [M, K] x [K, N]:   one segment of M rows, no taps, runs of K
//   conv NHWC, KH x KW:       N * OH segments of OW rows, KH taps, runs of KW *
//   C
//                             (dilated or grouped: KH * KW taps, runs of C)
//
// Weights are packed into panels of as many columns as a register tile has, in
// the order in which the reduction reads them; short panels are filled with
// zeros. A register tile is `rows` x `vectors` accumulators: for each element
// of the run, one broadcast per row and one load per vector feed rows * vectors
// multiply-adds. 16-bit integers go in pairs, bytes by four (MultiplyAdd.h):
// panels hold the weights of such a step side by side, and a run of odd length
// ends with part of one. What the group does to the result happens in registers
// before the only store.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_CONTRACTION_H
#define SYSTOLE_BACKENDS_CPU_CONTRACTION_H

#include "backends/Cpu/Lowerings.h"
#include "backends/Cpu/MultiplyAdd.h"

namespace systole::cpu {

/// What happens to a contraction's result before it is stored.
struct Epilogue {
  /// How an operand from outside is read at an output position.
  enum class Access {
    Scalar,  ///< One element for all.
    Channel, ///< One element for each output channel.
    Element  ///< The element at the output's own position.
  };
  struct Operand {
    mlir::Value inside; ///< Graph value in the group.
    CodeTensor tensor;  ///< On the host.
    Access access;
  };
  llvm::SmallVector<mlir::Operation *> operations;
  llvm::SmallVector<Operand> operands;
  mlir::Value rootResult, result; ///< Graph values in the group.
};

/// One loop of the reduction outside the runs.
struct Tap {
  int64_t count;
  mlir::Value stride; ///< Input elements from one to the next.
};

/// A contraction ready for code generation; values are host values.
struct ContractionPlan {
  ContractionTile tile;
  CodeTensor input, weights, output; ///< `weights` are packed panels.
  mlir::Type sum;                    ///< Element type of the sums.
  std::optional<CodeTensor> bias;
  mlir::Value segments, segmentRows;
  /// Input offset of a segment: indices of the segment times these strides.
  llvm::SmallVector<mlir::Value> segmentDims, segmentStrides;
  mlir::Value rowStride; ///< Input elements from one row to the next.
  llvm::SmallVector<Tap> taps;
  mlir::Value run; ///< Length of a run; static for integers.
  int64_t columns; ///< Output channels, in all groups.
  int64_t groups = 1;
  int64_t groupInputs = 0; ///< Input channels of a group, for groups > 1.
  bool weightsPerSegment = false; ///< Batched: each segment has its own panels.
  Epilogue epilogue;

  int64_t panelsPerGroup() const {
    int64_t perGroup = columns / groups;
    return (perGroup + tile.columns() - 1) / tile.columns();
  }
  int64_t panels() const { return panelsPerGroup() * groups; }
};

/// Emits and launches the kernel of `plan`.
void launchContraction(HostBuilder &host, const ContractionPlan &plan);

/// A depthwise convolution, channels last: each channel has its own filter.
struct DepthwisePlan {
  ContractionTile tile;
  CodeTensor input, weights, output; ///< `weights`: [taps..., channels]
  mlir::Type sum;                    ///< Element type of the sums.
  std::optional<CodeTensor> bias;
  mlir::Value segments, segmentRows;
  llvm::SmallVector<mlir::Value> segmentDims, segmentStrides;
  mlir::Value rowStride;
  llvm::SmallVector<Tap> taps;
  int64_t channels;
  Epilogue epilogue;
};
void launchDepthwise(HostBuilder &host, const DepthwisePlan &plan);

/// Any matmul or conv, element by element: every type, layout and grouping.
mlir::LogicalResult lowerPlainContraction(HostBuilder &host,
                                          mlir::Operation *op);

/// Ends the run unless `bias` has an element for each output channel.
void checkBias(HostBuilder &host, const CodeTensor &bias, mlir::Value outputs);

//===--- Weights ---===//

/// What packing needs to know of a contraction: `depth` = K is a whole number
/// of runs.
struct PackingShape {
  int64_t columns, groups, depth, run, tileColumns;
};
/// Packs constant weights: [panels, steps of the runs, columns of the tile,
/// elements of a step]. Element (o, k) is read from `filter` at offset(o, k).
graph::Tensor
packWeights(const graph::Tensor &filter, const PackingShape &shape,
            llvm::function_ref<int64_t(int64_t o, int64_t k)> offset);
/// The same while running, for a [batch, K, N] operand that is one run; returns
/// the packed tensor.
CodeTensor packAtRunTime(HostBuilder &host, const CodeTensor &matrix,
                         mlir::Value batch, mlir::Value depth, int64_t columns,
                         int64_t tileColumns);

//===--- Kernels ---===//

/// What a kernel of `plan` reads, in order: input, weights, bias if there is
/// one, the epilogue's operands.
template <typename PlanT>
llvm::SmallVector<CodeTensor> kernelInputs(const PlanT &plan) {
  llvm::SmallVector<CodeTensor> inputs{plan.input, plan.weights};
  if (plan.bias)
    inputs.push_back(*plan.bias);
  for (const Epilogue::Operand &operand : plan.epilogue.operands)
    inputs.push_back(operand.tensor);
  return inputs;
}

//===--- Epilogues ---===//

/// The epilogue's operands loaded and its operations applied to one vector.
/// `element` and `channel` are the linear offsets of the vector in the output
/// and in a line of channels.
mlir::Value applyEpilogue(KernelBuilder &k, const Epilogue &epilogue,
                          size_t firstInput, mlir::Value accumulator,
                          mlir::Value element, mlir::Value channel,
                          int64_t lanes, int64_t valid);

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_CONTRACTION_H
