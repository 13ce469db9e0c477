//===- RecomputeCheap.cpp - Arithmetic instead of memory ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A value that several kernels read is written once and read by each. Where it
// is cheap to compute from values that are in memory anyway, each kernel can
// compute it instead. With n readers, `in` bytes of operands and `out` bytes of
// result, that replaces
//
//   in + out + n * out   bytes   by   n * in
//
// Only readers that can take the operation into their own kernel count: others
// would need a kernel more.
//
//===----------------------------------------------------------------------===//

#include "passes/Analysis/DimSources.h"
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/Grouping.h"
#include "passes/Transforms/Graph/Passes.h"
#include "llvm/Support/DebugLog.h"

#define DEBUG_TYPE "graph-recompute-cheap"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHRECOMPUTECHEAP
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

/// Bytes of a tensor of static shape, or -1.
static int64_t bytesOf(Value value) {
  RankedTensorType type = rankedType(value);
  int64_t count = type ? countElements(type.getShape()) : -1;
  return count < 0 ? -1 : count * elementBytes(type.getElementType());
}

/// True if `value` is in memory whether `reader` reads it or not: fusion would
/// not make it vanish into the kernel of `reader`.
static bool isInMemory(Value value, Operation *reader) {
  Operation *producer = value.getDefiningOp();
  return !producer || !isElementwise(producer) ||
         llvm::any_of(value.getUsers(),
                      [&](Operation *user) { return user != reader; });
}

/// The distinct readers of `op`, in block order, if each can compute it in its
/// own kernel, else none.
static SmallVector<Operation *> readersOf(Operation *op) {
  llvm::SetVector<Operation *> readers(op->user_begin(), op->user_end());
  bool allFit = llvm::all_of(readers, [&](Operation *reader) {
    return isElementwise(reader) && reader->getBlock() == op->getBlock() &&
           !belongsToContraction(reader) &&
           haveSameShape(reader->getResult(0), op->getResult(0));
  });
  if (!allFit)
    return {};
  return inBlockOrder(std::move(readers));
}

/// Bytes that computing `op` in each of its `readers` saves; not positive where
/// it should stay.
static int64_t savedBytes(Operation *op, int64_t readers) {
  int64_t out = bytesOf(op->getResult(0)), in = 0;
  for (Value operand : op->getOperands()) {
    int64_t bytes = bytesOf(operand);
    if (bytes < 0 || !isInMemory(operand, op))
      return 0;
    in += bytes;
  }
  return in + out + readers * out - readers * in;
}

namespace {

struct GraphRecomputeCheap
    : systole::graph::impl::GraphRecomputeCheapBase<GraphRecomputeCheap> {
  using GraphRecomputeCheapBase::GraphRecomputeCheapBase;

  void runOnOperation() override {
    for (Block *block : groupableBlocks(getOperation()))
      // Backwards: an operand's readers are known when it is looked at.
      for (Operation &op : llvm::make_early_inc_range(llvm::reverse(*block)))
        recompute(&op);
  }

private:
  /// Why `op` is not computed in each of its readers; empty: it is.
  std::string whyNot(Operation *op, size_t readers, int64_t saved) {
    if (belongsToContraction(op))
      return "the contraction before it computes it as it stores";
    if (isCostly(op))
      return "computing it costs more than reading it";
    if (readers == 0)
      return "not every reader is element-wise, of its shape, and free to "
             "compute it itself";
    if (readers > maxReaders)
      return std::to_string(readers) + " readers are more than " +
             std::to_string(maxReaders);
    return saved > 0 ? ""
                     : "computing it for each would move more bytes, or as "
                       "many, or its operands are not in memory";
  }

  void recompute(Operation *op) {
    if (!isElementwise(op) || hasExoticElements(op->getResult(0).getType()) ||
        op->hasOneUse())
      return;
    SmallVector<Operation *> readers = readersOf(op);
    if (readers.size() == 1)
      return;
    int64_t saved = savedBytes(op, readers.size());
    std::string why = whyNot(op, readers.size(), saved);
    if (!why.empty())
      return remarkMissed(op, DEBUG_TYPE,
                          "it is stored and read again by several: " + why);
    LDBG() << "in each of " << readers.size() << " readers: " << *op;
    for (Operation *reader : ArrayRef(readers).drop_front()) {
      OpBuilder builder(reader);
      Operation *copy = builder.clone(*op);
      reader->replaceUsesOfWith(op->getResult(0), copy->getResult(0));
      ++numRecomputed;
    }
    numBytesSaved += saved;
  }
};

} // namespace
