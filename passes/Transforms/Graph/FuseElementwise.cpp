//===- FuseElementwise.cpp - Groups that run as one kernel ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rule, for each block:
//   1. From the last contraction to the first: it takes all element-wise
//      operations reachable from it that keep its shape, then gives up the last
//      ones until a single result is used outside.
//   2. From the last element-wise operation left to the first: it takes the
//      producers that only it (and what it took) uses, and that have its shape.
//   3. Each set becomes a graph.group at the place of its last operation.
//
// A residual sum goes to the later of the two branches that meet in it, because
// step 1 goes backwards: by then the other branch is complete.
// A set with one used result cannot lie on both sides of an outside operation,
// so step 3 never breaks the order of definitions.
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/IRMapping.h"
#include "passes/Analysis/DimSources.h"
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/Grouping.h"
#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/DebugLog.h"

#define DEBUG_TYPE "graph-fuse-elementwise"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHFUSEELEMENTWISE
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

namespace {

/// Finds the clusters of one block; changes nothing.
class ClusterFinder {
public:
  ClusterFinder(Block &block, unsigned maxOps) : block(block), maxOps(maxOps) {}
  SmallVector<Cluster> find();

private:
  using OpSet = llvm::SetVector<Operation *>;

  /// Step 1 for one contraction.
  void growContraction(Operation *root, StringRef kind);
  /// Step 2 for one element-wise operation.
  void growElementwise(Operation *last);
  /// Why `op` cannot be computed for each element of `shape` as it is made,
  /// together with the members of `set`; empty: it can.
  StringRef whyNotEpilogue(Operation *op, Value shape, const OpSet &set) const;
  /// Why `op` cannot be computed for each element of `shape`; empty: it can.
  StringRef whyNotElementwise(Operation *op, Value shape) const;
  /// Remembers why `op` stays outside of the kernel "before" or "after" it.
  void refuse(Operation *op, StringRef side, StringRef why);
  /// Tells the reasons of the operations that are in no group.
  void remarkRefusals() const;
  /// True if `op` may join a kernel at all.
  bool isCandidate(Operation *op) const;
  void accept(StringRef kind, ArrayRef<Operation *> ops);

  Block &block;
  /// Size limit of a cluster.
  unsigned maxOps;
  /// Operations that belong to a cluster already.
  DenseSet<Operation *> taken;
  SmallVector<Cluster> clusters;
  /// Operations, the side of the kernel that they do not join, and why.
  llvm::SetVector<std::tuple<Operation *, StringRef, StringRef>> refusals;
};

} // namespace

//===----------------------------------------------------------------------===//
// Questions about operands
//===----------------------------------------------------------------------===//

/// True if a contraction's epilogue can read `operand` beside its result.
static bool fitsEpilogue(Value operand, Value root) {
  RankedTensorType type = rankedType(operand);
  if (!type || hasExoticElements(type))
    return false;
  if (hasOneElement(operand))
    return type.getRank() <= rankedType(root).getRank();
  return variesAlongLastDim(operand, root) || haveSameShape(operand, root);
}

/// True if `operand` broadcasts to the shape of `result` in a way that types or
/// construction tell: no dimension is 1 in some runs only.
static bool broadcastsClearly(Value operand, Value result) {
  RankedTensorType type = rankedType(operand), resultType = rankedType(result);
  if (!type || hasExoticElements(type) || type.getRank() > resultType.getRank())
    return false;
  int64_t shift = resultType.getRank() - type.getRank();
  for (int64_t d = 0; d < type.getRank(); ++d)
    if (type.getDimSize(d) != 1 && !haveSameDim(operand, d, result, d + shift))
      return false;
  return true;
}

//===----------------------------------------------------------------------===//
// Finding clusters
//===----------------------------------------------------------------------===//

bool ClusterFinder::isCandidate(Operation *op) const {
  return op->getBlock() == &block && isElementwise(op) && !taken.contains(op) &&
         rankedType(op->getResult(0)) &&
         !hasExoticElements(op->getResult(0).getType());
}

void ClusterFinder::refuse(Operation *op, StringRef side, StringRef why) {
  if (!why.empty() && op->getBlock() == &block && !isa<ConstantOp>(op) &&
      !op->hasTrait<OpTrait::IsTerminator>())
    refusals.insert({op, side, why});
}

void ClusterFinder::remarkRefusals() const {
  for (auto [op, side, why] : refusals)
    if (!taken.contains(op))
      remarkMissed(op, DEBUG_TYPE,
                   "it is no part of the kernel " + side + " it: " + why);
}

StringRef ClusterFinder::whyNotEpilogue(Operation *op, Value shape,
                                        const OpSet &set) const {
  if (taken.contains(op))
    return "it is part of another kernel";
  if (!isCandidate(op))
    return "it is not element-wise";
  if (!haveSameShape(op->getResult(0), shape))
    return "its shape is not that of the contraction, or not known to be";
  bool fits = llvm::all_of(op->getOperands(), [&](Value operand) {
    return set.contains(operand.getDefiningOp()) ||
           fitsEpilogue(operand, shape);
  });
  return fits ? ""
              : "it reads a value that varies neither as the "
                "contraction's result nor along its last dimension";
}

StringRef ClusterFinder::whyNotElementwise(Operation *op, Value shape) const {
  if (taken.contains(op))
    return "it is part of another kernel";
  if (!isCandidate(op))
    return "it is not element-wise";
  if (!haveSameShape(op->getResult(0), shape))
    return "its shape is not that of its user, or not known to be";
  bool fits = llvm::all_of(op->getOperands(), [&](Value operand) {
    return broadcastsClearly(operand, shape);
  });
  return fits ? ""
              : "whether an operand is broadcast is known only when it "
                "runs";
}

void ClusterFinder::accept(StringRef kind, ArrayRef<Operation *> ops) {
  LDBG() << kind << " group of " << ops.size() << " around " << *ops.front();
  taken.insert(ops.begin(), ops.end());
  clusters.push_back({kind, SmallVector<Operation *>(ops)});
}

void ClusterFinder::growContraction(Operation *root, StringRef kind) {
  Value rootValue = root->getResult(0);
  if (!rankedType(rootValue) || hasExoticElements(rootValue.getType()))
    return; // No kernel shape to keep.

  OpSet set;
  set.insert(root);
  auto fits = [&](Operation *op) {
    StringRef why = whyNotEpilogue(op, rootValue, set);
    refuse(op, "before", why);
    return why.empty();
  };
  // The set grows while it is walked.
  for (size_t i = 0; i < set.size() && set.size() < maxOps; ++i)
    for (Operation *user : set[i]->getUsers())
      if (!set.contains(user) && fits(user))
        set.insert(user);

  SmallVector<Operation *> ops = inBlockOrder(std::move(set));
  // Give up the last operations until only the last one's result leaves.
  for (; ops.size() > 1; ops.pop_back()) {
    OpSet rest(ops.begin(), ops.end());
    if (llvm::all_of(ArrayRef(ops).drop_back(),
                     [&](Operation *op) { return allUsersIn(op, rest); }))
      return accept(kind, ops);
    refuse(ops.back(), "before",
           "a value that it reads is used elsewhere, too, and so is stored");
  }
}

void ClusterFinder::growElementwise(Operation *last) {
  Value shape = last->getResult(0);
  auto fits = [&](Operation *op) {
    StringRef why = whyNotElementwise(op, shape);
    refuse(op, "after", why);
    return why.empty();
  };
  if (!whyNotElementwise(last, shape).empty())
    return; // Such an operation runs alone.

  OpSet set;
  set.insert(last);
  // Repeated, because a producer fits only once all its users are in the set.
  for (bool grown = true; grown;) {
    grown = false;
    for (size_t i = 0; i < set.size(); ++i)
      for (Value operand : set[i]->getOperands()) {
        Operation *producer = operand.getDefiningOp();
        if (!producer || set.contains(producer) || set.size() >= maxOps ||
            !fits(producer))
          continue;
        if (allUsersIn(producer, set))
          grown |= set.insert(producer);
        else
          refuse(producer, "after",
                 "its result is used elsewhere, too, and so is stored");
      }
  }
  if (set.size() < 2)
    return; // Nothing gained: a backend runs single operations as they are.
  accept("elementwise", inBlockOrder(std::move(set)));
}

SmallVector<Cluster> ClusterFinder::find() {
  for (Operation &op : llvm::reverse(block)) {
    if (isa<ConvOp>(op))
      growContraction(&op, "conv");
    else if (isa<MatMulOp>(op))
      growContraction(&op, "matmul");
  }
  // NOTE: contractions go first: an epilogue costs no memory traffic at all.
  for (Operation &op : llvm::reverse(block))
    if (isCandidate(&op))
      growElementwise(&op);
  remarkRefusals();
  return std::move(clusters);
}

namespace {

struct GraphFuseElementwise
    : systole::graph::impl::GraphFuseElementwiseBase<GraphFuseElementwise> {
  using GraphFuseElementwiseBase::GraphFuseElementwiseBase;

  void runOnOperation() override {
    GroupCounts counts = formGroups(getOperation(), [&](Block &block) {
      return ClusterFinder(block, maxOps).find();
    });
    numGroups += counts.groups;
    numOpsGrouped += counts.ops;
  }
};

} // namespace
