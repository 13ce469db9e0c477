//===- ResizeOps.cpp - TFLite's resizing ----------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The integer form takes positions with 10 bits behind the point. Rows and
// columns are gathered, so that what is left is arithmetic with constants.
//
//===----------------------------------------------------------------------===//

#include "frontend/Tflite/Quantized.h"
#include <cmath>

using namespace mlir;
using namespace systole::frontend;

namespace systole::tflite {

namespace {
/// Where the elements of one dimension come from: two neighbours, and the
/// weight of the upper one (in 1/1024 for integers).
struct Neighbours {
  SmallVector<int64_t> low, high;
  SmallVector<double> weight;
};
/// Which positions a resizing takes.
struct Grid {
  bool alignCorners, halfPixels;
};
} // namespace

static Neighbours floatNeighbours(int64_t in, int64_t out, Grid grid) {
  Neighbours result;
  float scale = static_cast<float>(in) / static_cast<float>(out);
  if (grid.alignCorners && out > 1)
    scale = static_cast<float>(in - 1) / static_cast<float>(out - 1);
  for (int64_t i = 0; i < out; ++i) {
    float x = grid.halfPixels ? (static_cast<float>(i) + 0.5f) * scale - 0.5f
                              : static_cast<float>(i) * scale;
    auto low = std::max<int64_t>(static_cast<int64_t>(std::floor(x)), 0);
    result.low.push_back(std::min(low, in - 1));
    result.high.push_back(
        std::clamp<int64_t>(static_cast<int64_t>(std::ceil(x)), 0, in - 1));
    result.weight.push_back(x - static_cast<float>(low));
  }
  return result;
}

static Neighbours fixedNeighbours(int64_t in, int64_t out, Grid grid) {
  Neighbours result;
  int64_t scale = (1024 * in + out / 2) / out;
  if (grid.alignCorners && out > 1)
    scale = (1024 * (in - 1) + (out - 1) / 2) / (out - 1);
  for (int64_t i = 0; i < out; ++i) {
    int64_t x = i * scale + (grid.halfPixels ? scale / 2 - 512 : 0);
    int64_t low = std::max<int64_t>(x / 1024, 0);
    result.low.push_back(std::min(low, in - 1));
    result.high.push_back(std::clamp<int64_t>((x + 1023) / 1024, 0, in - 1));
    result.weight.push_back(double(x - 1024 * low));
  }
  return result;
}

/// Both sizes of the result; a message if they, or the input's, are not known.
static bool readSizes(Node &n, SmallVector<int64_t> &out) {
  auto rank = n.rank(0);
  auto sizes = n.integers(1, "the size of its result");
  if (!rank || !sizes)
    return false;
  out = *sizes;
  if (*rank == 4 && out.size() == 2 && out[0] > 0 && out[1] > 0 &&
      out[0] <= 1 << 20 && out[1] <= 1 << 20 &&
      GraphBuilder::sizeOf(n.in(0), 1) > 0 &&
      GraphBuilder::sizeOf(n.in(0), 2) > 0)
    return true;
  n.error("it resizes 2 of 4 dimensions, whose sizes must be known");
  return false;
}

/// A list of numbers of the element type of `like`, along dimension `d` of 4.
static Value along(Node &n, Value like, int64_t d,
                   llvm::ArrayRef<double> numbers) {
  if (!like)
    return {};
  SmallVector<int64_t> after;
  for (int64_t i = 1; i < 4 - d; ++i)
    after.push_back(i);
  return n.unsqueeze(n.numbers(GraphBuilder::elementType(like), numbers),
                     after);
}

/// The sum of the four neighbours with their weights; `one` is the whole.
static Value interpolate(Node &n, Value x, const Neighbours &rows,
                         const Neighbours &columns, double one) {
  auto rest = [&](llvm::ArrayRef<double> weights) {
    SmallVector<double> result;
    for (double w : weights)
      result.push_back(one == 1 ? 1 - static_cast<float>(w) : one - w);
    return result;
  };
  Value sum;
  // In the kernel's order: rows first.
  for (bool right : {false, true})
    for (bool low : {false, true}) {
      Value part = n.gather(n.gather(x, n.ints(low ? rows.high : rows.low), 1),
                            n.ints(right ? columns.high : columns.low), 2);
      part = n.mul(part, along(n, x, 1, low ? rows.weight : rest(rows.weight)));
      part = n.mul(
          part, along(n, x, 2, right ? columns.weight : rest(columns.weight)));
      sum = sum ? n.add(sum, part) : part;
    }
  return sum;
}

static void importResizeBilinear(Node &n) {
  SmallVector<int64_t> out;
  if (!readSizes(n, out))
    return;
  Grid grid{n.option(&fb::ResizeBilinearOptions::align_corners, false),
            n.option(&fb::ResizeBilinearOptions::half_pixel_centers, false)};
  Value x = n.in(0);
  int64_t height = GraphBuilder::sizeOf(x, 1),
          width = GraphBuilder::sizeOf(x, 2);
  Type type = GraphBuilder::elementType(x);
  if (isa<FloatType>(type) || type.isUnsignedInteger(8)) {
    // Unsigned numbers of 8 bits are interpolated as floats, and rounded.
    Value wide = n.cast(x, n.getBuilder().getF32Type());
    Value sum = interpolate(n, wide, floatNeighbours(height, out[0], grid),
                            floatNeighbours(width, out[1], grid), 1);
    if (type.isUnsignedInteger(8))
      sum = n.add(sum, 0.5);
    return n.set(0, n.cast(sum, type));
  }
  Value sum = interpolate(n, n.cast(x, n.getBuilder().getI64Type()),
                          fixedNeighbours(height, out[0], grid),
                          fixedNeighbours(width, out[1], grid), 1024);
  Value up = n.add(sum, double(1 << 19)), down = n.sub(sum, double(1 << 19));
  Value positive = n.compare(graph::ComparePredicate::gt, sum, 0.0);
  n.set(0, n.cast(n.div(n.select(positive, up, down), double(1 << 20)), type));
}

static void importResizeNearest(Node &n) {
  SmallVector<int64_t> out;
  if (!readSizes(n, out))
    return;
  bool corners =
      n.option(&fb::ResizeNearestNeighborOptions::align_corners, false);
  bool half =
      n.option(&fb::ResizeNearestNeighborOptions::half_pixel_centers, false);
  Value x = n.in(0);
  for (int64_t d = 0; d < 2; ++d) {
    int64_t in = GraphBuilder::sizeOf(n.in(0), d + 1);
    float scale =
        corners && out[d] > 1
            ? static_cast<float>(in - 1) / static_cast<float>(out[d] - 1)
            : static_cast<float>(in) / static_cast<float>(out[d]);
    SmallVector<int64_t> places;
    for (int64_t i = 0; i < out[d]; ++i) {
      float place = (static_cast<float>(i) + (half ? 0.5f : 0.0f)) * scale;
      float whole = corners ? std::round(place) : std::floor(place);
      places.push_back(
          std::clamp<int64_t>(static_cast<int64_t>(whole), 0, in - 1));
    }
    x = n.gather(x, n.ints(places), d + 1);
  }
  n.set(0, x);
}

llvm::ArrayRef<Operator> resizeOperators() {
  static const Operator rows[] = {
      {fb::BuiltinOperator_RESIZE_BILINEAR, importResizeBilinear, Moves},
      {fb::BuiltinOperator_RESIZE_NEAREST_NEIGHBOR, importResizeNearest, Moves},
  };
  return rows;
}

} // namespace systole::tflite
