//===- ForwardVariables.cpp - Values instead of reads ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each block is walked in order with two tables:
//
//   known     the value that a variable holds at this place;
//   unread    its last assignment in this block, while nobody may have read it.
//
// A region begins with what is known around it, in a loop without what the loop
// assigns: its second iteration sees that. What an operation with regions reads
// has been read after it; what it assigns is not known after it.
//
//===----------------------------------------------------------------------===//

#include "passes/Analysis/VariableAccess.h"
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "llvm/Support/DebugLog.h"

#define DEBUG_TYPE "graph-forward-variables"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHFORWARDVARIABLES
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

namespace {

/// The walk through one function, which counts.
struct Forwarder {
  using Known = DenseMap<StringAttr, Value>;

  int64_t forwarded = 0, dead = 0, hoisted = 0;

  void visitBlock(Block &block, Known known);

private:
  /// The last assignments of the block that nobody may have read.
  using Unread = DenseMap<StringAttr, AssignVariableOp>;

  void visitRead(ReadVariableOp read, Known &known, Unread &unread);
  void visitAssign(AssignVariableOp assign, Known &known, Unread &unread);
  void visitRegions(Operation *op, Known &known, Unread &unread);
  /// Reads before `loop` what it reads and does not assign.
  void hoistReads(WhileOp loop, const VariableAccess &access, Known &known);
};

} // namespace

void Forwarder::visitBlock(Block &block, Known known) {
  Unread unread;
  for (Operation &op : llvm::make_early_inc_range(block)) {
    if (auto read = dyn_cast<ReadVariableOp>(op))
      visitRead(read, known, unread);
    else if (auto assign = dyn_cast<AssignVariableOp>(op))
      visitAssign(assign, known, unread);
    else if (op.getNumRegions() != 0 || !isMemoryEffectFree(&op))
      visitRegions(&op, known, unread);
  }
}

void Forwarder::visitRead(ReadVariableOp read, Known &known, Unread &unread) {
  StringAttr variable = read.getVariableAttr().getAttr();
  Value value = known.lookup(variable);
  if (value && value.getType() == read.getType()) {
    LDBG() << "known: " << read;
    read.replaceAllUsesWith(value);
    read.erase();
    ++forwarded;
    return;
  }
  if (value)
    remarkMissed(read, DEBUG_TYPE,
                 "what was assigned has a type that says less than the "
                 "variable's");
  known[variable] = read;
  unread.erase(variable);
}

void Forwarder::visitAssign(AssignVariableOp assign, Known &known,
                            Unread &unread) {
  StringAttr variable = assign.getVariableAttr().getAttr();
  Value value = assign.getValue();
  if (known.lookup(variable) == value) {
    LDBG() << "holds this already: " << assign;
    assign.erase();
    ++dead;
    return;
  }
  if (AssignVariableOp earlier = unread.lookup(variable)) {
    LDBG() << "replaced unread: " << earlier;
    earlier.erase();
    ++dead;
  }
  known[variable] = value;
  unread[variable] = assign;
}

void Forwarder::hoistReads(WhileOp loop, const VariableAccess &access,
                           Known &known) {
  if (access.calls)
    return;
  loop.walk([&](ReadVariableOp read) {
    StringAttr variable = read.getVariableAttr().getAttr();
    if (access.assigns.contains(variable)) {
      remarkMissed(read, DEBUG_TYPE,
                   "it is read in every iteration: the loop assigns it");
      return;
    }
    Value &value = known[variable];
    if (value && value.getType() == read.getType())
      return;
    OpBuilder builder(loop);
    value = builder.clone(*read)->getResult(0);
    ++hoisted;
  });
}

void Forwarder::visitRegions(Operation *op, Known &known, Unread &unread) {
  VariableAccess access = VariableAccess::of(op);
  if (access.calls) {
    known.clear();
    unread.clear();
  }
  auto loop = dyn_cast<WhileOp>(op);
  if (loop)
    hoistReads(loop, access, known);
  for (StringAttr variable : access.reads)
    unread.erase(variable);
  for (StringAttr variable : access.assigns) {
    unread.erase(variable);
    if (loop)
      known.erase(variable);
  }
  bool isIsolated = op->hasTrait<OpTrait::IsIsolatedFromAbove>();
  for (Region &region : op->getRegions())
    for (Block &block : region)
      visitBlock(block, isIsolated ? Known() : known);
  for (StringAttr variable : access.assigns)
    known.erase(variable);
}

namespace {

struct GraphForwardVariables
    : systole::graph::impl::GraphForwardVariablesBase<GraphForwardVariables> {
  using GraphForwardVariablesBase::GraphForwardVariablesBase;

  void runOnOperation() override {
    Forwarder forwarder;
    for (auto function : getOperation().getOps<func::FuncOp>())
      for (Block &block : function.getBody())
        forwarder.visitBlock(block, Forwarder::Known());
    numForwarded += forwarder.forwarded;
    numDead += forwarder.dead;
    numHoisted += forwarder.hoisted;
  }
};

} // namespace
