//===- RandomTflite.cpp - Random quantised TFLite models ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The frame of a model: tensors, operators, subgraphs, choices, and the file.
//
//===----------------------------------------------------------------------===//

#include "RandomTflite.h"
#include <algorithm>
#include <cmath>
#include <cstring>

namespace systole::suite {

/// The largest tensor of which something is made.
static constexpr int64_t kMostElements = 3000;

int64_t countOf(const Dims &dims) {
  int64_t count = 1;
  for (int64_t dim : dims)
    count *= dim;
  return count;
}

Bounds boundsOf(fb::TensorType type) {
  switch (type) {
  case fb::TensorType_UINT8:
    return {0, 255};
  case fb::TensorType_INT16:
    return {-32768, 32767};
  case fb::TensorType_BOOL:
    return {0, 1};
  default:
    return {-128, 127};
  }
}

/// Bytes of an element.
static size_t bytesOf(fb::TensorType type) {
  switch (type) {
  case fb::TensorType_INT16:
    return 2;
  case fb::TensorType_INT32:
  case fb::TensorType_FLOAT32:
    return 4;
  case fb::TensorType_INT64:
    return 8;
  default:
    return 1;
  }
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

int32_t TfliteMaker::addTensor(fb::TensorType type, const Dims &dims,
                               std::vector<float> scales,
                               std::vector<int64_t> zeros, int32_t axis,
                               const std::string *bytes) {
  auto tensor = std::make_unique<fb::TensorT>();
  tensor->shape.assign(dims.begin(), dims.end());
  tensor->type = type;
  tensor->name = "t" + std::to_string(numNames++);
  tensor->has_rank = true;
  if (!scales.empty()) {
    tensor->quantization = std::make_unique<fb::QuantizationT>();
    tensor->quantization->scale = std::move(scales);
    tensor->quantization->zero_point = std::move(zeros);
    tensor->quantization->quantized_dimension = axis;
  }
  if (bytes) {
    tensor->buffer = static_cast<uint32_t>(model.buffers.size());
    auto buffer = std::make_unique<fb::BufferT>();
    buffer->data.assign(bytes->begin(), bytes->end());
    model.buffers.push_back(std::move(buffer));
  }
  graph().tensors.push_back(std::move(tensor));
  return static_cast<int32_t>(graph().tensors.size()) - 1;
}

QTensor TfliteMaker::declare(fb::TensorType type, const Dims &dims, float scale,
                             int64_t zero) {
  std::vector<float> scales;
  std::vector<int64_t> zeros;
  if (scale > 0) {
    scales = {scale};
    zeros = {zero};
  }
  return {addTensor(type, dims, scales, zeros, 0, nullptr), type, dims, scale,
          zero};
}

QTensor TfliteMaker::keep(QTensor tensor) {
  if (countOf(tensor.dims) <= kMostElements && tensor.dims.size() <= 5)
    pool.push_back(tensor);
  return tensor;
}

std::string TfliteMaker::numbers(fb::TensorType type, int64_t count,
                                 Bounds bounds) {
  std::string bytes(bytesOf(type) * static_cast<size_t>(count), '\0');
  for (int64_t i = 0; i < count; ++i) {
    int64_t value = random.integer(bounds.low, bounds.high);
    auto real = static_cast<float>(random.real());
    const void *from = type == fb::TensorType_FLOAT32
                           ? static_cast<const void *>(&real)
                           : static_cast<const void *>(&value);
    // Little-endian: the low bytes of an integer come first.
    std::memcpy(bytes.data() + static_cast<size_t>(i) * bytesOf(type), from,
                bytesOf(type));
  }
  return bytes;
}

QTensor TfliteMaker::constant(fb::TensorType type, const Dims &dims,
                              float scale, int64_t zero) {
  std::string bytes = numbers(type, countOf(dims), boundsOf(type));
  return {addTensor(type, dims, {scale}, {zero}, 0, &bytes), type, dims, scale,
          zero};
}

int32_t TfliteMaker::ints(const Dims &values, const Dims &dims) {
  std::string bytes(4 * values.size(), '\0');
  for (size_t i = 0; i < values.size(); ++i) {
    auto value = static_cast<int32_t>(values[i]);
    std::memcpy(bytes.data() + 4 * i, &value, 4);
  }
  return addTensor(fb::TensorType_INT32, dims, {}, {}, 0, &bytes);
}

fb::OperatorT &TfliteMaker::node(fb::BuiltinOperator code,
                                 std::vector<int32_t> inputs,
                                 std::vector<int32_t> outputs) {
  auto kind =
      std::find_if(model.operator_codes.begin(), model.operator_codes.end(),
                   [&](const auto &one) { return one->code == code; });
  auto index = static_cast<uint32_t>(kind - model.operator_codes.begin());
  if (kind == model.operator_codes.end()) {
    auto added = std::make_unique<fb::OperatorCodeT>();
    added->code = code;
    added->deprecated_code = static_cast<int8_t>(std::min<int>(code, 127));
    // Every reader knows the first version; none looks closer.
    added->version = 1;
    model.operator_codes.push_back(std::move(added));
  }
  auto op = std::make_unique<fb::OperatorT>();
  op->opcode_index = index;
  op->inputs = std::move(inputs);
  op->outputs = std::move(outputs);
  graph().operators.push_back(std::move(op));
  return *graph().operators.back();
}

//===----------------------------------------------------------------------===//
// Choosing
//===----------------------------------------------------------------------===//

const QTensor *TfliteMaker::pick(int64_t rank) {
  std::vector<const QTensor *> fitting;
  for (const QTensor &tensor : pool)
    if (rank < 0 ? tensor.rank() >= -rank - 1 : tensor.rank() == rank)
      fitting.push_back(&tensor);
  if (fitting.empty())
    return nullptr;
  // Long chains, and sometimes a value that is used again.
  return random.oneIn(3)
             ? fitting[random.integer(0, int64_t(fitting.size()) - 1)]
             : fitting.back();
}

fb::TensorType TfliteMaker::quantisedType() {
  static constexpr fb::TensorType types[] = {
      fb::TensorType_INT8, fb::TensorType_INT8, fb::TensorType_UINT8,
      fb::TensorType_INT16};
  return oneOf(random, types);
}

int64_t TfliteMaker::zeroFor(fb::TensorType type) {
  if (type == fb::TensorType_INT16)
    return 0;
  Bounds bounds = boundsOf(type);
  if (random.oneIn(4))
    return random.oneIn(2) ? bounds.low : bounds.high;
  return random.integer(bounds.low, bounds.high);
}

double TfliteMaker::magnitudeOf(const QTensor &x) {
  return double(x.scale) * (x.is16() ? 16000.0 : 100.0);
}

QTensor TfliteMaker::resultOf(fb::TensorType type, const Dims &dims,
                              double magnitude) {
  double scale = magnitude / (type == fb::TensorType_INT16 ? 16000.0 : 80.0);
  scale *= std::exp(random.real());
  return declare(type, dims, static_cast<float>(std::max(scale, 1e-12)),
                 zeroFor(type));
}

fb::Activation TfliteMaker::activation() {
  static constexpr fb::Activation all[] = {
      fb::Activation_NONE, fb::Activation_NONE, fb::Activation_RELU,
      fb::Activation_RELU6, fb::Activation_RELU_N1_TO_1};
  return oneOf(random, all);
}

Dims TfliteMaker::broadcastable(const Dims &dims) {
  Dims result = dims;
  for (int64_t &dim : result)
    if (random.oneIn(3))
      dim = 1;
  while (!result.empty() && random.oneIn(4))
    result.erase(result.begin());
  return result;
}

//===----------------------------------------------------------------------===//
// Subgraphs and the file
//===----------------------------------------------------------------------===//

size_t TfliteMaker::beginSubgraph() {
  around.emplace_back(current, std::move(pool));
  pool.clear();
  current = model.subgraphs.size();
  model.subgraphs.push_back(std::make_unique<fb::SubGraphT>());
  graph().name = "g" + std::to_string(current);
  return current;
}

void TfliteMaker::endSubgraph(std::vector<int32_t> outputs) {
  graph().outputs = std::move(outputs);
  current = around.back().first;
  pool = std::move(around.back().second);
  around.pop_back();
}

QTensor TfliteMaker::addInput() {
  fb::TensorType type = quantisedType();
  Dims dims{random.integer(1, 2), random.integer(1, 9), random.integer(1, 9),
            random.integer(1, 7)};
  if (random.oneIn(4))
    dims.erase(dims.begin() + random.integer(0, 3));
  QTensor x = resultOf(type, dims, 2.0);
  graph().inputs.push_back(x.index);
  inputs.push_back({type, dims, numbers(type, countOf(dims), boundsOf(type))});
  return x;
}

std::string TfliteMaker::finish() {
  flatbuffers::FlatBufferBuilder builder;
  fb::FinishModelBuffer(builder, fb::Model::Pack(builder, &model));
  return {reinterpret_cast<const char *>(builder.GetBufferPointer()),
          builder.GetSize()};
}

void TfliteMaker::addOperator() {
  using M = TfliteMaker;
  static constexpr Family families[] = {
      &M::addConv,           &M::addConv,          &M::addDepthwise,
      &M::addDepthwise,      &M::addTransposeConv, &M::addFullyConnected,
      &M::addFullyConnected, &M::addBatchMatMul,   &M::addDynamicRange,
      &M::addBinary,         &M::addBinary,        &M::addExtreme,
      &M::addActivation,     &M::addTable,         &M::addSoftmax,
      &M::addReduction,      &M::addPool,          &M::addPool,
      &M::addQuantize,       &M::addSelect,        &M::addArgMax,
      &M::addResize,         &M::addPad,           &M::addReshape,
      &M::addTranspose,      &M::addSlice,         &M::addStridedSlice,
      &M::addGather,         &M::addRepeat,        &M::addBlocks,
      &M::addConcat,         &M::addSplit,         &M::addIf,
      &M::addWhile,          &M::addVariable};
  // Some family is always possible: QUANTIZE takes anything.
  while (!(this->*families[random.integer(0, std::size(families) - 1)])())
    ;
}

RandomTflite TfliteMaker::make() {
  model.version = 3;
  model.buffers.push_back(std::make_unique<fb::BufferT>());
  model.subgraphs.push_back(std::make_unique<fb::SubGraphT>());
  graph().name = "main";
  pool.push_back(addInput());
  if (random.oneIn(3))
    pool.push_back(addInput());
  size_t numInputs = pool.size();
  for (int64_t i = random.integer(1, 9); i > 0 || pool.size() == numInputs; --i)
    addOperator();
  // The newest value, some other, and what nothing else is made of.
  size_t newest = pool.size() - 1,
         other = random.integer(int64_t(numInputs), int64_t(newest));
  std::vector<int32_t> outputs{pool[newest].index};
  if (other != newest)
    outputs.push_back(pool[other].index);
  for (const QTensor &end : ends)
    outputs.push_back(end.index);
  graph().outputs = std::move(outputs);
  return {finish(), std::move(inputs)};
}

} // namespace systole::suite
