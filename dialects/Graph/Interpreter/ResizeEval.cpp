//===- ResizeEval.cpp - What graph.resize means ---------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One dimension after the other, seen as [outer, dimension, inner]. nearest
// moves elements; the others sum weighted elements in a compute type, float or
// double, which only the end converts.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/Elements.h"
#include "dialects/Graph/Interpreter/Evaluate.h"
#include <cmath>

using namespace mlir;

namespace systole::graph {

namespace {
/// One dimension's part of the operation.
struct ResizeAxis {
  /// Dimension, its size before and after, and how far the result's elements
  /// lie apart.
  int64_t axis, before, after;
  double scale;
  /// The region of coordinates 'crop'.
  double start = 0.0, end = 1.0;
};
} // namespace

/// Where element `i` of the result lies in the input. `inside` is cleared where
/// that is no place of the input and the extrapolation value is wanted.
static double positionOf(ResizeOp op, const ResizeAxis &r, int64_t i,
                         bool &inside) {
  double at = static_cast<double>(i), n = static_cast<double>(r.before);
  double m = static_cast<double>(r.after), length = r.scale * n;
  double halfPixel = (at + 0.5) / r.scale - 0.5;
  switch (op.getCoordinates()) {
  case ResizeCoordinates::half_pixel:
    return halfPixel;
  case ResizeCoordinates::half_pixel_symmetric:
    return n / 2.0 * (1.0 - m / length) + halfPixel;
  case ResizeCoordinates::half_pixel_unless_single:
    return r.after == 1 ? 0.0 : halfPixel;
  case ResizeCoordinates::align_corners:
    return length == 1.0 ? 0.0 : at * (n - 1.0) / (length - 1.0);
  case ResizeCoordinates::asymmetric:
    return at / r.scale;
  case ResizeCoordinates::crop:
    break;
  }
  double width = (r.end - r.start) * (n - 1.0);
  double x = r.start * (n - 1.0) +
             (length == 1.0 ? width / 2.0 : at * width / (length - 1.0));
  inside = x >= 0.0 && x <= n - 1.0;
  return x;
}

/// `x` where it is near a tensor; beyond, any place has the edge's value.
static double bounded(double x) {
  constexpr double far = 0x1p40;
  return std::min(std::max(x, -far), far);
}

static int64_t clampTo(int64_t i, int64_t size) {
  return std::min(std::max<int64_t>(i, 0), size - 1);
}

/// The element that stands for position `x`.
static int64_t nearestTo(ResizeOp op, double x, int64_t size) {
  double rounded = 0.0;
  switch (op.getRounding()) {
  case NearestRounding::prefer_floor:
    rounded = std::ceil(x - 0.5);
    break;
  case NearestRounding::prefer_ceil:
    rounded = std::floor(x + 0.5);
    break;
  case NearestRounding::floor:
    rounded = std::floor(x);
    break;
  case NearestRounding::ceil:
    rounded = std::ceil(x);
    break;
  }
  return clampTo(static_cast<int64_t>(rounded), size);
}

/// The weight of an element at distance `d`.
static double weightAt(ResizeOp op, double d) {
  d = std::fabs(d);
  if (op.getMode() == Interpolation::linear)
    return std::max(0.0, 1.0 - d);
  double a = op.getCubicA().convertToDouble();
  if (d <= 1.0)
    return ((a + 2.0) * d - (a + 3.0)) * d * d + 1.0;
  if (d < 2.0)
    return ((a * d - 5.0 * a) * d + 8.0 * a) * d - 4.0 * a;
  return 0.0;
}

namespace {
/// The elements that make one element of the result: `weights[k]` times the
/// input's element `first + k`, clamped to the input.
struct ResizeTaps {
  int64_t first;
  SmallVector<double> weights;
};
} // namespace

static ResizeTaps tapsAt(ResizeOp op, const ResizeAxis &r, double x) {
  double stretch = op.getAntialias() ? std::min(r.scale, 1.0) : 1.0;
  double reach = op.getMode() == Interpolation::linear ? 1.0 : 2.0;
  int64_t half = static_cast<int64_t>(std::ceil(reach / stretch));
  ResizeTaps taps;
  taps.first = static_cast<int64_t>(std::floor(x)) - half + 1;
  double sum = 0.0;
  for (int64_t k = 0; k < 2 * half; ++k) {
    int64_t j = taps.first + k;
    bool dropped = op.getExcludeOutside() && (j < 0 || j >= r.before);
    double weight =
        dropped ? 0.0 : weightAt(op, stretch * (static_cast<double>(j) - x));
    taps.weights.push_back(weight);
    sum += weight;
  }
  if (op.getAntialias() || op.getExcludeOutside())
    for (double &weight : taps.weights)
      weight /= sum == 0.0 ? 1.0 : sum;
  return taps;
}

/// Product of the dimensions [first, last).
static int64_t sizeOf(ArrayRef<int64_t> shape, int64_t first, int64_t last) {
  return countElements(shape.slice(first, last - first));
}

/// Resizes dimension `r` of `input` by picking elements.
static Evaluated pickAlong(ResizeOp op, const ResizeAxis &r,
                           const Tensor &input) {
  SmallVector<int64_t> shape(input.getShape());
  shape[r.axis] = r.after;
  Evaluated result = allocate(op, input.getElementType(), shape);
  if (failed(result))
    return failure();
  int64_t outer = sizeOf(shape, 0, r.axis);
  int64_t inner = sizeOf(shape, r.axis + 1, input.rank());
  int64_t bytes = elementBytes(input.getElementType());
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < r.after; ++i) {
      bool inside = true;
      double x = bounded(positionOf(op, r, i, inside));
      int64_t to = (o * r.after + i) * inner;
      int64_t from = (o * r.before + nearestTo(op, x, r.before)) * inner;
      if (inside)
        std::memcpy(result->data() + to * bytes, input.data() + from * bytes,
                    inner * bytes);
      for (int64_t e = 0; !inside && e < inner; ++e)
        result->setDouble(to + e, op.getExtrapolation().convertToDouble());
    }
  return result;
}

/// Resizes dimension `r` of `input`, whose elements are stored as T.
template <typename T>
static Evaluated interpolateAlong(ResizeOp op, const ResizeAxis &r,
                                  const Tensor &input) {
#pragma STDC FP_CONTRACT OFF
  SmallVector<int64_t> shape(input.getShape());
  shape[r.axis] = r.after;
  Evaluated result = allocate(op, input.getElementType(), shape);
  if (failed(result))
    return failure();
  int64_t outer = sizeOf(shape, 0, r.axis);
  int64_t inner = sizeOf(shape, r.axis + 1, input.rank());
  for (int64_t i = 0; i < r.after && outer * inner > 0; ++i) {
    bool inside = true;
    double x = bounded(positionOf(op, r, i, inside));
    ResizeTaps taps = tapsAt(op, r, x);
    for (int64_t o = 0; o < outer; ++o)
      for (int64_t e = 0; e < inner; ++e) {
        T sum = 0;
        for (auto [k, weight] : llvm::enumerate(taps.weights)) {
          int64_t j = clampTo(taps.first + static_cast<int64_t>(k), r.before);
          sum += static_cast<T>(weight) *
                 input.load<T>((o * r.before + j) * inner + e);
        }
        if (!inside)
          sum = static_cast<T>(op.getExtrapolation().convertToDouble());
        result->store<T>((o * r.after + i) * inner + e, sum);
      }
  }
  return result;
}

/// All dimensions, in compute type T.
template <typename T>
static Evaluated interpolate(ResizeOp op, ArrayRef<ResizeAxis> axes,
                             const Tensor &input) {
  Type type = input.getElementType();
  Builder b(op.getContext());
  Evaluated value = allocate(op,
                             std::is_same_v<T, double> ? Type(b.getF64Type())
                                                       : Type(b.getF32Type()),
                             input.getShape());
  for (int64_t i = 0; succeeded(value) && i < input.size(); ++i)
    value->store<T>(i, static_cast<T>(input.getDouble(i)));
  for (const ResizeAxis &r : axes)
    if (succeeded(value))
      value = interpolateAlong<T>(op, r, *value);
  if (failed(value))
    return failure();
  Evaluated result = allocate(op, type, value->getShape());
  if (failed(result))
    return failure();
  for (int64_t i = 0; i < value->size(); ++i) {
    double number = value->load<T>(i);
    if (auto integer = dyn_cast<IntegerType>(type))
      result->setInt(i, saturatedInteger(number, integer));
    else
      result->setDouble(i, number);
  }
  return result;
}

/// Reads and checks the lists of operands.
static FailureOr<SmallVector<ResizeAxis>> resizeAxes(ResizeOp op,
                                                     Operands operands) {
  const Tensor &input = operands[0];
  ArrayRef<int64_t> axes = op.getAxes();
  int64_t count = static_cast<int64_t>(axes.size());
  bool crops = operands.size() > 3;
  if (operands[1].size() != count || operands[2].size() != count ||
      (crops && operands[3].size() != 2 * count))
    return op.emitOpError("lists of ")
           << operands[1].size() << " sizes and " << operands[2].size()
           << " scales do not fit " << count << " axes";
  SmallVector<ResizeAxis> result;
  for (auto [k, axis] : llvm::enumerate(axes)) {
    if (axis < 0 || axis >= input.rank())
      return op.emitOpError("axis ")
             << axis << " is outside a tensor of rank " << input.rank();
    ResizeAxis r{axis, input.dim(axis), operands[1].getInt(k),
                 operands[2].getDouble(k)};
    if (crops) {
      r.start = operands[3].getDouble(k);
      r.end = operands[3].getDouble(count + k);
    }
    if (r.after < 0 || (r.before == 0 && r.after != 0))
      return op.emitOpError("cannot resize a dimension of size ")
             << r.before << " to " << r.after;
    if (!(r.scale >= 0x1p-24 && r.scale <= 0x1p24))
      return op.emitOpError("scale ")
             << r.scale << " is not between 2^-24 and 2^24";
    result.push_back(r);
  }
  return result;
}

Evaluated evaluate(ResizeOp op, Operands operands) {
  FailureOr<SmallVector<ResizeAxis>> axes = resizeAxes(op, operands);
  if (failed(axes))
    return failure();
  if (op.getMode() != Interpolation::nearest && !axes->empty())
    return operands[0].getElementType().isF64()
               ? interpolate<double>(op, *axes, operands[0])
               : interpolate<float>(op, *axes, operands[0]);
  Evaluated value = operands[0];
  for (const ResizeAxis &r : *axes)
    if (succeeded(value))
      value = pickAlong(op, r, *value);
  return value;
}

} // namespace systole::graph
