//===- SinkCost.cpp - When sinking a transpose pays -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Counts transposes before and after. An operand that is transposed otherwise,
// or not at all, costs one; one that loses its only user, or a user of the
// result that undoes the transpose, pays one.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Graph/SinkCost.h"
#include "passes/Transforms/Graph/Rewriting.h"

using namespace mlir;
using namespace systole::graph;

/// True if transposes can pass through `op`, so that one in front of it is not
/// stuck there.
static bool isTransparent(Operation *op) {
  return isElementwise(op) ||
         isa<TransposeOp, ReduceOp, ConcatOp, PadOp, SliceOp, SoftmaxOp,
             BatchNormOp, SqueezeOp, UnsqueezeOp, ShapeOfOp>(op);
}

TransposeOp systole::graph::transposeBefore(Value value, Operation *user) {
  auto transpose = value.getDefiningOp<TransposeOp>();
  if (!transpose || transpose->getBlock() != user->getBlock())
    return nullptr;
  return transpose;
}

/// Adds what becomes of one operand.
static void addOperandCost(SinkCost &cost, Value operand, Operation *op,
                           ArrayRef<int64_t> perm) {
  TransposeOp transpose = transposeBefore(operand, op);
  if (transpose && transpose.getPerm().size() != perm.size())
    transpose = nullptr; // A scalar of another rank.
  if (!transpose && (constantAttribute(operand) || hasOneElement(operand)))
    return; // Adapts for free.
  bool alike = transpose && transpose.getPerm() == perm;
  // All uses by `op` itself count as one.
  bool onlyUser =
      transpose && llvm::all_of(transpose->getUsers(),
                                [&](Operation *user) { return user == op; });
  if (alike && onlyUser)
    --cost.balance;
  if (alike && !onlyUser)
    cost.othersFollow &= llvm::all_of(transpose->getUsers(), isTransparent);
  if (!alike) {
    cost.pure = false;
    cost.balance += onlyUser ? 0 : 1;
  }
}

/// Cost of sinking through `op`, whose `operands` are data (not shapes or
/// axes).
SinkCost systole::graph::sinkCost(Operation *op, ValueRange operands,
                                  ArrayRef<int64_t> perm) {
  SinkCost cost;
  llvm::SmallDenseSet<Value> seen;
  for (Value operand : operands)
    if (seen.insert(operand).second)
      addOperandCost(cost, operand, op, perm);

  SmallVector<int64_t> undo = inverse(perm);
  bool othersLeft = false;
  for (Operation *user : op->getUsers()) {
    auto transpose = dyn_cast<TransposeOp>(user);
    if (transpose && transpose.getPerm() == ArrayRef(undo))
      --cost.balance;
    else
      othersLeft = true;
  }
  cost.balance += othersLeft ? 1 : 0;
  return cost;
}
