//===- ReduceRules.cpp - Reductions that are one, or none -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   reduce(reduce(x, A), B)           ->  reduce(x, A and B)
//   reduce(x, axes of size 1)         ->  x, or squeeze(x)
//   squeeze(reduce keep_dims(x, A))   ->  reduce(x, A)
//   unsqueeze(reduce(x, A))           ->  reduce keep_dims(x, A)
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Graph/AlgebraRules.h"

using namespace mlir;

namespace systole::graph {

/// What a kind of reduction allows. A kind that is not listed allows nothing.
struct KindRule {
  ReduceKind kind;
  /// In two steps as in one, for integers and for floats, to the bit.
  bool nestsIntegers, nestsFloats;
};

/// Sums and products of integers wrap; of floats they round by their order. An
/// integer mean rounds twice when taken twice.
static constexpr KindRule kKinds[] = {{ReduceKind::sum, true, false},
                                      {ReduceKind::prod, true, false},
                                      {ReduceKind::mean, false, false},
                                      {ReduceKind::max, true, true},
                                      {ReduceKind::min, true, true}};

static const KindRule *ruleOf(ReduceKind kind) {
  const auto *rule = llvm::find_if(
      kKinds, [&](const KindRule &rule) { return rule.kind == kind; });
  return rule == std::end(kKinds) ? nullptr : rule;
}

/// The axes of `outer` as dimensions of `inner`'s operand, with those of
/// `inner`.
static SmallVector<int64_t> joinedAxes(ReduceOp inner, ReduceOp outer,
                                       int64_t rank) {
  SmallVector<int64_t> kept;
  for (int64_t d = 0; d < rank; ++d)
    if (inner.getKeepDims() || !llvm::is_contained(inner.getAxes(), d))
      kept.push_back(d);
  llvm::SmallSetVector<int64_t, 4> axes(inner.getAxes().begin(),
                                        inner.getAxes().end());
  for (int64_t axis : outer.getAxes())
    axes.insert(kept[axis]);
  SmallVector<int64_t> sorted(axes.getArrayRef());
  llvm::sort(sorted);
  return sorted;
}

/// Both reductions keep their dimensions, or neither does.
template <bool reassociate>
static Value mergeReductions(ReduceOp op, PatternRewriter &rewriter) {
  auto inner = op.getInput().getDefiningOp<ReduceOp>();
  const KindRule *rule = ruleOf(op.getKind());
  if (!inner || !rule || !inner->hasOneUse() ||
      inner.getKind() != op.getKind() ||
      inner.getKeepDims() != op.getKeepDims())
    return nullptr;
  RankedTensorType type = rankedType(inner.getInput());
  if (!type || !rankedType(op.getInput()))
    return nullptr;
  bool isInteger = isa<IntegerType>(type.getElementType());
  bool allowed =
      isInteger ? rule->nestsIntegers : reassociate || rule->nestsFloats;
  // An axis that both reduce has size 1 for the second: a mean stays one.
  if (!allowed)
    return nullptr;
  return ReduceOp::create(rewriter, fuseLocations({inner, op}), op.getType(),
                          op.getKind(), inner.getInput(),
                          joinedAxes(inner, op, type.getRank()),
                          op.getKeepDims());
}

/// A reduction of single elements is the element.
static Value reduceOfOnes(ReduceOp op, PatternRewriter &rewriter) {
  RankedTensorType type = rankedType(op.getInput());
  if (!type || !ruleOf(op.getKind()) ||
      llvm::any_of(op.getAxes(),
                   [&](int64_t axis) { return type.getDimSize(axis) != 1; }))
    return nullptr;
  if (op.getInput().getType() == op.getType())
    return op.getInput();
  if (op.getKeepDims())
    return nullptr; // The types know different things: inference goes first.
  return SqueezeOp::create(rewriter, op.getLoc(), op.getType(), op.getInput(),
                           op.getAxes());
}

/// A reduction whose only use drops or restores exactly the reduced dimensions.
template <typename ShapeOp, bool keepsNow>
static Value absorbIntoReduce(ShapeOp op, PatternRewriter &rewriter) {
  auto reduce = op.getInput().template getDefiningOp<ReduceOp>();
  if (!reduce || !reduce->hasOneUse() || reduce.getKeepDims() == keepsNow ||
      reduce.getAxes() != op.getAxes())
    return nullptr;
  return ReduceOp::create(rewriter, fuseLocations({reduce, op}), op.getType(),
                          reduce.getKind(), reduce.getInput(), reduce.getAxes(),
                          keepsNow);
}

void populateReduceRules(RewritePatternSet &patterns, AlgebraCounts &counts,
                         bool reassociate) {
  int64_t &count = counts.reductions;
  constexpr llvm::StringLiteral unless = "not two reductions that are one";
  if (reassociate)
    addRule<ReduceOp>(patterns, mergeReductions<true>, unless, count);
  else
    addRule<ReduceOp>(patterns, mergeReductions<false>, unless, count);
  addRule<ReduceOp>(patterns, reduceOfOnes, "more than one element is reduced",
                    count);
  addRule<SqueezeOp>(patterns, absorbIntoReduce<SqueezeOp, false>,
                     "operand is no reduction of the same dimensions", count);
  addRule<UnsqueezeOp>(patterns, absorbIntoReduce<UnsqueezeOp, true>,
                       "operand is no reduction of the same dimensions", count);
}

} // namespace systole::graph
