//===- SinkThroughAxes.cpp - Transposes pass operations with axes ---------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One pattern for each operation that names dimensions: its twin names them as
// they were before the transpose.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "passes/Transforms/Graph/SinkCost.h"
#include "passes/Transforms/Graph/TransposePatterns.h"

using namespace mlir;
using namespace systole::graph;

namespace {

/// Base of the patterns for operations whose first operand is the data.
template <typename OpTy>
struct SinkThrough : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    TransposeOp transpose = transposeBefore(op->getOperand(0), op);
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "operand is not a transpose");
    if (!rankedType(op->getResult(0)))
      return rewriter.notifyMatchFailure(op, "result is unranked");
    if (!sinkCost(op, op->getOperand(0), transpose.getPerm()).pays())
      return declined(rewriter, transpose, kWouldCost);
    return sink(op, transpose, rewriter);
  }

  virtual LogicalResult sink(OpTy op, TransposeOp transpose,
                             PatternRewriter &rewriter) const = 0;

  /// Replaces `op` by `perm` of a twin that reads the untransposed data and was
  /// changed by `rename`.
  template <typename Rename>
  static LogicalResult replace(OpTy op, TransposeOp transpose,
                               ArrayRef<int64_t> resultPerm,
                               PatternRewriter &rewriter, Rename rename) {
    auto twin = cast<OpTy>(rewriter.clone(*op));
    twin->setOperand(0, transpose.getInput());
    RankedTensorType type = rankedType(op->getResult(0));
    twin->getResult(0).setType(permutedType(type, inverse(resultPerm)));
    rename(twin);
    rewriter.replaceOp(op, createTranspose(rewriter, op->getLoc(),
                                           twin->getResult(0), resultPerm));
    return success();
  }
};

/// Softmax and batch normalisation: one axis attribute.
template <typename OpTy>
struct SinkThroughAxis : SinkThrough<OpTy> {
  using SinkThrough<OpTy>::SinkThrough;
  LogicalResult sink(OpTy op, TransposeOp transpose,
                     PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> perm = transpose.getPerm();
    return this->replace(op, transpose, perm, rewriter,
                         [&](OpTy twin) { twin.setAxis(perm[op.getAxis()]); });
  }
};

/// The axes before the transpose, increasing.
SmallVector<int64_t> renamedAxes(ArrayRef<int64_t> axes,
                                 ArrayRef<int64_t> perm) {
  SmallVector<int64_t> renamed;
  for (int64_t axis : axes)
    renamed.push_back(perm[axis]);
  llvm::sort(renamed);
  return renamed;
}

/// `perm` without dimensions `axes` (named after the transpose), renumbered.
SmallVector<int64_t> permWithout(ArrayRef<int64_t> perm,
                                 ArrayRef<int64_t> axes) {
  SmallVector<int64_t> dropped = renamedAxes(axes, perm), rest;
  for (auto [to, from] : llvm::enumerate(perm))
    if (!llvm::is_contained(axes, static_cast<int64_t>(to)))
      rest.push_back(from -
                     llvm::count_if(dropped, [from = from](int64_t axis) {
                       return axis < from;
                     }));
  return rest;
}

struct SinkThroughReduce : SinkThrough<ReduceOp> {
  SinkThroughReduce(MLIRContext *context, bool reassociate)
      : SinkThrough(context), reassociate(reassociate) {}

  LogicalResult sink(ReduceOp op, TransposeOp transpose,
                     PatternRewriter &rewriter) const override {
    SmallVector<int64_t> perm(transpose.getPerm());
    bool sameOrder = llvm::is_sorted(permuted(perm, op.getAxes())) ||
                     op.getKind() == ReduceKind::max ||
                     op.getKind() == ReduceKind::min;
    if (!sameOrder && !reassociate)
      return declined(rewriter, transpose,
                      "it stays before a sum, whose terms would change their "
                      "order, which --precision=strict forbids");
    SmallVector<int64_t> axes = renamedAxes(op.getAxes(), perm);
    SmallVector<int64_t> resultPerm =
        op.getKeepDims() ? perm : permWithout(perm, op.getAxes());
    return replace(op, transpose, resultPerm, rewriter,
                   [&](ReduceOp twin) { twin.setAxes(axes); });
  }

  bool reassociate;
};

struct SinkThroughSqueeze : SinkThrough<SqueezeOp> {
  using SinkThrough::SinkThrough;
  LogicalResult sink(SqueezeOp op, TransposeOp transpose,
                     PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> perm = transpose.getPerm();
    SmallVector<int64_t> axes = renamedAxes(op.getAxes(), perm);
    return replace(op, transpose, permWithout(perm, op.getAxes()), rewriter,
                   [&](SqueezeOp twin) { twin.setAxes(axes); });
  }
};

/// The inserted dimensions stay where they are; the others are permuted around
/// them.
struct SinkThroughUnsqueeze : SinkThrough<UnsqueezeOp> {
  using SinkThrough::SinkThrough;
  LogicalResult sink(UnsqueezeOp op, TransposeOp transpose,
                     PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> perm = transpose.getPerm();
    int64_t rank = perm.size() + op.getAxes().size();
    SmallVector<int64_t> kept, resultPerm;
    for (int64_t d = 0; d < rank; ++d)
      if (!llvm::is_contained(op.getAxes(), d))
        kept.push_back(d);
    for (int64_t d = 0, next = 0; d < rank; ++d)
      resultPerm.push_back(
          llvm::is_contained(op.getAxes(), d) ? d : kept[perm[next++]]);
    return replace(op, transpose, resultPerm, rewriter, [](UnsqueezeOp) {});
  }
};

struct SinkThroughSlice : SinkThrough<SliceOp> {
  using SinkThrough::SinkThrough;
  LogicalResult sink(SliceOp op, TransposeOp transpose,
                     PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> perm = transpose.getPerm();
    // The order of axes is that of starts and ends: not sorted.
    SmallVector<int64_t> axes = permuted(perm, op.getAxes());
    return replace(op, transpose, perm, rewriter,
                   [&](SliceOp twin) { twin.setAxes(axes); });
  }
};

struct SinkThroughPad : SinkThrough<PadOp> {
  using SinkThrough::SinkThrough;
  LogicalResult sink(PadOp op, TransposeOp transpose,
                     PatternRewriter &rewriter) const override {
    std::optional<SmallVector<int64_t>> pads = constantInts(op.getPads());
    if (!pads)
      return declined(rewriter, transpose,
                      "it stays before padding that is known only when it "
                      "runs");
    SmallVector<int64_t> undo = inverse(transpose.getPerm());
    size_t rank = undo.size();
    SmallVector<int64_t> renamed =
        permuted(ArrayRef(*pads).take_front(rank), undo);
    llvm::append_range(renamed,
                       permuted(ArrayRef(*pads).drop_front(rank), undo));
    Value constant = makeIndexConstant(rewriter, op.getLoc(), renamed);
    return replace(op, transpose, transpose.getPerm(), rewriter,
                   [&](PadOp twin) { twin.getPadsMutable().assign(constant); });
  }
};

} // namespace

void systole::graph::populateSinkThroughAxesPatterns(
    RewritePatternSet &patterns, bool reassociate) {
  MLIRContext *context = patterns.getContext();
  patterns.add<SinkThroughReduce>(context, reassociate);
  patterns.add<SinkThroughAxis<SoftmaxOp>, SinkThroughAxis<BatchNormOp>,
               SinkThroughSqueeze, SinkThroughUnsqueeze, SinkThroughSlice,
               SinkThroughPad>(context);
}
