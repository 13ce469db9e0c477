//===- Aliasing.cpp - Which values may share memory -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sharing is followed in both directions, along the operations listed in
// `viewedOperand`. It is an over-approximation: a backend may copy instead.
//
//===----------------------------------------------------------------------===//

#include "passes/Analysis/Aliasing.h"
#include "dialects/Graph/IR/GraphOps.h"

using namespace mlir;
using namespace systole::graph;

/// The operand of which the result of `op` may be a view, or null.
static Value viewedOperand(Operation *op) {
  if (isa_and_nonnull<ReshapeOp, SqueezeOp, UnsqueezeOp, SliceOp, BitcastOp>(
          op))
    return op->getOperand(0);
  return nullptr;
}

llvm::SetVector<Value> systole::graph::sharingValues(Value value) {
  llvm::SetVector<Value> values;
  values.insert(value);
  // The set grows while it is walked.
  for (size_t i = 0; i < values.size(); ++i) {
    Value member = values[i];
    if (Value viewed = viewedOperand(member.getDefiningOp()))
      values.insert(viewed);
    for (Operation *user : member.getUsers())
      if (viewedOperand(user) == member)
        values.insert(user->getResult(0));
  }
  return values;
}

/// True if the memory of `value` is made by the operation that defines it, in
/// `block`: not the caller's, a constant's, a loop's or a branch's.
static bool isMadeIn(Value value, Block *block) {
  Operation *op = value.getDefiningOp();
  return op && op->getBlock() == block && !isa<IfOp, WhileOp>(op) &&
         !op->hasTrait<OpTrait::ConstantLike>();
}

StringRef systole::graph::whyNotOverwrite(Operation *op, Value operand) {
  Block *block = op->getBlock();
  for (Value member : sharingValues(operand)) {
    if (!isMadeIn(member, block))
      return "its operand is the caller's, a constant, or of a loop or branch";
    for (OpOperand &use : member.getUses()) {
      Operation *user = block->findAncestorOpInBlock(*use.getOwner());
      // `op` itself reads the memory through this operand alone.
      if (!user ||
          (user == op && (user != use.getOwner() || member != operand)))
        return "it reads its operand's memory a second time";
      if (user != op && !user->isBeforeInBlock(op))
        return "its operand is read later, too";
    }
  }
  return "";
}
