//===- WindowOps.cpp - TFLite's pools -------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The mean of quantised numbers is a sum of integers, by a convolution with
// ones, divided by the number of elements inside the input, which is a constant
// of each position; halves go away from zero.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/ShapeUtils.h"
#include "frontend/Tflite/Quantized.h"

using namespace mlir;
using namespace systole::frontend;

namespace systole::tflite {

using Attributes = SmallVector<NamedAttribute>;

/// The attributes that pools share; false with a message.
static bool poolAttributes(Node &n, const fb::Pool2DOptions *o,
                           Attributes &attributes) {
  if (!o || !n.rank(0))
    return false;
  if (o->stride_h() < 1 || o->stride_w() < 1 || o->filter_h() < 1 ||
      o->filter_w() < 1) {
    n.error("its window and strides must be positive");
    return false;
  }
  auto padding = o->padding() == fb::Padding_SAME
                     ? graph::AutoPad::same_upper
                     : graph::AutoPad::explicit_pads;
  attributes = {
      n.attr("layout", graph::LayoutAttr::get(n.getContext(), "n01c")),
      n.attr("kernel", {o->filter_h(), o->filter_w()}),
      n.attr("strides", {o->stride_h(), o->stride_w()}),
      n.attr("dilations", {1, 1}),
      n.attr("pads", {0, 0, 0, 0}),
      n.attr("auto_pad", graph::AutoPadAttr::get(n.getContext(), padding))};
  return true;
}

static void importMaxPool(Node &n) {
  const auto *o = n.options<fb::Pool2DOptions>();
  Attributes attributes;
  if (!poolAttributes(n, o, attributes))
    return;
  Value y = n.make<graph::MaxPoolOp>({n.in(0)}, attributes);
  n.set(0, n.isQuantized(0) ? clampToActivation(n, y, o->activation())
                            : n.activate(y, o->activation()));
}

/// How many elements of each window are inside: [1, height, width, 1].
static Value windowCounts(Node &n, const fb::Pool2DOptions &o, int64_t height,
                          int64_t width) {
  auto along = [&](int64_t size, int64_t kernel, int64_t stride) {
    auto padding = o.padding() == fb::Padding_SAME
                       ? graph::AutoPad::same_upper
                       : graph::AutoPad::explicit_pads;
    SmallVector<double> counts;
    auto w =
        graph::resolveWindow(size, kernel, stride, 1, 0, 0, padding, false);
    for (int64_t i = 0; w && i < w->outSize; ++i) {
      int64_t start = i * stride - w->padLow;
      counts.push_back(
          double(std::min(start + kernel, size) - std::max<int64_t>(start, 0)));
    }
    return counts;
  };
  Type i32 = n.getBuilder().getI32Type();
  Value rows = n.numbers(i32, along(height, o.filter_h(), o.stride_h()));
  Value columns = n.numbers(i32, along(width, o.filter_w(), o.stride_w()));
  return n.mul(n.unsqueeze(rows, {0, 2, 3}), n.unsqueeze(columns, {0, 2}));
}

static void quantizedAverage(Node &n, const fb::Pool2DOptions &o,
                             Attributes attributes) {
  if (!haveOneMeaning(n, {0}))
    return;
  Value x = n.in(0);
  int64_t height = GraphBuilder::sizeOf(x, 1),
          width = GraphBuilder::sizeOf(x, 2),
          channels = GraphBuilder::sizeOf(x, 3);
  constexpr int64_t most = 1 << 20;
  if (height < 0 || width < 0 || channels < 0 || height > most || width > most)
    return (void)n.error("the sizes of its input must be known, and moderate");
  Type i32 = n.getBuilder().getI32Type();
  MLIRContext *context = n.getContext();
  Value ones = n.broadcast(n.scalar(i32, 1),
                           n.ints({channels, o.filter_h(), o.filter_w(), 1}));
  auto layout = graph::LayoutAttr::get(context, "n01c");
  Attributes conv = {
      n.attr("input_layout", layout), n.attr("output_layout", layout),
      n.attr("filter_layout", graph::LayoutAttr::get(context, "o01i")),
      n.attr("groups", channels)};
  for (const NamedAttribute &one : attributes)
    if (one.getName() != "layout" && one.getName() != "kernel")
      conv.push_back(one);
  Value sum = n.make<graph::ConvOp>({n.cast(x, i32), ones}, conv);
  Value count = windowCounts(n, o, height, width);
  Value half = n.div(count, 2.0);
  Value up = n.add(sum, half), down = n.sub(sum, half);
  Value positive = n.compare(graph::ComparePredicate::gt, sum, 0.0);
  Value mean = n.div(n.select(positive, up, down), count);
  Type to = n.outputType(0);
  n.set(0, asQuantized(n, mean, 0, to,
                       activationRange(to, n.outputQuant(0), o.activation())));
}

static void importAveragePool(Node &n) {
  const auto *o = n.options<fb::Pool2DOptions>();
  Attributes attributes;
  if (!poolAttributes(n, o, attributes))
    return;
  if (n.isQuantized(0))
    return quantizedAverage(n, *o, attributes);
  n.set(0, n.activate(n.make<graph::AvgPoolOp>({n.in(0)}, attributes),
                      o->activation()));
}

/// The root of the mean of squares.
static void importL2Pool(Node &n) {
  const auto *o = n.options<fb::Pool2DOptions>();
  Attributes attributes;
  if (!poolAttributes(n, o, attributes))
    return;
  Value squares = n.mul(n.in(0), n.in(0));
  n.set(0, n.activate(n.sqrt(n.make<graph::AvgPoolOp>({squares}, attributes)),
                      o->activation()));
}

llvm::ArrayRef<Operator> windowOperators() {
  static const Operator rows[] = {
      {fb::BuiltinOperator_AVERAGE_POOL_2D, importAveragePool,
       Plain | Int8 | Int16},
      {fb::BuiltinOperator_L2_POOL_2D, importL2Pool, Plain},
      {fb::BuiltinOperator_MAX_POOL_2D, importMaxPool, Plain | Int8 | Int16},
  };
  return rows;
}

} // namespace systole::tflite
