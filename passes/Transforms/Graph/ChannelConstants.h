//===- ChannelConstants.h - Scales and offsets for each channel -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What graph-fold-batch-norm and graph-fold-bias share: y = x * scale + offset
// for each channel, folded into the contraction that computes x. Numbers are
// doubles until they are stored, so that there is one rounding.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_CHANNELCONSTANTS_H
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_CHANNELCONSTANTS_H

#include "passes/Transforms/Graph/Rewriting.h"
#include <optional>

namespace systole::graph {

/// One number for each channel.
using ChannelNumbers = llvm::SmallVector<double, 0>;

/// y = x * scale + offset. Empty: all ones, or all zeros.
struct ChannelAffine {
  ChannelNumbers scale;
  ChannelNumbers offset;
};

/// The elements of a constant floating-point vector, or nullopt.
std::optional<ChannelNumbers> constantNumbers(mlir::Value value);

/// The constant `value` as one number for each index of dimension `dim` of
/// `type`, if it broadcasts to `type` and varies along no other dimension.
std::optional<ChannelNumbers>
channelNumbers(mlir::Value value, mlir::RankedTensorType type, int64_t dim);

/// Dimension of the result of a convolution or matrix product that its weights
/// have too: output channels or columns; -1 for other operations.
int64_t channelDim(mlir::Operation *contraction);

/// A new constant of `numbers`, of shape [n, 1, .., 1] with `trailing` ones, or
/// null if one is not finite when rounded to `elementType`.
mlir::Value makeChannelConstant(mlir::OpBuilder &builder, mlir::Location loc,
                                mlir::Type elementType,
                                llvm::ArrayRef<double> numbers,
                                int64_t trailing);

/// The result of `conv` with `affine` folded into filter and bias; null, and
/// nothing is created, where they are not constant or would not be finite.
mlir::Value foldIntoConv(mlir::PatternRewriter &rewriter, ConvOp conv,
                         const ChannelAffine &affine, mlir::Location loc);

/// The result of `matmul` with its columns scaled; null as above.
mlir::Value foldIntoMatMul(mlir::PatternRewriter &rewriter, MatMulOp matmul,
                           llvm::ArrayRef<double> scale, mlir::Location loc);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_CHANNELCONSTANTS_H
