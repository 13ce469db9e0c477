//===- SampleEval.cpp - What graph.sample means ---------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For each position, the neighbours in each dimension with their weights; for
// each channel, the sum over all combinations, the last dimension innermost.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/Elements.h"
#include "dialects/Graph/Interpreter/Evaluate.h"
#include <cmath>

using namespace mlir;

namespace systole::graph {

namespace {
/// One neighbour in one dimension: its index, -1 where it reads as zero.
template <typename T>
struct Neighbour {
  int64_t index;
  T weight;
};
template <typename T>
using Neighbours = SmallVector<Neighbour<T>, 4>;
} // namespace

/// `x` reflected at `low` and `high` until it lies between them.
template <typename T>
static T reflected(T x, T low, T high) {
#pragma STDC FP_CONTRACT OFF
  T range = high - low;
  if (range <= 0)
    return low;
  T beyond = x < low ? low - x : x - high;
  if (beyond <= 0)
    return x;
  T times = std::floor(beyond / range), rest = beyond - times * range;
  bool turned = times - 2 * std::floor(times / 2) != 0;
  bool fromLow = (x < low) != turned;
  return fromLow ? low + rest : high - rest;
}

/// Where the border's rule moves `x` in a dimension of `size`.
template <typename T>
static T insideBorder(SampleOp op, T x, int64_t size) {
  T low = op.getAlignCorners() ? T(0) : T(-0.5);
  T high = static_cast<T>(size - 1) - low;
  if (x >= low && x <= high)
    return x;
  switch (op.getBorder()) {
  case BorderMode::zeros:
    return x;
  case BorderMode::edge:
    return std::min(std::max(x, T(0)), static_cast<T>(size - 1));
  case BorderMode::reflect:
    return reflected(x, low, high);
  }
  llvm_unreachable("every border is listed");
}

/// The element that stands for index `i`, or -1.
template <typename T>
static int64_t elementFor(SampleOp op, T i, int64_t size) {
  if (op.getBorder() == BorderMode::zeros &&
      (i < 0 || i >= static_cast<T>(size)))
    return -1;
  T moved =
      op.getBorder() == BorderMode::reflect ? insideBorder(op, i, size) : i;
  return std::min(std::max<int64_t>(static_cast<int64_t>(moved), 0), size - 1);
}

/// Weights of the four neighbours at fraction `f`, by Keys with -0.75.
template <typename T>
static std::array<T, 4> cubicWeights(T f) {
#pragma STDC FP_CONTRACT OFF
  const T a = T(-0.75);
  auto near = [&](T d) { return ((a + 2) * d - (a + 3)) * d * d + 1; };
  auto far = [&](T d) { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a; };
  return {far(f + 1), near(f), near(1 - f), far(2 - f)};
}

template <typename T>
static Neighbours<T> neighboursOf(SampleOp op, T x, int64_t size) {
  constexpr T limit = T(0x1p30);
  if (!(std::fabs(x) <= limit))
    x = -limit;
  if (op.getMode() == Interpolation::nearest)
    x = std::nearbyint(x);
  x = insideBorder(op, x, size);
  if (op.getMode() == Interpolation::nearest)
    return {{elementFor<T>(op, std::nearbyint(x), size), T(1)}};
  T down = std::floor(x), f = x - down;
  if (op.getMode() == Interpolation::linear)
    return {{elementFor<T>(op, down, size), 1 - f},
            {elementFor<T>(op, down + 1, size), f}};
  Neighbours<T> result;
  for (auto [k, weight] : llvm::enumerate(cubicWeights(f)))
    result.push_back(
        {elementFor<T>(op, down + static_cast<T>(k) - 1, size), weight});
  return result;
}

/// The weighted sum over dimensions from `d` on, at element `base` of them.
template <typename T>
static T weigh(const Reader<T> &in, ArrayRef<Neighbours<T>> neighbours,
               ArrayRef<int64_t> strides, size_t d, int64_t base) {
#pragma STDC FP_CONTRACT OFF
  if (d == neighbours.size())
    return base < 0 ? T(0) : in[base];
  T sum = 0;
  for (const Neighbour<T> &n : neighbours[d]) {
    int64_t at = base < 0 || n.index < 0 ? -1 : base + n.index * strides[d];
    sum += n.weight * weigh<T>(in, neighbours, strides, d + 1, at);
  }
  return sum;
}

/// Ranks and entries, which the verifier cannot see in dynamic shapes.
static LogicalResult checkSample(SampleOp op, Operands operands) {
  const Tensor &input = operands[0], &positions = operands[1];
  int64_t spatial = input.rank() - 2;
  if (spatial < 1 || spatial > 4 || positions.rank() < 2 ||
      positions.getShape().back() != spatial)
    return op.emitOpError("positions of shape ")
           << shapeText(positions.getShape())
           << " do not fit an input of shape " << shapeText(input.getShape());
  int64_t rows = operands.size() > 2 ? operands[2].size() : input.dim(0);
  if (positions.dim(0) != rows)
    return op.emitOpError("") << positions.dim(0) << " rows of positions for "
                              << rows << " entries";
  for (int64_t i = 0; operands.size() > 2 && i < rows; ++i)
    if (int64_t entry = operands[2].getInt(i);
        entry < 0 || entry >= input.dim(0))
      return op.emitOpError("entry ")
             << entry << " is not among " << input.dim(0);
  return success();
}

/// Moves elements of any type, or sums them in T.
template <typename T>
static void sampleAs(SampleOp op, Operands operands, Tensor &result) {
  const Tensor &input = operands[0], &positions = operands[1];
  bool moves = op.getMode() == Interpolation::nearest;
  ArrayRef<int64_t> spatial = input.getShape().drop_front(2);
  SmallVector<int64_t> strides = rowMajorStrides(spatial);
  int64_t plane = countElements(spatial), channels = input.dim(1);
  int64_t rows = positions.dim(0), rank = static_cast<int64_t>(spatial.size());
  int64_t points = rows ? positions.size() / rank / rows : 0;
  int64_t bytes = elementBytes(input.getElementType());
  Reader<T> in(input);
  Writer<T> out(result);
  for (int64_t at = 0; at < rows * points; ++at) {
    int64_t row = at / points;
    int64_t entry = operands.size() > 2 ? operands[2].getInt(row) : row;
    SmallVector<Neighbours<T>> neighbours;
    for (int64_t d = 0; d < rank; ++d)
      neighbours.push_back(neighboursOf<T>(
          op, static_cast<T>(positions.getDouble(at * rank + d)), spatial[d]));
    for (int64_t c = 0; c < channels; ++c) {
      int64_t base = (entry * channels + c) * plane;
      int64_t to = (row * channels + c) * points + at % points;
      if (!moves) {
        out.set(to, weigh<T>(in, neighbours, strides, 0, base));
        continue;
      }
      int64_t from = base;
      for (int64_t d = 0; d < rank; ++d)
        from = from < 0 || neighbours[d][0].index < 0
                   ? -1
                   : from + neighbours[d][0].index * strides[d];
      if (from >= 0)
        std::memcpy(result.data() + to * bytes, input.data() + from * bytes,
                    bytes);
    }
  }
}

Evaluated evaluate(SampleOp op, Operands operands) {
  if (failed(checkSample(op, operands)))
    return failure();
  const Tensor &input = operands[0], &positions = operands[1];
  SmallVector<int64_t> shape{positions.dim(0), input.dim(1)};
  llvm::append_range(shape, positions.getShape().drop_front().drop_back());
  if (llvm::is_contained(input.getShape().drop_front(2), 0) &&
      !llvm::is_contained(shape, 0))
    return op.emitOpError("an input of shape ")
           << shapeText(input.getShape()) << " has no element to read";
  Evaluated result = allocate(op, input.getElementType(), shape);
  if (failed(result))
    return failure();
  bool inDouble =
      input.getElementType().isF64() || positions.getElementType().isF64();
  if (inDouble)
    sampleAs<double>(op, operands, *result);
  else
    sampleAs<float>(op, operands, *result);
  return result;
}

} // namespace systole::graph
