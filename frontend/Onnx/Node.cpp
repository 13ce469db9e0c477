//===- Node.cpp - One ONNX node while it is imported ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Access to operands and attributes, with a message for each thing that a
// malformed node can lack, and the lookup in the operator tables.
//
//===----------------------------------------------------------------------===//

#include "frontend/Onnx/Node.h"
#include "frontend/Common/Problems.h"
#include "frontend/Onnx/Importer.h"
#include "frontend/Onnx/OperatorTables.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace systole::onnx {

Value Node::in(unsigned i) {
  if (has(i))
    return inputs[i];
  return error("input " + llvm::Twine(i) + " is missing");
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

const AttributeProto *Node::attribute(llvm::StringRef name) const {
  for (const AttributeProto &attribute : proto.attribute())
    if (attribute.name() == name)
      return &attribute;
  return nullptr;
}

const AttributeProto *Node::typedAttribute(llvm::StringRef name, int32_t type,
                                           llvm::StringRef typeName) {
  const AttributeProto *found = attribute(name);
  // Files of the first version have no types.
  if (!found || found->type() == type || found->type() == 0)
    return found;
  error("attribute '" + name + "' is not " + typeName);
  return nullptr;
}

int64_t Node::integer(llvm::StringRef name, int64_t otherwise) {
  const AttributeProto *found = typedAttribute(name, 2, "an integer");
  return found ? found->i() : otherwise;
}

double Node::real(llvm::StringRef name, double otherwise) {
  const AttributeProto *found = typedAttribute(name, 1, "a float");
  return found ? found->f() : otherwise;
}

std::string Node::string(llvm::StringRef name, llvm::StringRef otherwise) {
  const AttributeProto *found = typedAttribute(name, 3, "a string");
  return found ? found->s() : otherwise.str();
}

std::optional<SmallVector<int64_t>> Node::integers(llvm::StringRef name) {
  const AttributeProto *found = typedAttribute(name, 7, "a list of integers");
  if (!found)
    return std::nullopt;
  return SmallVector<int64_t>(found->ints().begin(), found->ints().end());
}

SmallVector<double> Node::reals(llvm::StringRef name) {
  const AttributeProto *found = typedAttribute(name, 6, "a list of floats");
  if (!found)
    return {};
  return SmallVector<double>(found->floats().begin(), found->floats().end());
}

std::vector<std::string> Node::strings(llvm::StringRef name) {
  const AttributeProto *found = typedAttribute(name, 8, "a list of strings");
  if (!found)
    return {};
  return std::vector<std::string>(found->strings().begin(),
                                  found->strings().end());
}

std::optional<graph::Tensor> Node::tensor(llvm::StringRef name) {
  const AttributeProto *found = typedAttribute(name, 4, "a tensor");
  if (!found)
    return std::nullopt;
  std::string reason;
  auto tensor = importer.getTensors().read(found->t(), reason);
  if (!tensor)
    error("attribute '" + name + "': " + reason);
  return tensor;
}

std::optional<graph::Tensor> Node::sparseTensor(llvm::StringRef name) {
  const AttributeProto *found = typedAttribute(name, 11, "a sparse tensor");
  if (!found)
    return std::nullopt;
  std::string reason;
  auto tensor = importer.getTensors().read(found->sparse_tensor(), reason);
  if (!tensor)
    error("attribute '" + name + "': " + reason);
  return tensor;
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

std::optional<int64_t> Node::resolveAxis(int64_t axis, int64_t rank,
                                         llvm::StringRef what) {
  int64_t resolved = axis < 0 ? axis + rank : axis;
  if (resolved >= 0 && resolved < rank)
    return resolved;
  error(what + " " + llvm::Twine(axis) + " is outside the " +
        llvm::Twine(rank) + " dimensions");
  return std::nullopt;
}

std::optional<SmallVector<int64_t>>
Node::resolveAxes(llvm::ArrayRef<int64_t> axes, int64_t rank) {
  SmallVector<int64_t> resolved;
  for (int64_t axis : axes) {
    auto one = resolveAxis(axis, rank);
    if (!one)
      return std::nullopt;
    resolved.push_back(*one);
  }
  llvm::sort(resolved);
  if (std::adjacent_find(resolved.begin(), resolved.end()) != resolved.end()) {
    error("an axis is given twice");
    return std::nullopt;
  }
  return resolved;
}

std::optional<int64_t> Node::axis(int64_t otherwise) {
  auto known = rank(0);
  return known ? resolveAxis(integer("axis", otherwise), *known) : std::nullopt;
}

std::optional<int64_t> Node::rank(unsigned i) {
  if (!in(i))
    return std::nullopt;
  std::string name =
      i < static_cast<unsigned>(proto.input_size()) ? proto.input(i) : "";
  return requireRank(inputs[i], "'" + frontend::printable(name) + "'");
}

std::optional<SmallVector<int64_t>> Node::axes(unsigned i) {
  if (auto fromAttribute = integers("axes"))
    return fromAttribute;
  if (!has(i))
    return std::nullopt;
  return requireInts(inputs[i], "input 'axes'");
}

Value asScalar(Node &n, Value value) {
  return n.reshape(value, llvm::ArrayRef<frontend::Extent>());
}

double normExponent(Node &n) {
  const AttributeProto *given = n.attribute("p");
  return given && given->type() == 1 ? n.real("p", 2)
                                     : static_cast<double>(n.integer("p", 2));
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

std::vector<const Operator *> allOperators() {
  std::vector<const Operator *> rows;
  for (llvm::ArrayRef<Operator> family :
       {elementwiseOperators(),    activationOperators(),
        shapeOperators(),          constantOperators(),
        neuralOperators(),         reductionOperators(),
        recurrentOperators(),      controlOperators(),
        mathOperators(),           indexOperators(),
        orderOperators(),          lossOperators(),
        normOperators(),           trainingOperators(),
        textOperators(),           scanOperators(),
        attentionOperators(),      spatialOperators(),
        resizeOperators(),         signalOperators(),
        randomOperators(),         quantOperators(),
        stringOperators(),         sequenceOperators(),
        treeOperators(),           featureOperators(),
        modelOperators(),          microsoftOperators(),
        microsoftLayerOperators(), supportVectorOperators()})
    for (const Operator &row : family)
      rows.push_back(&row);
  return rows;
}

namespace {
/// The operators of one domain; several rows of one operator are a list.
using DomainTable = llvm::StringMap<SmallVector<const Operator *, 2>>;
} // namespace

/// The tables of plugins come first in each list of rows.
static llvm::StringMap<DomainTable> &operatorTables() {
  static llvm::StringMap<DomainTable> domains = [] {
    llvm::StringMap<DomainTable> result;
    for (const Operator *row : allOperators())
      result[row->domain][row->name].push_back(row);
    return result;
  }();
  return domains;
}

void registerOperators(llvm::ArrayRef<Operator> rows) {
  for (const Operator &row : rows) {
    auto &known = operatorTables()[row.domain][row.name];
    known.insert(known.begin(), &row);
  }
}

OperatorLookup findOperator(llvm::StringRef domain, llvm::StringRef name,
                            int64_t opset) {
  auto table = operatorTables().find(domain);
  if (table == operatorTables().end())
    return {nullptr, false, false};
  auto rows = table->second.find(name);
  if (rows == table->second.end())
    return {nullptr, false, true};
  for (const Operator *row : rows->second)
    if (opset >= row->since && opset <= row->until)
      return {row, true, true};
  return {nullptr, true, true};
}

} // namespace systole::onnx
