//===- ShapeUtils.h - Arithmetic on shapes ----------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The shape rules of the graph dialect as functions on numbers, shared by
// inference, the interpreter and the backends. They take any numbers, also
// those of a hostile model: none overflows. Unknown dimensions are
// ShapedType::kDynamic where a function says that it accepts them.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_GRAPH_IR_SHAPEUTILS_H
#define SYSTOLE_DIALECTS_GRAPH_IR_SHAPEUTILS_H

#include "dialects/Graph/IR/GraphDialect.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace systole::graph {

class Tensor;

/// No tensor has more elements than this.
inline constexpr int64_t kMaxElements = int64_t(1) << 62;

/// The shape that all of `shapes` broadcast to by numpy's rule, or nullopt.
/// Dimensions may be unknown.
std::optional<llvm::SmallVector<int64_t>>
broadcastShapes(llvm::ArrayRef<llvm::ArrayRef<int64_t>> shapes);

/// True if the product of the known dimensions exceeds kMaxElements, zeros
/// aside. Such a shape is never valid.
bool exceedsMaxElements(llvm::ArrayRef<int64_t> shape);

/// One dimension of a sliding window, resolved.
struct Window {
  /// Number of positions.
  int64_t outSize;
  /// Padding before and after; chosen by `autoPad`, or as given. With a ceiling
  /// the last window may reach beyond `padHigh`.
  int64_t padLow;
  int64_t padHigh;
};

/// Resolves a window of `kernel` elements, `dilation` apart, that moves by
/// `stride` over `size` elements. Nullopt where the padded input is smaller
/// than the dilated kernel, or an argument is out of range (all are known
/// numbers; kernel, stride and dilation positive, the others not negative).
std::optional<Window> resolveWindow(int64_t size, int64_t kernel,
                                    int64_t stride, int64_t dilation,
                                    int64_t padLow, int64_t padHigh,
                                    AutoPad autoPad, bool ceilMode);

/// One dimension of a slice, resolved: `count` elements from `start` on.
struct SliceRange {
  int64_t start;
  int64_t count;
};

/// Resolves a slice by the rule of `graph.slice`. `size` is known, `step` not
/// 0.
SliceRange resolveSlice(int64_t size, int64_t start, int64_t end, int64_t step);

/// Resolves the shape operand of `graph.reshape`: the entries with -1 and
/// copied zeros replaced. Dimensions of `input` may be unknown, and so may the
/// result's. Nullopt where an entry is invalid or the numbers of elements
/// differ.
std::optional<llvm::SmallVector<int64_t>>
resolveReshape(llvm::ArrayRef<int64_t> input, llvm::ArrayRef<int64_t> entries,
               bool copyZeros);

/// The number of elements of `graph.range` on tensors of one element and type.
/// Nullopt where `delta` is 0, an operand is NaN, or the range is too long.
std::optional<int64_t> rangeLength(const Tensor &start, const Tensor &limit,
                                   const Tensor &delta);

/// `shape` with all of `axes` (increasing, within the rank) removed, or 1 there
/// with `keepDims`.
llvm::SmallVector<int64_t> reducedShape(llvm::ArrayRef<int64_t> shape,
                                        llvm::ArrayRef<int64_t> axes,
                                        bool keepDims);

} // namespace systole::graph

#endif // SYSTOLE_DIALECTS_GRAPH_IR_SHAPEUTILS_H
