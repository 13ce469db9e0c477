//===- IndexOps.cpp - TFLite operators that indices steer -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Tflite/Quantized.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ScatterKind;

namespace systole::tflite {

static void importGather(Node &n) {
  auto rank = n.rank(0), indexRank = n.rank(1);
  if (!rank || !indexRank)
    return;
  auto axis = n.resolveAxis(n.option(&fb::GatherOptions::axis, 0), *rank);
  int64_t batch = n.option(&fb::GatherOptions::batch_dims, 0);
  // Integer weights beside a float result stand for numbers.
  Value x =
      n.isQuantized(0) && !n.isOutputQuantized(0) ? n.asFloat(0) : n.in(0);
  if (!axis)
    return;
  if (batch == 0)
    return n.set(0, n.gather(x, n.in(1), *axis));
  if (batch < 0 || batch > *axis || batch != *axis || batch > *indexRank)
    return (void)n.error("batch_dims " + llvm::Twine(batch) +
                         " is supported with the axis behind the batch only");
  Value tuples = n.unsqueeze(n.index(1), {*indexRank});
  n.set(0,
        n.make<graph::GatherNDOp>({x, tuples}, {n.attr("batch_dims", batch)}));
}

static void importGatherND(Node &n) {
  n.set(0, n.make<graph::GatherNDOp>({n.in(0), n.index(1)},
                                     {n.attr("batch_dims", int64_t(0))}));
}

static void importEmbeddingLookup(Node &n) {
  Value table =
      n.isQuantized(1) && !n.isOutputQuantized(0) ? n.asFloat(1) : n.in(1);
  n.set(0, n.gather(table, n.in(0), 0));
}

/// Sums of updates in zeros.
static void importScatterND(Node &n) {
  Value updates = n.in(1);
  if (!updates)
    return;
  Value zeros = n.broadcast(n.like(updates, 0), n.index(2));
  n.set(0, n.make<graph::ScatterNDOp>(
               {zeros, n.index(0), updates},
               {n.attr("kind", graph::ScatterKindAttr::get(
                                   n.getContext(), ScatterKind::add))}));
}

static void importOneHot(Node &n) {
  auto rank = n.rank(0);
  auto depth = n.integers(1, "the depth");
  if (!rank || !depth || depth->size() != 1)
    return (void)n.error("its depth must be one known number");
  auto axis = n.resolveAxis(n.option(&fb::OneHotOptions::axis, 0), *rank + 1);
  if (axis)
    n.set(0, oneHot(n, n.index(0), depth->front(), *axis,
                    n.reshape(n.in(2), llvm::ArrayRef<Extent>()),
                    n.reshape(n.in(3), llvm::ArrayRef<Extent>())));
}

static void importRange(Node &n) {
  n.set(0,
        n.make<graph::RangeOp>({n.reshape(n.in(0), llvm::ArrayRef<Extent>()),
                                n.reshape(n.in(1), llvm::ArrayRef<Extent>()),
                                n.reshape(n.in(2), llvm::ArrayRef<Extent>())}));
}

/// Where a tensor is not zero: [how many, rank].
static void importWhere(Node &n) {
  Value places = n.make<graph::NonZeroOp>({n.in(0)});
  n.set(0, n.transpose(places, {1, 0}));
}

/// Puts a block into a tensor from the given indices on.
static void importDynamicUpdateSlice(Node &n) {
  auto rank = n.rank(0);
  auto starts = n.integers(2, "the start");
  Value x = n.in(0), update = n.in(1);
  if (!rank || !starts || !update)
    return;
  if (static_cast<int64_t>(starts->size()) != *rank)
    return (void)n.error("its start has not one number for each dimension");
  // Before, between and behind, one dimension after the other from the last.
  for (int64_t d = *rank - 1; d >= 0; --d) {
    int64_t size = GraphBuilder::sizeOf(x, d),
            part = GraphBuilder::sizeOf(n.in(1), d);
    if (size < 0 || part < 0)
      return (void)n.error("the sizes of its inputs must be known");
    int64_t start = std::clamp<int64_t>((*starts)[d], 0, size - part);
    Value frame = x;
    // Dimensions before `d` are those of the update still.
    for (int64_t e = 0; e < d; ++e) {
      int64_t from = std::clamp<int64_t>((*starts)[e], 0,
                                         GraphBuilder::sizeOf(x, e) -
                                             GraphBuilder::sizeOf(n.in(1), e));
      frame = n.slice(frame, e, from, from + GraphBuilder::sizeOf(n.in(1), e));
    }
    SmallVector<Value> parts;
    if (start > 0)
      parts.push_back(n.slice(frame, d, 0, start));
    parts.push_back(update);
    if (start + part < size)
      parts.push_back(n.slice(frame, d, start + part, size));
    update = parts.size() > 1 ? n.concat(parts, d) : update;
  }
  n.set(0, update);
}

llvm::ArrayRef<Operator> indexOperators() {
  static const Operator rows[] = {
      {fb::BuiltinOperator_DYNAMIC_UPDATE_SLICE, importDynamicUpdateSlice,
       Moves},
      {fb::BuiltinOperator_EMBEDDING_LOOKUP, importEmbeddingLookup, Moves},
      {fb::BuiltinOperator_GATHER, importGather, Moves},
      {fb::BuiltinOperator_GATHER_ND, importGatherND, Moves},
      {fb::BuiltinOperator_ONE_HOT, importOneHot, Moves},
      {fb::BuiltinOperator_RANGE, importRange, Plain},
      {fb::BuiltinOperator_SCATTER_ND, importScatterND, Plain},
      {fb::BuiltinOperator_WHERE, importWhere, Plain},
  };
  return rows;
}

} // namespace systole::tflite
