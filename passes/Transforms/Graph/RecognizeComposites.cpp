//===- RecognizeComposites.cpp - Functions written out by exporters -------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   e / sum(e), e = exp(x - max(x))  ->  softmax(x)   also without the maximum
//   1 / (1 + exp(-x))                ->  sigmoid(x)
//   (tanh(x / 2) + 1) / 2            ->  sigmoid(x)
//   max(x, 0), x > 0 ? x : 0         ->  relu(x)
//
// Only what the dialect has an operation for: element-wise composites (GELU,
// hard-swish) are one kernel by fusion, normalisations by graph-fuse-rows.
//
//===----------------------------------------------------------------------===//

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/AlgebraRules.h"
#include "passes/Transforms/Graph/Passes.h"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHRECOGNIZECOMPOSITES
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

/// The operand of the commutative `op` that is not a splat of `number`, or null
/// where none is. What is left has the result's type.
static Value otherThan(Operation *op, double number) {
  for (unsigned i : {0u, 1u})
    if (isConstantSplat(op->getOperand(1 - i), number) &&
        op->getOperand(i).getType() == op->getResult(0).getType() &&
        keepsShape(op->getOperand(i), op->getOperand(1 - i)))
      return op->getOperand(i);
  return nullptr;
}

/// x where `value` is x + 1.
static Value minusOne(Value value) {
  auto sum = value.getDefiningOp<AddOp>();
  return sum ? otherThan(sum, 1.0) : Value();
}

/// x where `value` is x / 2, in either form.
static Value doubled(Value value) {
  if (auto product = value.getDefiningOp<MulOp>())
    return otherThan(product, 0.5);
  auto quotient = value.getDefiningOp<DivOp>();
  bool isHalf = quotient && isConstantSplat(quotient.getRhs(), 2.0) &&
                quotient.getLhs().getType() == quotient.getType() &&
                keepsShape(quotient.getLhs(), quotient.getRhs());
  return isHalf ? quotient.getLhs() : Value();
}

//===----------------------------------------------------------------------===//
// The rules
//===----------------------------------------------------------------------===//

/// The axis of a reduction of `kind` along one dimension that stays, or -1.
static int64_t keptAxis(ReduceOp op, ReduceKind kind) {
  bool matches = op && op.getKind() == kind && op.getKeepDims() &&
                 op.getAxes().size() == 1;
  return matches ? op.getAxes().front() : -1;
}

static Value softmaxOf(DivOp op, PatternRewriter &rewriter) {
  auto exponential = op.getLhs().getDefiningOp<ExpOp>();
  auto sum = op.getRhs().getDefiningOp<ReduceOp>();
  int64_t axis = keptAxis(sum, ReduceKind::sum);
  if (!exponential || !sum || sum.getInput() != exponential.getResult())
    return nullptr;
  if (axis < 0) {
    (void)declined(rewriter, op,
                   "it is no softmax: what divides the exponentials is not "
                   "their sum along one dimension that stays");
    return nullptr;
  }
  SmallVector<Operation *> merged{exponential, sum, op};
  Value x = exponential.getInput();
  // softmax subtracts the maximum by itself; any other shift is kept.
  if (auto shift = x.getDefiningOp<SubOp>()) {
    auto highest = shift.getRhs().getDefiningOp<ReduceOp>();
    if (keptAxis(highest, ReduceKind::max) == axis &&
        highest.getInput() == shift.getLhs()) {
      x = shift.getLhs();
      merged.insert(merged.begin(), {highest, shift});
    }
  }
  if (x.getType() != op.getType()) {
    (void)declined(rewriter, op,
                   "it is no softmax: its shape is not known to be that of "
                   "its input");
    return nullptr;
  }
  return SoftmaxOp::create(rewriter, fuseLocations(merged), op.getType(), x,
                           axis);
}

static Value sigmoidOfExp(DivOp op, PatternRewriter &rewriter) {
  Value power =
      isConstantSplat(op.getLhs(), 1.0) ? minusOne(op.getRhs()) : Value();
  auto exponential = power ? power.getDefiningOp<ExpOp>() : ExpOp();
  auto negation =
      exponential ? exponential.getInput().getDefiningOp<NegOp>() : NegOp();
  if (!negation || negation.getInput().getType() != op.getType()) {
    if (exponential)
      (void)declined(rewriter, op,
                     negation
                         ? "it is no sigmoid: its shape is not known to "
                           "be that of its input"
                         : "it is no sigmoid: the exponent is no negation");
    return nullptr;
  }
  return SigmoidOp::create(
      rewriter,
      fuseLocations({negation, exponential, op.getRhs().getDefiningOp(), op}),
      op.getType(), negation.getInput());
}

/// (tanh(x / 2) + 1) / 2, the outer half as a product or a quotient.
template <typename OpTy>
static Value sigmoidOfTanh(OpTy op, PatternRewriter &rewriter) {
  Value sum = doubled(op.getResult());
  Value shifted = sum ? minusOne(sum) : Value();
  auto tangent = shifted ? shifted.getDefiningOp<TanhOp>() : TanhOp();
  Value x = tangent ? doubled(tangent.getInput()) : Value();
  if (!x || x.getType() != op.getType())
    return nullptr;
  return SigmoidOp::create(rewriter,
                           fuseLocations({tangent.getInput().getDefiningOp(),
                                          tangent, sum.getDefiningOp(), op}),
                           op.getType(), x);
}

static Value reluOfMax(MaxOp op, PatternRewriter &rewriter) {
  Value x = otherThan(op, 0.0);
  return x ? ReluOp::create(rewriter, op.getLoc(), op.getType(), x) : Value();
}

static Value reluOfSelect(SelectOp op, PatternRewriter &rewriter) {
  auto compare = op.getCondition().getDefiningOp<CompareOp>();
  Value x = op.getOnTrue();
  if (!compare || compare.getPredicate() != ComparePredicate::gt ||
      compare.getLhs() != x || !isConstantSplat(compare.getRhs(), 0.0) ||
      !isConstantSplat(op.getOnFalse(), 0.0) || x.getType() != op.getType())
    return nullptr;
  return ReluOp::create(rewriter, fuseLocations({compare, op}), op.getType(),
                        x);
}

namespace {

struct GraphRecognizeComposites
    : systole::graph::impl::GraphRecognizeCompositesBase<
          GraphRecognizeComposites> {
  using GraphRecognizeCompositesBase::GraphRecognizeCompositesBase;

  void runOnOperation() override {
    int64_t softmaxes = 0, sigmoids = 0, relus = 0;
    RewritePatternSet patterns(&getContext());
    addRule<DivOp>(patterns, softmaxOf, "not exponentials by their sum",
                   softmaxes);
    addRule<DivOp>(patterns, sigmoidOfExp, "not 1 / (1 + exp(-x))", sigmoids);
    addRule<MulOp>(patterns, sigmoidOfTanh<MulOp>,
                   "not half of tanh(x / 2) + 1", sigmoids);
    addRule<DivOp>(patterns, sigmoidOfTanh<DivOp>,
                   "not half of tanh(x / 2) + 1", sigmoids);
    addRule<MaxOp>(patterns, reluOfMax, "not a maximum with zero", relus);
    addRule<SelectOp>(patterns, reluOfSelect, "not x > 0 ? x : 0", relus);
    MatchFailureRemarks remarks(&getContext(), getArgument());
    (void)applyPatternsGreedily(getOperation(), std::move(patterns),
                                GreedyRewriteConfig().setListener(&remarks));
    numSoftmax += softmaxes;
    numSigmoid += sigmoids;
    numRelu += relus;
  }
};

} // namespace
