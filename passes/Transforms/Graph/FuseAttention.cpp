//===- FuseAttention.cpp - Two products and the softmax between them ------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// softmax(q k^T * scale + mask) v has scores of queries x keys for every head
// of every batch entry, by far the largest tensor of a transformer, and nothing
// outside reads it. A kernel for one head after the other needs the scores of
// one. A cluster is grown from the second product through its left operand:
//
//   1. A producer joins if all its readers are members, it has the shape of the
//      scores, and is element-wise, a softmax along the last dimension, or the
//      first product. Exactly one softmax and one product have to be found.
//   2. What the members read from outside can be cut into heads: each leading
//      dimension is that of the scores, or 1.
//
//===----------------------------------------------------------------------===//

#include "passes/Analysis/DimSources.h"
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/Grouping.h"
#include "passes/Transforms/Graph/Passes.h"
#include "llvm/Support/DebugLog.h"

#define DEBUG_TYPE "graph-fuse-attention"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHFUSEATTENTION
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

/// A head is a matrix: the last two dimensions of each tensor.
static constexpr int64_t kMatrixRank = 2;

/// True if there may be several heads: otherwise nothing is gained.
static bool hasHeads(Value scores) {
  RankedTensorType type = rankedType(scores);
  Type element = type ? type.getElementType() : Type();
  return type && type.getRank() > kMatrixRank &&
         (element.isF32() || element.isF64()) &&
         llvm::any_of(type.getShape().drop_back(kMatrixRank),
                      [](int64_t size) { return size != 1; });
}

/// True if each leading dimension of `operand` is that of `scores`, or 1.
static bool isMadeOfHeads(Value operand, Value scores) {
  RankedTensorType type = rankedType(operand);
  int64_t rank = rankedType(scores).getRank();
  if (!type || type.getRank() > rank || hasExoticElements(type))
    return false;
  for (int64_t d = 0; d + kMatrixRank < type.getRank(); ++d)
    if (type.getDimSize(d) != 1 &&
        !haveSameDim(operand, d, scores, d + rank - type.getRank()))
      return false;
  return true;
}

/// True for products of matrices, not of vectors.
static bool isMatrixProduct(Operation *op) {
  return isa<MatMulOp>(op) &&
         llvm::all_of(op->getOperands(), [](Value operand) {
           RankedTensorType type = rankedType(operand);
           return type && type.getRank() >= kMatrixRank;
         });
}

/// True for what may stand between the products, or is the first of them.
static bool isMember(Operation *op, Value scores) {
  if (op->getNumResults() != 1 || !rankedType(op->getResult(0)) ||
      !haveSameShape(op->getResult(0), scores))
    return false;
  if (auto softmax = dyn_cast<SoftmaxOp>(op))
    return int64_t(softmax.getAxis()) == rankedType(scores).getRank() - 1;
  return isElementwise(op) || isMatrixProduct(op);
}

template <typename OpTy>
static int64_t countIn(const llvm::SetVector<Operation *> &set) {
  return llvm::count_if(set, llvm::IsaPred<OpTy>);
}

/// The members of the attention that ends in `product`, or none.
static llvm::SetVector<Operation *> grow(MatMulOp product, unsigned maxOps) {
  Value scores = product.getLhs();
  llvm::SetVector<Operation *> set, none;
  set.insert(product);
  if (!hasHeads(scores) || product.getLhs() == product.getRhs())
    return none;
  auto join = [&](Value operand) {
    Operation *producer = operand.getDefiningOp();
    bool fits = producer && producer->getBlock() == product->getBlock() &&
                set.size() < maxOps && allUsersIn(producer, set) &&
                isMember(producer, scores);
    // A second product of the scores' shape stays outside, an operand.
    if (!fits || (isa<MatMulOp>(producer) && countIn<MatMulOp>(set) == 2))
      return false;
    return set.insert(producer);
  };
  // Repeated, because a producer fits only once all its users are in the set.
  for (bool grown = join(scores); grown;) {
    grown = false;
    for (size_t i = 1; i < set.size(); ++i)
      if (!isa<MatMulOp>(set[i]))
        for (Value operand : set[i]->getOperands())
          grown |= join(operand);
  }
  if (countIn<SoftmaxOp>(set) != 1)
    return none;
  auto refuse = [&](StringRef why) {
    remarkMissed(product, DEBUG_TYPE,
                 "the scores of all its heads are in memory: " + why);
    return none;
  };
  if (countIn<MatMulOp>(set) != 2)
    return refuse("what makes them is read elsewhere, too, or has another "
                  "shape");
  for (Operation *op : set)
    for (Value operand : op->getOperands())
      if (!set.contains(operand.getDefiningOp()) &&
          !isMadeOfHeads(operand, scores))
        return refuse("an operand cannot be cut into the same heads");
  return set;
}

/// The clusters of `block`, from the last backwards; changes nothing.
static SmallVector<Cluster> findAttention(Block &block, unsigned maxOps) {
  DenseSet<Operation *> taken;
  SmallVector<Cluster> clusters;
  for (Operation &op : llvm::reverse(block)) {
    auto product = dyn_cast<MatMulOp>(op);
    if (!product || taken.contains(product) || !isMatrixProduct(product))
      continue;
    llvm::SetVector<Operation *> set = grow(product, maxOps);
    if (set.empty())
      continue;
    LDBG() << "attention of " << product << ": " << set.size() << " operations";
    taken.insert(set.begin(), set.end());
    clusters.push_back({"attention", inBlockOrder(std::move(set))});
  }
  return clusters;
}

namespace {

struct GraphFuseAttention
    : systole::graph::impl::GraphFuseAttentionBase<GraphFuseAttention> {
  using GraphFuseAttentionBase::GraphFuseAttentionBase;

  void runOnOperation() override {
    GroupCounts counts = formGroups(getOperation(), [&](Block &block) {
      return findAttention(block, maxOps);
    });
    numGroups += counts.groups;
    numOpsGrouped += counts.ops;
  }
};

} // namespace
