//===- SinkTransposes.cpp - Transposes move towards the results -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rule for an operation f that can compute on transposed operands (f' is f with
// its axes renamed):
//
//   f(T(x), T(y))  ->  T(f'(x, y))
//
// It applies where it lowers the number of transposes, or where it keeps that
// number and only moves them (SinkCost.h). Operations that name axes are in
// SinkThroughAxes.cpp. All patterns only move transposes
// towards results, or make them fewer, so they end.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "passes/Transforms/Graph/SinkCost.h"
#include "passes/Transforms/Graph/TransposePatterns.h"

using namespace mlir;
using namespace systole::graph;

/// True if an operand of an element-wise operation whose result has `rank`
/// dimensions can be transposed along with it.
static bool canAdapt(Value operand, int64_t rank) {
  RankedTensorType type = rankedType(operand);
  if (!type || type.getRank() > rank)
    return false;
  return hasOneElement(operand) || type.getRank() == rank ||
         isReadableConstant(operand);
}

/// `operand` of an element-wise operation, for which canAdapt holds, as its
/// transposed twin needs it.
static Value adaptOperand(PatternRewriter &rewriter, Location loc,
                          Value operand, ArrayRef<int64_t> perm) {
  RankedTensorType type = rankedType(operand);
  int64_t rank = perm.size();
  bool isTransposed =
      operand.getDefiningOp<TransposeOp>() && type.getRank() == rank;
  // NOTE: a transposed scalar must lose its transpose, or it would sink again.
  if (hasOneElement(operand) && !isTransposed)
    return operand;
  if (type.getRank() == rank)
    return createTranspose(rewriter, loc, operand, inverse(perm));
  FailureOr<Tensor> tensor = tensorFromAttribute(constantAttribute(operand));
  SmallVector<int64_t> shape(rank - type.getRank(), 1);
  llvm::append_range(shape, type.getShape());
  return makeConstant(rewriter, loc,
                      transposeTensor(tensor->reshaped(shape), inverse(perm)));
}

namespace {

/// f(T(x), T(y), constant) -> T(f(x, y, constant')), and the impure cases that
/// lower the number of transposes.
struct SinkThroughElementwise : OpTraitRewritePattern<Elementwise> {
  using OpTraitRewritePattern::OpTraitRewritePattern;

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    for (Value operand : op->getOperands()) {
      TransposeOp transpose = transposeBefore(operand, op);
      if (!transpose)
        continue;
      SmallVector<int64_t> perm(transpose.getPerm());
      if (sinkCost(op, op->getOperands(), perm).pays())
        return sink(op, perm, rewriter);
      (void)declined(rewriter, transpose, kWouldCost);
    }
    return rewriter.notifyMatchFailure(op, "no transpose worth sinking");
  }

private:
  static LogicalResult sink(Operation *op, ArrayRef<int64_t> perm,
                            PatternRewriter &rewriter) {
    int64_t rank = perm.size();
    RankedTensorType type = rankedType(op->getResult(0));
    if (!type || type.getRank() != rank)
      return rewriter.notifyMatchFailure(op, "result has another rank");
    for (Value operand : op->getOperands())
      if (!canAdapt(operand, rank))
        return rewriter.notifyMatchFailure(op, "operand cannot be transposed");

    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(adaptOperand(rewriter, op->getLoc(), operand, perm));
    Operation *twin = rewriter.clone(*op);
    twin->setOperands(operands);
    twin->getResult(0).setType(permutedType(type, inverse(perm)));
    rewriter.replaceOp(
        op, createTranspose(rewriter, op->getLoc(), twin->getResult(0), perm));
    return success();
  }
};

/// concat(T(x), T(y), constant) -> T(concat(x, y, constant')).
struct SinkThroughConcat : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConcatOp op,
                                PatternRewriter &rewriter) const override {
    for (Value operand : op.getInputs()) {
      TransposeOp transpose = transposeBefore(operand, op);
      if (!transpose)
        continue;
      SmallVector<int64_t> perm(transpose.getPerm());
      if (sinkCost(op, op.getInputs(), perm).pays())
        return sink(op, perm, rewriter);
      (void)declined(rewriter, transpose, kWouldCost);
    }
    return rewriter.notifyMatchFailure(op, "no transpose worth sinking");
  }

private:
  static LogicalResult sink(ConcatOp op, ArrayRef<int64_t> perm,
                            PatternRewriter &rewriter) {
    RankedTensorType type = rankedType(op.getResult());
    if (!type || !llvm::all_of(op.getInputs(), rankedType))
      return rewriter.notifyMatchFailure(op, "unranked");
    SmallVector<Value> inputs;
    for (Value input : op.getInputs())
      inputs.push_back(
          createTranspose(rewriter, op.getLoc(), input, inverse(perm)));
    auto twin = ConcatOp::create(rewriter, op.getLoc(),
                                 permutedType(type, inverse(perm)), inputs,
                                 perm[op.getAxis()]);
    rewriter.replaceOp(op, createTranspose(rewriter, op.getLoc(), twin, perm));
    return success();
  }
};

} // namespace

void systole::graph::populateSinkTransposePatterns(RewritePatternSet &patterns,
                                                   bool reassociate) {
  patterns.add<SinkThroughElementwise, SinkThroughConcat>(
      patterns.getContext());
  populateSinkThroughAxesPatterns(patterns, reassociate);
}
