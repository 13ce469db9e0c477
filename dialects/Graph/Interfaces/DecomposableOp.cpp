//===- DecomposableOp.cpp - Operations said in graph operations -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interfaces/DecomposableOp.h"
#include "dialects/Graph/IR/GraphDialect.h"

using namespace mlir;
using namespace systole::graph;

#include "dialects/Graph/Interfaces/DecomposableOp.cpp.inc"

/// The operations between `last` (null: the block's start) and `op`.
static SmallVector<Operation *> operationsBetween(Operation *last,
                                                  Operation *op) {
  SmallVector<Operation *> built;
  for (Operation *it = last ? last->getNextNode() : &op->getBlock()->front();
       it != op; it = it->getNextNode())
    built.push_back(it);
  return built;
}

/// What is wrong with the values or operations that stand for `op`.
static LogicalResult check(Operation *op, ArrayRef<Operation *> built,
                           ArrayRef<Value> values) {
  for (Operation *part : built)
    if (!isa<GraphDialect>(part->getDialect()))
      return op->emitOpError("decomposes into '")
             << part->getName() << "', which is not a graph operation";
  if (values.size() != op->getNumResults())
    return op->emitOpError("decomposes into ")
           << values.size() << " values, but has " << op->getNumResults()
           << " results";
  for (auto [i, value] : llvm::enumerate(values))
    if (value.getType() != op->getResult(i).getType())
      return op->emitOpError("decomposes into a value of type ")
             << value.getType() << " where result " << i << " is of type "
             << op->getResult(i).getType();
  return success();
}

FailureOr<SmallVector<Value>> systole::graph::decompose(DecomposableOp op,
                                                        OpBuilder &builder) {
  Operation *last = op->getPrevNode();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(op);
  FailureOr<SmallVector<Value>> values = op.decompose(builder);
  SmallVector<Operation *> built = operationsBetween(last, op);
  if (succeeded(values) && succeeded(check(op, built, *values))) {
    // They stand for the same source node.
    for (Operation *part : built)
      part->setLoc(op->getLoc());
    return values;
  }
  for (Operation *part : llvm::reverse(built))
    part->erase();
  return failure();
}
