//===- AlgebraRules.cpp - Signs, powers, quotients, selections ------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One function for each rule, the tables of rules at the end. What the
// dialect's own folds do (x * 1, neg of neg, casts that lose nothing) is not
// repeated here.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Graph/AlgebraRules.h"
#include "passes/Analysis/DimSources.h"
#include "passes/Transforms/Graph/ConstantEvaluation.h"
#include <cmath>

using namespace mlir;

namespace systole::graph {

//===----------------------------------------------------------------------===//
// Questions
//===----------------------------------------------------------------------===//

static bool isFloat(Value value) {
  return isa<FloatType>(getElementTypeOrSelf(value.getType()));
}

static bool isInteger(Value value) {
  return isa<IntegerType>(getElementTypeOrSelf(value.getType()));
}

bool keepsShape(Value kept, Value other) {
  RankedTensorType type = rankedType(kept), otherType = rankedType(other);
  if (!type || !otherType || otherType.getRank() > type.getRank())
    return false;
  int64_t shift = type.getRank() - otherType.getRank();
  for (int64_t d = 0; d < otherType.getRank(); ++d)
    if (otherType.getDimSize(d) != 1 && !haveSameDim(kept, d + shift, other, d))
      return false;
  return true;
}

bool isNonNegative(Value value) {
  Operation *op = value.getDefiningOp();
  if (isa_and_nonnull<ReluOp, AbsOp, ExpOp, SigmoidOp, SoftmaxOp, SqrtOp>(op))
    return true;
  // What only chooses among elements has the property of its operand.
  if (isa_and_nonnull<MaxPoolOp, ReshapeOp, TransposeOp, SliceOp>(op))
    return isNonNegative(op->getOperand(0));
  return false;
}

/// The operand of the negation that makes `value` and has no other use.
static Value negated(Value value) {
  auto op = value.getDefiningOp<NegOp>();
  return op && op->hasOneUse() ? op.getInput() : Value();
}

/// A constant of one element, of rank 0, that broadcasts to anything.
static Value scalar(PatternRewriter &rewriter, Operation *op, double number) {
  return makeScalarConstant(rewriter, op->getLoc(),
                            getElementTypeOrSelf(op->getResult(0).getType()),
                            number);
}

/// A constant of the result's static shape, every element `number`.
static Value filled(PatternRewriter &rewriter, Operation *op, double number) {
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!type || !type.hasStaticShape() || hasExoticElements(type))
    return nullptr;
  Tensor one(type.getElementType(), {});
  isa<FloatType>(type.getElementType())
      ? one.setDouble(0, number)
      : one.setInt(0, static_cast<int64_t>(number));
  auto splat = dyn_cast<DenseElementsAttr>(attributeFromTensor(one));
  return ConstantOp::create(rewriter, op->getLoc(), type,
                            cast<ElementsAttr>(splat.resizeSplat(type)));
}

//===----------------------------------------------------------------------===//
// Signs
//===----------------------------------------------------------------------===//

/// x + (-y) = x - y and (-x) + y = y - x: IEEE 754 defines them alike.
static Value addOfNegation(AddOp op, PatternRewriter &rewriter) {
  Value plus = op.getLhs(), minus = negated(op.getRhs());
  if (!minus) {
    plus = op.getRhs();
    minus = negated(op.getLhs());
  }
  if (!minus)
    return nullptr;
  Operation *negation =
      (plus == op.getLhs() ? op.getRhs() : op.getLhs()).getDefiningOp();
  return SubOp::create(rewriter, fuseLocations({negation, op}), op.getType(),
                       plus, minus);
}

/// x - (-y) = x + y.
static Value subOfNegation(SubOp op, PatternRewriter &rewriter) {
  Value y = negated(op.getRhs());
  if (!y)
    return nullptr;
  return AddOp::create(rewriter,
                       fuseLocations({op.getRhs().getDefiningOp(), op}),
                       op.getType(), op.getLhs(), y);
}

/// 0 - x = -x. For floats the zero must be -0.0, unless the sign of a zero may
/// change.
template <bool anyZero>
static Value subFromZero(SubOp op, PatternRewriter &rewriter) {
  if (op.getRhs().getType() != op.getType() ||
      !isConstantSplat(op.getLhs(), 0.0) ||
      !keepsShape(op.getRhs(), op.getLhs()))
    return nullptr;
  if (isFloat(op.getLhs()) && !anyZero) {
    FailureOr<Tensor> zero =
        tensorFromAttribute(constantAttribute(op.getLhs()));
    for (int64_t i = 0; i < zero->size(); ++i)
      if (!std::signbit(zero->getDouble(i)))
        return nullptr;
  }
  return NegOp::create(rewriter, op.getLoc(), op.getType(), op.getRhs());
}

/// (-x) * (-y) = x * y, and the same for quotients.
template <typename OpTy>
static Value cancelNegations(OpTy op, PatternRewriter &rewriter) {
  Value x = negated(op.getLhs()), y = negated(op.getRhs());
  if (!x || !y || isInteger(op.getResult()))
    return nullptr; // The smallest integer is its own negation: keep it simple.
  return OpTy::create(rewriter,
                      fuseLocations({op.getLhs().getDefiningOp(),
                                     op.getRhs().getDefiningOp(), op}),
                      op.getType(), x, y);
}

/// -(x - y) = y - x, up to the sign of zero.
static Value negationOfSub(NegOp op, PatternRewriter &rewriter) {
  auto sub = op.getInput().getDefiningOp<SubOp>();
  if (!sub || !sub->hasOneUse() || sub.getType() != op.getType())
    return nullptr;
  return SubOp::create(rewriter, fuseLocations({sub, op}), op.getType(),
                       sub.getRhs(), sub.getLhs());
}

/// |-x| = |x|.
static Value absOfNegation(AbsOp op, PatternRewriter &rewriter) {
  Value x = negated(op.getInput());
  if (!x)
    return nullptr;
  return AbsOp::create(rewriter,
                       fuseLocations({op.getInput().getDefiningOp(), op}),
                       op.getType(), x);
}

/// relu(x) = |x| = x where x is never negative.
template <typename OpTy>
static Value ofNonNegative(OpTy op, PatternRewriter &) {
  bool known =
      op.getInput().getType() == op.getType() && isNonNegative(op.getInput());
  return known ? op.getInput() : Value();
}

//===----------------------------------------------------------------------===//
// Zero and one
//===----------------------------------------------------------------------===//

/// x + 0.0 = x, up to the sign of zero.
static Value addZero(AddOp op, PatternRewriter &) {
  if (op.getLhs().getType() == op.getType() &&
      isConstantSplat(op.getRhs(), 0.0) && keepsShape(op.getLhs(), op.getRhs()))
    return op.getLhs();
  return nullptr;
}

/// x - x = 0 for integers; a float may be infinite or NaN.
static Value subOfItself(SubOp op, PatternRewriter &rewriter) {
  bool same = op.getLhs() == op.getRhs() && isInteger(op.getResult());
  return same ? filled(rewriter, op, 0.0) : Value();
}

/// x * 0 = 0 for integers.
static Value timesZero(MulOp op, PatternRewriter &rewriter) {
  bool zero = isInteger(op.getResult()) && isConstantSplat(op.getRhs(), 0.0);
  return zero ? filled(rewriter, op, 0.0) : Value();
}

//===----------------------------------------------------------------------===//
// Quotients and powers
//===----------------------------------------------------------------------===//

/// True if dividing by each element of a constant is the same as multiplying by
/// its reciprocal: powers of two far from the ends of the exponent's range.
static bool haveExactReciprocals(Value constant) {
  static constexpr int kLargestExponent = 64;
  Type element = getElementTypeOrSelf(constant.getType());
  FailureOr<Tensor> tensor = tensorFromAttribute(constantAttribute(constant));
  if (failed(tensor) || (!element.isF32() && !element.isF64()))
    return false;
  for (int64_t i = 0; i < tensor->size(); ++i) {
    int exponent = 0;
    double significand = std::frexp(tensor->getDouble(i), &exponent);
    if (std::abs(significand) != 0.5 || std::abs(exponent) > kLargestExponent)
      return false;
  }
  return true;
}

/// x / c = x * (1 / c), always where `exactOnly` is false.
template <bool exactOnly>
static Value divByConstant(DivOp op, PatternRewriter &rewriter) {
  if (!isFloat(op.getResult()) || !isReadableConstant(op.getRhs()) ||
      isReadableConstant(op.getLhs()) ||
      (exactOnly && !haveExactReciprocals(op.getRhs())))
    return nullptr;
  Value one = scalar(rewriter, op, 1.0);
  Value reciprocal =
      combineConstants(rewriter, op.getRhs().getLoc(),
                       DivOp::getOperationName(), one, op.getRhs());
  rewriter.eraseOp(one.getDefiningOp());
  if (!reciprocal)
    return nullptr;
  return MulOp::create(rewriter, op.getLoc(), op.getType(), op.getLhs(),
                       reciprocal);
}

/// The operand of a power whose result has its type, and whose exponent is
/// `exponent` everywhere; otherwise null.
static Value powerOf(PowOp op, double exponent) {
  bool matches = op.getLhs().getType() == op.getType() &&
                 isConstantSplat(op.getRhs(), exponent) &&
                 keepsShape(op.getLhs(), op.getRhs());
  return matches ? op.getLhs() : Value();
}

/// x ^ 0 = 1, also for NaN.
static Value powZero(PowOp op, PatternRewriter &rewriter) {
  return powerOf(op, 0.0) ? filled(rewriter, op, 1.0) : Value();
}

/// x ^ 2 = x * x. Integers multiply; a library's power of floats may differ in
/// the last bit.
template <bool exactOnly>
static Value powTwo(PowOp op, PatternRewriter &rewriter) {
  Value x = powerOf(op, 2.0);
  if (!x || (exactOnly && !isInteger(x)))
    return nullptr;
  return MulOp::create(rewriter, op.getLoc(), op.getType(), x, x);
}

/// x ^ 3 = x * x * x, up to rounding.
static Value powThree(PowOp op, PatternRewriter &rewriter) {
  Value x = powerOf(op, 3.0);
  if (!x)
    return nullptr;
  Value square = MulOp::create(rewriter, op.getLoc(), op.getType(), x, x);
  return MulOp::create(rewriter, op.getLoc(), op.getType(), square, x);
}

/// x ^ 0.5 = sqrt(x), but for -0.0 and minus infinity.
static Value powHalf(PowOp op, PatternRewriter &rewriter) {
  Value x = powerOf(op, 0.5);
  return x ? SqrtOp::create(rewriter, op.getLoc(), op.getType(), x) : Value();
}

/// x ^ -1 = 1 / x, up to rounding.
static Value powMinusOne(PowOp op, PatternRewriter &rewriter) {
  Value x = isFloat(op.getResult()) ? powerOf(op, -1.0) : Value();
  if (!x)
    return nullptr;
  return DivOp::create(rewriter, op.getLoc(), op.getType(),
                       scalar(rewriter, op, 1.0), x);
}

//===----------------------------------------------------------------------===//
// Comparisons and selections
//===----------------------------------------------------------------------===//

/// The predicate that holds where `predicate` does not; NaN aside.
static ComparePredicate opposite(ComparePredicate predicate) {
  switch (predicate) {
  case ComparePredicate::eq:
    return ComparePredicate::ne;
  case ComparePredicate::ne:
    return ComparePredicate::eq;
  case ComparePredicate::lt:
    return ComparePredicate::ge;
  case ComparePredicate::le:
    return ComparePredicate::gt;
  case ComparePredicate::gt:
    return ComparePredicate::le;
  case ComparePredicate::ge:
    return ComparePredicate::lt;
  }
}

/// not(x == y) = x != y. With NaN, !(x < y) is not x >= y.
static Value notOfCompare(NotOp op, PatternRewriter &rewriter) {
  auto compare = op.getInput().getDefiningOp<CompareOp>();
  if (!compare || !compare->hasOneUse())
    return nullptr;
  ComparePredicate predicate = compare.getPredicate();
  if (isFloat(compare.getLhs()) && predicate != ComparePredicate::eq &&
      predicate != ComparePredicate::ne)
    return nullptr;
  return CompareOp::create(rewriter, fuseLocations({compare, op}), op.getType(),
                           opposite(predicate), compare.getLhs(),
                           compare.getRhs());
}

/// select(!c, x, y) = select(c, y, x).
static Value selectOfNot(SelectOp op, PatternRewriter &rewriter) {
  auto negation = op.getCondition().getDefiningOp<NotOp>();
  if (!negation)
    return nullptr;
  return SelectOp::create(rewriter, fuseLocations({negation, op}), op.getType(),
                          negation.getInput(), op.getOnFalse(), op.getOnTrue());
}

/// select(constant, x, y) is x or y, broadcast to the result's shape.
static Value selectOfConstant(SelectOp op, PatternRewriter &rewriter) {
  auto type = dyn_cast<RankedTensorType>(op.getType());
  bool isTrue = isConstantSplat(op.getCondition(), 1.0);
  if (!type || !type.hasStaticShape() ||
      (!isTrue && !isConstantSplat(op.getCondition(), 0.0)))
    return nullptr;
  Value chosen = isTrue ? op.getOnTrue() : op.getOnFalse();
  if (chosen.getType() == type)
    return chosen;
  Value shape = makeIndexConstant(rewriter, op.getLoc(), type.getShape());
  return BroadcastOp::create(rewriter, op.getLoc(), type, chosen, shape);
}

//===----------------------------------------------------------------------===//
// The tables
//===----------------------------------------------------------------------===//

static void populateExactRules(RewritePatternSet &patterns, int64_t &count) {
  addRule<AddOp>(patterns, addOfNegation, "no term is a negation", count);
  addRule<SubOp>(patterns, subOfNegation, "nothing negated is subtracted",
                 count);
  addRule<SubOp>(patterns, subFromZero<false>, "not subtracted from zero",
                 count);
  addRule<SubOp>(patterns, subOfItself, "not an integer minus itself", count);
  addRule<MulOp>(patterns, cancelNegations<MulOp>, "not two negations", count);
  addRule<DivOp>(patterns, cancelNegations<DivOp>, "not two negations", count);
  addRule<MulOp>(patterns, timesZero, "no integer times zero", count);
  addRule<DivOp>(patterns, divByConstant<true>,
                 "divisor is no constant power of two", count);
  addRule<AbsOp>(patterns, absOfNegation, "operand is no negation", count);
  addRule<AbsOp>(patterns, ofNonNegative<AbsOp>, "operand may be negative",
                 count);
  addRule<ReluOp>(patterns, ofNonNegative<ReluOp>, "operand may be negative",
                  count);
  addRule<PowOp>(patterns, powZero, "exponent is not 0", count);
  addRule<PowOp>(patterns, powTwo<true>, "exponent is not 2", count);
  addRule<NotOp>(patterns, notOfCompare, "operand has no opposite", count);
  addRule<SelectOp>(patterns, selectOfNot, "condition is not negated", count);
  addRule<SelectOp>(patterns, selectOfConstant, "condition is not constant",
                    count);
}

static void populateFastRules(RewritePatternSet &patterns, int64_t &count) {
  addRule<AddOp>(patterns, addZero, "no term is zero", count);
  addRule<SubOp>(patterns, subFromZero<true>, "not subtracted from zero",
                 count);
  addRule<NegOp>(patterns, negationOfSub, "operand is no difference", count);
  addRule<DivOp>(patterns, divByConstant<false>, "divisor is not constant",
                 count);
  addRule<PowOp>(patterns, powTwo<false>, "exponent is not 2", count);
  addRule<PowOp>(patterns, powThree, "exponent is not 3", count);
  addRule<PowOp>(patterns, powHalf, "exponent is not a half", count);
  addRule<PowOp>(patterns, powMinusOne, "exponent is not -1", count);
}

void populateAlgebraRules(RewritePatternSet &patterns, AlgebraCounts &counts,
                          bool reassociate) {
  populateExactRules(patterns, counts.simplified);
  if (reassociate)
    populateFastRules(patterns, counts.simplified);
}

} // namespace systole::graph
