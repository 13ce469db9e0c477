//===- PruneRegions.cpp - Unused results of regions -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A carried value of a loop is live if its result is used, if the condition
// reads it, or if the next value of a live one, or what is assigned to a
// variable, is computed from it. The others go, with their inits, arguments and
// yielded values.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Graph/PruneRegions.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace systole::graph;

/// The results that `kept` marks.
static SmallVector<Type> keptTypes(Operation *op, const llvm::BitVector &kept) {
  SmallVector<Type> types;
  for (unsigned i : kept.set_bits())
    types.push_back(op->getResult(i).getType());
  return types;
}

/// Moves the regions of `op` to `twin`, which has the kept results, and erases
/// `op`.
static void replaceKept(Operation *op, Operation *twin,
                        const llvm::BitVector &kept) {
  for (auto [from, to] : llvm::zip_equal(op->getRegions(), twin->getRegions()))
    to.takeBody(from);
  twin->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  for (auto [position, i] : llvm::enumerate(kept.set_bits()))
    op->getResult(i).replaceAllUsesWith(twin->getResult(position));
  op->erase();
}

static int64_t pruneIf(IfOp op) {
  llvm::BitVector kept(op->getNumResults());
  for (auto [i, result] : llvm::enumerate(op.getResults()))
    kept[i] = !result.use_empty();
  int64_t dropped = kept.size() - kept.count();
  if (dropped == 0)
    return 0;

  llvm::BitVector unused = kept;
  unused.flip();
  for (Region *region : op.getRegions())
    region->front().getTerminator()->eraseOperands(unused);
  OpBuilder builder(op);
  auto twin = IfOp::create(builder, op.getLoc(), keptTypes(op, kept),
                           op.getCondition());
  replaceKept(op, twin, kept);
  return dropped;
}

/// Adds the arguments of `body` that `values` are computed from, in nested
/// regions too.
static void addArgumentsBehind(SmallVector<Value> values, Block &body,
                               llvm::SmallSetVector<Value, 8> &arguments) {
  DenseSet<Operation *> visited;
  while (!values.empty()) {
    Value current = values.pop_back_val();
    if (auto argument = dyn_cast<BlockArgument>(current)) {
      if (argument.getOwner() == &body)
        arguments.insert(argument);
      // Arguments of nested loops come from operands of the loop, which are
      // visited with it.
      continue;
    }
    Operation *op = current.getDefiningOp();
    if (!body.getParent()->isAncestor(op->getParentRegion()) ||
        !visited.insert(op).second)
      continue;
    op->walk([&](Operation *inner) {
      llvm::append_range(values, inner->getOperands());
    });
  }
}

/// All operands of operations that do more than give results.
static SmallVector<Value> operandsOfEffects(Block &body) {
  SmallVector<Value> values;
  for (Operation &op : body.without_terminator())
    if (!isOpTriviallyDead(&op) && !isMemoryEffectFree(&op))
      op.walk([&](Operation *inner) {
        llvm::append_range(values, inner->getOperands());
      });
  return values;
}

/// The carried values that matter.
static llvm::BitVector liveCarried(WhileOp op) {
  Block &condition = op.getCondition().front(), &body = op.getBody().front();
  llvm::BitVector live(op->getNumResults());
  SmallVector<unsigned> worklist;
  auto mark = [&](unsigned i) {
    if (!live.test(i)) {
      live.set(i);
      worklist.push_back(i);
    }
  };
  for (unsigned i = 0; i < live.size(); ++i)
    if (!op->getResult(i).use_empty() || !condition.getArgument(i).use_empty())
      mark(i);
  auto markBehind = [&](SmallVector<Value> values) {
    llvm::SmallSetVector<Value, 8> arguments;
    addArgumentsBehind(std::move(values), body, arguments);
    for (Value argument : arguments)
      mark(cast<BlockArgument>(argument).getArgNumber());
  };
  markBehind(operandsOfEffects(body));
  while (!worklist.empty())
    markBehind({body.getTerminator()->getOperand(worklist.pop_back_val())});
  return live;
}

static int64_t pruneWhile(WhileOp op) {
  llvm::BitVector kept = liveCarried(op);
  int64_t dropped = kept.size() - kept.count();
  if (dropped == 0)
    return 0;

  llvm::BitVector dead = kept;
  dead.flip();
  Block &condition = op.getCondition().front(), &body = op.getBody().front();
  body.getTerminator()->eraseOperands(dead);
  // Dead values may still compute their own next ones: nothing reads those now.
  removeDeadOperations(op);
  condition.eraseArguments(dead);
  body.eraseArguments(dead);
  SmallVector<Value> inits;
  for (unsigned i : kept.set_bits())
    inits.push_back(op.getInits()[i]);
  OpBuilder builder(op);
  auto twin = WhileOp::create(builder, op.getLoc(), keptTypes(op, kept), inits);
  replaceKept(op, twin, kept);
  return dropped;
}

int64_t systole::graph::removeUnusedRegionResults(Operation *root) {
  SmallVector<Operation *> candidates;
  // Inner ones first: an outer one that goes changes only its own operation.
  root->walk([&](Operation *op) {
    if (isa<IfOp, WhileOp>(op))
      candidates.push_back(op);
  });
  int64_t dropped = 0;
  for (Operation *op : candidates) {
    if (auto conditional = dyn_cast<IfOp>(op))
      dropped += pruneIf(conditional);
    else
      dropped += pruneWhile(cast<WhileOp>(op));
  }
  return dropped;
}
