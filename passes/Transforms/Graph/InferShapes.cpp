//===- InferShapes.cpp - Refine result types to a fixed point -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Types form a lattice by how much they tell: an unranked tensor, then a rank,
// then dimensions. "Meet" joins what two descriptions of one value tell; "join"
// keeps what two alternatives agree on.
//
//   1. Visit operations in order; each result becomes the meet of its declared
//      type and the one that its operands imply.
//   2. A while starts from its inits. Its body is inferred from those types;
//   where
//      the body yields something else, the carried type becomes the join of
//      both and the body is inferred anew, now without trust in declared types:
//      an importer may have declared what holds in the first iteration only.
//      Joins only lose knowledge, so this ends.
//   3. A function's results follow what it returns, and calls follow it.
//   Repeated
//      until nothing changes.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "passes/Transforms/Graph/ShapeInference.h"
#include "passes/Transforms/Graph/TypeLattice.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/DebugLog.h"
#include "llvm/Support/SaveAndRestore.h"

#define DEBUG_TYPE "graph-infer-shapes"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHINFERSHAPES
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

namespace {

/// Infers one module.
class ShapeInference {
public:
  explicit ShapeInference(ModuleOp module) : module(module) {}
  void run();

  /// Carried types that a loop's body made less precise.
  int64_t numWidened = 0;

private:
  void visitRegion(Region &region);
  void visit(Operation *op);
  void visitInferred(Operation *op);
  void visitIf(IfOp op);
  void visitWhile(WhileOp op);
  void visitGroup(GroupOp op);
  void visitFunction(func::FuncOp function);
  void visitCall(func::CallOp call);

  /// Gives `value` the meet of its declared type and the inferred `type`.
  void refine(Value value, Type type);
  /// Gives `value` exactly `type`.
  void assign(Value value, Type type);

  ModuleOp module;
  /// Declared types count beside inferred ones. False in a loop that changes
  /// the shapes it carries.
  bool trustDeclared = true;
  /// A function's signature changed: its callers must be visited again.
  bool signatureChanged = false;
};

} // namespace

void ShapeInference::refine(Value value, Type type) {
  assign(value, trustDeclared ? meetTypes(value.getType(), type) : type);
}

void ShapeInference::assign(Value value, Type type) {
  if (type == value.getType())
    return;
  // A call takes exactly its callee's argument types, and those are a
  // signature.
  if (llvm::any_of(value.getUsers(), llvm::IsaPred<func::CallOp>))
    return;
  LDBG() << value << " becomes " << type;
  value.setType(type);
}

void ShapeInference::visitRegion(Region &region) {
  for (Block &block : region)
    for (Operation &op : block)
      visit(&op);
}

void ShapeInference::visit(Operation *op) {
  llvm::TypeSwitch<Operation *>(op)
      .Case<IfOp>([&](IfOp op) { visitIf(op); })
      .Case<WhileOp>([&](WhileOp op) { visitWhile(op); })
      .Case<GroupOp>([&](GroupOp op) { visitGroup(op); })
      .Case<func::CallOp>([&](func::CallOp op) { visitCall(op); })
      .Default([&](Operation *op) { visitInferred(op); });
}

void ShapeInference::visitInferred(Operation *op) {
  auto interface = dyn_cast<InferTypeOpInterface>(op);
  if (!interface)
    return;
  SmallVector<Type> types;
  // Contradictions are the verifier's business: it names them better.
  ScopedDiagnosticHandler silence(op->getContext(),
                                  [](Diagnostic &) { return success(); });
  if (failed(interface.inferReturnTypes(
          op->getContext(), std::nullopt, op->getOperands(),
          op->getDiscardableAttrDictionary(), op->getPropertiesStorage(),
          op->getRegions(), types)))
    return;
  for (auto [result, type] : llvm::zip_equal(op->getResults(), types))
    refine(result, type);
}

void ShapeInference::visitIf(IfOp op) {
  visitRegion(op.getThenRegion());
  visitRegion(op.getElseRegion());
  Operation *thenYield = op.getThenRegion().front().getTerminator();
  Operation *elseYield = op.getElseRegion().front().getTerminator();
  for (auto [i, result] : llvm::enumerate(op.getResults())) {
    Type type = joinTypes(thenYield->getOperand(i).getType(),
                          elseYield->getOperand(i).getType());
    refine(result, type);
  }
}

void ShapeInference::visitWhile(WhileOp op) {
  // What the operations inside declare, to start each round from.
  SmallVector<std::pair<Value, Type>> declared;
  op->walk([&](Operation *inner) {
    for (Region &region : inner->getRegions())
      for (BlockArgument argument : region.getArguments())
        declared.push_back({argument, argument.getType()});
    if (inner != op)
      for (Value result : inner->getResults())
        declared.push_back({result, result.getType()});
  });

  SmallVector<Type> carried(op.getInits().getTypes());
  Block &condition = op.getCondition().front(), &body = op.getBody().front();
  llvm::SaveAndRestore<bool> restoreTrust(trustDeclared);
  for (bool stable = false; !stable;) {
    stable = true;
    for (auto [value, type] : declared)
      value.setType(type);
    for (auto [i, type] : llvm::enumerate(carried)) {
      condition.getArgument(i).setType(type);
      body.getArgument(i).setType(type);
    }
    visitRegion(op.getCondition());
    visitRegion(op.getBody());
    for (auto [i, type] : llvm::enumerate(carried)) {
      Type joined =
          joinTypes(type, body.getTerminator()->getOperand(i).getType());
      if (joined == type)
        continue;
      carried[i] = joined;
      trustDeclared = false;
      ++numWidened;
      stable = false;
    }
  }
  for (auto [result, type] : llvm::zip_equal(op.getResults(), carried))
    assign(result, type);
}

void ShapeInference::visitGroup(GroupOp op) {
  for (auto [argument, input] :
       llvm::zip_equal(op.getBody().getArguments(), op.getInputs()))
    assign(argument, input.getType());
  visitRegion(op.getBody());
  Operation *yield = op.getBody().front().getTerminator();
  for (auto [result, value] :
       llvm::zip_equal(op.getResults(), yield->getOperands()))
    assign(result, value.getType());
}

void ShapeInference::visitFunction(func::FuncOp function) {
  if (function.isDeclaration())
    return;
  visitRegion(function.getBody());
  SmallVector<Type> results(function.getResultTypes());
  bool first = true;
  function.walk([&](func::ReturnOp op) {
    for (auto [i, type] : llvm::enumerate(op.getOperandTypes()))
      results[i] = first ? type : joinTypes(results[i], type);
    first = false;
  });
  SmallVector<Type> arguments(function.getBody().getArgumentTypes());
  auto type = FunctionType::get(function.getContext(), arguments, results);
  if (type == function.getFunctionType())
    return;
  function.setFunctionType(type);
  signatureChanged = true;
}

void ShapeInference::visitCall(func::CallOp call) {
  auto callee = module.lookupSymbol<func::FuncOp>(call.getCallee());
  if (!callee)
    return;
  for (auto [result, type] :
       llvm::zip_equal(call.getResults(), callee.getResultTypes()))
    assign(result, type);
}

void ShapeInference::run() {
  do {
    signatureChanged = false;
    for (auto function : module.getOps<func::FuncOp>())
      visitFunction(function);
  } while (signatureChanged);
}

int64_t systole::graph::inferShapes(ModuleOp module) {
  ShapeInference inference(module);
  inference.run();
  return inference.numWidened;
}

namespace {

struct GraphInferShapes
    : systole::graph::impl::GraphInferShapesBase<GraphInferShapes> {
  using GraphInferShapesBase::GraphInferShapesBase;

  void runOnOperation() override {
    DenseMap<Value, Type> before;
    forEachValue([&](Value value) { before[value] = value.getType(); });
    numTypesWidened += inferShapes(getOperation());
    forEachValue([&](Value value) {
      Type old = before.lookup(value);
      numTypesRefined += old != value.getType() &&
                         meetTypes(old, value.getType()) == value.getType();
    });
  }

private:
  /// Results only: arguments follow them.
  template <typename Function>
  void forEachValue(Function function) {
    getOperation()->walk([&](Operation *op) {
      for (Value result : op->getResults())
        function(result);
    });
  }
};

} // namespace
