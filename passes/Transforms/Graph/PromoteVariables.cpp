//===- PromoteVariables.cpp - Carry variables as values -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From the innermost loop or branch outwards, so that what an inner one touches
// stands beside it, in the block of the outer one. For each variable that the
// operation assigns:
//
//   1. Decide: see `whyNot`.
//   2. Read it before the operation; that value enters both regions, as a
//      carried value or from outside.
//   3. In each region reads become the value at their place, and assignments
//      change it; what it is at the end is yielded.
//   4. Assign the result after the operation.
//
//===----------------------------------------------------------------------===//

#include "passes/Analysis/VariableAccess.h"
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "llvm/Support/DebugLog.h"

#define DEBUG_TYPE "graph-promote-variables"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHPROMOTEVARIABLES
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

namespace {

/// What to carry through one operation.
struct Plan {
  SmallVector<VariableOp> variables;
  /// The value of each before the operation.
  SmallVector<Value> before;
};

} // namespace

/// The accesses of `variable` in the block of `region` itself.
static SmallVector<Operation *> accessesIn(Region &region,
                                           VariableOp variable) {
  SmallVector<Operation *> accesses;
  for (Operation &op : region.front()) {
    auto read = dyn_cast<ReadVariableOp>(op);
    auto assign = dyn_cast<AssignVariableOp>(op);
    if ((read && read.getVariable() == variable.getSymName()) ||
        (assign && assign.getVariable() == variable.getSymName()))
      accesses.push_back(&op);
  }
  return accesses;
}

/// Why `op`, which assigns `variable`, does not carry it; empty: it may.
static std::string whyNot(Operation *op, VariableOp variable,
                          int64_t maxBytes) {
  RankedTensorType type = variable.getTensorType();
  int64_t bytes = type.getNumElements() * elementBytes(type.getElementType());
  if (bytes > maxBytes)
    return "its " + std::to_string(bytes) + " bytes are more than " +
           std::to_string(maxBytes) + ", and would be copied each time";
  auto loop = dyn_cast<WhileOp>(op);
  if (loop && llvm::any_of(accessesIn(loop.getCondition(), variable),
                           llvm::IsaPred<AssignVariableOp>))
    return "the loop's condition assigns it";
  size_t direct = 0, all = 0;
  for (Region &region : op->getRegions()) {
    for (Operation *access : accessesIn(region, variable)) {
      auto assign = dyn_cast<AssignVariableOp>(access);
      if (assign && assign.getValue().getType() != type)
        return "a value of another type is assigned to it";
      ++direct;
    }
    region.walk([&](Operation *inner) {
      auto read = dyn_cast<ReadVariableOp>(inner);
      auto assign = dyn_cast<AssignVariableOp>(inner);
      all += (read && read.getVariable() == variable.getSymName()) ||
             (assign && assign.getVariable() == variable.getSymName());
    });
  }
  return direct == all ? "" : "an operation inside accesses it in its regions";
}

/// Replaces the accesses of `region`, which begins with `value`, and yields
/// what the variable holds at its end.
static void carryThrough(Region &region, VariableOp variable, Value value,
                         bool yields) {
  for (Operation *access : accessesIn(region, variable)) {
    if (auto assign = dyn_cast<AssignVariableOp>(access))
      value = assign.getValue();
    else
      access->getResult(0).replaceAllUsesWith(value);
    access->erase();
  }
  if (yields) {
    Operation *yield = region.front().getTerminator();
    yield->insertOperands(yield->getNumOperands(), value);
  }
}

/// Moves the regions of `op` to `twin`, which has more results, and assigns
/// those.
static void replaceByTwin(Operation *op, Operation *twin, const Plan &plan) {
  twin->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  unsigned first = op->getNumResults();
  OpBuilder builder(op->getContext());
  builder.setInsertionPointAfter(twin);
  for (VariableOp variable : plan.variables)
    AssignVariableOp::create(builder, op->getLoc(), variable.getSymName(),
                             twin->getResult(first++));
  op->replaceAllUsesWith(twin->getResults().take_front(op->getNumResults()));
  op->erase();
}

static void promoteLoop(WhileOp loop, const Plan &plan) {
  for (Region *region : {&loop.getCondition(), &loop.getBody()})
    for (VariableOp variable : plan.variables) {
      Value value =
          region->front().addArgument(variable.getType(), loop.getLoc());
      carryThrough(*region, variable, value, region == &loop.getBody());
    }
  SmallVector<Value> inits(loop.getInits());
  SmallVector<Type> types(loop.getResultTypes());
  for (Value value : plan.before) {
    inits.push_back(value);
    types.push_back(value.getType());
  }
  OpBuilder builder(loop);
  auto twin = WhileOp::create(builder, loop.getLoc(), types, inits);
  twin.getCondition().takeBody(loop.getCondition());
  twin.getBody().takeBody(loop.getBody());
  replaceByTwin(loop, twin, plan);
}

static void promoteBranch(IfOp branch, const Plan &plan) {
  for (Region &region : branch->getRegions())
    for (auto [variable, value] : llvm::zip_equal(plan.variables, plan.before))
      carryThrough(region, variable, value, /*yields=*/true);
  SmallVector<Type> types(branch.getResultTypes());
  for (Value value : plan.before)
    types.push_back(value.getType());
  OpBuilder builder(branch);
  auto twin =
      IfOp::create(builder, branch.getLoc(), types, branch.getCondition());
  twin.getThenRegion().takeBody(branch.getThenRegion());
  twin.getElseRegion().takeBody(branch.getElseRegion());
  replaceByTwin(branch, twin, plan);
}

namespace {

struct GraphPromoteVariables
    : systole::graph::impl::GraphPromoteVariablesBase<GraphPromoteVariables> {
  using GraphPromoteVariablesBase::GraphPromoteVariablesBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    // Post-order; each is replaced before what surrounds it is looked at.
    SmallVector<Operation *> candidates;
    module.walk([&](Operation *op) {
      if (isa<IfOp, WhileOp>(op))
        candidates.push_back(op);
    });
    for (Operation *op : candidates)
      promote(op, symbols);
  }

private:
  void promote(Operation *op, SymbolTable &symbols) {
    Plan plan = planFor(op, symbols);
    if (plan.variables.empty())
      return;
    LDBG() << "carrying " << plan.variables.size() << " variables through "
           << op->getName();
    int64_t count = plan.variables.size();
    if (auto loop = dyn_cast<WhileOp>(op)) {
      promoteLoop(loop, plan);
      numFromLoops += count;
    } else {
      promoteBranch(cast<IfOp>(op), plan);
      numFromBranches += count;
    }
  }

  /// Decides, and reads what will be carried before `op`.
  Plan planFor(Operation *op, SymbolTable &symbols) {
    Plan plan;
    VariableAccess access = VariableAccess::of(op);
    OpBuilder builder(op);
    for (StringAttr name : access.assigns) {
      auto variable = symbols.lookup<VariableOp>(name);
      std::string why = access.calls ? "a function is called inside"
                                     : whyNot(op, variable, maxBytes);
      if (!why.empty()) {
        remarkMissed(op, DEBUG_TYPE,
                     "variable @" + name.getValue() +
                         " is no value that it carries: " + why);
        continue;
      }
      plan.variables.push_back(variable);
      plan.before.push_back(ReadVariableOp::create(builder, op->getLoc(),
                                                   variable.getType(), name));
    }
    return plan;
  }
};

} // namespace
