//===- FoldVariables.cpp - Variables that need not be variables -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All reads and assignments of the module are collected first, those of
// initialisers among them; then each variable is judged by what was found.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/DebugLog.h"

#define DEBUG_TYPE "graph-fold-variables"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHFOLDVARIABLES
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

namespace {
/// What refers to one variable, in the module's order.
struct Accesses {
  SmallVector<ReadVariableOp> reads;
  SmallVector<AssignVariableOp> assigns;
};
} // namespace

static llvm::MapVector<VariableOp, Accesses> collectAccesses(ModuleOp module) {
  llvm::MapVector<VariableOp, Accesses> all;
  SymbolTable symbols(module);
  for (auto variable : module.getOps<VariableOp>())
    all[variable];
  module.walk([&](Operation *op) {
    if (auto read = dyn_cast<ReadVariableOp>(op))
      all[symbols.lookup<VariableOp>(read.getVariable())].reads.push_back(read);
    if (auto assign = dyn_cast<AssignVariableOp>(op))
      all[symbols.lookup<VariableOp>(assign.getVariable())].assigns.push_back(
          assign);
  });
  return all;
}

/// The variable's initial value as a constant's, or null where its zeros exceed
/// memory.
static ElementsAttr initialValue(VariableOp variable) {
  if (auto initial = variable.getInitial())
    return *initial;
  RankedTensorType type = variable.getTensorType();
  FailureOr<Tensor> zeros =
      Tensor::tryAllocate(type.getElementType(), type.getShape());
  return failed(zeros) ? ElementsAttr() : attributeFromTensor(*zeros);
}

/// Makes constants of the reads of a variable that nobody assigns. Returns
/// false if it stays.
static bool replaceByConstant(VariableOp variable, const Accesses &accesses) {
  ElementsAttr value = initialValue(variable);
  if (!value)
    return false;
  for (ReadVariableOp read : accesses.reads) {
    OpBuilder builder(read);
    read.replaceAllUsesWith(
        ConstantOp::create(builder, read.getLoc(), read.getType(), value)
            .getResult());
    read.erase();
  }
  variable.erase();
  return true;
}

/// True if only initialisers assign the variable.
static bool isSetOnce(const Accesses &accesses) {
  return llvm::all_of(accesses.assigns, [](AssignVariableOp assign) {
    return assign->getParentOfType<func::FuncOp>()->hasAttr(kInitializerAttr);
  });
}

namespace {

struct GraphFoldVariables
    : systole::graph::impl::GraphFoldVariablesBase<GraphFoldVariables> {
  using GraphFoldVariablesBase::GraphFoldVariablesBase;

  void runOnOperation() override {
    for (auto &[variable, accesses] : collectAccesses(getOperation())) {
      LDBG() << variable.getSymName() << ": " << accesses.reads.size()
             << " reads, " << accesses.assigns.size() << " assignments";
      if (accesses.reads.empty()) {
        for (AssignVariableOp assign : accesses.assigns)
          assign.erase();
        variable.erase();
        ++numRemoved;
      } else if (accesses.assigns.empty()) {
        numConstants += replaceByConstant(variable, accesses);
      } else if (isSetOnce(accesses)) {
        remarkMissed(variable, DEBUG_TYPE,
                     "only an initialiser assigns it: its value is known when "
                     "a state begins, not when the model is compiled");
      }
    }
  }
};

} // namespace
