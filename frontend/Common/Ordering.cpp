//===- Ordering.cpp - Sequences of numbers, orders, distinct elements -----===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Composites on graph.range, graph.top_k and graph.non_zero. Their sizes may be
// known only when the program runs.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"

using namespace mlir;
using systole::graph::ComparePredicate;
using systole::graph::ReduceKind;
using systole::graph::ScatterKind;

namespace systole::frontend {

Value iota(GraphBuilder &b, const Extent &size) {
  Type type = b.getBuilder().getI64Type();
  Value limit = size.value ? size.value : b.ints({size.size});
  return b.make<graph::RangeOp>({b.scalar(type, 0), limit, b.scalar(type, 1)});
}

Value gatherElements(GraphBuilder &b, Value x, Value indices, int64_t axis) {
  return b.make<graph::GatherElementsOp>({x, indices}, {b.attr("axis", axis)});
}

Value scatterElements(GraphBuilder &b, ScatterKind kind, Value x, Value indices,
                      Value updates, int64_t axis) {
  return b.make<graph::ScatterElementsOp>(
      {x, indices, updates},
      {b.attr("kind", graph::ScatterKindAttr::get(b.getContext(), kind)),
       b.attr("axis", axis)});
}

Value topK(GraphBuilder &b, Value x, const Extent &k, int64_t axis,
           bool smallest) {
  SmallVector<NamedAttribute> attributes = {b.attr("axis", axis)};
  if (smallest)
    attributes.push_back(b.unitAttr("smallest"));
  Value count = k.value ? k.value : b.ints({k.size});
  return b.make<graph::TopKOp>({x, count}, attributes);
}

Value argReduce(GraphBuilder &b, ReduceKind kind, Value x, int64_t axis,
                bool keepDims, bool selectLast) {
  SmallVector<NamedAttribute> attributes = {
      b.attr("kind", graph::ReduceKindAttr::get(b.getContext(), kind)),
      b.attr("axis", axis)};
  if (keepDims)
    attributes.push_back(b.unitAttr("keep_dims"));
  if (selectLast)
    attributes.push_back(b.unitAttr("select_last"));
  return b.make<graph::ArgReduceOp>({x}, attributes);
}

Value cumulative(GraphBuilder &b, ReduceKind kind, Value x, int64_t axis,
                 bool exclusive, bool reverse) {
  SmallVector<NamedAttribute> attributes = {
      b.attr("kind", graph::ReduceKindAttr::get(b.getContext(), kind)),
      b.attr("axis", axis)};
  if (exclusive)
    attributes.push_back(b.unitAttr("exclusive"));
  if (reverse)
    attributes.push_back(b.unitAttr("reverse"));
  return b.make<graph::CumulativeOp>({x}, attributes);
}

Value truePositions(GraphBuilder &b, Value flags) {
  return b.squeeze(b.make<graph::NonZeroOp>({flags}), {0});
}

Value oneHot(GraphBuilder &b, Value indices, const Extent &depth, int64_t axis,
             Value on, Value off) {
  std::optional<int64_t> rank = GraphBuilder::rankOf(indices);
  if (!rank)
    return {};
  SmallVector<int64_t> ones;
  for (int64_t d = 1; d <= *rank - axis; ++d)
    ones.push_back(d);
  Value places = b.unsqueeze(iota(b, depth), ones);
  Value isHot =
      b.compare(ComparePredicate::eq, b.unsqueeze(indices, {axis}), places);
  return b.select(isHot, on, off);
}

//===----------------------------------------------------------------------===//
// Distinct elements
//===----------------------------------------------------------------------===//

/// The numbers of the rows of `rows` [n, m] in lexicographic order, equal ones
/// in their order: sorted by the last column, then by the one before it ...
static Value sortedRows(GraphBuilder &b, Value rows) {
  Extent count = b.extent(rows, 0), width = b.extent(rows, 1);
  if (width.size == 1)
    return topK(b, b.squeeze(rows, {1}), count, 0, /*smallest=*/true);
  Value columns = b.transpose(rows, {1, 0});
  Value last = b.reshape(b.sub(b.shape({width}), 1.0), ArrayRef<Extent>());
  Value order = iota(b, count);
  if (!order || !last)
    return {};
  auto isLeft = [](GraphBuilder &inner, GraphBuilder::Values carried) {
    return inner.compare(ComparePredicate::ge, carried[0], 0.0);
  };
  auto sortByColumn = [&](GraphBuilder &inner, GraphBuilder::Values carried) {
    Value column = inner.gather(columns, carried[0], 0);
    Value next = topK(inner, inner.gather(column, carried[1], 0), count, 0,
                      /*smallest=*/true);
    // Counted again, the length of the order is no longer known to be the same.
    return std::vector<Value>{inner.sub(carried[0], 1.0),
                              inner.gather(carried[1], next, 0)};
  };
  auto results = b.makeWhile({last, order}, {last.getType(), order.getType()},
                             isLeft, sortByColumn);
  return results.size() == 2 ? results[1] : Value();
}

/// Where a row of sorted `rows` differs from the one before it; true for the
/// first.
static Value startsGroup(GraphBuilder &b, Value rows) {
  constexpr int64_t toEnd = std::numeric_limits<int64_t>::max();
  Value next = b.slice(rows, 0, 1, toEnd), before = b.slice(rows, 0, 0, -1);
  Value differs = b.compare(ComparePredicate::ne, next, before);
  if (isa_and_present<FloatType>(GraphBuilder::elementType(rows))) {
    // NaN is one element, however many there are.
    Value numbers =
        b.make<graph::OrOp>({b.compare(ComparePredicate::eq, next, next),
                             b.compare(ComparePredicate::eq, before, before)});
    differs = b.make<graph::AndOp>({differs, numbers});
  }
  Type byte = b.getBuilder().getIntegerType(8);
  Value any = b.reduce(ReduceKind::max, b.cast(differs, byte), {1}, false);
  // Without rows there is no first one, either.
  Value first = b.slice(rows, 0, 0, 1);
  Value one = b.broadcast(b.scalar(byte, 1), b.shape({b.extent(first, 0)}));
  return b.concat({one, any}, 0);
}

Unique unique(GraphBuilder &b, Value x, std::optional<int64_t> axis,
              bool sorted) {
  std::optional<int64_t> rank = GraphBuilder::rankOf(x);
  if (!rank)
    return {};
  // Rows to compare: all elements, or what lies at each index of the axis.
  Value source = axis ? x : b.reshape(x, {Extent(int64_t(-1))});
  SmallVector<int64_t> perm{axis.value_or(0)};
  Extent width = int64_t(1);
  for (int64_t d = 0; axis && d < *rank; ++d)
    if (d != *axis) {
      perm.push_back(d);
      width = b.product(width, b.extent(x, d));
    }
  Extent count = b.extent(source, axis.value_or(0));
  Value rows = b.reshape(b.transpose(source, perm), {count, width});

  Value order = sortedRows(b, rows);
  Value starts = startsGroup(b, b.gather(rows, order, 0));
  Type index = b.getBuilder().getI64Type();
  Value groups =
      b.sub(cumulative(b, ReduceKind::sum, b.cast(starts, index), 0), 1.0);
  Value begins = truePositions(b, starts);
  constexpr int64_t toEnd = std::numeric_limits<int64_t>::max();
  Value ends = b.concat({b.slice(begins, 0, 1, toEnd), b.shape({count})}, 0);
  Unique result;
  // Equal rows are sorted by their place: the first of a group came first.
  result.first = b.gather(order, begins, 0);
  // Of no rows, the one end has no beginning.
  Value groupCount = b.shape({b.extent(begins, 0)});
  result.counts =
      b.sub(b.slice(ends, b.ints({0}), groupCount, b.ints({1}), {0}), begins);
  result.inverse =
      scatterElements(b, ScatterKind::replace, order, order, groups, 0);
  if (!sorted) {
    Value places = topK(b, result.first, b.extent(result.first, 0), 0,
                        /*smallest=*/true);
    result.first = b.gather(result.first, places, 0);
    result.counts = b.gather(result.counts, places, 0);
    Value ranks = scatterElements(b, ScatterKind::replace, places, places,
                                  iota(b, b.extent(places, 0)), 0);
    result.inverse = b.gather(ranks, result.inverse, 0);
  }
  result.elements = b.gather(source, result.first, axis.value_or(0));
  return result;
}

} // namespace systole::frontend
