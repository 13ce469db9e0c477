//===- ImportNodes.cpp - TFLite into the graph dialect: the operators -----===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Imports operators in the file's order: looks operands up, dispatches to the
// operator tables, and keeps count of what fails.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/NodeLocation.h"
#include "frontend/Tflite/Importer.h"

using namespace mlir;
using systole::frontend::printable;
using systole::frontend::Problem;

namespace systole::tflite {

/// Models that expand to more nodes than this are refused.
static constexpr int64_t kMaxNodes = 100000;
/// A variable's state has at most this many elements.
static constexpr int64_t kMaxState = int64_t(1) << 28;

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

llvm::StringRef Importer::bytesOf(const fb::Tensor &tensor) const {
  llvm::StringRef bytes;
  // Buffer 0 is the empty one, whatever it holds.
  if (tensor.buffer() != 0)
    bufferBytes(*model.buffers()->Get(tensor.buffer()), source.bytes, bytes);
  return bytes;
}

/// The state of a variable at the start of an entry: every byte is the low one
/// of the zero point for INT8, and 0 otherwise.
static std::optional<graph::Tensor> initialState(MLIRContext *context,
                                                 const fb::Tensor &tensor) {
  Type type = elementTypeOf(context, tensor.type());
  SmallVector<int64_t> shape;
  for (int32_t size : list(tensor.shape()))
    shape.push_back(size);
  int64_t count = graph::countElements(shape);
  if (!type || isa<graph::StringType>(type) || count < 0 || count > kMaxState)
    return std::nullopt;
  auto zeros = graph::Tensor::tryAllocate(type, shape);
  if (failed(zeros))
    return std::nullopt;
  if (Quantization q = quantizationOf(tensor);
      q && tensor.type() == fb::TensorType_INT8)
    for (int64_t i = 0; i < zeros->size(); ++i)
      zeros->setInt(i, q.zeroPoint());
  return *zeros;
}

Value Importer::makeConstant(const fb::Tensor &tensor, int64_t index) {
  std::string name = printable(text(tensor.name())), reason;
  std::optional<graph::Tensor> value;
  if (tensor.is_variable()) {
    value = initialState(&context, tensor);
    reason = "its state cannot be held";
  } else if (tensor.sparsity()) {
    value = readSparse(&context, tensor, bytesOf(tensor), reason);
  } else {
    value = readTensor(&context, tensor, bytesOf(tensor), source, reason);
  }
  if (!value) {
    addProblem("tensor '" + name + "': " + reason);
    return {};
  }
  if (isa<FloatType>(value->getElementType()) || value->size() > 16)
    result.summary.parameters += value->size();
  OpBuilder builder(&context);
  if (lastConstant)
    builder.setInsertionPointAfter(lastConstant);
  else
    builder.setInsertionPointToStart(&entry.getBody().front());
  if (name.empty())
    name = "tensor_" + std::to_string(index);
  Value constant = graph::makeConstant(
      builder, graph::nodeLocation(&context, name, "Constant"), *value, name);
  lastConstant = constant.getDefiningOp();
  return constant;
}

Value Importer::lookUp(int64_t index, Scope &scope) {
  if (scope.computed[index])
    return scope.values[index];
  const fb::Tensor *tensor = scope.graph->tensors()->Get(index);
  Type type = elementTypeOf(&context, tensor->type());
  bool empty =
      graph::countElements(SmallVector<int64_t>(
          list(tensor->shape()).begin(), list(tensor->shape()).end())) == 0;
  // What nothing computes and has no bytes is missing, unless it is empty.
  if (!tensor->is_variable() && bytesOf(*tensor).empty() && !(type && empty))
    return {};
  auto [place, isNew] = constants.try_emplace(tensor);
  if (isNew)
    place->second = makeConstant(*tensor, index);
  scope.computed[index] = true;
  return scope.values[index] = constants[tensor];
}

//===----------------------------------------------------------------------===//
// Records
//===----------------------------------------------------------------------===//

std::string Importer::uniqueName(const fb::Operator &op, const Scope &scope) {
  // Operators have no names of their own: that of the first output serves.
  std::string base;
  if (auto outputs = list(op.outputs()); !outputs.empty())
    base = text(scope.graph->tensors()->Get(outputs[0])->name()).str();
  if (base.empty())
    base = operatorName(codeTable(op));
  return records.uniqueName(scope.prefix + base);
}

void Importer::recordNode(const fb::Operator &op, const Scope &scope,
                          const std::string &name) {
  SmallVector<Value> outputs;
  for (int32_t output : list(op.outputs()))
    outputs.push_back(scope.values[output]);
  records.addNode(name, operatorName(codeTable(op)), outputs);
}

//===----------------------------------------------------------------------===//
// Support
//===----------------------------------------------------------------------===//

const Operator *Importer::checkSupport(const fb::Operator &op,
                                       const std::string &name) {
  const fb::OperatorCode &code = codeTable(op);
  fb::BuiltinOperator builtin = codeOf(code);
  if (const Operator *row = findOperator(builtin))
    return row;
  Problem problem{name, printable(operatorName(code)), {}, {}, {}};
  problem.message = builtin == fb::BuiltinOperator_CUSTOM
                        ? "it is a custom operator, whose code is not in the "
                          "file"
                        : "the operator is not supported";
  problem.help.push_back(
      "to leave it out, fetch a tensor before it (--outputs) or feed "
      "one after it (--inputs)");
  records.addUnsupported(std::move(problem));
  return nullptr;
}

void Importer::checkSubgraphs(const fb::Operator &op, const std::string &name) {
  for (int64_t index : calledSubgraphs(op)) {
    Scope inner;
    inner.graph = model.subgraphs()->Get(index);
    inner.prefix = name + "/";
    inner.values.resize(tables(inner.graph->tensors()).size());
    for (const fb::Operator *nested : tables(inner.graph->operators())) {
      if (++numNodes > kMaxNodes)
        return;
      std::string own = uniqueName(*nested, inner);
      checkSupport(*nested, own);
      recordNode(*nested, inner, own);
      checkSubgraphs(*nested, own);
    }
  }
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

/// Fails where an operator is given quantised numbers that it is not imported
/// for.
static bool checkForms(const Operator &row, Node &node) {
  if (row.forms & Moves)
    return true;
  for (const fb::Tensor *tensor : {node.inputTensor(0), node.outputTensor(0)}) {
    if (!tensor || !holdsQuantized(*tensor))
      continue;
    bool is16 = tensor->type() == fb::TensorType_INT16;
    if (row.forms & (is16 ? Int16 : Int8))
      continue;
    node.error("it is not supported for quantised numbers of type " +
               typeName(tensor->type()));
    return false;
  }
  return true;
}

/// True if a value has the element type that the file declares for a tensor:
/// what operators rely on when they read declarations.
static bool hasDeclaredType(Value value, const fb::Tensor &tensor) {
  Type declared = elementTypeOf(value.getContext(), tensor.type());
  return declared == frontend::GraphBuilder::elementType(value);
}

/// Fails where a result is not what the file declares.
static void checkResults(Node &node) {
  for (unsigned i = 0; i < node.numOutputs(); ++i) {
    Value value = node.getResult(i);
    if (value && !hasDeclaredType(value, *node.outputTensor(i)))
      node.error("output " + llvm::Twine(i) + " is declared as " +
                 typeName(node.outputTensor(i)->type()) +
                 ", which the operator does not give");
  }
}

void Importer::importOperator(const fb::Operator &op, Scope &scope,
                              const std::string &name, OpBuilder &builder) {
  const Operator *row = checkSupport(op, name);
  for (int32_t output : list(op.outputs()))
    scope.computed[output] = true;
  bool poisoned = false;
  for (int32_t input : list(op.inputs()))
    poisoned |=
        input >= 0 && !lookUp(input, scope) &&
        elementTypeOf(&context, scope.graph->tensors()->Get(input)->type());
  if (poisoned || !row)
    return checkSubgraphs(op, name);
  fb::BuiltinOperator code = codeOf(codeTable(op));
  Node node(
      *this, scope, op, code, builder,
      graph::nodeLocation(&context, name, fb::EnumNameBuiltinOperator(code)));
  size_t before = result.problems.size();
  if (checkForms(*row, node))
    row->import(node);
  checkResults(node);
  bool complete = !node.failed();
  for (auto [i, output] : llvm::enumerate(list(op.outputs()))) {
    complete &= node.getResult(i) || !node.outputType(i);
    scope.values[output] = node.failed() ? Value() : node.getResult(i);
  }
  bool recorded = node.isPoisoned() || result.problems.size() != before;
  if (!complete && (node.failed() || !recorded))
    records.addFailure(name, operatorName(codeTable(op)), node);
}

void Importer::importOperators(Scope &scope, const std::vector<bool> *needed,
                               OpBuilder &builder) {
  for (auto [i, op] : llvm::enumerate(tables(scope.graph->operators()))) {
    if (needed && !(*needed)[i])
      continue;
    if (++numNodes > kMaxNodes) {
      addProblem("the model expands to more than " + llvm::Twine(kMaxNodes) +
                 " nodes");
      return;
    }
    std::string name = uniqueName(*op, scope);
    importOperator(*op, scope, name, builder);
    recordNode(*op, scope, name);
  }
}

std::optional<SmallVector<Value>>
Importer::importSubgraph(Node &node, int64_t index,
                         llvm::ArrayRef<Value> arguments,
                         llvm::StringRef role) {
  Scope scope;
  scope.graph = model.subgraphs()->Get(index);
  scope.prefix = node.scope.prefix + role.str() + "/";
  size_t numTensors = tables(scope.graph->tensors()).size();
  scope.values.resize(numTensors);
  scope.computed.resize(numTensors);
  auto inputs = list(scope.graph->inputs());
  if (inputs.size() != arguments.size()) {
    node.error("its subgraph takes " + llvm::Twine(inputs.size()) +
               " tensors instead of " + llvm::Twine(arguments.size()));
    return std::nullopt;
  }
  for (auto [input, value] : llvm::zip(inputs, arguments)) {
    if (input < 0)
      continue;
    const fb::Tensor &declared = *scope.graph->tensors()->Get(input);
    if (!value || !hasDeclaredType(value, declared)) {
      node.error("its subgraph takes tensors of other types");
      return std::nullopt;
    }
    scope.values[input] = value;
    scope.computed[input] = true;
  }
  size_t before = result.problems.size();
  importOperators(scope, nullptr, node.getBuilder());
  SmallVector<Value> results;
  for (int32_t output : list(scope.graph->outputs()))
    results.push_back(lookUp(output, scope));
  if (result.problems.size() == before && !llvm::is_contained(results, Value()))
    return results;
  if (result.problems.size() == before)
    node.error("its subgraph has an output that nothing computes");
  else
    node.setPoisoned();
  return std::nullopt;
}

} // namespace systole::tflite
