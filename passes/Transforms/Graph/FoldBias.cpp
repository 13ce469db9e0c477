//===- FoldBias.cpp - Constants for each channel into weights -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With c constant for each channel, and a convolution or matrix product that
// has no other use:
//
//   conv(x, W, b) + c     ->  conv(x, W, b + c)           also -
//   conv(x, W, b) * c     ->  conv(x, W * c, b * c)       also /
//   matmul(x, W) * c      ->  matmul(x, W * c)            also /
//   (matmul(x, W) + a) * c  ->  matmul(x, W) * c + a * c
//
//===----------------------------------------------------------------------===//

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/ChannelConstants.h"
#include "passes/Transforms/Graph/Passes.h"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHFOLDBIAS
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

namespace {

/// How often each rule applied.
struct Counts {
  int64_t bias = 0, scale = 0;
};

/// An operation f(x, c) with c constant for each channel of the contraction x.
struct ChannelOp {
  Operation *contraction;
  ChannelAffine affine;
};

} // namespace

/// What `op` does with the numbers of its constant operand, or nullopt.
static std::optional<ChannelAffine>
affineOf(Operation *op, ChannelNumbers numbers, bool constantIsRight) {
  if (isa<AddOp>(op))
    return ChannelAffine{{}, std::move(numbers)};
  if (isa<MulOp>(op))
    return ChannelAffine{std::move(numbers), {}};
  if (!constantIsRight)
    return std::nullopt; // c - x and c / x.
  if (isa<SubOp>(op)) {
    for (double &number : numbers)
      number = -number;
    return ChannelAffine{{}, std::move(numbers)};
  }
  for (double &number : numbers)
    number = 1.0 / number;
  return ChannelAffine{std::move(numbers), {}};
}

/// Reads `op`, one of add, sub, mul, div, as an affine function of a
/// contraction that nobody else uses. Where it nearly is one, `why` tells what
/// is in the way.
static std::optional<ChannelOp> matchChannelOp(Operation *op, StringRef &why) {
  for (unsigned i : {0u, 1u}) {
    Operation *contraction = op->getOperand(i).getDefiningOp();
    int64_t dim = channelDim(contraction);
    if (dim < 0 || !constantAttribute(op->getOperand(1 - i)))
      continue;
    RankedTensorType type = rankedType(contraction->getResult(0));
    why = !type ? "the rank of its operand is not known"
                : "what computes its operand is read by others, too";
    if (!type || !contraction->hasOneUse())
      continue;
    why = "its constant has not one number for each output channel";
    auto numbers = channelNumbers(op->getOperand(1 - i), type, dim);
    if (!numbers)
      continue;
    why = "it subtracts from the constant, or divides it";
    if (auto affine =
            affineOf(op, std::move(*numbers), /*constantIsRight=*/i == 0))
      return ChannelOp{contraction, std::move(*affine)};
  }
  return std::nullopt;
}

namespace {

template <typename OpTy>
struct FoldChannelOp : OpRewritePattern<OpTy> {
  FoldChannelOp(MLIRContext *context, Counts &counts)
      : OpRewritePattern<OpTy>(context), counts(counts) {}

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    StringRef why;
    std::optional<ChannelOp> match = matchChannelOp(op, why);
    if (!match && why.empty())
      return rewriter.notifyMatchFailure(op, "no contraction and constant");
    if (!match)
      return declined(rewriter, op, "it is part of no weights: " + why);
    const ChannelAffine &affine = match->affine;
    Location loc = fuseLocations({match->contraction, op});
    Value folded;
    if (auto conv = dyn_cast<ConvOp>(match->contraction))
      folded = foldIntoConv(rewriter, conv, affine, loc);
    else if (!affine.scale.empty())
      folded = foldIntoMatMul(rewriter, cast<MatMulOp>(match->contraction),
                              affine.scale, loc);
    // A matrix product has no bias, and adds as it stores: nothing is lost.
    if (!folded && affine.scale.empty() && isa<MatMulOp>(match->contraction))
      return rewriter.notifyMatchFailure(op, "a matrix product has no bias");
    if (!folded)
      return declined(rewriter, op,
                      "it is part of no weights: those before it are no "
                      "constants, or would not be finite");
    ++(affine.scale.empty() ? counts.bias : counts.scale);
    rewriter.replaceOp(op, folded);
    return success();
  }

  Counts &counts;
};

/// (matmul + a) * c -> matmul * c + a * c, so that c reaches the matrix
/// product.
struct DistributeScale : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MulOp op,
                                PatternRewriter &rewriter) const override {
    auto sum = op.getLhs().getDefiningOp<AddOp>();
    if (!sum || !sum->hasOneUse())
      return rewriter.notifyMatchFailure(op, "left side is no sum");
    auto matmul = sum.getLhs().getDefiningOp<MatMulOp>();
    int64_t dim = channelDim(matmul);
    if (dim < 0 || !matmul->hasOneUse() || !constantAttribute(matmul.getRhs()))
      return rewriter.notifyMatchFailure(op,
                                         "no matrix product with a constant");
    RankedTensorType type = rankedType(matmul.getResult());
    auto offset = channelNumbers(sum.getRhs(), type, dim);
    auto scale = channelNumbers(op.getRhs(), type, dim);
    if (!offset || !scale)
      return rewriter.notifyMatchFailure(op, "no constants for each column");
    for (auto [number, factor] : llvm::zip_equal(*offset, *scale))
      number *= factor;
    Value constant = makeChannelConstant(rewriter, sum.getLoc(),
                                         type.getElementType(), *offset, 0);
    if (!constant)
      return rewriter.notifyMatchFailure(op, "product is not finite");
    auto product = MulOp::create(rewriter, op.getLoc(), matmul.getType(),
                                 matmul.getResult(), op.getRhs());
    auto result = AddOp::create(rewriter, fuseLocations({sum, op}),
                                op.getType(), product, constant);
    rewriter.replaceOp(op, result);
    return success();
  }
};

struct GraphFoldBias : systole::graph::impl::GraphFoldBiasBase<GraphFoldBias> {
  using GraphFoldBiasBase::GraphFoldBiasBase;

  void runOnOperation() override {
    Counts counts;
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldChannelOp<AddOp>, FoldChannelOp<SubOp>,
                 FoldChannelOp<MulOp>, FoldChannelOp<DivOp>>(&getContext(),
                                                             counts);
    patterns.add<DistributeScale>(&getContext());
    MatchFailureRemarks remarks(&getContext(), getArgument());
    (void)applyPatternsGreedily(getOperation(), std::move(patterns),
                                GreedyRewriteConfig().setListener(&remarks));
    numBiasFolded += counts.bias;
    numScaleFolded += counts.scale;
  }
};

} // namespace
