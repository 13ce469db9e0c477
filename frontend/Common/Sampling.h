//===- Sampling.h - Operators that read between elements --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What computes positions and reads there with graph.sample: warps by a grid,
// pooling of regions, deformable convolutions. Channels come first. All follow
// GraphBuilder's rule: null in, null out.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_SAMPLING_H
#define SYSTOLE_FRONTEND_COMMON_SAMPLING_H

#include "frontend/Common/GraphBuilder.h"

namespace systole::frontend {

/// How to read between elements and beyond them.
struct SampleMode {
  graph::Interpolation interpolation = graph::Interpolation::linear;
  graph::BorderMode border = graph::BorderMode::zeros;
  bool alignCorners = false;
};

/// graph.sample; `entries` may be null.
mlir::Value sample(GraphBuilder &b, mlir::Value x, mlir::Value positions,
                   mlir::Value entries, const SampleMode &mode);

/// x at the places of `grid` [batch, .., spatial], whose numbers run from -1 to
/// 1 and begin with the last dimension's.
mlir::Value gridSample(GraphBuilder &b, mlir::Value x, mlir::Value grid,
                       const SampleMode &mode);
/// The grid that an affine map theta [batch, spatial, spatial + 1] makes of the
/// regular one of these sizes.
mlir::Value affineGrid(GraphBuilder &b, mlir::Value theta,
                       llvm::ArrayRef<int64_t> sizes, bool alignCorners);

/// Regions of images, each as height x width numbers.
struct RegionPool {
  /// [images, channels, h, w]; [regions, 4] corners (x1, y1, x2, y2);
  /// image of each region [regions].
  mlir::Value input, corners, images;
  int64_t height = 1, width = 1;
  /// From the corners' units to elements.
  double scale = 1;
};
/// RoiAlign: each number from `ratio` x `ratio` positions; 0: as many as the
/// region has elements, about. `largest`: of all weighted elements, not the
/// mean. `halfPixel`: corners count from elements' edges.
mlir::Value alignRegions(GraphBuilder &b, const RegionPool &pool, int64_t ratio,
                         bool largest, bool halfPixel);
/// Largest element of each cell of the region's grid, rounded to elements.
mlir::Value poolRegions(GraphBuilder &b, const RegionPool &pool);

/// A convolution each of whose taps is read at an offset of its own.
struct DeformableConv {
  /// [batch, channels, spatial..]; [outputs, channels of a group, kernel..];
  /// [batch, offset groups * kernel elements * spatial, out..];
  /// [batch, offset groups * kernel elements, out..], may be null;
  /// [outputs], may be null.
  mlir::Value input, filter, offsets, mask, bias;
  int64_t groups = 1, offsetGroups = 1;
  llvm::SmallVector<int64_t> strides, dilations, padLow;
};
mlir::Value deformableConv(GraphBuilder &b, const DeformableConv &conv);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_SAMPLING_H
