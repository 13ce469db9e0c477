//===- VariableOps.cpp - TFLite's resource variables ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A handle is a name while importing, and nothing in the graph. A variable's
// type is that of the first use; its initial value is what a subgraph that is
// called once assigns.
//
//===----------------------------------------------------------------------===//

#include "frontend/Tflite/Importer.h"

using namespace mlir;

namespace systole::tflite {

static void importVarHandle(Node &n) {
  const auto *o = n.options<fb::VarHandleOptions>();
  auto outputs = list(n.op.outputs());
  if (outputs.empty())
    n.error("it has no output for the handle");
  if (!o || outputs.empty())
    return;
  std::string name = text(o->shared_name()).str();
  if (!text(o->container()).empty())
    name = (text(o->container()) + "/" + name).str();
  n.scope.handles[outputs[0]] = name;
}

/// The name of the variable that input 0 is a handle of; a message otherwise.
static std::optional<std::string> handleOf(Node &n) {
  auto inputs = list(n.op.inputs());
  auto found =
      inputs.empty() ? n.scope.handles.end() : n.scope.handles.find(inputs[0]);
  if (found != n.scope.handles.end())
    return found->second;
  n.error("its input is not the handle of a variable in the same subgraph");
  return std::nullopt;
}

static void importReadVariable(Node &n) {
  auto name = handleOf(n);
  if (!name || !n.outputType(0))
    return;
  auto type = RankedTensorType::get(n.outputShape(), n.outputType(0));
  FlatSymbolRefAttr variable = n.importer.getVariable(n, *name, type);
  if (!variable)
    return;
  OperationState state(n.getLocation(),
                       graph::ReadVariableOp::getOperationName());
  state.addAttribute("variable", variable);
  state.addTypes(type);
  n.set(0, n.getBuilder().create(state)->getResult(0));
}

static void importAssignVariable(Node &n) {
  auto name = handleOf(n);
  Value value = n.in(1);
  if (!name || !value)
    return;
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape())
    return (void)n.error("the shape of what it assigns must be known; bind the "
                         "model's inputs with --shape");
  FlatSymbolRefAttr variable = n.importer.getVariable(n, *name, type);
  if (!variable)
    return;
  OperationState state(n.getLocation(),
                       graph::AssignVariableOp::getOperationName());
  state.addAttribute("variable", variable);
  state.addOperands(value);
  n.getBuilder().create(state);
}

static void importCallOnce(Node &n) {
  if (const auto *o = n.options<fb::CallOnceOptions>())
    n.importer.importInitializer(n, o->init_subgraph_index());
}

llvm::ArrayRef<Operator> variableOperators() {
  static const Operator rows[] = {
      {fb::BuiltinOperator_ASSIGN_VARIABLE, importAssignVariable, Moves},
      {fb::BuiltinOperator_CALL_ONCE, importCallOnce, Moves},
      {fb::BuiltinOperator_READ_VARIABLE, importReadVariable, Moves},
      {fb::BuiltinOperator_VAR_HANDLE, importVarHandle, Moves},
  };
  return rows;
}

//===----------------------------------------------------------------------===//
// The module's part
//===----------------------------------------------------------------------===//

FlatSymbolRefAttr Importer::getVariable(Node &node, const std::string &name,
                                        RankedTensorType type) {
  auto [place, isNew] = variables.try_emplace(name, type);
  Builder b(&context);
  // No other symbol of the module has this prefix.
  std::string symbol = "variable " + name;
  if (!isNew && place->second != type) {
    node.error("variable '" + frontend::printable(name) +
               "' has another type elsewhere");
    return {};
  }
  if (isNew) {
    OpBuilder builder = OpBuilder::atBlockBegin(result.module->getBody());
    OperationState state(node.getLocation(),
                         graph::VariableOp::getOperationName());
    state.addAttribute("sym_name", b.getStringAttr(symbol));
    state.addAttribute("type", TypeAttr::get(type));
    builder.create(state);
  }
  return FlatSymbolRefAttr::get(&context, symbol);
}

void Importer::importInitializer(Node &node, int64_t index) {
  if (!initialized.insert(index).second)
    return;
  const fb::SubGraph *graph = model.subgraphs()->Get(index);
  if (!list(graph->inputs()).empty() || !list(graph->outputs()).empty())
    return (void)node.error("a subgraph that is called once takes and gives "
                            "nothing");
  OpBuilder builder = OpBuilder::atBlockEnd(result.module->getBody());
  auto function = func::FuncOp::create(builder, node.getLocation(),
                                       "initialize_" + std::to_string(index),
                                       builder.getFunctionType({}, {}));
  function->setAttr(graph::kInitializerAttr, builder.getUnitAttr());
  function.addEntryBlock();
  // Constants of the function are its own.
  auto savedEntry = std::exchange(entry, function);
  auto savedLast = std::exchange(lastConstant, nullptr);
  auto savedConstants = std::move(constants);
  constants.clear();
  Scope scope;
  scope.graph = graph;
  scope.prefix = "once/";
  scope.values.resize(tables(graph->tensors()).size());
  scope.computed.resize(scope.values.size());
  builder.setInsertionPointToEnd(&function.getBody().front());
  importOperators(scope, nullptr, builder);
  func::ReturnOp::create(builder, node.getLocation(), ValueRange());
  entry = savedEntry;
  lastConstant = savedLast;
  constants = std::move(savedConstants);
}

} // namespace systole::tflite
