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
// number and only moves them; see SinkCost. All patterns only move transposes
// towards results, or make them fewer, so they end.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Graph/Rewriting.h"
#include "passes/Transforms/Graph/TransposePatterns.h"

using namespace mlir;
using namespace systole::graph;

//===----------------------------------------------------------------------===//
// When sinking pays
//===----------------------------------------------------------------------===//

/// True if transposes can pass through `op`, so that one in front of it is not
/// stuck there.
static bool isTransparent(Operation *op) {
  return isElementwise(op) ||
         isa<TransposeOp, ReduceOp, ConcatOp, PadOp, SliceOp, SoftmaxOp,
             BatchNormOp, SqueezeOp, UnsqueezeOp, ShapeOfOp>(op);
}

/// The transpose that defines `value` in the block of `user`, or null: none is
/// moved into a loop.
static TransposeOp transposeBefore(Value value, Operation *user) {
  auto transpose = value.getDefiningOp<TransposeOp>();
  if (!transpose || transpose->getBlock() != user->getBlock())
    return nullptr;
  return transpose;
}

namespace {

/// What sinking transposes of permutation `perm` through an operation changes.
struct SinkCost {
  /// Transposes made less transposes removed.
  int64_t balance = 0;
  /// Each operand is transposed alike, constant or a scalar.
  bool pure = true;
  /// A transpose that stays because of other users can follow them later.
  bool othersFollow = true;

  bool pays() const {
    return balance < 0 || (pure && (balance == 0 || othersFollow));
  }
};

} // namespace

/// Adds what becomes of one operand.
static void addOperandCost(SinkCost &cost, Value operand, Operation *op,
                           ArrayRef<int64_t> perm) {
  TransposeOp transpose = transposeBefore(operand, op);
  if (transpose && transpose.getPerm().size() != perm.size())
    transpose = nullptr; // A scalar of another rank.
  if (!transpose && (constantAttribute(operand) || hasOneElement(operand)))
    return; // Adapts for free.
  bool alike = transpose && transpose.getPerm() == perm;
  // All uses by `op` itself count as one.
  bool onlyUser =
      transpose && llvm::all_of(transpose->getUsers(),
                                [&](Operation *user) { return user == op; });
  if (alike && onlyUser)
    --cost.balance;
  if (alike && !onlyUser)
    cost.othersFollow &= llvm::all_of(transpose->getUsers(), isTransparent);
  if (!alike) {
    cost.pure = false;
    cost.balance += onlyUser ? 0 : 1;
  }
}

/// Cost of sinking through `op`, whose `operands` are data (not shapes or
/// axes).
static SinkCost sinkCost(Operation *op, ValueRange operands,
                         ArrayRef<int64_t> perm) {
  SinkCost cost;
  llvm::SmallDenseSet<Value> seen;
  for (Value operand : operands)
    if (seen.insert(operand).second)
      addOperandCost(cost, operand, op, perm);

  SmallVector<int64_t> undo = inverse(perm);
  bool othersLeft = false;
  for (Operation *user : op->getUsers()) {
    auto transpose = dyn_cast<TransposeOp>(user);
    if (transpose && transpose.getPerm() == ArrayRef(undo))
      --cost.balance;
    else
      othersLeft = true;
  }
  cost.balance += othersLeft ? 1 : 0;
  return cost;
}

//===----------------------------------------------------------------------===//
// Element-wise operations
//===----------------------------------------------------------------------===//

/// `operand` of an element-wise operation as its transposed twin needs it, or
/// null if that cannot be made.
static Value adaptOperand(PatternRewriter &rewriter, Location loc,
                          Value operand, ArrayRef<int64_t> perm) {
  RankedTensorType type = rankedType(operand);
  int64_t rank = perm.size();
  if (!type || type.getRank() > rank)
    return nullptr;
  bool isTransposed =
      operand.getDefiningOp<TransposeOp>() && type.getRank() == rank;
  // NOTE: a transposed scalar must lose its transpose, or it would sink again.
  if (hasOneElement(operand) && !isTransposed)
    return operand;
  if (type.getRank() == rank)
    return createTranspose(rewriter, loc, operand, inverse(perm));
  ElementsAttr attribute = constantAttribute(operand);
  if (!attribute)
    return nullptr;
  FailureOr<Tensor> tensor = tensorFromAttribute(attribute);
  if (failed(tensor) || elementBytes(tensor->getElementType()) == 0)
    return nullptr;
  SmallVector<int64_t> shape(rank - type.getRank(), 1);
  llvm::append_range(shape, type.getShape());
  return makeConstant(rewriter, loc,
                      transposeTensor(tensor->reshaped(shape), inverse(perm)));
}

static bool canAdapt(Value operand, int64_t rank) {
  RankedTensorType type = rankedType(operand);
  if (!type || type.getRank() > rank)
    return false;
  return hasOneElement(operand) || type.getRank() == rank ||
         (constantAttribute(operand) && !hasExoticElements(type));
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
    if (llvm::is_contained(operands, Value()))
      return rewriter.notifyMatchFailure(op, "constant cannot be read");
    Operation *twin = rewriter.clone(*op);
    twin->setOperands(operands);
    twin->getResult(0).setType(permutedType(type, inverse(perm)));
    rewriter.replaceOp(
        op, createTranspose(rewriter, op->getLoc(), twin->getResult(0), perm));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Operations with axes
//===----------------------------------------------------------------------===//

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
      return rewriter.notifyMatchFailure(op, "transpose has other users");
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
      return rewriter.notifyMatchFailure(op, "terms would change their order");
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
      return rewriter.notifyMatchFailure(op, "pads are not constant");
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
  MLIRContext *context = patterns.getContext();
  patterns.add<SinkThroughReduce>(context, reassociate);
  patterns.add<SinkThroughElementwise, SinkThroughAxis<SoftmaxOp>,
               SinkThroughAxis<BatchNormOp>, SinkThroughSqueeze,
               SinkThroughUnsqueeze, SinkThroughSlice, SinkThroughPad,
               SinkThroughConcat>(context);
}
