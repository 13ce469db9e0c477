//===- Sampling.cpp - Operators that read between elements ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Sampling.h"
#include "frontend/Common/Composites.h"

using namespace mlir;
using systole::graph::ComparePredicate;
using systole::graph::ReduceKind;

namespace systole::frontend {

/// The type that positions are computed in.
static Type positionType(GraphBuilder &b, Value x) {
  Type type = GraphBuilder::elementType(x);
  return type && type.isF64() ? type : Type(b.getBuilder().getF32Type());
}

Value sample(GraphBuilder &b, Value x, Value positions, Value entries,
             const SampleMode &mode) {
  MLIRContext *context = b.getContext();
  SmallVector<NamedAttribute> attributes{
      b.attr("mode",
             graph::InterpolationAttr::get(context, mode.interpolation)),
      b.attr("border", graph::BorderModeAttr::get(context, mode.border))};
  if (mode.alignCorners)
    attributes.push_back(b.unitAttr("align_corners"));
  return b.make<graph::SampleOp>({x, positions, entries}, attributes, 1);
}

//===----------------------------------------------------------------------===//
// Grids
//===----------------------------------------------------------------------===//

Value gridSample(GraphBuilder &b, Value x, Value grid, const SampleMode &mode) {
  auto rank = GraphBuilder::rankOf(x), gridRank = GraphBuilder::rankOf(grid);
  if (!rank || !gridRank)
    return {};
  Type type = positionType(b, grid);
  int64_t last = *gridRank - 1, least = std::numeric_limits<int64_t>::min();
  Value reversed = b.slice(b.cast(grid, type), b.ints({-1}), b.ints({least}),
                           b.ints({-1}), {last});
  SmallVector<Extent> sizes;
  for (int64_t d = 2; d < *rank; ++d)
    sizes.push_back(b.extent(x, d));
  Value size = b.cast(b.shape(sizes), type);
  // -1 and 1 are the outermost centres, or the outermost edges.
  Value unit = b.add(reversed, 1.0);
  Value positions = mode.alignCorners
                        ? b.mul(b.div(unit, 2.0), b.sub(size, 1.0))
                        : b.div(b.sub(b.mul(unit, size), 1.0), 2.0);
  return sample(b, x, positions, {}, mode);
}

/// Coordinate of element `i` of `size` between -1 and 1.
static double normalized(int64_t i, int64_t size, bool alignCorners) {
  double at = static_cast<double>(i), n = static_cast<double>(size);
  if (!alignCorners)
    return (2.0 * at + 1.0) / n - 1.0;
  return size <= 1 ? 0.0 : 2.0 * at / (n - 1.0) - 1.0;
}

Value affineGrid(GraphBuilder &b, Value theta, ArrayRef<int64_t> sizes,
                 bool alignCorners) {
  Type type = GraphBuilder::elementType(theta);
  int64_t n = static_cast<int64_t>(sizes.size());
  int64_t points = graph::countElements(sizes);
  if (!theta || points < 0 || points > (1 << 26))
    return theta ? b.error("the grid's size is negative or too large") : theta;
  // Each row: the coordinates, last dimension first, and 1.
  graph::Tensor regular(type, {points, n + 1});
  for (int64_t p = 0; p < points; ++p) {
    for (int64_t d = n - 1, rest = p; d >= 0; --d) {
      regular.setDouble(p * (n + 1) + n - 1 - d,
                        normalized(rest % sizes[d], sizes[d], alignCorners));
      rest /= sizes[d];
    }
    regular.setDouble(p * (n + 1) + n, 1.0);
  }
  Value grid = b.matmul(b.constant(regular), b.transpose(theta, {0, 2, 1}));
  SmallVector<Extent> shape{b.extent(theta, 0)};
  for (int64_t size : sizes)
    shape.push_back(size);
  shape.push_back(n);
  return b.reshape(grid, shape);
}

//===----------------------------------------------------------------------===//
// Deformable convolution
//===----------------------------------------------------------------------===//

/// Where the taps lie without offsets: [kernel elements, out.., spatial].
static Value regularTaps(GraphBuilder &b, const DeformableConv &conv,
                         ArrayRef<int64_t> kernel, ArrayRef<Extent> out,
                         Type type) {
  int64_t n = static_cast<int64_t>(kernel.size());
  int64_t elements = graph::countElements(kernel);
  Value all;
  for (int64_t d = 0; d < n; ++d) {
    graph::Tensor inKernel(type, {elements});
    int64_t inner = graph::countElements(kernel.drop_front(d + 1));
    for (int64_t q = 0; q < elements; ++q)
      inKernel.setDouble(
          q, static_cast<double>(q / inner % kernel[d] * conv.dilations[d] -
                                 conv.padLow[d]));
    SmallVector<int64_t> after, around;
    for (int64_t i = 0; i < n; ++i) {
      after.push_back(1 + i);
      if (i != d)
        around.push_back(1 + i);
    }
    around.insert(around.begin(), 0);
    Value start = b.mul(b.cast(iota(b, out[d]), type),
                        static_cast<double>(conv.strides[d]));
    Value at = b.add(b.unsqueeze(b.constant(inKernel), after),
                     b.unsqueeze(start, around));
    SmallVector<Extent> shape{elements};
    llvm::append_range(shape, out);
    at = b.unsqueeze(b.broadcast(at, b.shape(shape)), {n + 1});
    all = all ? b.concat({all, at}, n + 1) : at;
  }
  return all;
}

Value deformableConv(GraphBuilder &b, const DeformableConv &c) {
  auto rank = GraphBuilder::rankOf(c.input);
  if (!rank || !c.filter || !c.offsets)
    return {};
  int64_t n = *rank - 2, outputs = GraphBuilder::sizeOf(c.filter, 0);
  int64_t channels = GraphBuilder::sizeOf(c.input, 1);
  SmallVector<int64_t> kernel;
  for (int64_t d = 0; d < n; ++d)
    kernel.push_back(GraphBuilder::sizeOf(c.filter, 2 + d));
  if (n < 1 || outputs < 0 || channels < 0 || llvm::is_contained(kernel, -1) ||
      c.groups < 1 || c.offsetGroups < 1 || channels % c.groups ||
      outputs % c.groups || channels % c.offsetGroups)
    return b.error("the sizes of filter and channels are not known, or not "
                   "divisible by the groups");
  int64_t elements = graph::countElements(kernel), og = c.offsetGroups;
  SmallVector<Extent> out, spatial;
  for (int64_t d = 0; d < n; ++d) {
    out.push_back(b.extent(c.offsets, 2 + d));
    spatial.push_back(b.extent(c.input, 2 + d));
  }
  Extent batch = b.extent(c.input, 0), rows = b.product(batch, og);
  Type type = positionType(b, c.offsets);
  auto shaped = [&](Value x, SmallVector<Extent> shape, ArrayRef<Extent> tail) {
    shape.append(tail.begin(), tail.end());
    return b.reshape(x, shape);
  };
  // [n * og, elements, spatial, out..] with the spatial dimension last.
  SmallVector<int64_t> perm{0, 1};
  for (int64_t d = 0; d < n; ++d)
    perm.push_back(3 + d);
  perm.push_back(2);
  Value offsets = b.transpose(
      shaped(b.cast(c.offsets, type), {rows, elements, n}, out), perm);
  Value positions = b.add(offsets, regularTaps(b, c, kernel, out, type));
  Value taps = sample(b, shaped(c.input, {rows, channels / og}, spatial),
                      positions, {}, SampleMode());
  if (c.mask)
    taps = b.mul(taps, shaped(c.mask, {rows, int64_t(1), elements}, out));
  Extent places = int64_t(1);
  for (const Extent &size : out)
    places = b.product(places, size);
  int64_t depth = channels / c.groups * elements;
  Value columns = b.reshape(taps, {batch, c.groups, depth, places});
  Value weights = b.reshape(c.filter, {c.groups, outputs / c.groups, depth});
  Value y = shaped(b.matmul(weights, columns), {batch, outputs}, out);
  if (!c.bias)
    return y;
  SmallVector<int64_t> axes;
  for (int64_t d = 0; d < n; ++d)
    axes.push_back(1 + d);
  return b.add(y, b.unsqueeze(c.bias, axes));
}

} // namespace systole::frontend
