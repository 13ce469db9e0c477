//===- FuseRows.cpp - Reductions with what surrounds them -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A layer normalisation as exporters write it reads and writes its tensor nine
// times. All of it happens within rows (lines along the last dimension), which
// fit the first-level cache. With R the shape of all rows, a cluster is grown
// from its last operation backwards:
//
//   1. The last operation has shape R, or reduces it to one number a row.
//   2. A producer joins if all its readers are members and it is element-wise,
//      of shape R or one number a row, or a reduction of rows; its operands are
//      rows, one number a row, one row for all, or one number.
//   3. What belongs to a contraction's epilogue stays with the contraction.
//      What is costly and needed in two sweeps over a row is computed once,
//      outside.
//   4. A cluster without a reduction is left to graph-fuse-elementwise.
//
//===----------------------------------------------------------------------===//

#include "passes/Analysis/DimSources.h"
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/Grouping.h"
#include "passes/Transforms/Graph/Passes.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/DebugLog.h"

#define DEBUG_TYPE "graph-fuse-rows"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHFUSEROWS
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

/// True for reductions along the last dimension, which stays with size 1.
static bool isRowReduction(Operation *op) {
  auto reduce = dyn_cast<ReduceOp>(op);
  RankedTensorType type =
      reduce ? rankedType(reduce.getInput()) : RankedTensorType();
  if (!type || type.getRank() == 0 || !reduce.getKeepDims() ||
      !rankedType(reduce.getResult()))
    return false;
  Type element = type.getElementType();
  ReduceKind kind = reduce.getKind();
  return (element.isF32() || element.isF64()) &&
         reduce.getAxes() == ArrayRef<int64_t>{type.getRank() - 1} &&
         type.getShape().back() != 1 &&
         (kind == ReduceKind::sum || kind == ReduceKind::mean ||
          kind == ReduceKind::max || kind == ReduceKind::min ||
          kind == ReduceKind::prod);
}

/// True if `value` has one number for each row of `rows`.
static bool isOnePerRow(Value value, Value rows) {
  RankedTensorType type = rankedType(value), rowsType = rankedType(rows);
  if (!type || type.getRank() != rowsType.getRank() ||
      type.getShape().back() != 1)
    return false;
  for (int64_t d = 0; d + 1 < type.getRank(); ++d)
    if (!haveSameDim(value, d, rows, d))
      return false;
  return true;
}

/// True if a kernel over `rows` can read `operand`.
static bool isReadable(Value operand, Value rows) {
  RankedTensorType type = rankedType(operand);
  if (!type || hasExoticElements(type))
    return false;
  if (hasOneElement(operand))
    return type.getRank() <= rankedType(rows).getRank();
  return variesAlongLastDim(operand, rows) || isOnePerRow(operand, rows) ||
         (type.getRank() == rankedType(rows).getRank() &&
          haveSameShape(operand, rows));
}

namespace {

/// Finds the clusters of one block; changes nothing.
class RowFinder {
public:
  RowFinder(Block &block, unsigned maxOps) : block(block), maxOps(maxOps) {}
  SmallVector<Cluster> find();

private:
  using OpSet = llvm::SetVector<Operation *>;

  /// Why `op` may not be computed by a kernel over `rows`; empty: it may.
  StringRef whyNot(Operation *op, Value rows) const;
  /// Why `producer` may not join the kernel `set` over `rows`; empty: it may.
  StringRef whyNotJoin(Operation *producer, const OpSet &set, Value rows) const;
  void grow(Operation *last);
  /// The largest set that ends with `last`; in `refused` who stays outside.
  OpSet members(Operation *last, Value rows,
                llvm::MapVector<Operation *, StringRef> &refused) const;

  Block &block;
  /// Size limit of a cluster.
  unsigned maxOps;
  /// Operations that belong to a cluster already.
  DenseSet<Operation *> taken;
  SmallVector<Cluster> clusters;
};

} // namespace

StringRef RowFinder::whyNot(Operation *op, Value rows) const {
  if (taken.contains(op))
    return "it is part of another kernel";
  if (isRowReduction(op))
    return haveSameShape(op->getOperand(0), rows)
               ? ""
               : "it reduces another shape than that of the rows";
  if (!isElementwise(op) || hasExoticElements(op->getResult(0).getType()))
    return "it is neither element-wise nor a reduction of rows";
  if (belongsToContraction(op))
    return "the contraction before it computes it as it stores";
  Value result = op->getResult(0);
  RankedTensorType type = rankedType(result);
  if (!type || type.getRank() != rankedType(rows).getRank() ||
      !(haveSameShape(result, rows) || isOnePerRow(result, rows)))
    return "its shape is neither that of the rows nor one number for each";
  bool readable = llvm::all_of(op->getOperands(), [&](Value operand) {
    return isReadable(operand, rows);
  });
  return readable ? "" : "it reads a value that does not follow the rows";
}

StringRef RowFinder::whyNotJoin(Operation *producer, const OpSet &set,
                                Value rows) const {
  StringRef why = whyNot(producer, rows);
  if (!why.empty())
    return why;
  if (!allUsersIn(producer, set))
    return "its result is read outside of that kernel, too";
  bool twice = isCostly(producer) && !producer->hasOneUse() &&
               haveSameShape(producer->getResult(0), rows);
  return twice ? "it is costly, and two sweeps over a row would compute it"
               : "";
}

RowFinder::OpSet
RowFinder::members(Operation *last, Value rows,
                   llvm::MapVector<Operation *, StringRef> &refused) const {
  OpSet set;
  set.insert(last);
  // Repeated, because a producer fits only once all its users are in the set.
  for (bool grown = true; grown;) {
    grown = false;
    for (size_t i = 0; i < set.size(); ++i)
      for (Value operand : set[i]->getOperands()) {
        Operation *producer = operand.getDefiningOp();
        if (!producer || set.contains(producer) ||
            producer->getBlock() != &block || set.size() >= maxOps ||
            isa<ConstantOp>(producer))
          continue;
        StringRef why = whyNotJoin(producer, set, rows);
        refused[producer] = why;
        grown |= why.empty() && set.insert(producer);
      }
  }
  return set;
}

void RowFinder::grow(Operation *last) {
  Value rows = isRowReduction(last) ? last->getOperand(0) : last->getResult(0);
  RankedTensorType type = rankedType(rows);
  if (!type || type.getRank() == 0 || type.getShape().back() == 1 ||
      !whyNot(last, rows).empty())
    return;
  llvm::MapVector<Operation *, StringRef> refused;
  OpSet set = members(last, rows, refused);
  if (set.size() < 2 || llvm::none_of(set, isRowReduction))
    return; // Left to graph-fuse-elementwise.
  for (auto [op, why] : refused)
    if (!why.empty() && (isElementwise(op) || isRowReduction(op)))
      remarkMissed(op, DEBUG_TYPE,
                   "it is no part of the kernel over rows after it: " + why);
  taken.insert(set.begin(), set.end());
  LDBG() << "rows of " << *last << ": " << set.size() << " operations";
  clusters.push_back({"rows", inBlockOrder(std::move(set))});
}

SmallVector<Cluster> RowFinder::find() {
  for (Operation &op : llvm::reverse(block))
    if (isElementwise(&op) || isRowReduction(&op))
      grow(&op);
  return std::move(clusters);
}

namespace {

struct GraphFuseRows : systole::graph::impl::GraphFuseRowsBase<GraphFuseRows> {
  using GraphFuseRowsBase::GraphFuseRowsBase;

  void runOnOperation() override {
    GroupCounts counts = formGroups(getOperation(), [&](Block &block) {
      return RowFinder(block, maxOps).find();
    });
    numGroups += counts.groups;
    numOpsGrouped += counts.ops;
  }
};

} // namespace
