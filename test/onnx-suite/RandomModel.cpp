//===- RandomModel.cpp - Random legal ONNX models -------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The frame of a model: inputs, weights, nodes, outputs.
//
//===----------------------------------------------------------------------===//

#include "RandomModel.h"
#include "llvm/ADT/STLExtras.h"

namespace systole::suite {

/// The largest tensor of which something is made.
static constexpr int64_t kMostElements = 1500;

//===----------------------------------------------------------------------===//
// Parts of a model
//===----------------------------------------------------------------------===//

int64_t countOf(const Dims &dims) {
  int64_t count = 1;
  for (int64_t dim : dims)
    count *= dim;
  return count;
}

static onnx::AttributeProto &newAttribute(onnx::NodeProto &node,
                                          const std::string &name, int type) {
  onnx::AttributeProto &attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(type);
  return attribute;
}

void setAttribute(onnx::NodeProto &node, const std::string &name,
                  int64_t value) {
  newAttribute(node, name, 2).set_i(value);
}

void setAttribute(onnx::NodeProto &node, const std::string &name,
                  const Dims &values) {
  onnx::AttributeProto &attribute = newAttribute(node, name, 7);
  for (int64_t value : values)
    attribute.add_ints(value);
}

void setAttribute(onnx::NodeProto &node, const std::string &name,
                  const std::string &value) {
  newAttribute(node, name, 3).set_s(value);
}

void setAttribute(onnx::NodeProto &node, const std::string &name, float value) {
  newAttribute(node, name, 1).set_f(value);
}

onnx::GraphProto &addBody(onnx::NodeProto &node, const std::string &name) {
  onnx::GraphProto &body = *newAttribute(node, name, 5).mutable_g();
  body.set_name(name);
  return body;
}

void declare(onnx::ValueInfoProto &info, const RandomTensor &tensor,
             bool dynamic) {
  info.set_name(tensor.name);
  auto &type = *info.mutable_type()->mutable_tensor_type();
  type.set_elem_type(tensor.type);
  type.mutable_shape();
  for (auto [i, dim] : llvm::enumerate(tensor.dims)) {
    auto &declared = *type.mutable_shape()->add_dim();
    if (dynamic && i == 0)
      declared.set_dim_param("batch");
    else
      declared.set_dim_value(dim);
  }
}

/// Random numbers: whole ones where `exact`, positive ones in [1/2, 1].
static void fill(onnx::TensorProto &proto, const Dims &dims, bool exact,
                 bool positive, RandomSource &random) {
  proto.set_data_type(kFloat);
  for (int64_t dim : dims)
    proto.add_dims(dim);
  std::string bytes(4 * countOf(dims), '\0');
  for (int64_t i = 0; i < countOf(dims); ++i) {
    float number = exact ? static_cast<float>(random.integer(-2, 2))
                   : positive
                       ? 0.75f + 0.25f * static_cast<float>(random.real())
                       : static_cast<float>(random.real());
    if (exact && positive)
      number = number > 0 ? 2.0f : 1.0f;
    std::memcpy(bytes.data() + 4 * i, &number, 4);
  }
  proto.set_raw_data(bytes);
}

RandomTensor ModelMaker::weight(const Dims &dims, bool exact, bool positive) {
  RandomTensor tensor{newName(), kFloat, dims, exact ? 2.0 : 1.0, exact};
  onnx::TensorProto &proto = *result.model.mutable_graph()->add_initializer();
  fill(proto, dims, exact, positive, random);
  proto.set_name(tensor.name);
  return tensor;
}

RandomTensor ModelMaker::integers(const Dims &values) {
  RandomTensor tensor{newName(), kInt64, {int64_t(values.size())}, 0, true};
  onnx::TensorProto &proto = *result.model.mutable_graph()->add_initializer();
  proto.set_name(tensor.name);
  proto.set_data_type(kInt64);
  proto.add_dims(values.size());
  for (int64_t value : values)
    proto.add_int64_data(value);
  return tensor;
}

RandomTensor ModelMaker::bytes(const Dims &dims, int32_t type) {
  RandomTensor tensor{newName(), type, dims, 255, true};
  onnx::TensorProto &proto = *result.model.mutable_graph()->add_initializer();
  proto.set_name(tensor.name);
  proto.set_data_type(type);
  for (int64_t dim : dims)
    proto.add_dims(dim);
  int64_t low = type == kInt8 ? -128 : 0;
  for (int64_t i = 0; i < countOf(dims); ++i)
    proto.add_int32_data(static_cast<int32_t>(random.integer(low, low + 255)));
  return tensor;
}

RandomTensor ModelMaker::number(float value) {
  RandomTensor tensor{newName(), kFloat, {}, std::abs(value), true};
  onnx::TensorProto &proto = *result.model.mutable_graph()->add_initializer();
  proto.set_name(tensor.name);
  proto.set_data_type(kFloat);
  proto.add_float_data(value);
  return tensor;
}

RandomTensor ModelMaker::addInput(bool dynamic) {
  int64_t rank = random.integer(2, 4);
  Dims dims;
  for (int64_t d = 0; d < rank; ++d)
    dims.push_back(random.integer(1, d == 0 ? 3 : 6));
  if (random.oneIn(4))
    dims.back() = random.integer(7, 19);
  bool exact = random.oneIn(2);
  RandomTensor tensor{newName(), kFloat, dims, exact ? 2.0 : 1.0, exact};
  declare(*result.model.mutable_graph()->add_input(), tensor, dynamic);
  fill(result.inputs.emplace_back(), dims, exact, false, random);
  return tensor;
}

void ModelMaker::addOutput(const RandomTensor &tensor) {
  onnx::ValueInfoProto &info = *result.model.mutable_graph()->add_output();
  info.set_name(tensor.name);
  info.mutable_type()->mutable_tensor_type()->set_elem_type(tensor.type);
}

onnx::NodeProto &ModelMaker::node(llvm::StringRef op,
                                  std::initializer_list<RandomTensor> inputs) {
  onnx::NodeProto &node = *graph->add_node();
  node.set_op_type(op.str());
  node.set_name(op.str() + "_" + std::to_string(numNames));
  for (const RandomTensor &input : inputs)
    node.add_input(input.name);
  return node;
}

bool ModelMaker::output(onnx::NodeProto &node, RandomTensor tensor) {
  tensor.name = newName();
  node.add_output(tensor.name);
  // Floats hold whole numbers up to here.
  tensor.exact &= tensor.bound < 0x1p24;
  // What grew too large is computed, but nothing is made of it.
  if (countOf(tensor.dims) <= kMostElements && tensor.dims.size() <= 5)
    pool.push_back(std::move(tensor));
  return true;
}

RandomTensor ModelMaker::apply(llvm::StringRef op,
                               std::initializer_list<RandomTensor> inputs,
                               RandomTensor like) {
  output(node(op, inputs), like);
  like.name = "t" + std::to_string(numNames - 1);
  like.exact &= like.bound < 0x1p24;
  return like;
}

RandomTensor ModelMaker::castTo(int32_t type, RandomTensor x) {
  onnx::NodeProto &cast = node("Cast", {x});
  setAttribute(cast, "to", int64_t(type));
  x.type = type;
  output(cast, x);
  x.name = cast.output(0);
  return x;
}

//===----------------------------------------------------------------------===//
// Choosing
//===----------------------------------------------------------------------===//

const RandomTensor *ModelMaker::pick(int32_t type, bool exact) {
  std::vector<const RandomTensor *> fitting;
  for (const RandomTensor &tensor : pool)
    if (tensor.type == type && (tensor.exact || !exact))
      fitting.push_back(&tensor);
  if (fitting.empty())
    return nullptr;
  // Long chains, and sometimes a value that is used again.
  return random.oneIn(3) ? fitting[random.integer(0, fitting.size() - 1)]
                         : fitting.back();
}

RandomTensor ModelMaker::operandFor(const RandomTensor &a, bool nonZero) {
  std::vector<const RandomTensor *> same;
  for (const RandomTensor &tensor : pool)
    if (tensor.type == a.type && tensor.dims == a.dims)
      same.push_back(&tensor);
  if (!nonZero && !same.empty() && random.oneIn(2))
    return *same[random.integer(0, same.size() - 1)];
  Dims dims = a.dims;
  for (int64_t &dim : dims)
    if (random.oneIn(3))
      dim = 1;
  while (!dims.empty() && random.oneIn(3))
    dims.erase(dims.begin());
  return weight(dims, a.exact, nonZero);
}

void ModelMaker::addNode() {
  static constexpr Family families[] = {
      &ModelMaker::addUnary,       &ModelMaker::addUnary,
      &ModelMaker::addExactUnary,  &ModelMaker::addBinary,
      &ModelMaker::addBinary,      &ModelMaker::addComparison,
      &ModelMaker::addWhere,       &ModelMaker::addCast,
      &ModelMaker::addMovement,    &ModelMaker::addReshape,
      &ModelMaker::addSliceOrPad,  &ModelMaker::addConcatOrSplit,
      &ModelMaker::addGather,      &ModelMaker::addReduction,
      &ModelMaker::addSoftmax,     &ModelMaker::addMatMul,
      &ModelMaker::addConv,        &ModelMaker::addConv,
      &ModelMaker::addPool,        &ModelMaker::addNorm,
      &ModelMaker::addQLinearConv, &ModelMaker::addQLinearMatMul,
      &ModelMaker::addPlaces,      &ModelMaker::addShapeArithmetic,
      &ModelMaker::addScatter,     &ModelMaker::addRunningSum,
      &ModelMaker::addTriangle,    &ModelMaker::addResize,
      &ModelMaker::addBlocks,      &ModelMaker::addConvTranspose,
      &ModelMaker::addEinsum,      &ModelMaker::addIntegerChain,
      &ModelMaker::addRounding,    &ModelMaker::addOtherFloats,
      &ModelMaker::addQuantized,   &ModelMaker::addWrittenOut,
      &ModelMaker::addIf,          &ModelMaker::addWrittenNorm,
      &ModelMaker::addLoop,        &ModelMaker::addWrittenAttention,
      &ModelMaker::addScan,        &ModelMaker::addRecurrent};
  // Some family is always possible: the first takes any float.
  while (!(this->*families[random.integer(0, std::size(families) - 1)])())
    ;
}

RandomModel ModelMaker::make() {
  result.model.set_ir_version(8);
  static constexpr int64_t opsets[] = {17, 18, 20, 22, 24};
  opset = oneOf(random, opsets);
  result.model.add_opset_import()->set_version(opset);
  graph = result.model.mutable_graph();
  graph->set_name("random");
  bool dynamic = random.oneIn(3);
  pool.push_back(addInput(dynamic));
  if (!dynamic && random.oneIn(2))
    pool.push_back(addInput(false));
  size_t numInputs = pool.size();
  for (int64_t i = random.integer(2, 14); i > 0 || pool.size() == numInputs;
       --i)
    addNode();
  // The newest value, and some other.
  size_t newest = pool.size() - 1, other = random.integer(numInputs, newest);
  addOutput(pool[newest]);
  if (other != newest)
    addOutput(pool[other]);
  return std::move(result);
}

} // namespace systole::suite
