//===- Composites.cpp - What importers decompose --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each function is its formula, in the order of Composites.h.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include <cmath>

using namespace mlir;
using systole::graph::ComparePredicate;
using systole::graph::ReduceKind;

namespace systole::frontend {

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

Value inFloat32(GraphBuilder &b, Value x,
                llvm::function_ref<Value(Value)> build) {
  Type type = GraphBuilder::elementType(x);
  auto narrow = dyn_cast_if_present<FloatType>(type);
  if (!narrow || narrow.getWidth() >= 32)
    return build(x);
  return b.cast(build(b.cast(x, b.getBuilder().getF32Type())), type);
}

Value leakyRelu(GraphBuilder &b, Value x, double alpha) {
  return b.select(b.compare(ComparePredicate::ge, x, 0.0), x, b.mul(x, alpha));
}

Value elu(GraphBuilder &b, Value x, double alpha) {
  // The exponential of the positive part alone could overflow: clamp it.
  Value negative = b.mul(b.sub(b.exp(b.min(x, 0.0)), 1.0), alpha);
  return b.select(b.compare(ComparePredicate::ge, x, 0.0), x, negative);
}

Value selu(GraphBuilder &b, Value x, double alpha, double gamma) {
  return b.mul(elu(b, x, alpha), gamma);
}

Value hardSigmoid(GraphBuilder &b, Value x, double alpha, double beta) {
  return b.max(b.min(b.add(b.mul(x, alpha), beta), 1.0), 0.0);
}

Value softplus(GraphBuilder &b, Value x) {
  Value tail = b.log(b.add(b.exp(b.neg(b.abs(x))), 1.0));
  return b.add(b.relu(x), tail);
}

Value softsign(GraphBuilder &b, Value x) {
  return b.div(x, b.add(b.abs(x), 1.0));
}

Value gelu(GraphBuilder &b, Value x, bool tanhFormula) {
  if (!tanhFormula) {
    Value erf = b.make<graph::ErfOp>({b.mul(x, std::sqrt(0.5))});
    return b.mul(b.mul(x, 0.5), b.add(erf, 1.0));
  }
  Value cube = b.mul(b.mul(x, x), x);
  Value inner = b.mul(b.add(x, b.mul(cube, 0.044715)), std::sqrt(2.0 / M_PI));
  return b.mul(b.mul(x, 0.5), b.add(b.tanh(inner), 1.0));
}

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

Value ceil(GraphBuilder &b, Value x) { return b.neg(b.floor(b.neg(x))); }

Value roundHalfEven(GraphBuilder &b, Value x) {
  return b.make<graph::RoundOp>({x});
}

Value roundHalfAway(GraphBuilder &b, Value x) {
  // The fraction of a float is exact, as is adding one to a whole one.
  Value size = b.abs(x), whole = b.floor(size);
  Value up = b.compare(ComparePredicate::ge, b.sub(size, whole), 0.5);
  Value rounded = b.select(up, b.add(whole, 1.0), whole);
  return b.select(b.compare(ComparePredicate::lt, x, 0.0), b.neg(rounded),
                  rounded);
}

Value sign(GraphBuilder &b, Value x) {
  Type type = GraphBuilder::elementType(x);
  Value positive = b.cast(b.compare(ComparePredicate::gt, x, 0.0), type);
  Value negative = b.cast(b.compare(ComparePredicate::lt, x, 0.0), type);
  return b.sub(positive, negative);
}

//===----------------------------------------------------------------------===//
// Data movement
//===----------------------------------------------------------------------===//

/// Extents of a rank-4 value.
static SmallVector<Extent> extents4(GraphBuilder &b, Value x) {
  SmallVector<Extent> extents;
  for (int64_t d = 0; d < 4; ++d)
    extents.push_back(b.extent(x, d));
  return extents;
}

/// `size` in parts of `part`; nullopt if it is known that they do not fit.
/// Where only the run knows, the reshape that uses the quotient checks it.
static std::optional<Extent> quotient(GraphBuilder &b, const Extent &size,
                                      int64_t part) {
  if (size.value)
    return Extent(b.div(size.value, b.ints({part})));
  if (size.size % part != 0)
    return std::nullopt;
  return Extent(size.size / part);
}

/// True for what blocks can be: their square is no overflow.
static bool isBlockSize(int64_t block) {
  return block >= 1 && block <= (1 << 15);
}

Value depthToSpace(GraphBuilder &b, Value x, int64_t block, DepthOrder order) {
  if (!x)
    return x;
  std::optional<Extent> depth;
  SmallVector<Extent> e;
  if (GraphBuilder::rankOf(x) == 4 && isBlockSize(block)) {
    e = extents4(b, x);
    depth = quotient(b, e[1], block * block);
  }
  if (!depth)
    return b.error(
        "needs 4 dimensions and channels that the squared block size divides");
  Value split, moved;
  if (order == DepthOrder::BlockFirst) {
    split = b.reshape(x, {e[0], block, block, *depth, e[2], e[3]});
    moved = b.transpose(split, {0, 3, 4, 1, 5, 2});
  } else {
    split = b.reshape(x, {e[0], *depth, block, block, e[2], e[3]});
    moved = b.transpose(split, {0, 1, 4, 2, 5, 3});
  }
  return b.reshape(
      moved, {e[0], *depth, b.product(e[2], block), b.product(e[3], block)});
}

Value spaceToDepth(GraphBuilder &b, Value x, int64_t block) {
  if (!x)
    return x;
  std::optional<Extent> height, width;
  SmallVector<Extent> e;
  if (GraphBuilder::rankOf(x) == 4 && isBlockSize(block)) {
    e = extents4(b, x);
    height = quotient(b, e[2], block);
    width = quotient(b, e[3], block);
  }
  if (!height || !width)
    return b.error("needs 4 dimensions, of which the block size divides the "
                   "last two");
  Value split = b.reshape(x, {e[0], e[1], *height, block, *width, block});
  Value moved = b.transpose(split, {0, 3, 5, 1, 2, 4});
  return b.reshape(moved,
                   {e[0], b.product(e[1], block * block), *height, *width});
}

Value tile(GraphBuilder &b, Value x, llvm::ArrayRef<int64_t> repeats) {
  // [d0, d1] as [1, d0, 1, d1], repeated along the ones, and joined again.
  SmallVector<Extent> repeated, joined;
  SmallVector<int64_t> ones;
  for (size_t d = 0; d < repeats.size(); ++d) {
    if (repeats[d] < 0)
      return b.error("a repeat count is negative");
    Extent size = b.extent(x, d);
    ones.push_back(2 * d);
    repeated.push_back(repeats[d]);
    repeated.push_back(size);
    joined.push_back(b.product(size, repeats[d]));
  }
  if (repeats.empty() || !x)
    return x;
  Value wide = b.broadcast(b.unsqueeze(x, ones), b.shape(repeated));
  return b.reshape(wide, joined);
}

Value tile(GraphBuilder &b, Value x, Value repeats) {
  std::optional<int64_t> rank = GraphBuilder::rankOf(x);
  if (!rank || !repeats)
    return {};
  if (auto known = graph::constantInts(repeats))
    return tile(b, x, *known);
  SmallVector<Extent> repeated, joined;
  SmallVector<int64_t> ones;
  for (int64_t d = 0; d < *rank; ++d) {
    Extent size = b.extent(x, d), count = b.slice(repeats, 0, d, d + 1);
    ones.push_back(2 * d);
    repeated.append({count, size});
    joined.push_back(b.product(size, count));
  }
  Value wide = b.broadcast(b.unsqueeze(x, ones), b.shape(repeated));
  return b.reshape(wide, joined);
}

Value flattenTo2D(GraphBuilder &b, Value x, int64_t axis) {
  std::optional<int64_t> rank = GraphBuilder::rankOf(x);
  if (!rank)
    return {};
  Extent outer = int64_t(1), inner = int64_t(1);
  for (int64_t d = 0; d < *rank; ++d) {
    Extent &side = d < axis ? outer : inner;
    side = b.product(side, b.extent(x, d));
  }
  return b.reshape(x, {outer, inner});
}

//===----------------------------------------------------------------------===//
// Normalisation
//===----------------------------------------------------------------------===//

Value absolutePower(GraphBuilder &b, Value x, double p) {
  if (p == 2)
    return b.mul(x, x);
  Value magnitude = b.abs(x);
  if (p == 1 || !magnitude)
    return magnitude;
  return b.make<graph::PowOp>({magnitude, b.like(x, p)});
}

Value positiveRoot(GraphBuilder &b, Value x, double p) {
  if (p == 1 || !x)
    return x;
  return p == 2 ? b.sqrt(x) : b.make<graph::PowOp>({x, b.like(x, 1 / p)});
}

Normalized layerNorm(GraphBuilder &b, Value x, Value scale, Value bias,
                     int64_t axis, double epsilon) {
  SmallVector<int64_t> axes;
  for (int64_t d = axis; d < GraphBuilder::rankOf(x).value_or(0); ++d)
    axes.push_back(d);
  Normalized n;
  n.mean = b.reduce(ReduceKind::mean, x, axes, /*keepDims=*/true);
  Value centred = b.sub(x, n.mean);
  Value variance =
      b.reduce(ReduceKind::mean, b.mul(centred, centred), axes, true);
  Value deviation = b.sqrt(b.add(variance, epsilon));
  n.inverseDeviation =
      deviation ? b.div(b.like(deviation, 1.0), deviation) : Value();
  n.result = b.div(centred, deviation);
  if (scale)
    n.result = b.mul(n.result, scale);
  if (bias)
    n.result = b.add(n.result, bias);
  return n;
}

Value logSoftmax(GraphBuilder &b, Value x, int64_t axis) {
  Value shifted =
      b.sub(x, b.reduce(ReduceKind::max, x, {axis}, /*keepDims=*/true));
  Value sum =
      b.reduce(ReduceKind::sum, b.exp(shifted), {axis}, /*keepDims=*/true);
  return b.sub(shifted, b.log(sum));
}

Value reduceLogSumExp(GraphBuilder &b, Value x, llvm::ArrayRef<int64_t> axes,
                      bool keepDims) {
  Value largest = b.reduce(ReduceKind::max, x, axes, /*keepDims=*/true);
  // An infinite maximum would give inf - inf: shift by finite ones only.
  Value finite = b.compare(ComparePredicate::lt, b.abs(largest),
                           std::numeric_limits<double>::infinity());
  Value shift =
      largest ? b.select(finite, largest, b.like(largest, 0.0)) : Value();
  Value sum = b.reduce(ReduceKind::sum, b.exp(b.sub(x, shift)), axes,
                       /*keepDims=*/true);
  Value result = b.add(b.log(sum), shift);
  return keepDims ? result : b.squeeze(result, axes);
}

} // namespace systole::frontend
