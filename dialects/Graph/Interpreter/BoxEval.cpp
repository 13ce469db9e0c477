//===- BoxEval.cpp - What graph.non_max_suppression means -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The best box that is left is selected, and takes all that overlap it too much
// out of the race; repeated for each batch entry and class.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/Elements.h"
#include "dialects/Graph/Interpreter/Evaluate.h"

using namespace mlir;

namespace systole::graph {

namespace {
/// A box by its corners, ordered.
template <typename T>
struct Box {
  T top, left, bottom, right;
};
} // namespace

template <typename T>
static Box<T> boxAt(const Reader<T> &boxes, int64_t first) {
  T y1 = boxes[first], x1 = boxes[first + 1];
  T y2 = boxes[first + 2], x2 = boxes[first + 3];
  return {std::min(y1, y2), std::min(x1, x2), std::max(y1, y2),
          std::max(x1, x2)};
}

/// True if the boxes' intersection is more than `threshold` of their union.
template <typename T>
static bool overlap(const Box<T> &a, const Box<T> &b, T threshold) {
#pragma STDC FP_CONTRACT OFF
  T height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  T width = std::min(a.right, b.right) - std::max(a.left, b.left);
  T areaA = (a.bottom - a.top) * (a.right - a.left);
  T areaB = (b.bottom - b.top) * (b.right - b.left);
  T common = height * width, both = areaA + areaB - common;
  return height > 0 && width > 0 && common > 0 && areaA > 0 && areaB > 0 &&
         both > 0 && common / both > threshold;
}

/// The numbers of the selected boxes among `count`, in order of selection.
template <typename T>
static SmallVector<int64_t>
select(const Reader<T> &boxes, int64_t firstBox, const Reader<T> &scores,
       int64_t firstScore, int64_t count, int64_t most, T iou, T least) {
  std::vector<char> left(count);
  for (int64_t i = 0; i < count; ++i)
    left[i] = scores[firstScore + i] > least;
  SmallVector<int64_t> selected;
  while (static_cast<int64_t>(selected.size()) < most) {
    int64_t best = -1;
    for (int64_t i = 0; i < count; ++i)
      if (left[i] &&
          (best < 0 || scores[firstScore + i] > scores[firstScore + best]))
        best = i;
    if (best < 0)
      break;
    selected.push_back(best);
    Box<T> chosen = boxAt(boxes, firstBox + 4 * best);
    left[best] = false;
    for (int64_t i = 0; i < count; ++i)
      if (overlap(boxAt(boxes, firstBox + 4 * i), chosen, iou))
        left[i] = false;
  }
  return selected;
}

Evaluated evaluate(NonMaxSuppressionOp op, Operands operands) {
  const Tensor &boxes = operands[0], &scores = operands[1];
  if (boxes.rank() != 3 || scores.rank() != 3 || boxes.dim(2) != 4 ||
      boxes.dim(0) != scores.dim(0) || boxes.dim(1) != scores.dim(2))
    return op.emitOpError("boxes of shape ")
           << shapeText(boxes.getShape()) << " do not fit scores of shape "
           << shapeText(scores.getShape());
  for (const Tensor &limit : operands.drop_front(2))
    if (limit.size() != 1)
      return op.emitOpError("a limit has ")
             << limit.size() << " elements, expected one";
  SmallVector<int64_t> rows;
  int64_t classes = scores.dim(1), count = boxes.dim(1);
  withFloatType(boxes.getElementType(), [&](auto zero) {
    using T = decltype(zero);
    Reader<T> boxReader(boxes), scoreReader(scores);
    T iou = static_cast<T>(operands[3].getDouble(0));
    T least = static_cast<T>(operands[4].getDouble(0));
    for (int64_t b = 0; b < boxes.dim(0); ++b)
      for (int64_t c = 0; c < classes; ++c)
        for (int64_t box : select<T>(boxReader, b * count * 4, scoreReader,
                                     (b * classes + c) * count, count,
                                     operands[2].getInt(0), iou, least))
          rows.append({b, c, box});
  });
  Evaluated result = allocate(op, IntegerType::get(op.getContext(), 64),
                              {static_cast<int64_t>(rows.size()) / 3, 3});
  for (auto [i, number] : llvm::enumerate(rows))
    if (succeeded(result))
      result->setInt(i, number);
  return result;
}

} // namespace systole::graph
