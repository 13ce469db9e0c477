//===- Node.cpp - One TFLite operator while it is imported ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Access to operands and options, with a message for each thing that a
// malformed operator can lack, and the lookup in the operator tables.
//
//===----------------------------------------------------------------------===//

#include "frontend/Tflite/Node.h"
#include "frontend/Common/Quantization.h"
#include "frontend/Tflite/Importer.h"
#include "llvm/ADT/DenseMap.h"

using namespace mlir;

namespace systole::tflite {

Node::Node(Importer &importer, Scope &scope, const fb::Operator &op,
           fb::BuiltinOperator code, OpBuilder &builder, Location location)
    : GraphBuilder(builder, location), importer(importer), scope(scope), op(op),
      code(code), results(list(op.outputs()).size()) {
  for (int32_t index : list(op.inputs()))
    inputs.push_back(index < 0 ? Value() : importer.lookUp(index, scope));
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

Value Node::in(unsigned i) {
  if (has(i))
    return inputs[i];
  return error("input " + llvm::Twine(i) + " is missing");
}

std::optional<SmallVector<int64_t>> Node::integers(unsigned i,
                                                   llvm::StringRef what) {
  Value value = in(i);
  return value ? requireInts(value, what) : std::nullopt;
}

std::optional<int64_t> Node::rank(unsigned i) {
  Value value = in(i);
  return value ? requireRank(value, "input " + std::to_string(i))
               : std::nullopt;
}

Value Node::index(unsigned i) { return cast(in(i), getBuilder().getI64Type()); }

const fb::Tensor *Node::inputTensor(unsigned i) const {
  auto indices = list(op.inputs());
  if (i >= indices.size() || indices[i] < 0)
    return nullptr;
  return scope.graph->tensors()->Get(indices[i]);
}

const fb::Tensor *Node::outputTensor(unsigned i) const {
  auto indices = list(op.outputs());
  return i < indices.size() ? scope.graph->tensors()->Get(indices[i]) : nullptr;
}

Quantization Node::inputQuant(unsigned i) const {
  const fb::Tensor *tensor = inputTensor(i);
  return tensor ? quantizationOf(*tensor) : Quantization();
}

Quantization Node::outputQuant(unsigned i) const {
  const fb::Tensor *tensor = outputTensor(i);
  return tensor ? quantizationOf(*tensor) : Quantization();
}

bool Node::isQuantized(unsigned i) const {
  const fb::Tensor *tensor = inputTensor(i);
  return tensor && holdsQuantized(*tensor);
}

bool Node::isOutputQuantized(unsigned i) const {
  const fb::Tensor *tensor = outputTensor(i);
  return tensor && holdsQuantized(*tensor);
}

Type Node::outputType(unsigned i) const {
  const fb::Tensor *tensor = outputTensor(i);
  return tensor ? elementTypeOf(getContext(), tensor->type()) : Type();
}

Value Node::asFloat(unsigned i) {
  Value value = in(i);
  Type f32 = getBuilder().getF32Type();
  if (!value || GraphBuilder::elementType(value) == f32)
    return value;
  if (!isQuantized(i))
    return cast(value, f32);
  Quantization q = inputQuant(i);
  SmallVector<double> scales(q.scales.begin(), q.scales.end());
  SmallVector<double> zeroPoints(q.zeroPoints.begin(), q.zeroPoints.end());
  Type type = GraphBuilder::elementType(value);
  auto align = [&](Value parameter) {
    return frontend::alignParameter(*this, parameter, value, q.axis, 0);
  };
  return frontend::dequantize(*this, value, align(numbers(f32, scales)),
                              align(numbers(type, zeroPoints)), f32);
}

//===----------------------------------------------------------------------===//
// What most operators need
//===----------------------------------------------------------------------===//

std::optional<int64_t> Node::resolveAxis(int64_t axis, int64_t rank) {
  int64_t resolved = axis < 0 ? axis + rank : axis;
  if (resolved >= 0 && resolved < rank)
    return resolved;
  error("axis " + llvm::Twine(axis) + " is outside the " + llvm::Twine(rank) +
        " dimensions");
  return std::nullopt;
}

std::optional<SmallVector<int64_t>> Node::axes(unsigned i, int64_t rank) {
  auto given = integers(i, "the input that names axes");
  if (!given)
    return std::nullopt;
  SmallVector<int64_t> resolved;
  for (int64_t axis : *given) {
    auto one = resolveAxis(axis, rank);
    if (!one)
      return std::nullopt;
    resolved.push_back(*one);
  }
  llvm::sort(resolved);
  resolved.erase(std::unique(resolved.begin(), resolved.end()), resolved.end());
  return resolved;
}

Value Node::activate(Value value, fb::Activation activation) {
  switch (activation) {
  case fb::Activation_NONE:
    return value;
  case fb::Activation_RELU:
    return relu(value);
  case fb::Activation_RELU_N1_TO_1:
    return min(max(value, -1.0), 1.0);
  case fb::Activation_RELU6:
    return min(relu(value), 6.0);
  case fb::Activation_TANH:
    return tanh(value);
  default:
    return error("its fused activation " +
                 llvm::StringRef(fb::EnumNameActivation(activation)) +
                 " is not supported");
  }
}

SmallVector<int64_t> Node::outputShape(unsigned i) const {
  const fb::Tensor *tensor = outputTensor(i);
  SmallVector<int64_t> shape;
  for (int32_t size : list(tensor ? tensor->shape() : nullptr))
    shape.push_back(size);
  return shape;
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

std::vector<const Operator *> allOperators() {
  std::vector<const Operator *> rows;
  for (llvm::ArrayRef<Operator> family :
       {elementwiseOperators(), shapeOperators(), windowOperators(),
        contractionOperators(), reductionOperators(), normOperators(),
        indexOperators(), resizeOperators(), recurrentOperators(),
        controlOperators(), quantOperators(), variableOperators()})
    for (const Operator &row : family)
      rows.push_back(&row);
  return rows;
}

const Operator *findOperator(fb::BuiltinOperator code) {
  static const llvm::DenseMap<int, const Operator *> rows = [] {
    llvm::DenseMap<int, const Operator *> all;
    for (const Operator *row : allOperators())
      all[row->code] = row;
    return all;
  }();
  return rows.lookup(code);
}

} // namespace systole::tflite
