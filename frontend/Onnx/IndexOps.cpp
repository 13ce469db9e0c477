//===- IndexOps.cpp - ONNX operators that indices steer ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Gathering and scattering, and what is made of masks and computed indices.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Onnx/Node.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ComparePredicate;
using systole::graph::ScatterKind;

namespace systole::onnx {

static Value asIndex(Node &n, Value value) {
  return value ? n.cast(value, n.getBuilder().getI64Type()) : value;
}

//===----------------------------------------------------------------------===//
// Gathering and scattering
//===----------------------------------------------------------------------===//

static void importGatherElements(Node &n) {
  if (auto axis = n.axis(0))
    n.set(0, gatherElements(n, n.in(0), n.in(1), *axis));
}

static void importGatherND(Node &n) {
  n.set(0, n.make<graph::GatherNDOp>(
               {n.in(0), n.in(1)},
               {n.attr("batch_dims", n.integer("batch_dims", 0))}));
}

static std::optional<ScatterKind> scatterKind(Node &n) {
  std::string reduction = n.string("reduction", "none");
  std::string name = reduction == "none" ? "replace" : reduction;
  auto kind = graph::symbolizeScatterKind(name);
  if (!kind || reduction == "replace") {
    n.error("reduction '" + reduction + "' is unknown");
    return std::nullopt;
  }
  return kind;
}

static void importScatterElements(Node &n) {
  auto axis = n.axis(0);
  auto kind = scatterKind(n);
  if (axis && kind)
    n.set(0, scatterElements(n, *kind, n.in(0), n.in(1), n.in(2), *axis));
}

static void importScatterND(Node &n) {
  if (auto kind = scatterKind(n))
    n.set(0, n.make<graph::ScatterNDOp>(
                 {n.in(0), n.in(1), n.in(2)},
                 {n.attr("kind",
                         graph::ScatterKindAttr::get(n.getContext(), *kind))}));
}

/// Puts updates into a cache along an axis, each batch entry from its own index
/// on; circular ones start again at the beginning.
static void importTensorScatter(Node &n) {
  auto axis = n.axis(-2);
  std::string mode = n.string("mode", "linear");
  if (mode != "linear" && mode != "circular")
    return (void)n.error("mode '" + mode + "' is neither linear nor circular");
  Value cache = n.in(0), update = n.in(1);
  if (!axis || !cache || !update)
    return;
  if (*axis == 0)
    return (void)n.error("axis 0 is the batch");
  int64_t rank = *GraphBuilder::rankOf(cache);
  auto alongAxis = [&](Value list, int64_t axis) {
    SmallVector<int64_t> ones;
    for (int64_t d = 0; d < rank; ++d)
      if (d != axis)
        ones.push_back(d);
    return n.unsqueeze(list, ones);
  };
  Value places = alongAxis(iota(n, n.extent(update, *axis)), *axis);
  if (n.has(2))
    places = n.add(places, alongAxis(asIndex(n, n.in(2)), 0));
  if (mode == "circular") {
    Value size = asScalar(n, n.shape({n.extent(cache, *axis)}));
    places = n.sub(places, n.mul(n.div(places, size), size));
  }
  places = n.broadcast(places, n.shapeOf(update));
  n.set(0,
        scatterElements(n, ScatterKind::replace, cache, places, update, *axis));
}

/// Rows of the last dimension (of domain ai.onnx.ml).
static void importArrayFeatureExtractor(Node &n) {
  auto rank = n.rank(0);
  if (!rank || *rank == 0)
    return;
  Value places = n.reshape(asIndex(n, n.in(1)), {Extent(int64_t(-1))});
  Value x = *rank == 1 ? n.unsqueeze(n.in(0), {0}) : n.in(0);
  n.set(0, n.gather(x, places, std::max<int64_t>(*rank - 1, 1)));
}

/// Reverses the first elements along time, as many as each batch entry has.
static void importReverseSequence(Node &n) {
  auto rank = n.rank(0);
  int64_t batch = n.integer("batch_axis", 1), time = n.integer("time_axis", 0);
  if (!rank)
    return;
  if (*rank < 2 || std::min(batch, time) != 0 || std::max(batch, time) != 1)
    return (void)n.error("batch_axis and time_axis must be 0 and 1");
  SmallVector<int64_t> swapped{1, 0};
  for (int64_t d = 2; d < *rank; ++d)
    swapped.push_back(d);
  Value x = batch == 0 ? n.in(0) : n.transpose(n.in(0), swapped);
  Value place = n.unsqueeze(iota(n, n.extent(x, 1)), {0});
  Value length = n.unsqueeze(asIndex(n, n.in(1)), {1});
  Value isReversed = n.compare(ComparePredicate::lt, place, length);
  Value mirrored = n.sub(n.sub(length, place), 1.0);
  Value from = n.unsqueeze(n.select(isReversed, mirrored, place), {2});
  Value result =
      n.make<graph::GatherNDOp>({x, from}, {n.attr("batch_dims", int64_t(1))});
  n.set(0, batch == 0 ? result : n.transpose(result, swapped));
}

/// Puts each element at the number in the output that MaxPool gave for it.
static void importMaxUnpool(Node &n) {
  auto rank = n.rank(0);
  auto kernel = n.integers("kernel_shape");
  Value x = n.in(0), places = n.in(1);
  if (!rank || !x || !places)
    return;
  size_t spatial = *rank < 2 ? 0 : *rank - 2;
  auto strides =
      n.integers("strides").value_or(SmallVector<int64_t>(spatial, 1));
  auto pads = n.integers("pads").value_or(SmallVector<int64_t>(2 * spatial, 0));
  if (!kernel || spatial == 0 || kernel->size() != spatial ||
      strides.size() != spatial || pads.size() != 2 * spatial)
    return (void)n.error(
        "kernel_shape, strides and pads do not fit the input's dimensions");
  SmallVector<Extent> sizes{n.extent(x, 0), n.extent(x, 1)};
  for (size_t d = 0; d < spatial; ++d) {
    int64_t beyond = (*kernel)[d] - strides[d] - pads[d] - pads[spatial + d];
    Value size =
        n.mul(n.shape({n.extent(x, d + 2)}), static_cast<double>(strides[d]));
    sizes.push_back(Extent(n.add(size, static_cast<double>(beyond))));
  }
  Value shape = n.shape(sizes);
  Extent total = int64_t(1);
  for (const Extent &size : sizes)
    total = n.product(total, size);
  SmallVector<Extent> flat{Extent(int64_t(-1))};
  Value zeros = n.broadcast(n.like(x, 0), n.shape({total}));
  Value filled =
      scatterElements(n, ScatterKind::replace, zeros, n.reshape(places, flat),
                      n.reshape(x, flat), 0);
  Value result = n.reshape(filled, shape);
  if (n.has(2)) {
    // A larger output is filled up at the ends.
    Value more = n.sub(asIndex(n, n.in(2)), shape);
    Value none = n.ints(SmallVector<int64_t>(*rank, 0));
    result = n.make<graph::PadOp>(
        {result, n.concat({none, more}, 0)},
        {n.attr("mode", graph::PadModeAttr::get(n.getContext(),
                                                graph::PadMode::constant))});
  }
  n.set(0, result);
}

//===----------------------------------------------------------------------===//
// Masks
//===----------------------------------------------------------------------===//

static void importRange(Node &n) {
  n.set(0, n.make<graph::RangeOp>({n.in(0), n.in(1), n.in(2)}));
}

static void importOneHot(Node &n) {
  auto rank = n.rank(0);
  Value depth = n.in(1), values = n.in(2);
  if (!rank || !depth || !values)
    return;
  auto axis = n.resolveAxis(n.integer("axis", -1), *rank + 1);
  if (!axis)
    return;
  Value indices = asIndex(n, n.in(0));
  Value size = n.reshape(asIndex(n, depth), {Extent(int64_t(1))});
  // Indices from -depth on count from the end.
  Value negative = n.compare(ComparePredicate::lt, indices, 0.0);
  indices = n.select(negative, n.add(indices, asScalar(n, size)), indices);
  Extent extent = size ? Extent(size) : Extent(int64_t(0));
  if (auto known = graph::constantInts(size); known && !known->empty())
    extent = known->front();
  Value off = asScalar(n, n.slice(values, 0, 0, 1));
  Value on = asScalar(n, n.slice(values, 0, 1, 2));
  n.set(0, oneHot(n, indices, extent, *axis, on, off));
}

/// Rows (plus `k`) and columns of the last two dimensions, to compare them.
static std::pair<Value, Value> rowsAndColumns(Node &n, Value x, Value k) {
  int64_t rank = GraphBuilder::rankOf(x).value_or(0);
  if (rank < 2) {
    n.error("its input has fewer than 2 dimensions");
    return {};
  }
  Value rows = n.unsqueeze(iota(n, n.extent(x, rank - 2)), {1});
  Value columns = iota(n, n.extent(x, rank - 1));
  return {k ? n.add(rows, k) : rows, columns};
}

static void importEyeLike(Node &n) {
  Value x = n.in(0);
  if (!n.rank(0))
    return;
  Type type = GraphBuilder::elementType(x);
  if (n.attribute("dtype"))
    type = elementTypeOf(n.getContext(),
                         static_cast<int32_t>(n.integer("dtype", 1)));
  if (!type)
    return (void)n.error("attribute 'dtype' is no element type");
  Value k = n.scalar(n.getBuilder().getI64Type(),
                     static_cast<double>(n.integer("k", 0)));
  auto [rows, columns] = rowsAndColumns(n, x, k);
  Value isOne = n.compare(ComparePredicate::eq, rows, columns);
  n.set(0, n.cast(isOne, type));
}

static void importTrilu(Node &n) {
  Value x = n.in(0);
  if (!n.rank(0))
    return;
  Value k = n.has(1) ? asScalar(n, asIndex(n, n.in(1))) : Value();
  auto [rows, columns] = rowsAndColumns(n, x, k);
  bool upper = n.integer("upper", 1) != 0;
  Value isKept = n.compare(upper ? ComparePredicate::ge : ComparePredicate::le,
                           columns, rows);
  n.set(0, n.select(isKept, x, n.like(x, 0)));
}

static void importNonZero(Node &n) {
  n.set(0, n.make<graph::NonZeroOp>({n.in(0)}));
}

/// The slices (or elements) at which the condition holds.
static void importCompress(Node &n) {
  Value x = n.in(0), places = truePositions(n, n.in(1));
  if (!n.attribute("axis"))
    return n.set(0, n.gather(n.reshape(x, {Extent(int64_t(-1))}), places, 0));
  if (auto axis = n.axis(0))
    n.set(0, n.gather(x, places, *axis));
}

//===----------------------------------------------------------------------===//
// Centred cropping and padding
//===----------------------------------------------------------------------===//

static void importCenterCropPad(Node &n) {
  auto rank = n.rank(0);
  Value x = n.in(0), target = asIndex(n, n.in(1));
  if (!rank || !target)
    return;
  SmallVector<int64_t> axes;
  if (auto given = n.integers("axes")) {
    for (int64_t axis : *given) {
      auto resolved = n.resolveAxis(axis, *rank);
      if (!resolved)
        return;
      axes.push_back(*resolved);
    }
  } else {
    for (int64_t d = 0; d < *rank; ++d)
      axes.push_back(d);
  }
  if (GraphBuilder::sizeOf(target, 0) != static_cast<int64_t>(axes.size()))
    return (void)n.error("its shape does not have an entry for each axis");
  SmallVector<Extent> sizes;
  for (int64_t axis : axes)
    sizes.push_back(n.extent(x, axis));
  // What is too much goes before and after in equal parts, the odd one after.
  Value size = n.shape(sizes), more = n.sub(target, size);
  Value start = n.div(n.max(n.neg(more), 0.0), 2.0);
  Value end = n.add(start, n.min(size, target));
  Value steps = n.ints(SmallVector<int64_t>(axes.size(), 1));
  Value cropped = n.slice(x, start, end, steps, axes);
  Value padding = n.max(more, 0.0), low = n.div(padding, 2.0);
  SmallVector<Value> pads(2 * *rank, n.ints({0}));
  for (auto [i, axis] : llvm::enumerate(axes)) {
    pads[axis] = n.slice(low, 0, i, i + 1);
    pads[*rank + axis] = n.slice(n.sub(padding, low), 0, i, i + 1);
  }
  n.set(0,
        n.make<graph::PadOp>(
            {cropped, n.concat(pads, 0)},
            {n.attr("mode", graph::PadModeAttr::get(
                                n.getContext(), graph::PadMode::constant))}));
}

llvm::ArrayRef<Operator> indexOperators() {
  static constexpr Operator rows[] = {
      {"ArrayFeatureExtractor", 1, 28, importArrayFeatureExtractor, kMlDomain},
      {"CenterCropPad", 18, 28, importCenterCropPad},
      {"Compress", 9, 28, importCompress},
      {"EyeLike", 9, 28, importEyeLike},
      {"GatherElements", 11, 28, importGatherElements},
      {"GatherND", 11, 28, importGatherND},
      {"MaxUnpool", 9, 28, importMaxUnpool},
      {"NonZero", 9, 28, importNonZero},
      {"OneHot", 9, 28, importOneHot},
      {"Range", 11, 28, importRange},
      {"ReverseSequence", 10, 28, importReverseSequence},
      {"Scatter", 9, 28, importScatterElements},
      {"ScatterElements", 11, 28, importScatterElements},
      {"ScatterND", 11, 28, importScatterND},
      {"TensorScatter", 24, 28, importTensorScatter},
      {"Trilu", 14, 28, importTrilu},
  };
  return rows;
}

} // namespace systole::onnx
