//===- FoldBatchNorm.cpp - Batch normalisation into weights ---------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With constant statistics, batch_norm(x) = x * s + t for each channel:
//
//   s = scale / sqrt(variance + epsilon)      t = bias - mean * s
//
//   batch_norm(conv(x, W, b))   ->  conv(x, W * s, b * s + t)
//   batch_norm(matmul(x, W))    ->  matmul(x, W * s) + t
//   batch_norm(x)               ->  x * s + t
//
//===----------------------------------------------------------------------===//

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Transforms/Graph/ChannelConstants.h"
#include "passes/Transforms/Graph/Passes.h"
#include <cmath>

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHFOLDBATCHNORM
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

/// `s` and `t` of a batch normalisation, or nullopt if its statistics are not
/// constant, or give numbers that are not finite.
static std::optional<ChannelAffine> affineOf(BatchNormOp op) {
  auto scale = constantNumbers(op.getScale()),
       bias = constantNumbers(op.getBias());
  auto mean = constantNumbers(op.getMean()),
       variance = constantNumbers(op.getVariance());
  if (!scale || !bias || !mean || !variance)
    return std::nullopt;
  assert(bias->size() == scale->size() && mean->size() == scale->size() &&
         variance->size() == scale->size() && "batch_norm-C2");
  double epsilon = op.getEpsilon().convertToDouble();
  ChannelAffine affine;
  for (size_t c = 0; c < scale->size(); ++c) {
    double s = (*scale)[c] / std::sqrt((*variance)[c] + epsilon);
    double t = (*bias)[c] - (*mean)[c] * s;
    if (!std::isfinite(s) || !std::isfinite(t))
      return std::nullopt;
    affine.scale.push_back(s);
    affine.offset.push_back(t);
  }
  return affine;
}

namespace {

/// How often each rule applied.
struct Counts {
  int64_t intoConv = 0, intoMatmul = 0, expanded = 0;
};

struct FoldBatchNorm : OpRewritePattern<BatchNormOp> {
  FoldBatchNorm(MLIRContext *context, Counts &counts)
      : OpRewritePattern(context), counts(counts) {}

  LogicalResult matchAndRewrite(BatchNormOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<ChannelAffine> affine = affineOf(op);
    RankedTensorType type = rankedType(op.getInput());
    if (!affine)
      return rewriter.notifyMatchFailure(op, "s or t is not a finite constant");
    if (!type || !rankedType(op.getResult()))
      return rewriter.notifyMatchFailure(op, "input is unranked");

    Operation *producer = op.getInput().getDefiningOp();
    bool foldable = producer && producer->hasOneUse() &&
                    channelDim(producer) == static_cast<int64_t>(op.getAxis());
    if (foldable && succeeded(fold(op, producer, *affine, rewriter)))
      return success();
    return expand(op, *affine, rewriter);
  }

private:
  /// Into the weights of `producer`.
  LogicalResult fold(BatchNormOp op, Operation *producer,
                     const ChannelAffine &affine,
                     PatternRewriter &rewriter) const {
    Location loc = fuseLocations({producer, op});
    if (auto conv = dyn_cast<ConvOp>(producer)) {
      Value folded = foldIntoConv(rewriter, conv, affine, loc);
      if (!folded)
        return rewriter.notifyMatchFailure(op,
                                           "filter or bias is not constant");
      ++counts.intoConv;
      rewriter.replaceOp(op, folded);
      return success();
    }
    Value offset = makeChannelConstant(
        rewriter, loc, getElementTypeOrSelf(op.getResult()), affine.offset, 0);
    Value folded = offset ? foldIntoMatMul(rewriter, cast<MatMulOp>(producer),
                                           affine.scale, loc)
                          : Value();
    if (!folded)
      return rewriter.notifyMatchFailure(op, "right side is not constant");
    ++counts.intoMatmul;
    rewriter.replaceOpWithNewOp<AddOp>(op, op.getType(), folded, offset);
    return success();
  }

  /// To multiplication and addition.
  LogicalResult expand(BatchNormOp op, const ChannelAffine &affine,
                       PatternRewriter &rewriter) const {
    Type elementType = getElementTypeOrSelf(op.getResult());
    int64_t trailing = rankedType(op.getInput()).getRank() - op.getAxis() - 1;
    Value scale = makeChannelConstant(rewriter, op.getLoc(), elementType,
                                      affine.scale, trailing);
    Value offset = makeChannelConstant(rewriter, op.getLoc(), elementType,
                                       affine.offset, trailing);
    if (!scale || !offset)
      return rewriter.notifyMatchFailure(op,
                                         "s or t overflows the element type");
    auto product = MulOp::create(rewriter, op.getLoc(), op.getType(),
                                 op.getInput(), scale);
    rewriter.replaceOpWithNewOp<AddOp>(op, op.getType(), product, offset);
    ++counts.expanded;
    return success();
  }

  Counts &counts;
};

struct GraphFoldBatchNorm
    : systole::graph::impl::GraphFoldBatchNormBase<GraphFoldBatchNorm> {
  using GraphFoldBatchNormBase::GraphFoldBatchNormBase;

  void runOnOperation() override {
    Counts counts;
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldBatchNorm>(&getContext(), counts);
    (void)applyPatternsGreedily(getOperation(), std::move(patterns));
    numIntoConv += counts.intoConv;
    numIntoMatmul += counts.intoMatmul;
    numExpanded += counts.expanded;
  }
};

} // namespace
