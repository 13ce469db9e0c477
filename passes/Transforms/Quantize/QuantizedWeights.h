//===- QuantizedWeights.h - Weights as 8-bit integers -----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Constant weights of a contraction: symmetric, from -127 to 127, with a scale
// for each output channel.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_QUANTIZEDWEIGHTS_H
#define SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_QUANTIZEDWEIGHTS_H

#include "dialects/Graph/IR/Tensor.h"
#include "mlir/IR/Operation.h"
#include <optional>

namespace systole::graph {

struct QuantizedWeights {
  /// Of 8-bit integers, in the shape of the weights.
  Tensor numbers;
  /// One for each index of dimension `channelDim` of the weights.
  llvm::SmallVector<float, 0> scales;
  int64_t channelDim = 0;

  /// The channel of element `i`.
  int64_t channelOf(int64_t i) const;
};

/// The weights of `contraction`, whose other operand has `inputScale`. A scale
/// is at least so large that the bias is a sum of 32 bits. Nullopt where they
/// are no finite constants.
std::optional<QuantizedWeights> quantizeWeights(mlir::Operation *contraction,
                                                float inputScale);

/// The constant bias of a contraction, one number for each output channel:
/// operand 2 of a convolution, or what is added to a matrix product that
/// nothing else reads. Empty without one.
llvm::SmallVector<double, 0> biasOf(mlir::Operation *contraction);
/// The addition that biasOf reads beside a matrix product, or null.
mlir::Operation *biasAddition(mlir::Operation *contraction);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_QUANTIZEDWEIGHTS_H
