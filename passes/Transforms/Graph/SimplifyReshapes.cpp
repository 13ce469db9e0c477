//===- SimplifyReshapes.cpp - Fewer views, fewer broadcasts ---------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With V one of reshape, squeeze, unsqueeze, which move no data, B a broadcast,
// and f element-wise:
//
//   V2(V1(x))        ->  V(x), or x
//   f(V(x))          ->  V(f(x))     where f can join what computes x
//   f(B(x), y)       ->  f(x, y)     where y alone gives the shape
//   f(B(x))          ->  B(f(x))     fewer elements are computed
//   B2(B1(x))        ->  B(x), and a reshape where no element is repeated
//
// Views sink, so that contractions and what follows them become neighbours.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/ShapeUtils.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Analysis/DimSources.h"
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "passes/Transforms/Graph/ShapeInference.h"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHSIMPLIFYRESHAPES
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

/// The value's type if it is a ranked tensor of static shape, else null.
static RankedTensorType staticType(Value value) {
  RankedTensorType type = rankedType(value);
  return type && type.hasStaticShape() ? type : RankedTensorType();
}

/// True for operations that give the same elements another shape.
static bool isView(Operation *op) {
  return isa_and_nonnull<ReshapeOp, SqueezeOp, UnsqueezeOp>(op);
}

/// `value` in the static shape of `type`: itself, or reshaped.
static Value viewAs(PatternRewriter &rewriter, Location loc, Value value,
                    RankedTensorType type) {
  if (value.getType() == type)
    return value;
  Value shape = makeIndexConstant(rewriter, loc, type.getShape());
  return ReshapeOp::create(rewriter, loc, type, value, shape,
                           /*copy_zeros=*/false);
}

/// The one operand of an element-wise operation that is not a constant of one
/// element, or null. The constants adapt to any shape of rank `minRank` or
/// more.
static OpOperand *onlyTensorOperand(Operation *op, int64_t minRank) {
  OpOperand *only = nullptr;
  for (OpOperand &operand : op->getOpOperands()) {
    RankedTensorType type = rankedType(operand.get());
    if (isReadableConstant(operand.get()) && hasOneElement(operand.get()) &&
        type.getRank() <= minRank)
      continue;
    if (only)
      return nullptr;
    only = &operand;
  }
  return only;
}

/// `op`, which has one result, on `operand` instead of `replaced`, its result
/// of that shape.
static Value cloneOn(PatternRewriter &rewriter, Operation *op,
                     OpOperand *replaced, Value operand) {
  IRMapping mapping;
  mapping.map(replaced->get(), operand);
  Operation *clone = rewriter.clone(*op, mapping);
  Type element = getElementTypeOrSelf(op->getResult(0).getType());
  clone->getResult(0).setType(
      RankedTensorType::get(rankedType(operand).getShape(), element));
  return clone->getResult(0);
}

namespace {

/// How often each rule applied.
struct Counts {
  int64_t views = 0, broadcasts = 0, sunk = 0;
};

/// squeeze or unsqueeze of a view: one reshape where the shape is known, one
/// operation of the same kind where only the axes are.
template <typename OpTy>
struct MergeViews : OpRewritePattern<OpTy> {
  MergeViews(MLIRContext *context, Counts &counts)
      : OpRewritePattern<OpTy>(context), counts(counts) {}

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    Operation *inner = op.getInput().getDefiningOp();
    if (!isView(inner))
      return rewriter.notifyMatchFailure(op, "the input is not reshaped");
    Location loc = fuseLocations({inner, op});
    if (RankedTensorType type = staticType(op.getResult())) {
      Value source = inner->getOperand(0);
      while (isView(source.getDefiningOp()))
        source = source.getDefiningOp()->getOperand(0);
      rewriter.replaceOp(op, viewAs(rewriter, loc, source, type));
      ++counts.views;
      return success();
    }
    auto same = dyn_cast<OpTy>(inner);
    if (!same || !rankedType(op.getInput()) || !rankedType(same.getInput()))
      return rewriter.notifyMatchFailure(op, "the result's shape is unknown");
    rewriter.replaceOpWithNewOp<OpTy>(
        op, op.getType(), same.getInput(),
        rewriter.getDenseI64ArrayAttr(joinedAxes(same, op)));
    ++counts.views;
    return success();
  }

  /// The axes of both, as dimensions of the longer shape.
  static SmallVector<int64_t> joinedAxes(OpTy inner, OpTy outer) {
    bool squeezes = std::is_same_v<OpTy, SqueezeOp>;
    OpTy outside = squeezes ? inner : outer, between = squeezes ? outer : inner;
    int64_t rank =
        rankedType(squeezes ? inner.getInput() : outer.getResult()).getRank();
    SmallVector<int64_t> axes(outside.getAxes()), others;
    for (int64_t d = 0; d < rank; ++d)
      if (!llvm::is_contained(outside.getAxes(), d))
        others.push_back(d);
    for (int64_t axis : between.getAxes())
      axes.push_back(others[axis]);
    llvm::sort(axes);
    return axes;
  }

  Counts &counts;
};

/// f(V(x)) -> V(f(x)), where x comes from a kernel that f can join.
struct SinkView : RewritePattern {
  SinkView(MLIRContext *context, Counts &counts)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context), counts(counts) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isElementwise(op))
      return rewriter.notifyMatchFailure(op, "not element-wise");
    StringRef why;
    for (OpOperand &operand : op->getOpOperands()) {
      Operation *view = operand.get().getDefiningOp();
      if (!isView(view))
        continue;
      Value x = view->getOperand(0);
      RankedTensorType type = rankedType(x);
      Operation *producer = x.getDefiningOp();
      if (!type || !producer ||
          !(isElementwise(producer) ||
            isa<ConvOp, MatMulOp, BatchNormOp>(producer)))
        continue;
      why = !view->hasOneUse() ? "what has another shape is read by others, too"
            : onlyTensorOperand(op, std::min(type.getRank(),
                                             rankOf(operand.get()))) != &operand
                ? "its other operands fit one of the two shapes only"
                : "";
      if (!why.empty())
        continue;
      Value moved = cloneOn(rewriter, op, &operand, x);
      IRMapping mapping;
      mapping.map(x, moved);
      Operation *after = rewriter.clone(*view, mapping);
      after->getResult(0).setType(op->getResult(0).getType());
      rewriter.replaceOp(op, after->getResults());
      ++counts.sunk;
      return success();
    }
    if (why.empty())
      return rewriter.notifyMatchFailure(op, "no operand is a kernel's view");
    return declined(rewriter, op,
                    "a reshape stays between it and the kernel before it: " +
                        why);
  }

  static int64_t rankOf(Value value) {
    RankedTensorType type = rankedType(value);
    return type ? type.getRank() : -1;
  }

  Counts &counts;
};

/// f(B(x), y) -> f(x, y), where the shape follows without B.
struct DropBroadcast : RewritePattern {
  DropBroadcast(MLIRContext *context, Counts &counts)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context), counts(counts) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isElementwise(op) || op->getNumOperands() < 2)
      return rewriter.notifyMatchFailure(op, "no operands to broadcast");
    for (OpOperand &operand : op->getOpOperands()) {
      auto broadcast = operand.get().getDefiningOp<BroadcastOp>();
      if (!broadcast || !rankedType(broadcast.getInput()))
        continue;
      if (!isRedundant(op, operand, broadcast)) {
        (void)declined(rewriter, broadcast,
                       "it repeats elements in memory: without it the shape of "
                       "what reads it would not follow");
        continue;
      }
      rewriter.modifyOpInPlace(op, [&] {
        addLocation(op, broadcast);
        operand.set(broadcast.getInput());
      });
      ++counts.broadcasts;
      return success();
    }
    return rewriter.notifyMatchFailure(op, "a broadcast gives the shape");
  }

  /// True if the other operands give the result its shape.
  static bool isRedundant(Operation *op, OpOperand &dropped,
                          BroadcastOp broadcast) {
    SmallVector<ArrayRef<int64_t>> shapes;
    bool isStatic = true;
    for (OpOperand &other : op->getOpOperands()) {
      RankedTensorType type =
          rankedType(&other == &dropped ? broadcast.getInput() : other.get());
      if (!type)
        return false;
      isStatic &= type.hasStaticShape();
      shapes.push_back(type.getShape());
      if (&other != &dropped && other.get() != dropped.get() &&
          rankedType(dropped.get()) &&
          haveSameShape(other.get(), dropped.get()))
        return true;
    }
    RankedTensorType result = staticType(op->getResult(0));
    auto shape = broadcastShapes(shapes);
    return isStatic && result && shape &&
           ArrayRef<int64_t>(*shape) == result.getShape();
  }

  Counts &counts;
};

/// f(B(x)) -> B(f(x)).
struct RaiseThroughBroadcast : RewritePattern {
  RaiseThroughBroadcast(MLIRContext *context, Counts &counts)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context), counts(counts) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isElementwise(op))
      return rewriter.notifyMatchFailure(op, "not element-wise");
    for (OpOperand &operand : op->getOpOperands()) {
      auto broadcast = operand.get().getDefiningOp<BroadcastOp>();
      RankedTensorType type =
          broadcast ? staticType(broadcast.getInput()) : RankedTensorType();
      if (!type || !broadcast->hasOneUse() ||
          onlyTensorOperand(op, type.getRank()) != &operand)
        continue;
      Value small = cloneOn(rewriter, op, &operand, broadcast.getInput());
      rewriter.replaceOpWithNewOp<BroadcastOp>(op, op->getResult(0).getType(),
                                               small, broadcast.getShape());
      ++counts.broadcasts;
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no only operand is broadcast");
  }

  Counts &counts;
};

/// B2(B1(x)) -> B(x), and B(x) -> reshape(x) where it repeats nothing.
struct SimplifyBroadcast : OpRewritePattern<BroadcastOp> {
  SimplifyBroadcast(MLIRContext *context, Counts &counts)
      : OpRewritePattern(context), counts(counts) {}

  LogicalResult matchAndRewrite(BroadcastOp op,
                                PatternRewriter &rewriter) const override {
    RankedTensorType type = staticType(op.getResult());
    RankedTensorType input = staticType(op.getInput());
    if (!type)
      return rewriter.notifyMatchFailure(op, "the result's shape is unknown");
    if (input && input.getNumElements() == type.getNumElements()) {
      rewriter.replaceOp(op,
                         viewAs(rewriter, op.getLoc(), op.getInput(), type));
      ++counts.broadcasts;
      return success();
    }
    auto inner = op.getInput().getDefiningOp<BroadcastOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "elements are repeated once");
    Value shape = makeIndexConstant(rewriter, op.getLoc(), type.getShape());
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, type, inner.getInput(), shape);
    ++counts.broadcasts;
    return success();
  }

  Counts &counts;
};

struct GraphSimplifyReshapes
    : systole::graph::impl::GraphSimplifyReshapesBase<GraphSimplifyReshapes> {
  using GraphSimplifyReshapesBase::GraphSimplifyReshapesBase;

  void runOnOperation() override {
    Counts counts;
    RewritePatternSet patterns(&getContext());
    patterns.add<MergeViews<SqueezeOp>, MergeViews<UnsqueezeOp>, SinkView,
                 DropBroadcast, RaiseThroughBroadcast, SimplifyBroadcast>(
        &getContext(), counts);
    MatchFailureRemarks remarks(&getContext(), getArgument());
    (void)applyPatternsGreedily(getOperation(), std::move(patterns),
                                GreedyRewriteConfig().setListener(&remarks));
    if (counts.views + counts.broadcasts + counts.sunk != 0)
      inferShapes(getOperation());
    numViewsMerged += counts.views;
    numViewsSunk += counts.sunk;
    numBroadcastsRemoved += counts.broadcasts;
  }
};

} // namespace
