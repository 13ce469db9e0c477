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
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/ChannelConstants.h"
#include "passes/Transforms/Graph/Passes.h"
#include <cmath>

#define DEBUG_TYPE "graph-fold-batch-norm"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHFOLDBATCHNORM
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

/// `s` and `t` of a batch normalisation, or nullopt, with the reason in `why`,
/// if its statistics are not constant, or give numbers that are not finite.
static std::optional<ChannelAffine> affineOf(BatchNormOp op, StringRef &why) {
  auto scale = constantNumbers(op.getScale()),
       bias = constantNumbers(op.getBias());
  auto mean = constantNumbers(op.getMean()),
       variance = constantNumbers(op.getVariance());
  if (!scale || !bias || !mean || !variance) {
    why = "its statistics are known only when it runs";
    return std::nullopt;
  }
  assert(bias->size() == scale->size() && mean->size() == scale->size() &&
         variance->size() == scale->size() && "batch_norm-C2");
  double epsilon = op.getEpsilon().convertToDouble();
  ChannelAffine affine;
  for (size_t c = 0; c < scale->size(); ++c) {
    double s = (*scale)[c] / std::sqrt((*variance)[c] + epsilon);
    double t = (*bias)[c] - (*mean)[c] * s;
    if (!std::isfinite(s) || !std::isfinite(t)) {
      why = "its statistics give a factor or an offset that is not finite";
      return std::nullopt;
    }
    affine.scale.push_back(s);
    affine.offset.push_back(t);
  }
  return affine;
}

/// Why `producer` cannot take `op` into its weights, whatever those are; empty:
/// it can.
static StringRef whyNotInto(Operation *producer, BatchNormOp op) {
  if (channelDim(producer) < 0)
    return "what comes before it has no weights of its own";
  if (!producer->hasOneUse())
    return "what comes before it is read by others, too";
  return channelDim(producer) == static_cast<int64_t>(op.getAxis())
             ? ""
             : "it normalises another dimension than the output channels";
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
    StringRef why;
    std::optional<ChannelAffine> affine = affineOf(op, why);
    RankedTensorType type = rankedType(op.getInput());
    if (!affine)
      return declined(rewriter, op, why);
    if (!type || !rankedType(op.getResult()))
      return declined(rewriter, op, "the rank of its input is not known");

    Operation *producer = op.getInput().getDefiningOp();
    why = whyNotInto(producer, op);
    if (why.empty()) {
      if (succeeded(fold(op, producer, *affine, rewriter)))
        return success();
      why = "the weights before it are no constants, or would not be finite";
    }
    return expand(op, *affine, why, rewriter);
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

  /// To multiplication and addition, because it is part of no weights.
  LogicalResult expand(BatchNormOp op, const ChannelAffine &affine,
                       StringRef why, PatternRewriter &rewriter) const {
    Type elementType = getElementTypeOrSelf(op.getResult());
    int64_t trailing = rankedType(op.getInput()).getRank() - op.getAxis() - 1;
    Value scale = makeChannelConstant(rewriter, op.getLoc(), elementType,
                                      affine.scale, trailing);
    Value offset = makeChannelConstant(rewriter, op.getLoc(), elementType,
                                       affine.offset, trailing);
    if (!scale || !offset)
      return declined(rewriter, op, "its factor overflows the element type");
    remarkMissed(op, DEBUG_TYPE,
                 "it multiplies and adds, as part of no weights: " + why);
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
    MatchFailureRemarks remarks(&getContext(), getArgument());
    (void)applyPatternsGreedily(getOperation(), std::move(patterns),
                                GreedyRewriteConfig().setListener(&remarks));
    numIntoConv += counts.intoConv;
    numIntoMatmul += counts.intoMatmul;
    numExpanded += counts.expanded;
  }
};

} // namespace
