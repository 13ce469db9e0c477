//===- TransposedConv.h - Convolutions that spread out ----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The gradients of sliding windows, as forward operations: a transposed
// convolution (deconvolution), and the sum of overlapping blocks. Channels come
// first. All follow GraphBuilder's rule: null in, null out.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_TRANSPOSEDCONV_H
#define SYSTOLE_FRONTEND_COMMON_TRANSPOSEDCONV_H

#include "frontend/Common/GraphBuilder.h"

namespace systole::frontend {

/// result[n, o, i * stride + q * dilation - padLow] += input[n, c, i] *
/// filter[c, o, q], in all spatial dimensions. The lists have an entry for
/// each.
struct TransposedConv {
  /// [batch, channels, spatial..]; [channels, outputs of one group, kernel..];
  /// bias [outputs], may be null. The kernel's size must be known.
  mlir::Value input, filter, bias;
  int64_t groups = 1;
  llvm::SmallVector<int64_t> strides, dilations, padLow;
  /// Sizes of the result in each spatial dimension.
  llvm::SmallVector<Extent> outSize;
};
mlir::Value transposedConv(GraphBuilder &b, const TransposedConv &conv);

/// Sums blocks [batch, channels * block, positions] where they overlap in an
/// image of size `image`: the inverse of cutting the padded image into blocks.
struct BlocksToImage {
  mlir::Value blocks;
  llvm::SmallVector<int64_t> image, block, strides, dilations, padLow, padHigh;
};
mlir::Value blocksToImage(GraphBuilder &b, const BlocksToImage &sum);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_TRANSPOSEDCONV_H
