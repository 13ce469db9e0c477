//===- NormOps.cpp - ONNX norms and normalisations -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Composites of reductions, with the statistics computed in the type that the
// operator names (32-bit floats by default).
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Onnx/Node.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ComparePredicate;
using systole::graph::ReduceKind;

namespace systole::onnx {

//===----------------------------------------------------------------------===//
// p-norms
//===----------------------------------------------------------------------===//

static void importLpNormalization(Node &n) {
  auto axis = n.axis(-1);
  if (!axis)
    return;
  double p = normExponent(n);
  Value x = n.in(0);
  Value sum = n.reduce(ReduceKind::sum, absolutePower(n, x, p), {*axis}, true);
  Value norm = positiveRoot(n, sum, p);
  // What has no length stays zero.
  Value isZero = n.compare(ComparePredicate::eq, norm, 0.0);
  n.set(0, n.div(x, n.select(isZero, n.like(x, 1), norm)));
}

static void importGlobalLpPool(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  SmallVector<int64_t> axes;
  for (int64_t d = 2; d < *rank; ++d)
    axes.push_back(d);
  double p = normExponent(n);
  Value sum = n.reduce(ReduceKind::sum, absolutePower(n, n.in(0), p), axes,
                       /*keepDims=*/true);
  n.set(0, positiveRoot(n, sum, p));
}

//===----------------------------------------------------------------------===//
// Mean and variance
//===----------------------------------------------------------------------===//

static void importMeanVarianceNormalization(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  auto axes = n.resolveAxes(
      n.integers("axes").value_or(SmallVector<int64_t>{0, 2, 3}), *rank);
  if (!axes)
    return;
  Value x = n.in(0);
  Value centred = n.sub(x, n.reduce(ReduceKind::mean, x, *axes, true));
  Value variance =
      n.reduce(ReduceKind::mean, n.mul(centred, centred), *axes, true);
  n.set(0, n.div(centred, n.add(n.sqrt(variance), 1e-9)));
}

/// The type in which statistics are computed; null with a message.
static Type stashType(Node &n, Type type) {
  Type stash = elementTypeOf(n.getContext(),
                             static_cast<int32_t>(n.integer("stash_type", 1)));
  if (!isa_and_present<FloatType>(stash) || !isa_and_present<FloatType>(type)) {
    n.error("its types are not floats");
    return {};
  }
  return type.isF64() ? type : stash;
}

static void importLayerNormalization(Node &n) {
  auto axis = n.axis(-1);
  Type type = GraphBuilder::elementType(n.in(0));
  Type stash = axis ? stashType(n, type) : Type();
  if (!stash)
    return;
  Value x = n.in(0);
  Normalized norm =
      layerNorm(n, n.cast(x, stash), {}, {}, *axis, n.real("epsilon", 1e-5f));
  Value result = n.mul(n.cast(norm.result, type), n.in(1));
  if (n.has(2))
    result = n.add(result, n.in(2));
  n.set(0, result);
  n.set(1, norm.mean);
  n.set(2, norm.inverseDeviation);
}

/// (x - mean) / sqrt(variance + epsilon) * scale + bias of each channel of each
/// sample.
static void importInstanceNormalization(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  SmallVector<int64_t> ones;
  for (int64_t d = 1; d < *rank - 1; ++d)
    ones.push_back(d);
  Value scale = n.unsqueeze(n.in(1), ones), bias = n.unsqueeze(n.in(2), ones);
  if (*rank < 3)
    return (void)n.error("its input has fewer than 3 dimensions");
  n.set(0,
        layerNorm(n, n.in(0), scale, bias, 2, n.real("epsilon", 1e-5f)).result);
}

/// x divided by the root of its mean square over the dimensions from `axis` on.
static void importRmsNormalization(Node &n) {
  auto axis = n.axis(-1);
  Type type = GraphBuilder::elementType(n.in(0));
  Type stash = axis ? stashType(n, type) : Type();
  if (!stash)
    return;
  SmallVector<int64_t> axes;
  for (int64_t d = *axis; d < *GraphBuilder::rankOf(n.in(0)); ++d)
    axes.push_back(d);
  Value x = n.cast(n.in(0), stash);
  Value square = n.reduce(ReduceKind::mean, n.mul(x, x), axes, true);
  Value root = n.sqrt(n.add(square, n.real("epsilon", 1e-5f)));
  n.set(0, n.mul(n.cast(n.div(x, root), type), n.in(1)));
}

/// Each group of channels of each sample is normalised by itself. Scale and
/// bias are of groups before operator set 21, of channels since.
static void importGroupNormalization(Node &n) {
  auto rank = n.rank(0);
  int64_t groups = n.integer("num_groups", 0);
  if (!rank)
    return;
  Value x = n.in(0);
  Type type = GraphBuilder::elementType(x), stash = stashType(n, type);
  if (!stash)
    return;
  int64_t channels = GraphBuilder::sizeOf(x, 1);
  if (*rank < 2 || groups < 1 || (channels >= 0 && channels % groups != 0))
    return (void)n.error("num_groups does not divide the channels");
  Value grouped = n.reshape(n.cast(x, stash),
                            {n.extent(x, 0), groups, Extent(int64_t(-1))});
  Value normal =
      layerNorm(n, grouped, {}, {}, 2, n.real("epsilon", 1e-5f)).result;
  Value scale = n.in(1), bias = n.in(2), shape = n.shapeOf(x);
  if (n.opset < 21) {
    normal = n.cast(normal, type);
    Value scaled = n.mul(normal, n.unsqueeze(scale, {1}));
    return n.set(0, n.reshape(n.add(scaled, n.unsqueeze(bias, {1})), shape));
  }
  SmallVector<int64_t> ones;
  for (int64_t d = 1; d < *rank - 1; ++d)
    ones.push_back(d);
  normal = n.cast(n.reshape(normal, shape), type);
  n.set(0, n.add(n.mul(normal, n.unsqueeze(scale, ones)),
                 n.unsqueeze(bias, ones)));
}

llvm::ArrayRef<Operator> normOperators() {
  static constexpr Operator rows[] = {
      {"GlobalLpPool", 1, 28, importGlobalLpPool},
      {"GroupNormalization", 18, 28, importGroupNormalization},
      {"InstanceNormalization", 1, 28, importInstanceNormalization},
      {"LayerNormalization", 17, 28, importLayerNormalization},
      {"LpNormalization", 1, 28, importLpNormalization},
      {"MeanVarianceNormalization", 9, 28, importMeanVarianceNormalization},
      {"RMSNormalization", 23, 28, importRmsNormalization},
  };
  return rows;
}

} // namespace systole::onnx
