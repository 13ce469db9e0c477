//===- ContractionOps.cpp - TFLite's products and convolutions ------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Of quantised numbers: the sum of products of centred 16-bit integers, in 32
// bits, or in 64 with a bias of 64; then one rescaling. Of floats beside
// integer weights (dynamic range): the weights become floats, whose products
// are closer to the model's author's than those of inputs quantised on the fly.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/TransposedConv.h"
#include "frontend/Tflite/Quantized.h"

using namespace mlir;
using namespace systole::frontend;

namespace systole::tflite {

namespace {
/// The operands of a product: floats, or centred integers of 16 bits with sums
/// of 32 or 64, the bias's.
struct Factors {
  Value x, weights, bias;
  bool quantized = false;
  Type sum;
};
} // namespace

/// Bits of a centred factor: 8-bit numbers need 9, others are centred already.
static constexpr unsigned kFactorBits = 16;

/// Input `i` less its zero point.
static Value centredInput(Node &n, unsigned i) {
  int64_t zeroPoint = n.inputQuant(i).zeroPoint();
  Value x = n.in(i);
  if (x && zeroPoint &&
      GraphBuilder::elementType(x).getIntOrFloatBitWidth() > 8)
    return n.error("a zero point of 16-bit numbers other than 0 is not "
                   "supported");
  return centred(n, x, zeroPoint, kFactorBits);
}

/// Weights less their zero points, which may differ along an axis.
static Value centredWeights(Node &n, unsigned i) {
  Quantization q = n.inputQuant(i);
  Value w = n.in(i);
  if (!q || !llvm::any_of(q.zeroPoints, [](int64_t z) { return z != 0; }))
    return centred(n, w, 0, kFactorBits);
  if (q.zeroPoints.size() == 1)
    return centred(n, w, q.zeroPoint(), kFactorBits);
  return n.error("weights with a zero point for each channel are not "
                 "supported");
}

/// Inputs `x`, `weights` and `bias` (perhaps absent) in the form of the sums.
static Factors readFactors(Node &n, unsigned x, unsigned weights,
                           unsigned bias) {
  Factors f;
  f.quantized = n.isQuantized(x) && n.isOutputQuantized(0);
  if (!f.quantized) {
    f.x = n.asFloat(x);
    f.weights = n.asFloat(weights);
    if (n.has(bias))
      f.bias = n.asFloat(bias);
    return f;
  }
  Value input = n.in(x);
  // 16-bit inputs: 64 bits unless the bias says that 32 are enough.
  bool isWide = input && GraphBuilder::elementType(input).isInteger(16);
  if (n.has(bias))
    isWide = GraphBuilder::elementType(n.in(bias)).isInteger(64);
  unsigned width = isWide ? 64 : 32;
  f.sum = n.getBuilder().getIntegerType(width);
  f.x = centredInput(n, x);
  f.weights = centredWeights(n, weights);
  if (n.has(bias))
    f.bias = centred(n, n.in(bias), 0, width);
  return f;
}

static Value product(Node &n, const Factors &f, Value x, Value weights) {
  return f.quantized ? n.matmul(x, weights, f.sum) : n.matmul(x, weights);
}

/// The sum in the form of output 0, after the activation.
static void setSum(Node &n, const Factors &f, Value sum, unsigned x,
                   unsigned weights, fb::Activation activation) {
  if (!f.quantized)
    return n.set(0, n.activate(sum, activation));
  auto by = productMultipliers(n, x, weights);
  // Fully connected layers round once, whatever the width: so do the outputs
  // that TensorFlow Lite gave for the zoo's models.
  if (n.code == fb::BuiltinOperator_FULLY_CONNECTED)
    return n.set(0, asOutput(n, rescaleOnce(n, sum, by), activation));
  n.set(0, outputOfSum(n, sum, by, activation));
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

namespace {
/// What convolutions of all kinds have.
struct Convolution {
  int64_t groups = 1;
  int64_t strideH, strideW, dilationH = 1, dilationW = 1;
  fb::Padding padding;
  fb::Activation activation;
  StringRef filterLayout = "o01i";
};
} // namespace

static void setConvolution(Node &n, const Convolution &c, Factors f) {
  auto layout = [&](StringRef dims) {
    return graph::LayoutAttr::get(n.getContext(), dims);
  };
  if (c.strideH < 1 || c.strideW < 1 || c.dilationH < 1 || c.dilationW < 1)
    return (void)n.error("its strides and dilations must be positive");
  auto padding = c.padding == fb::Padding_SAME ? graph::AutoPad::same_upper
                                               : graph::AutoPad::explicit_pads;
  SmallVector<NamedAttribute> attributes{
      n.attr("input_layout", layout("n01c")),
      n.attr("filter_layout", layout(c.filterLayout)),
      n.attr("output_layout", layout("n01c")),
      n.attr("strides", {c.strideH, c.strideW}),
      n.attr("dilations", {c.dilationH, c.dilationW}),
      n.attr("pads", {0, 0, 0, 0}),
      n.attr("auto_pad", graph::AutoPadAttr::get(n.getContext(), padding)),
      n.attr("groups", c.groups)};
  if (f.quantized)
    attributes.push_back(n.attr("sum_type", TypeAttr::get(f.sum)));
  Value sum = n.make<graph::ConvOp>({f.x, f.weights, f.bias}, attributes, 1);
  setSum(n, f, sum, 0, 1, c.activation);
}

static void importConv2D(Node &n) {
  const auto *o = n.options<fb::Conv2DOptions>();
  auto rank = n.rank(0);
  if (!o || !rank || !n.in(1))
    return;
  Convolution c{1,
                o->stride_h(),
                o->stride_w(),
                o->dilation_h(),
                o->dilation_w(),
                o->padding(),
                o->activation()};
  // Groups are as many as the filter's channels fit into the input's.
  int64_t channels = *rank == 4 ? GraphBuilder::sizeOf(n.in(0), 3) : -1;
  int64_t taken = GraphBuilder::rankOf(n.in(1)).value_or(0) == 4
                      ? GraphBuilder::sizeOf(n.in(1), 3)
                      : -1;
  if (channels > 0 && taken > 0 && channels % taken == 0)
    c.groups = channels / taken;
  setConvolution(n, c, readFactors(n, 0, 1, 2));
}

static void importDepthwise(Node &n) {
  const auto *o = n.options<fb::DepthwiseConv2DOptions>();
  auto rank = n.rank(0), filterRank = n.rank(1);
  if (!o || !rank || !filterRank)
    return;
  int64_t channels = *rank == 4 ? GraphBuilder::sizeOf(n.in(0), 3) : -1;
  if (*filterRank != 4 || channels <= 0)
    return (void)n.error("its input and filter must have 4 dimensions, and the "
                         "number of channels must be known");
  Convolution c{channels,        o->stride_h(),   o->stride_w(),
                o->dilation_h(), o->dilation_w(), o->padding(),
                o->activation(), "i01o"};
  // The filter [1, kernel.., channels * multiplier] has one input channel.
  setConvolution(n, c, readFactors(n, 0, 1, 2));
}

/// Low pad of a dimension of a transposed convolution whose result has `size`
/// indices, as those of the convolution that it is the gradient of.
static int64_t transposedPad(int64_t in, int64_t kernel, int64_t stride,
                             int64_t size, fb::Padding padding) {
  if (padding == fb::Padding_VALID)
    return 0;
  int64_t total = std::max<int64_t>((in - 1) * stride + kernel - size, 0);
  return total / 2;
}

static void importTransposeConv(Node &n) {
  const auto *o = n.options<fb::TransposeConvOptions>();
  // Where the size is computed, the file says what came of it.
  auto size = graph::constantInts(n.in(0));
  if (!size)
    size = n.outputShape();
  auto rank = n.rank(2), filterRank = n.rank(1);
  if (!o || !rank || !filterRank)
    return;
  if (*rank != 4 || *filterRank != 4 || size->size() != 4 ||
      o->stride_h() < 1 || o->stride_w() < 1)
    return (void)n.error("its input, filter and size must have 4 dimensions, "
                         "its strides be positive");
  Factors f = readFactors(n, 2, 1, 3);
  if (!f.x || !f.weights)
    return;
  if (f.quantized) {
    f.x = n.cast(f.x, f.sum);
    f.weights = n.cast(f.weights, f.sum);
  }
  TransposedConv conv;
  conv.input = n.transpose(f.x, {0, 3, 1, 2});
  // [outputs, kernel.., channels] to [channels, outputs, kernel..].
  conv.filter = n.transpose(f.weights, {3, 0, 1, 2});
  conv.bias = f.bias;
  conv.strides = {o->stride_h(), o->stride_w()};
  conv.dilations = {1, 1};
  for (int64_t d = 0; d < 2; ++d) {
    int64_t in = GraphBuilder::sizeOf(f.x, d + 1);
    if (in < 0)
      return (void)n.error("the sizes of its input must be known");
    conv.padLow.push_back(
        transposedPad(in, GraphBuilder::sizeOf(f.weights, d + 1),
                      conv.strides[d], (*size)[d + 1], o->padding()));
    conv.outSize.push_back((*size)[d + 1]);
  }
  Value sum = n.transpose(transposedConv(n, conv), {0, 2, 3, 1});
  setSum(n, f, sum, 2, 1, o->activation());
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

static void importFullyConnected(Node &n) {
  const auto *o = n.options<fb::FullyConnectedOptions>();
  auto rank = n.rank(0), weightRank = n.rank(1);
  if (!o || !rank || !weightRank)
    return;
  if (o->weights_format() != fb::WeightsFormat_DEFAULT)
    return (void)n.error("shuffled weights are not supported");
  if (*weightRank != 2)
    return (void)n.error("its weights must have 2 dimensions");
  Factors f = readFactors(n, 0, 1, 2);
  int64_t depth = GraphBuilder::sizeOf(n.in(1), 1),
          units = GraphBuilder::sizeOf(n.in(1), 0);
  Value x = f.x;
  // Rows of `depth` numbers, whatever the dimensions.
  bool keeps = o->keep_num_dims();
  SmallVector<Extent> shape;
  for (int64_t d = 0; x && d + 1 < *rank; ++d)
    shape.push_back(n.extent(x, d));
  shape.push_back(units);
  if (*rank != 2 || GraphBuilder::sizeOf(n.in(0), 1) != depth)
    x = n.reshape(x, {Extent(int64_t(-1)), Extent(depth)});
  Value sum = product(n, f, x, n.transpose(f.weights, {1, 0}));
  if (f.bias)
    sum = n.add(sum, f.bias);
  setSum(n, f, sum, 0, 1, o->activation());
  if (keeps && n.getResult(0))
    n.set(0, n.reshape(n.getResult(0), shape));
}

static void importBatchMatMul(Node &n) {
  auto rankX = n.rank(0), rankY = n.rank(1);
  if (!rankX || !rankY)
    return;
  if (*rankX < 2 || *rankY < 2)
    return (void)n.error("its factors must have 2 dimensions or more");
  Factors f;
  f.quantized = n.isOutputQuantized(0) && n.isQuantized(0) && n.isQuantized(1);
  bool isWide = n.in(0) && GraphBuilder::elementType(n.in(0)).isInteger(16);
  f.sum = n.getBuilder().getIntegerType(isWide ? 64 : 32);
  f.x = f.quantized ? centredInput(n, 0) : n.asFloat(0);
  f.weights = f.quantized ? centredWeights(n, 1) : n.asFloat(1);
  auto swapped = [&](Value v, int64_t rank) {
    auto perm = llvm::to_vector(llvm::seq<int64_t>(0, rank));
    std::swap(perm[rank - 1], perm[rank - 2]);
    return n.transpose(v, perm);
  };
  if (n.option(&fb::BatchMatMulOptions::adj_x, false))
    f.x = swapped(f.x, *rankX);
  if (n.option(&fb::BatchMatMulOptions::adj_y, false))
    f.weights = swapped(f.weights, *rankY);
  setSum(n, f, product(n, f, f.x, f.weights), 0, 1, fb::Activation_NONE);
}

llvm::ArrayRef<Operator> contractionOperators() {
  static const Operator rows[] = {
      {fb::BuiltinOperator_BATCH_MATMUL, importBatchMatMul,
       Plain | Int8 | Int16},
      {fb::BuiltinOperator_CONV_2D, importConv2D, Plain | Int8 | Int16},
      {fb::BuiltinOperator_DEPTHWISE_CONV_2D, importDepthwise,
       Plain | Int8 | Int16},
      {fb::BuiltinOperator_FULLY_CONNECTED, importFullyConnected,
       Plain | Int8 | Int16},
      {fb::BuiltinOperator_TRANSPOSE_CONV, importTransposeConv,
       Plain | Int8 | Int16},
  };
  return rows;
}

} // namespace systole::tflite
