//===- Extraction.cpp - The graph of some operations ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Extraction.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "mlir/IR/IRMapping.h"
#include "passes/Analysis/VariableAccess.h"
#include "tools/systole/Engine.h"
#include "tools/systole/Model.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

mlir::func::FuncOp systole::driver::reducedEntry(mlir::ModuleOp module) {
  if (mlir::func::FuncOp entry = entryFunction(module))
    return entry;
  auto functions = module.getOps<mlir::func::FuncOp>();
  return functions.empty() ? mlir::func::FuncOp() : *functions.begin();
}

SmallVector<mlir::Operation *> systole::driver::candidates(mlir::Block &block) {
  SmallVector<mlir::Operation *> result;
  for (mlir::Operation &op : block.without_terminator())
    if (!isConstant(&op))
      result.push_back(&op);
  return result;
}

/// True for values that a candidate can be given, or give, where it could not
/// before.
static bool fitsFile(mlir::Type type) {
  auto tensor = dyn_cast<mlir::RankedTensorType>(type);
  return tensor &&
         runtimeType(tensor.getElementType()) != SYSTOLE_DTYPE_INVALID;
}

namespace {
/// Builds the graph of some operations of one block.
class Extraction {
public:
  Extraction(mlir::ModuleOp source, ArrayRef<mlir::Operation *> ops);
  /// The graph; null where it would need what files do not hold.
  mlir::OwningOpRef<mlir::ModuleOp> take() {
    return possible ? std::move(module) : mlir::OwningOpRef<mlir::ModuleOp>();
  }

private:
  /// Makes what `value` stands for: a constant, or an input.
  void provide(mlir::Value value);
  /// Values from outside `op` that it or its regions read.
  static SetVector<mlir::Value> operandsOf(mlir::Operation *op);
  void finish(ArrayRef<mlir::Operation *> ops);
  /// Functions that are called go along.
  void copyFunctions(mlir::ModuleOp source);
  /// Variables that are accessed go along, with the functions that begin a
  /// state, if there are any.
  void copyState(mlir::ModuleOp source);
  /// The name's attribute; `known` where the model has one.
  mlir::DictionaryAttr name(mlir::Attribute known, const Twine &text) {
    auto given = dyn_cast_if_present<mlir::StringAttr>(known);
    mlir::StringAttr name = given ? given : builder.getStringAttr(text);
    // No two may be alike: a made-up name could be one of the model's.
    while (!names.insert(name).second)
      name = builder.getStringAttr(name.getValue() + "_1");
    return builder.getDictionaryAttr(
        builder.getNamedAttr(graph::kNameAttr, name));
  }

  mlir::OpBuilder builder;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp entry, function;
  mlir::Block *body;
  mlir::IRMapping mapping;
  SmallVector<mlir::Attribute> argumentNames;
  DenseSet<mlir::Attribute> names;
  bool possible = true;
};
} // namespace

SetVector<mlir::Value> Extraction::operandsOf(mlir::Operation *op) {
  SetVector<mlir::Value> result;
  op->walk([&](mlir::Operation *inner) {
    for (mlir::Value operand : inner->getOperands())
      if (!op->isAncestor(operand.getParentRegion()->getParentOp()))
        result.insert(operand);
  });
  return result;
}

void Extraction::provide(mlir::Value value) {
  if (mapping.contains(value))
    return;
  mlir::Operation *producer = value.getDefiningOp();
  if (producer && isConstant(producer)) {
    builder.clone(*producer, mapping);
    return;
  }
  auto argument = dyn_cast<mlir::BlockArgument>(value);
  bool isInput = argument && argument.getOwner() == &entry.getBody().front();
  possible &= isInput || fitsFile(value.getType());
  argumentNames.push_back(
      name(isInput ? entry.getArgAttr(argument.getArgNumber(), graph::kNameAttr)
                   : mlir::Attribute(),
           "in" + Twine(body->getNumArguments())));
  mapping.map(value, body->addArgument(value.getType(), value.getLoc()));
}

void Extraction::finish(ArrayRef<mlir::Operation *> ops) {
  SmallVector<mlir::Value> results;
  SmallVector<mlir::Attribute> resultNames;
  mlir::Operation *returned = entry.getBody().front().getTerminator();
  names.clear();
  for (mlir::Operation *op : ops)
    for (mlir::Value result : op->getResults()) {
      mlir::Value made = mapping.lookup(result);
      std::optional<unsigned> position;
      for (mlir::OpOperand &use : result.getUses())
        if (use.getOwner() == returned)
          position = use.getOperandNumber();
      if (!made.use_empty() && !position)
        continue;
      possible &= position || fitsFile(result.getType());
      resultNames.push_back(
          name(position ? entry.getResultAttr(*position, graph::kNameAttr)
                        : mlir::Attribute(),
               "out" + Twine(results.size())));
      results.push_back(made);
    }
  mlir::func::ReturnOp::create(builder, function.getLoc(), results);
  function.setType(builder.getFunctionType(
      body->getArgumentTypes(), mlir::ValueRange(results).getTypes()));
  function.setArgAttrsAttr(builder.getArrayAttr(argumentNames));
  function.setResAttrsAttr(builder.getArrayAttr(resultNames));
}

void Extraction::copyFunctions(mlir::ModuleOp source) {
  // What was inlined calls nothing; recursion and the like stays.
  bool calls = function
                   .walk([](mlir::CallOpInterface) {
                     return mlir::WalkResult::interrupt();
                   })
                   .wasInterrupted();
  builder.setInsertionPointToEnd(module->getBody());
  for (auto other : source.getOps<mlir::func::FuncOp>())
    if (calls && other != entry && !other->hasAttr(graph::kInitializerAttr))
      builder.clone(*other);
}

void Extraction::copyState(mlir::ModuleOp source) {
  auto accessed = graph::VariableAccess::of(*module);
  if (accessed.reads.empty() && accessed.assigns.empty())
    return;
  builder.setInsertionPointToEnd(module->getBody());
  for (auto other : source.getOps<mlir::func::FuncOp>())
    if (other->hasAttr(graph::kInitializerAttr))
      builder.clone(*other);
  accessed = graph::VariableAccess::of(*module);
  builder.setInsertionPointToStart(module->getBody());
  for (auto variable : source.getOps<graph::VariableOp>())
    if (accessed.reads.contains(variable.getSymNameAttr()) ||
        accessed.assigns.contains(variable.getSymNameAttr()))
      builder.clone(*variable);
}

Extraction::Extraction(mlir::ModuleOp source, ArrayRef<mlir::Operation *> ops)
    : builder(source.getContext()), entry(reducedEntry(source)) {
  module = mlir::ModuleOp::create(source.getLoc());
  (*module)->setAttrs(source->getAttrDictionary());
  builder.setInsertionPointToEnd(module->getBody());
  function =
      mlir::func::FuncOp::create(builder, source.getLoc(), entry.getName(),
                                 builder.getFunctionType({}, {}));
  function->setAttr(graph::kEntryAttr, builder.getUnitAttr());
  body = function.addEntryBlock();
  builder.setInsertionPointToEnd(body);
  for (mlir::Operation *op : ops) {
    for (mlir::Value operand : operandsOf(op))
      provide(operand);
    builder.clone(*op, mapping);
  }
  finish(ops);
  copyFunctions(source);
  copyState(source);
}

mlir::OwningOpRef<mlir::ModuleOp>
systole::driver::extractGraph(mlir::ModuleOp module,
                              ArrayRef<mlir::Operation *> ops) {
  return Extraction(module, ops).take();
}
