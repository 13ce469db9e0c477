//===- ContractionFamilies.cpp - Products of random quantised tensors -----===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RandomTflite.h"
#include <cmath>

namespace systole::suite {

//===----------------------------------------------------------------------===//
// Weights and windows
//===----------------------------------------------------------------------===//

TfliteMaker::Weights TfliteMaker::weights(const QTensor &x, const Dims &dims,
                                          int32_t axis, bool mayDiffer) {
  bool isUnsigned = x.type == fb::TensorType_UINT8;
  auto type = isUnsigned ? fb::TensorType_UINT8 : fb::TensorType_INT8;
  int64_t units = dims[axis];
  bool differ = mayDiffer && !isUnsigned && random.oneIn(2);
  std::vector<float> scales;
  std::vector<int64_t> zeros;
  for (int64_t i = 0; i < (differ ? units : 1); ++i) {
    scales.push_back(static_cast<float>(0.01 * std::exp(2 * random.real())));
    zeros.push_back(isUnsigned ? zeroFor(type) : 0);
  }
  Bounds bounds = boundsOf(type);
  // Signed weights are symmetric.
  std::string bytes =
      numbers(type, countOf(dims), {isUnsigned ? 0 : -127, bounds.high});
  Weights result{addTensor(type, dims, scales, zeros, axis, &bytes), -1,
                 scales.front()};
  if (random.oneIn(4))
    return result;
  auto biasType = x.is16() && !random.oneIn(4) ? fb::TensorType_INT64
                                               : fb::TensorType_INT32;
  int64_t most = x.is16() ? 1000000 : 5000;
  std::string bias = numbers(biasType, units, {-most, most});
  for (float &scale : scales)
    scale *= x.scale;
  std::fill(zeros.begin(), zeros.end(), 0);
  result.bias = addTensor(biasType, {units}, scales, zeros, 0, &bias);
  return result;
}

double TfliteMaker::magnitudeOfSum(const QTensor &x, const Weights &w,
                                   int64_t terms) {
  return magnitudeOf(x) * double(w.scale) * 74 * std::sqrt(double(terms));
}

TfliteMaker::Window TfliteMaker::window(int64_t size, fb::Padding padding,
                                        bool mayDilate) {
  Window w{1, static_cast<int32_t>(random.integer(1, 3)), 1, 0};
  bool same = padding == fb::Padding_SAME;
  w.kernel = static_cast<int32_t>(
      random.integer(1, same ? 4 : std::min<int64_t>(size, 4)));
  if (mayDilate && random.oneIn(3) && (same || 2 * w.kernel - 1 <= size))
    w.dilation = 2;
  int64_t covered = int64_t(w.kernel - 1) * w.dilation + 1;
  w.out =
      same ? (size + w.stride - 1) / w.stride : (size - covered) / w.stride + 1;
  return w;
}

static fb::Padding paddingOf(RandomSource &random) {
  return random.oneIn(2) ? fb::Padding_SAME : fb::Padding_VALID;
}

/// Inputs with the bias, which may be absent.
static std::vector<int32_t> withBias(std::vector<int32_t> inputs,
                                     int32_t bias) {
  if (bias >= 0)
    inputs.push_back(bias);
  return inputs;
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

bool TfliteMaker::addConv() {
  const QTensor *picked = pick(4);
  if (!picked)
    return false;
  QTensor x = *picked;
  fb::Conv2DOptionsT o;
  o.padding = paddingOf(random);
  Window rows = window(x.dims[1], o.padding, true),
         columns = window(x.dims[2], o.padding, true);
  o.stride_h = rows.stride;
  o.stride_w = columns.stride;
  o.dilation_h = rows.dilation;
  o.dilation_w = columns.dilation;
  o.activation = activation();
  int64_t channels = x.dims[3], units = random.integer(1, 9), groups = 1;
  if (channels % 2 == 0 && random.oneIn(4)) {
    groups = 2;
    units *= 2;
  }
  Weights w = weights(
      x, {units, rows.kernel, columns.kernel, channels / groups}, 0, true);
  QTensor y = resultOf(
      x.type, {x.dims[0], rows.out, columns.out, units},
      magnitudeOfSum(x, w, rows.kernel * columns.kernel * channels / groups));
  node(fb::BuiltinOperator_CONV_2D, withBias({x.index, w.index}, w.bias),
       {y.index}, std::move(o));
  keep(y);
  return true;
}

bool TfliteMaker::addDepthwise() {
  const QTensor *picked = pick(4);
  if (!picked)
    return false;
  QTensor x = *picked;
  fb::DepthwiseConv2DOptionsT o;
  o.padding = paddingOf(random);
  Window rows = window(x.dims[1], o.padding, true),
         columns = window(x.dims[2], o.padding, true);
  o.stride_h = rows.stride;
  o.stride_w = columns.stride;
  o.dilation_h = rows.dilation;
  o.dilation_w = columns.dilation;
  o.activation = activation();
  o.depth_multiplier = static_cast<int32_t>(random.integer(1, 3));
  int64_t units = x.dims[3] * o.depth_multiplier;
  Weights w = weights(x, {1, rows.kernel, columns.kernel, units}, 3, true);
  QTensor y = resultOf(x.type, {x.dims[0], rows.out, columns.out, units},
                       magnitudeOfSum(x, w, rows.kernel * columns.kernel));
  node(fb::BuiltinOperator_DEPTHWISE_CONV_2D,
       withBias({x.index, w.index}, w.bias), {y.index}, std::move(o));
  keep(y);
  return true;
}

bool TfliteMaker::addTransposeConv() {
  const QTensor *picked = pick(4);
  if (!picked)
    return false;
  QTensor x = *picked;
  fb::TransposeConvOptionsT o;
  o.padding = paddingOf(random);
  o.stride_h = static_cast<int32_t>(random.integer(1, 3));
  o.stride_w = static_cast<int32_t>(random.integer(1, 3));
  int64_t height = random.integer(1, 4), width = random.integer(1, 4),
          units = random.integer(1, 5);
  auto grown = [&](int64_t size, int64_t kernel, int64_t stride) {
    return o.padding == fb::Padding_SAME
               ? size * stride
               : (size - 1) * stride + std::max(kernel, stride);
  };
  Dims dims{x.dims[0], grown(x.dims[1], height, o.stride_h),
            grown(x.dims[2], width, o.stride_w), units};
  Weights w = weights(x, {units, height, width, x.dims[3]}, 0, true);
  QTensor y =
      resultOf(x.type, dims, magnitudeOfSum(x, w, height * width * x.dims[3]));
  int32_t shape = ints(dims);
  node(fb::BuiltinOperator_TRANSPOSE_CONV,
       withBias({shape, w.index, x.index}, w.bias), {y.index}, std::move(o));
  keep(y);
  return true;
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

bool TfliteMaker::addFullyConnected() {
  const QTensor *picked = pick(-3);
  if (!picked)
    return false;
  QTensor x = *picked;
  int64_t depth = x.dims.back(), units = random.integer(1, 20);
  fb::FullyConnectedOptionsT o;
  o.activation = activation();
  o.keep_num_dims = random.oneIn(2);
  Dims dims{countOf(x.dims) / depth, units};
  if (o.keep_num_dims) {
    dims = x.dims;
    dims.back() = units;
  }
  Weights w = weights(x, {units, depth}, 0, true);
  QTensor y = resultOf(x.type, dims, magnitudeOfSum(x, w, depth));
  node(fb::BuiltinOperator_FULLY_CONNECTED,
       withBias({x.index, w.index}, w.bias), {y.index}, std::move(o));
  keep(y);
  return true;
}

bool TfliteMaker::addBatchMatMul() {
  const QTensor *picked = pick(-3);
  if (!picked || picked->type == fb::TensorType_UINT8)
    return false;
  QTensor x = *picked;
  fb::BatchMatMulOptionsT o;
  o.adj_x = random.oneIn(3);
  o.adj_y = random.oneIn(2);
  size_t last = x.dims.size() - 1;
  int64_t depth = x.dims[o.adj_x ? last - 1 : last],
          units = random.integer(1, 9);
  Dims second(x.dims.begin(), x.dims.end() - 2), dims = x.dims;
  second.push_back(o.adj_y ? units : depth);
  second.push_back(o.adj_y ? depth : units);
  dims[last - 1] = x.dims[o.adj_x ? last : last - 1];
  dims[last] = units;
  float scale = static_cast<float>(0.02 * std::exp(random.real()));
  QTensor w = constant(x.type, second, scale, zeroFor(x.type));
  QTensor y = resultOf(
      x.type, dims, magnitudeOf(x) * magnitudeOf(w) * std::sqrt(double(depth)));
  node(fb::BuiltinOperator_BATCH_MATMUL, {x.index, w.index}, {y.index},
       std::move(o));
  keep(y);
  return true;
}

/// Floats beside integer weights; the result is floats.
bool TfliteMaker::addDynamicRange() {
  const QTensor *picked = pick(-3);
  if (!picked || ends.size() > 2)
    return false;
  QTensor x = *picked;
  QTensor real = declare(fb::TensorType_FLOAT32, x.dims);
  node(fb::BuiltinOperator_DEQUANTIZE, {x.index}, {real.index});
  int64_t depth = x.dims.back(), units = random.integer(1, 20);
  std::string bytes = numbers(fb::TensorType_INT8, units * depth, {-127, 127});
  int32_t w = addTensor(fb::TensorType_INT8, {units, depth},
                        {static_cast<float>(0.01 * std::exp(random.real()))},
                        {0}, 0, &bytes);
  QTensor y = declare(fb::TensorType_FLOAT32, {countOf(x.dims) / depth, units});
  node(fb::BuiltinOperator_FULLY_CONNECTED, {real.index, w}, {y.index},
       fb::FullyConnectedOptionsT());
  ends.push_back(y);
  return true;
}

} // namespace systole::suite
