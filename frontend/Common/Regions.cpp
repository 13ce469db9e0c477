//===- Regions.cpp - Pooling of regions of interest -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each region is read on a grid of height * n by width * m positions, of which
// a cell of n x m makes one number. Where n depends on the data, it is the
// largest that any region needs, and surplus positions do not count.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Common/Sampling.h"

using namespace mlir;
using systole::graph::ComparePredicate;
using systole::graph::ReduceKind;

namespace systole::frontend {

namespace {
/// One spatial dimension of all regions. Tensors are [regions, cells, n].
struct RegionAxis {
  /// Positions in a cell, the most of any region.
  Extent positions = int64_t(1);
  /// Where to read, and whether that counts.
  Value at, counts;
  /// Positions that a cell of each region has: [regions, 1, 1].
  Value number;
};
} // namespace

/// Column `i` of corners, scaled, as [regions, 1, 1].
static Value corner(GraphBuilder &b, const RegionPool &pool, int64_t i) {
  return b.mul(b.unsqueeze(b.slice(pool.corners, 1, i, i + 1), {2}),
               pool.scale);
}

static Value both(GraphBuilder &b, Value x, Value y) {
  return b.make<graph::AndOp>({x, y});
}

/// The largest of all numbers of x, at least 1, as an extent.
static Extent largestCount(GraphBuilder &b, Value x) {
  Value most = b.max(b.reduce(ReduceKind::max, x, {0, 1, 2}, true), 1.0);
  return b.reshape(b.cast(most, b.getBuilder().getI64Type()), {int64_t(1)});
}

/// 0 .. count - 1 as floats of x's type, [1, 1, count], or [1, count, 1].
static Value counter(GraphBuilder &b, Value x, const Extent &count,
                     bool isCell) {
  Value numbers = b.cast(iota(b, count), GraphBuilder::elementType(x));
  return b.unsqueeze(numbers, isCell ? ArrayRef<int64_t>{0, 2}
                                     : ArrayRef<int64_t>{0, 1});
}

/// [regions, cells, n] as [regions, cells * n].
static Value flat(GraphBuilder &b, Value x, int64_t cells,
                  const RegionAxis &axis) {
  return x ? b.reshape(x, {b.extent(x, 0), b.product(cells, axis.positions)})
           : x;
}

/// y [regions, cells y], x [regions, cells x] as positions [regions, .., ..,
/// 2].
static Value meshed(GraphBuilder &b, Value y, Value x) {
  if (!x || !y)
    return {};
  Value shape = b.shape({b.extent(y, 0), b.extent(y, 1), b.extent(x, 1)});
  Value rows = b.broadcast(b.unsqueeze(y, {2}), shape);
  Value columns = b.broadcast(b.unsqueeze(x, {1}), shape);
  return b.concat({b.unsqueeze(rows, {3}), b.unsqueeze(columns, {3})}, 3);
}

/// Reads the pool's input at all positions of the two axes: [regions, channels,
/// height, n, width, m], and what does not count replaced by `otherwise`.
static Value readCells(GraphBuilder &b, const RegionPool &pool,
                       const RegionAxis &y, const RegionAxis &x,
                       Value positions, graph::Interpolation interpolation,
                       double otherwise) {
  Value values = sample(b, pool.input, positions, pool.images,
                        {interpolation, graph::BorderMode::edge, false});
  if (!values || !y.counts || !x.counts)
    return {};
  values =
      b.reshape(values, {b.extent(values, 0), b.extent(values, 1), pool.height,
                         y.positions, pool.width, x.positions});
  Value counts = both(b, b.unsqueeze(y.counts, {1, 4, 5}),
                      b.unsqueeze(x.counts, {1, 2, 3}));
  return b.select(counts, values, b.like(values, otherwise));
}

//===----------------------------------------------------------------------===//
// RoiAlign
//===----------------------------------------------------------------------===//

/// The positions along one dimension of `size` elements, from corner columns
/// `low` and `high` to `cells` cells.
static RegionAxis alignedAxis(GraphBuilder &b, const RegionPool &pool,
                              int64_t low, int64_t high, int64_t cells,
                              int64_t ratio, bool halfPixel, int64_t dim) {
  RegionAxis axis;
  double shift = halfPixel ? 0.5 : 0.0;
  Value start = b.sub(corner(b, pool, low), shift);
  Value extent = b.sub(b.sub(corner(b, pool, high), shift), start);
  if (!halfPixel)
    extent = b.max(extent, 1.0);
  Value cell = b.div(extent, static_cast<double>(cells));
  axis.number =
      ratio > 0 ? b.like(cell, static_cast<double>(ratio)) : ceil(b, cell);
  axis.positions = ratio > 0 ? Extent(ratio) : largestCount(b, axis.number);
  if (b.failed())
    return axis;
  Value which = counter(b, cell, axis.positions, /*isCell=*/false);
  Value begin =
      b.add(start, b.mul(counter(b, cell, Extent(cells), true), cell));
  Value at = b.add(
      begin, b.div(b.mul(b.add(which, 0.5), cell), b.max(axis.number, 1.0)));
  Value size = b.cast(b.shape({b.extent(pool.input, dim)}),
                      GraphBuilder::elementType(cell));
  axis.counts = both(b, b.compare(ComparePredicate::ge, at, -1.0),
                     b.compare(ComparePredicate::le, at, size));
  if (ratio <= 0)
    axis.counts = both(b, axis.counts,
                       b.compare(ComparePredicate::lt, which, axis.number));
  axis.at = b.max(b.min(at, b.sub(size, 1.0)), 0.0);
  return axis;
}

/// The largest of the four elements around each position, each multiplied by
/// its weight: what RoiAlign's mode 'max' has always computed.
static Value largestWeighted(GraphBuilder &b, const RegionPool &pool,
                             const RegionAxis &y, const RegionAxis &x,
                             Value rows, Value columns) {
  Value best;
  for (int corner = 0; corner < 4; ++corner) {
    auto side = [&](Value at, bool upper, Value &weight) {
      Value down = b.floor(at), fraction = b.sub(at, down);
      weight = upper ? fraction : b.sub(b.like(at, 1.0), fraction);
      return upper ? b.add(down, 1.0) : down;
    };
    Value wy, wx;
    Value atY = side(rows, corner & 2, wy), atX = side(columns, corner & 1, wx);
    Value values = readCells(b, pool, y, x, meshed(b, atY, atX),
                             graph::Interpolation::nearest, 0.0);
    auto spread = [&](Value weight, bool isRow) {
      const RegionAxis &axis = isRow ? y : x;
      if (!weight)
        return weight;
      Value cells =
          b.reshape(weight, {b.extent(weight, 0),
                             isRow ? pool.height : pool.width, axis.positions});
      return b.unsqueeze(cells, isRow ? ArrayRef<int64_t>{1, 4, 5}
                                      : ArrayRef<int64_t>{1, 2, 3});
    };
    Value type = b.mul(spread(wy, true), spread(wx, false));
    Value part = b.mul(values, b.cast(type, GraphBuilder::elementType(values)));
    best = best ? b.max(best, part) : part;
  }
  return best;
}

Value alignRegions(GraphBuilder &b, const RegionPool &given, int64_t ratio,
                   bool largest, bool halfPixel) {
  RegionPool pool = given;
  Type f64 = b.getBuilder().getF64Type(), f32 = b.getBuilder().getF32Type();
  Type type = GraphBuilder::elementType(pool.corners);
  pool.corners = b.cast(pool.corners, type == f64 ? f64 : f32);
  RegionAxis y = alignedAxis(b, pool, 1, 3, pool.height, ratio, halfPixel, 2);
  RegionAxis x = alignedAxis(b, pool, 0, 2, pool.width, ratio, halfPixel, 3);
  if (b.failed())
    return {};
  Value rows = flat(b, y.at, pool.height, y);
  Value columns = flat(b, x.at, pool.width, x);
  if (largest)
    return b.reduce(ReduceKind::max,
                    largestWeighted(b, pool, y, x, rows, columns), {3, 5},
                    false);
  Value values = readCells(b, pool, y, x, meshed(b, rows, columns),
                           graph::Interpolation::linear, 0.0);
  Value sum = b.reduce(ReduceKind::sum, values, {3, 5}, /*keepDims=*/false);
  Value count = b.max(b.mul(y.number, x.number), 1.0);
  if (GraphBuilder::rankOf(count) == 3)
    count = b.unsqueeze(count, {3});
  return b.div(sum, b.cast(count, GraphBuilder::elementType(sum)));
}

//===----------------------------------------------------------------------===//
// MaxRoiPool
//===----------------------------------------------------------------------===//

/// Elements along one dimension that belong to each cell.
static RegionAxis pooledAxis(GraphBuilder &b, const RegionPool &pool,
                             int64_t low, int64_t high, int64_t cells,
                             int64_t dim) {
  RegionAxis axis;
  Value start = b.floor(b.add(corner(b, pool, low), 0.5));
  Value end = b.floor(b.add(corner(b, pool, high), 0.5));
  Value extent = b.max(b.add(b.sub(end, start), 1.0), 1.0);
  Value cell = b.div(extent, static_cast<double>(cells));
  Value number = counter(b, cell, Extent(cells), /*isCell=*/true);
  Value size = b.cast(b.shape({b.extent(pool.input, dim)}),
                      GraphBuilder::elementType(cell));
  auto inside = [&](Value x) {
    return b.max(b.min(b.add(x, start), size), 0.0);
  };
  Value first = inside(b.floor(b.mul(number, cell)));
  Value last = inside(ceil(b, b.mul(b.add(number, 1.0), cell)));
  axis.positions = largestCount(b, b.sub(last, first));
  if (b.failed())
    return axis;
  axis.at = b.add(first, counter(b, cell, axis.positions, false));
  axis.counts = b.compare(ComparePredicate::lt, axis.at, last);
  return axis;
}

Value poolRegions(GraphBuilder &b, const RegionPool &given) {
  RegionPool pool = given;
  pool.corners = b.cast(pool.corners, b.getBuilder().getF32Type());
  RegionAxis y = pooledAxis(b, pool, 1, 3, pool.height, 2);
  RegionAxis x = pooledAxis(b, pool, 0, 2, pool.width, 3);
  if (b.failed())
    return {};
  Value positions =
      meshed(b, flat(b, y.at, pool.height, y), flat(b, x.at, pool.width, x));
  double lowest = -std::numeric_limits<double>::infinity();
  Value values = readCells(b, pool, y, x, positions,
                           graph::Interpolation::nearest, lowest);
  Value best = b.reduce(ReduceKind::max, values, {3, 5}, /*keepDims=*/false);
  // A cell without elements is 0.
  Value empty = b.compare(ComparePredicate::eq, best, lowest);
  return b.select(empty, b.like(best, 0.0), best);
}

} // namespace systole::frontend
