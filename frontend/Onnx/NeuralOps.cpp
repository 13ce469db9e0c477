//===- NeuralOps.cpp - ONNX convolution, pooling, products, norms --------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tensors are channels-first, as ONNX has them; the layout pass changes that.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/ShapeUtils.h"
#include "frontend/Common/Composites.h"
#include "frontend/Onnx/Windows.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ReduceKind;

namespace systole::onnx {

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

static void importConv(Node &n) {
  Window w;
  Value filter = n.in(1), bias = n.optional(2);
  if (readWindow(n, w) && filter)
    n.set(0, convolution(n, w, n.in(0), filter, bias));
}

/// Reads the window of a pooling operator; false with a message.
static bool readPool(Node &n, Window &w) {
  if (!readWindow(n, w))
    return false;
  if (w.kernel.empty())
    n.error("attribute 'kernel_shape' is missing");
  return !w.kernel.empty();
}

static SmallVector<NamedAttribute> poolAttributes(Node &n, const Window &w,
                                                  bool ceilMode) {
  SmallVector<NamedAttribute> attributes = {
      n.attr("layout",
             graph::LayoutAttr::channelsFirst(n.getContext(), w.spatial)),
      n.attr("kernel", w.kernel),
      n.attr("strides", w.strides),
      n.attr("dilations", w.dilations),
      n.attr("pads", w.pads),
      autoPadAttr(n, w)};
  if (ceilMode)
    attributes.push_back(n.unitAttr("ceil_mode"));
  return attributes;
}

static bool ceilMode(Node &n) { return n.integer("ceil_mode", 0) != 0; }

/// Places of maxima among the spatial positions as numbers in the whole input;
/// with storage_order 1 the first spatial dimension is counted fastest.
static Value numbersInInput(Node &n, Value x, Value places) {
  int64_t rank = *GraphBuilder::rankOf(x);
  if (n.integer("storage_order", 0)) {
    Value rest = places, number = n.like(places, 0);
    for (int64_t d = rank - 1; d >= 2; --d) {
      Value size = n.squeeze(n.shape({n.extent(x, d)}), {0});
      Value next = n.div(rest, size);
      number = n.add(n.mul(number, size), n.sub(rest, n.mul(next, size)));
      rest = next;
    }
    places = number;
  }
  // One volume for each sample and channel.
  Extent volume = int64_t(1);
  for (int64_t d = 2; d < rank; ++d)
    volume = n.product(volume, n.extent(x, d));
  Extent lines = n.product(n.extent(x, 0), n.extent(x, 1));
  SmallVector<Extent> shape{n.extent(x, 0), n.extent(x, 1)};
  shape.append(rank - 2, Extent(int64_t(1)));
  Value starts = n.mul(iota(n, lines), n.squeeze(n.shape({volume}), {0}));
  return n.add(places, n.reshape(starts, shape));
}

static void importMaxPool(Node &n) {
  Window w;
  if (!readPool(n, w))
    return;
  Value x = n.in(0);
  SmallVector<NamedAttribute> attributes = poolAttributes(n, w, ceilMode(n));
  n.set(0, n.make<graph::MaxPoolOp>({x}, attributes));
  if (!n.wants(1))
    return;
  Value places = n.make<graph::ArgMaxPoolOp>({x}, attributes);
  n.set(1, places ? numbersInInput(n, x, places) : places);
}

/// Pads at the ends as far as windows reach that are counted upwards.
static bool padToCeiling(Node &n, Window &w) {
  for (int64_t d = 0; d < w.spatial; ++d) {
    int64_t size = GraphBuilder::sizeOf(n.in(0), d + 2);
    auto window =
        size < 0 ? std::nullopt
                 : graph::resolveWindow(size, w.kernel[d], w.strides[d],
                                        w.dilations[d], w.pads[d],
                                        w.pads[w.spatial + d], w.autoPad, true);
    if (!window) {
      n.error(size < 0 ? "with ceil_mode, the sizes of its input must be known"
                       : "its window does not fit its input");
      return false;
    }
    int64_t reach = (window->outSize - 1) * w.strides[d] +
                    (w.kernel[d] - 1) * w.dilations[d] + 1;
    w.pads[d] = window->padLow;
    w.pads[w.spatial + d] =
        std::max(window->padHigh, reach - size - window->padLow);
  }
  w.autoPad = graph::AutoPad::explicit_pads;
  return true;
}

/// The p-th root of the sum of |x|^p: the mean of a window, times its elements.
static void importLpPool(Node &n) {
  Window w;
  if (!readPool(n, w) || (ceilMode(n) && !padToCeiling(n, w)))
    return;
  SmallVector<NamedAttribute> attributes = poolAttributes(n, w, false);
  attributes.push_back(n.unitAttr("count_include_pad"));
  double p = normExponent(n), volume = 1;
  for (int64_t size : w.kernel)
    volume *= static_cast<double>(size);
  Value mean =
      n.make<graph::AvgPoolOp>({absolutePower(n, n.in(0), p)}, attributes);
  n.set(0, positiveRoot(n, n.mul(mean, volume), p));
}

Value averagePool(Node &n, Value x) {
  Window w;
  if (!readPool(n, w))
    return {};
  SmallVector<NamedAttribute> attributes = poolAttributes(n, w, ceilMode(n));
  if (n.integer("count_include_pad", 0))
    attributes.push_back(n.unitAttr("count_include_pad"));
  return n.make<graph::AvgPoolOp>({x}, attributes);
}

static void importAveragePool(Node &n) { n.set(0, averagePool(n, n.in(0))); }

/// Pools over all spatial dimensions, which stay with size 1.
template <ReduceKind kind>
static void importGlobalPool(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  SmallVector<int64_t> axes;
  for (int64_t d = 2; d < *rank; ++d)
    axes.push_back(d);
  n.set(0, n.reduce(kind, n.in(0), axes, /*keepDims=*/true));
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

static void importMatMul(Node &n) { n.set(0, n.matmul(n.in(0), n.in(1))); }

static void importGemm(Node &n) {
  Value a = n.in(0), b = n.in(1), c = n.optional(2);
  auto rankA = n.rank(0), rankB = n.rank(1);
  if (!rankA || !rankB)
    return;
  if (*rankA != 2 || *rankB != 2)
    return (void)n.error("its factors must have 2 dimensions");
  if (n.integer("transA", 0))
    a = n.transpose(a, {1, 0});
  if (n.integer("transB", 0))
    b = n.transpose(b, {1, 0});
  Value product = n.matmul(a, b);
  if (double alpha = n.real("alpha", 1); alpha != 1)
    product = n.mul(product, alpha);
  double beta = n.real("beta", 1);
  if (c && beta != 0) {
    if (beta != 1)
      c = n.mul(c, beta);
    product = n.add(product, c);
  }
  n.set(0, product);
}

//===----------------------------------------------------------------------===//
// Normalisation
//===----------------------------------------------------------------------===//

/// True if the statistics are those of the batch.
static bool isTraining(Node &n) {
  if (n.opset >= 14)
    return n.integer("training_mode", 0) != 0;
  if (n.opset < 7)
    return n.attribute("is_test") && !n.integer("is_test", 0);
  // In between, whoever takes the new statistics trains.
  for (unsigned i = 1; i < n.numOutputs(); ++i)
    if (n.wants(i))
      return true;
  return false;
}

/// Mean and variance of each channel of the batch (or, unless `ofChannels`, of
/// each position) in place of those given, which move towards them as outputs.
static void useBatchStatistics(Node &n, SmallVectorImpl<Value> &operands,
                               bool ofChannels) {
  Value x = operands[0];
  SmallVector<int64_t> axes{0}, ones;
  for (int64_t d = 2; ofChannels && d < GraphBuilder::rankOf(x).value_or(0);
       ++d) {
    axes.push_back(d);
    ones.push_back(d - 1);
  }
  Value mean = n.reduce(ReduceKind::mean, x, axes, /*keepDims=*/false);
  Value centred = n.sub(x, n.unsqueeze(mean, ones));
  Value variance =
      n.reduce(ReduceKind::mean, n.mul(centred, centred), axes, false);
  double momentum = n.real("momentum", 0.9f);
  Value statistics[] = {mean, variance};
  for (auto [i, statistic] : llvm::enumerate(statistics)) {
    Value given = n.in(3 + i);
    Value old = n.mul(operands[3 + i], momentum);
    Value moved = n.add(old, n.mul(statistic, 1 - momentum));
    if (given && moved)
      n.set(1 + i, n.cast(moved, GraphBuilder::elementType(given)));
    // The first versions give the batch's own, too.
    n.set(3 + i, statistic);
    operands[3 + i] = statistic;
  }
}

/// graph.batch_norm with parameters of each position, not of each channel.
static Value normalizePositions(Node &n, ArrayRef<Value> operands) {
  Value spread = n.sqrt(n.add(operands[4], n.real("epsilon", 1e-5f)));
  Value normalized = n.div(n.sub(operands[0], operands[3]), spread);
  return n.add(n.mul(normalized, operands[1]), operands[2]);
}

static void importBatchNormalization(Node &n) {
  bool ofChannels = n.opset >= 9 || n.integer("spatial", 1);
  bool training = isTraining(n);
  for (unsigned i = 1; i < n.numOutputs() && !training; ++i)
    if (n.wants(i))
      return (void)n.error("output " + llvm::Twine(i) +
                           " is one of training mode, which is off");
  Value x = n.in(0);
  if (!n.rank(0))
    return;
  SmallVector<Value> operands = {x};
  // Statistics may have another float type than the data.
  for (unsigned i = 1; i < 5; ++i)
    operands.push_back(n.in(i) ? n.cast(n.in(i), GraphBuilder::elementType(x))
                               : Value());
  if (training)
    useBatchStatistics(n, operands, ofChannels);
  if (!ofChannels)
    return n.set(0, normalizePositions(n, operands));
  n.set(0, n.make<graph::BatchNormOp>(
               operands, {n.attr("axis", int64_t(1)),
                          n.attr("epsilon", n.real("epsilon", 1e-5f))}));
}

/// x / (bias + alpha / size * sum of squares of `size` channels around)^beta.
static void importLrn(Node &n) {
  auto rank = n.rank(0);
  Value x = n.in(0);
  int64_t size = n.integer("size", 0);
  if (!rank || !x)
    return;
  if (*rank < 2 || size < 1 || size > 1 << 10)
    return (void)n.error("needs 2 dimensions or more and a size of 1 to 1024");
  // The sum over channels: shifted copies of the padded squares.
  SmallVector<int64_t> pads(2 * *rank, 0);
  pads[1] = (size - 1) / 2;
  pads[*rank + 1] = size / 2;
  Value padded = n.make<graph::PadOp>(
      {n.mul(x, x), n.ints(pads)},
      {n.attr("mode", graph::PadModeAttr::get(n.getContext(),
                                              graph::PadMode::constant))});
  int64_t channels = GraphBuilder::sizeOf(x, 1);
  if (channels < 0)
    return (void)n.error("the number of channels is not known");
  Value sum;
  for (int64_t i = 0; i < size; ++i) {
    Value part = n.slice(padded, 1, i, i + channels);
    sum = i == 0 ? part : n.add(sum, part);
  }
  Value base =
      n.add(n.mul(sum, n.real("alpha", 1e-4f) / size), n.real("bias", 1));
  Value power =
      base ? n.make<graph::PowOp>({base, n.like(base, n.real("beta", 0.75))})
           : base;
  n.set(0, n.div(x, power));
}

llvm::ArrayRef<Operator> neuralOperators() {
  static constexpr Operator rows[] = {
      {"AveragePool", 1, 28, importAveragePool},
      {"BatchNormalization", 1, 28, importBatchNormalization},
      {"Conv", 1, 28, importConv},
      {"Gemm", 1, 28, importGemm},
      {"GlobalAveragePool", 1, 28, importGlobalPool<ReduceKind::mean>},
      {"GlobalMaxPool", 1, 28, importGlobalPool<ReduceKind::max>},
      {"LRN", 1, 28, importLrn},
      {"LpPool", 1, 28, importLpPool},
      {"MatMul", 1, 28, importMatMul},
      {"MaxPool", 1, 28, importMaxPool},
  };
  return rows;
}

} // namespace systole::onnx
