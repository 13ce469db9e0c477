//===- Grouping.cpp - What the fusing passes share ------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Questions about clusters, and the step from a cluster to a group.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Graph/Grouping.h"
#include "passes/Analysis/DimSources.h"

using namespace mlir;

namespace systole::graph {

SmallVector<Block *> groupableBlocks(ModuleOp module) {
  SmallVector<Block *> blocks;
  module->walk([&](Block *block) {
    if (!isa<GroupOp, ModuleOp>(block->getParentOp()))
      blocks.push_back(block);
  });
  return blocks;
}

bool allUsersIn(Operation *op, const llvm::SetVector<Operation *> &set) {
  return llvm::all_of(op->getUsers(),
                      [&](Operation *user) { return set.contains(user); });
}

bool variesAlongLastDim(Value operand, Value root) {
  RankedTensorType type = rankedType(operand), rootType = rankedType(root);
  if (!type.hasStaticShape() || type.getRank() == 0 ||
      type.getRank() > rootType.getRank())
    return false;
  return type.getNumElements() == type.getShape().back() &&
         type.getShape().back() == rootType.getShape().back();
}

/// A chain of element-wise operations between a contraction and its epilogue's
/// end is followed this far.
static constexpr int kMaxEpilogueLength = 16;

/// belongsToContraction, `depth` operations further on.
static bool followsContraction(Operation *op, int depth) {
  if (depth == kMaxEpilogueLength || !isElementwise(op))
    return false;
  return llvm::any_of(op->getOperands(), [&](Value operand) {
    Operation *producer = operand.getDefiningOp();
    return producer && producer->hasOneUse() &&
           haveSameShape(operand, op->getResult(0)) &&
           (isa<ConvOp, MatMulOp>(producer) ||
            followsContraction(producer, depth + 1));
  });
}

bool belongsToContraction(Operation *op) { return followsContraction(op, 0); }

bool isCostly(Operation *op) {
  return isa<ExpOp, Expm1Op, LogOp, Log1pOp, TanhOp, ErfOp, SigmoidOp, PowOp,
             SinOp, CosOp, AtanOp>(op);
}

SmallVector<Operation *> inBlockOrder(llvm::SetVector<Operation *> set) {
  SmallVector<Operation *> ops = set.takeVector();
  llvm::sort(ops,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  return ops;
}

/// The values that the members read from outside, without the constants of one
/// element: those are copied into the group. A contraction's own operands are
/// never copied, so that it stays the first operation.
static llvm::SetVector<Value> outsideOperands(const Cluster &cluster) {
  DenseSet<Operation *> members(cluster.ops.begin(), cluster.ops.end());
  llvm::SetVector<Value> operands;
  for (Operation *op : cluster.ops)
    for (Value operand : op->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      bool copied = isElementwise(op) && hasOneElement(operand) &&
                    isa_and_nonnull<ConstantOp>(producer);
      if (!members.contains(producer) && !copied)
        operands.insert(operand);
    }
  return operands;
}

/// Moves the members into a new group at the place of the last one.
void formGroup(const Cluster &cluster) {
  Operation *last = cluster.ops.back();
  OpBuilder builder(last);
  llvm::SetVector<Value> operands = outsideOperands(cluster);
  auto group = GroupOp::create(builder, fuseLocations(cluster.ops),
                               last->getResultTypes(), operands.getArrayRef(),
                               cluster.kind);

  Block &body = group.getBody().emplaceBlock();
  IRMapping mapping;
  for (Value operand : operands)
    mapping.map(operand, body.addArgument(operand.getType(), operand.getLoc()));
  builder.setInsertionPointToEnd(&body);
  for (Operation *op : cluster.ops) {
    for (Value operand : op->getOperands())
      if (!mapping.contains(operand))
        builder.clone(*operand.getDefiningOp(), mapping);
    builder.clone(*op, mapping);
  }
  YieldOp::create(builder, last->getLoc(), mapping.lookup(last->getResult(0)));

  last->replaceAllUsesWith(group);
  for (Operation *op : llvm::reverse(cluster.ops))
    op->erase();
}

GroupCounts formGroups(ModuleOp module,
                       llvm::function_ref<SmallVector<Cluster>(Block &)> find) {
  GroupCounts counts;
  for (Block *block : groupableBlocks(module))
    for (const Cluster &cluster : find(*block)) {
      ++counts.groups;
      counts.ops += cluster.ops.size();
      formGroup(cluster);
    }
  return counts;
}

} // namespace systole::graph
