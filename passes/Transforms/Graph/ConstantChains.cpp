//===- ConstantChains.cpp - One constant where there were two -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   (x + a) + b        ->  x + (a + b)               also - on either place
//   (x * a) * b        ->  x * (a * b)
//   max(max(x, a), b)  ->  max(x, max(a, b))         also min, and, or
//   (x * a + b) * c    ->  x * (a * c) + b * c
//
// Sums and products of floats round otherwise then, so that these need the
// freedom to reassociate; for integers, which wrap, they are exact.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Graph/AlgebraRules.h"
#include "passes/Transforms/Graph/ConstantEvaluation.h"

using namespace mlir;

namespace systole::graph {

/// x op c with c constant; `op` null where there is none.
struct WithConstant {
  Operation *op = nullptr;
  Value x, constant;
};

/// Reads `value` as OpTy of something and a constant, with no other use.
template <typename OpTy>
static WithConstant matchConstant(Value value) {
  auto op = value.getDefiningOp<OpTy>();
  if (!op || !op->hasOneUse() || !isReadableConstant(op.getRhs()) ||
      isReadableConstant(op.getLhs()))
    return {};
  return {op, op.getLhs(), op.getRhs()};
}

/// Integers wrap and booleans are a lattice: any order gives the same.
static bool isExact(Operation *op) {
  return isa<IntegerType>(getElementTypeOrSelf(op->getResult(0).getType()));
}

/// (x op a) op b -> x op (a op b), for an associative operation.
template <typename OpTy, bool exactOnly>
static Value mergeConstants(OpTy op, PatternRewriter &rewriter) {
  WithConstant inner = matchConstant<OpTy>(op.getLhs());
  if (!inner.op || !isReadableConstant(op.getRhs()) ||
      (exactOnly && !isExact(op)))
    return nullptr;
  Value constant = combineConstants(rewriter, op.getRhs().getLoc(),
                                    op->getName().getStringRef(),
                                    inner.constant, op.getRhs());
  if (!constant)
    return nullptr;
  return OpTy::create(rewriter, fuseLocations({inner.op, op}), op.getType(),
                      inner.x, constant);
}

/// Sums and differences in any mixture: (x - a) + b -> x + (b - a), and so on.
/// The result is an addition.
template <typename Outer, typename Inner, bool exactOnly>
static Value mergeTerms(Outer op, PatternRewriter &rewriter) {
  WithConstant inner = matchConstant<Inner>(op.getLhs());
  if (!inner.op || !isReadableConstant(op.getRhs()) ||
      (exactOnly && !isExact(op)))
    return nullptr;
  bool innerMinus = std::is_same_v<Inner, SubOp>;
  bool outerMinus = std::is_same_v<Outer, SubOp>;
  Value left = inner.constant, right = op.getRhs();
  // -a - b is subtracted as a + b; b - a keeps its sign.
  bool subtract = innerMinus && outerMinus;
  if (innerMinus && !outerMinus)
    std::swap(left, right);
  StringRef name = innerMinus == outerMinus ? AddOp::getOperationName()
                                            : SubOp::getOperationName();
  Value constant =
      combineConstants(rewriter, op.getRhs().getLoc(), name, left, right);
  if (!constant)
    return nullptr;
  Location loc = fuseLocations({inner.op, op});
  if (subtract)
    return SubOp::create(rewriter, loc, op.getType(), inner.x, constant);
  return AddOp::create(rewriter, loc, op.getType(), inner.x, constant);
}

/// (x * a + b) * c -> x * (a * c) + b * c; the inner sum may be a difference.
template <typename SumOp, bool exactOnly>
static Value distributeFactor(MulOp op, PatternRewriter &rewriter) {
  WithConstant sum = matchConstant<SumOp>(op.getLhs());
  WithConstant product = sum.op ? matchConstant<MulOp>(sum.x) : WithConstant();
  if (!product.op || !isReadableConstant(op.getRhs()) ||
      (exactOnly && !isExact(op)))
    return nullptr;
  Location loc = op.getRhs().getLoc();
  StringRef name = MulOp::getOperationName();
  Value factor =
      combineConstants(rewriter, loc, name, product.constant, op.getRhs());
  Value term =
      factor ? combineConstants(rewriter, loc, name, sum.constant, op.getRhs())
             : Value();
  if (!term) {
    if (factor)
      rewriter.eraseOp(factor.getDefiningOp());
    return nullptr;
  }
  // Its shape is inferred: the factor may have more dimensions than before.
  Value scaled = MulOp::create(rewriter, fuseLocations({product.op, op}),
                               product.x, factor);
  return SumOp::create(rewriter, fuseLocations({sum.op, op}), op.getType(),
                       scaled, term);
}

/// Rules for one freedom.
template <bool exactOnly>
static void populateSums(RewritePatternSet &patterns, int64_t &count) {
  constexpr llvm::StringLiteral unless = "no two constants to merge";
  addRule<AddOp>(patterns, mergeTerms<AddOp, AddOp, exactOnly>, unless, count);
  addRule<AddOp>(patterns, mergeTerms<AddOp, SubOp, exactOnly>, unless, count);
  addRule<SubOp>(patterns, mergeTerms<SubOp, AddOp, exactOnly>, unless, count);
  addRule<SubOp>(patterns, mergeTerms<SubOp, SubOp, exactOnly>, unless, count);
  addRule<MulOp>(patterns, mergeConstants<MulOp, exactOnly>, unless, count);
  addRule<MulOp>(patterns, distributeFactor<AddOp, exactOnly>, unless, count);
  addRule<MulOp>(patterns, distributeFactor<SubOp, exactOnly>, unless, count);
}

void populateConstantChainRules(RewritePatternSet &patterns,
                                AlgebraCounts &counts, bool reassociate) {
  constexpr llvm::StringLiteral unless = "no two constants to merge";
  int64_t &count = counts.merged;
  if (reassociate)
    populateSums<false>(patterns, count);
  else
    populateSums<true>(patterns, count);
  addRule<MaxOp>(patterns, mergeConstants<MaxOp, false>, unless, count);
  addRule<MinOp>(patterns, mergeConstants<MinOp, false>, unless, count);
  addRule<AndOp>(patterns, mergeConstants<AndOp, false>, unless, count);
  addRule<OrOp>(patterns, mergeConstants<OrOp, false>, unless, count);
}

} // namespace systole::graph
