//===- VariableMemory.cpp - Values in a variable's memory -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For each variable:
//
//   1. A read is a tenant of the variable's memory unless an assignment may
//      come between it and its last use.
//   2. In order, the value of each assignment becomes a tenant, too, if writing
//      it where it is computed, which is earlier, harms no tenant.
//
// "Between" is asked of the block in which a value is made: values do not live
// longer than one execution of it, so that what a loop around it does in other
// iterations is of no concern, and an operation with regions counts as all that
// is in it.
//
//===----------------------------------------------------------------------===//

#include "passes/Analysis/VariableMemory.h"
#include "passes/Analysis/Aliasing.h"

using namespace mlir;
using namespace systole::graph;

/// The last operation of the value's block that uses memory which the value may
/// share, be it in a region; the one that makes it if nobody does.
static Operation *lastUse(Value value) {
  Operation *last = value.getDefiningOp();
  Block *block = last->getBlock();
  for (Value member : sharingValues(value))
    for (Operation *user : member.getUsers()) {
      Operation *inBlock = block->findAncestorOpInBlock(*user);
      if (inBlock && last->isBeforeInBlock(inBlock))
        last = inBlock;
    }
  return last;
}

static bool isReturned(Value value) {
  return llvm::any_of(sharingValues(value), [](Value member) {
    return llvm::any_of(member.getUsers(), llvm::IsaPred<func::ReturnOp>);
  });
}

/// True if `op`, or what surrounds it in the value's block, comes after the
/// value is made and not after its last use.
static bool isDuringLifeOf(Value value, Operation *op) {
  Operation *def = value.getDefiningOp();
  Operation *inBlock = def->getBlock()->findAncestorOpInBlock(*op);
  return inBlock && def->isBeforeInBlock(inBlock) &&
         !lastUse(value)->isBeforeInBlock(inBlock);
}

bool systole::graph::readsOnlyThrough(Operation *op, Value operand) {
  for (Value member : sharingValues(operand))
    for (OpOperand &use : member.getUses())
      if (op->isAncestor(use.getOwner()) &&
          (use.getOwner() != op || member != operand))
        return false;
  return true;
}

/// True if a backend allocates memory for the result of `op` and may be told
/// where.
static bool choosesMemory(Operation *op, Value value) {
  return op->getNumResults() == 1 && !isa<IfOp, WhileOp, ReadVariableOp>(op) &&
         !op->hasTrait<OpTrait::ConstantLike>() &&
         // Nothing shares its memory that was there before it.
         sharingValues(value).front() == value &&
         llvm::none_of(op->getOperands(), [&](Value operand) {
           return sharingValues(operand).contains(value);
         });
}

void VariableMemory::decideRead(Variable &variable, ReadVariableOp read) {
  Value value = read.getResult();
  bool isAssigned = !variable.assigns.empty();
  if (isAssigned && isReturned(value)) {
    copies[read] = "it is returned, and the run assigns the variable";
    return;
  }
  for (AssignVariableOp assign : variable.assigns)
    if (isDuringLifeOf(value, assign)) {
      copies[read] = "the variable is assigned before the last use";
      return;
    }
  variable.tenants.push_back({value, read});
}

void VariableMemory::decideAssign(Variable &variable, AssignVariableOp assign) {
  Value value = assign.getValue();
  Operation *op = value.getDefiningOp();
  if (!op || op->getBlock() != assign->getBlock() || homes.contains(value) ||
      !choosesMemory(op, value) || isReturned(value))
    return;
  // From `op` on the memory holds the value: nobody else may ask for it before
  // the assignment, or replace it before the value's last use.
  auto isBetween = [&](Operation *access) {
    Operation *inBlock = op->getBlock()->findAncestorOpInBlock(*access);
    return inBlock && op->isBeforeInBlock(inBlock) &&
           inBlock->isBeforeInBlock(assign);
  };
  if (llvm::any_of(variable.reads, isBetween) ||
      llvm::any_of(variable.assigns, isBetween))
    return;
  for (AssignVariableOp other : variable.assigns)
    if (other != assign && isDuringLifeOf(value, other))
      return;
  Home home{assign, nullptr};
  for (const Tenant &tenant : variable.tenants) {
    if (!tenant.read && isDuringLifeOf(value, tenant.value.getDefiningOp()))
      return;
    if (!isDuringLifeOf(tenant.value, op))
      continue;
    bool isLast = tenant.read && lastUse(tenant.value) == op;
    if (!isLast || home.over)
      return;
    home.over = tenant.read;
  }
  homes[value] = home;
  variable.tenants.push_back({value, nullptr});
}

VariableMemory::VariableMemory(func::FuncOp function) {
  llvm::MapVector<StringRef, Variable> variables;
  function.walk([&](Operation *op) {
    if (auto read = dyn_cast<ReadVariableOp>(op))
      variables[read.getVariable()].reads.push_back(read);
    else if (auto assign = dyn_cast<AssignVariableOp>(op))
      variables[assign.getVariable()].assigns.push_back(assign);
  });
  for (auto &[name, variable] : variables) {
    for (ReadVariableOp read : variable.reads)
      decideRead(variable, read);
    for (AssignVariableOp assign : variable.assigns)
      decideAssign(variable, assign);
  }
}
