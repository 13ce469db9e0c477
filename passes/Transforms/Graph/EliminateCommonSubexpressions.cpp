//===- EliminateCommonSubexpressions.cpp - Compute equal values once ------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Blocks are visited in order with a table of the operations seen so far; a
// region sees its surroundings' table unless it is isolated. Unlike upstream's
// pass, the survivor is named after all that it stands for, and constants are
// compared by content: two resources with the same bytes are one.
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/OperationSupport.h"
#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "llvm/ADT/ScopedHashTable.h"
#include "llvm/Support/DebugLog.h"
#include "llvm/Support/xxhash.h"

#define DEBUG_TYPE "graph-eliminate-common-subexpressions"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHELIMINATECOMMONSUBEXPRESSIONS
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

namespace {

/// An operation with its hash, computed once: constants are large.
struct HashedOp {
  Operation *op;
  unsigned hash;
};

} // namespace

/// The bytes of a constant, or an empty tensor.
static Tensor contentOf(Operation *op) {
  auto constant = dyn_cast<ConstantOp>(op);
  if (!constant)
    return Tensor();
  FailureOr<Tensor> tensor = tensorFromAttribute(constant.getValue());
  if (failed(tensor) || elementBytes(tensor->getElementType()) == 0)
    return Tensor();
  return *tensor;
}

static unsigned hashOperation(Operation *op) {
  if (Tensor tensor = contentOf(op))
    return llvm::xxh3_64bits(StringRef(tensor.data(), tensor.byteSize()));
  return OperationEquivalence::computeHash(
      op, OperationEquivalence::directHashValue,
      OperationEquivalence::ignoreHashValue,
      OperationEquivalence::IgnoreLocations);
}

static bool areEqual(Operation *a, Operation *b) {
  if (a->getName() != b->getName() ||
      a->getResultTypes() != b->getResultTypes())
    return false;
  if (Tensor tensor = contentOf(a)) {
    Tensor other = contentOf(b);
    return other && tensor.identical(other);
  }
  return OperationEquivalence::isEquivalentTo(
      a, b, OperationEquivalence::IgnoreLocations);
}

namespace {

struct HashedOpInfo {
  static HashedOp getEmptyKey() {
    return {DenseMapInfo<Operation *>::getEmptyKey(), 0};
  }
  static HashedOp getTombstoneKey() {
    return {DenseMapInfo<Operation *>::getTombstoneKey(), 0};
  }
  static unsigned getHashValue(const HashedOp &key) { return key.hash; }
  static bool isEqual(const HashedOp &a, const HashedOp &b) {
    if (a.op == b.op)
      return true;
    auto isMarker = [](const HashedOp &key) {
      return key.op == getEmptyKey().op || key.op == getTombstoneKey().op;
    };
    return !isMarker(a) && !isMarker(b) && a.hash == b.hash &&
           areEqual(a.op, b.op);
  }
};

struct GraphEliminateCommonSubexpressions
    : systole::graph::impl::GraphEliminateCommonSubexpressionsBase<
          GraphEliminateCommonSubexpressions> {
  using GraphEliminateCommonSubexpressionsBase::
      GraphEliminateCommonSubexpressionsBase;
  using Table = llvm::ScopedHashTable<HashedOp, Operation *, HashedOpInfo>;

  void runOnOperation() override {
    for (Region &region : getOperation()->getRegions())
      visitIsolated(region);
  }

private:
  void visitIsolated(Region &region) {
    Table table;
    visitRegion(region, table);
  }

  void visitRegion(Region &region, Table &table) {
    for (Block &block : region) {
      Table::ScopeTy scope(table);
      for (Operation &op : llvm::make_early_inc_range(block))
        visit(&op, table);
    }
  }

  void visit(Operation *op, Table &table) {
    for (Region &region : op->getRegions()) {
      if (op->hasTrait<OpTrait::IsIsolatedFromAbove>())
        visitIsolated(region);
      else
        visitRegion(region, table);
    }
    if (op->getNumRegions() != 0 || op->getNumResults() == 0 || !isPure(op))
      return;
    HashedOp key{op, hashOperation(op)};
    Operation *earlier = table.lookup(key);
    if (!earlier) {
      table.insert(key, op);
      return;
    }
    LDBG() << "merging " << *op;
    ++(isa<ConstantOp>(op) ? numConstantsMerged : numMerged);
    addLocation(earlier, op);
    op->replaceAllUsesWith(earlier);
    op->erase();
  }
};

} // namespace
