//===- ElementwiseOps.cpp - Inference and folds of elementwise operations -===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Folds follow IEEE 754 to the bit: `x + 0.0` stays, because it changes -0.0.
// They never evaluate; the constant-folding pass does that.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/InferUtils.h"
#include <cmath>

using namespace mlir;
using namespace systole::graph;

//===----------------------------------------------------------------------===//
// Inference
//===----------------------------------------------------------------------===//

LogicalResult CastOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                       Adaptor adaptor,
                                       InferredTypeList &types) {
  RankedTensorType input = rankedType(adaptor.getInput());
  if (!input)
    return inferUnranked<CastOp>(location, adaptor.getTo(), types);
  return inferRanked<CastOp>(location, input.getShape(), adaptor.getTo(),
                             types);
}

LogicalResult BitcastOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypeList &types) {
  // C3
  auto bits = [](Type type) {
    bool hasBits = isa<FloatType, IntegerType>(type) && !type.isInteger(1);
    return hasBits ? type.getIntOrFloatBitWidth() : 0;
  };
  Type from = elementType(adaptor.getInput()), to = adaptor.getTo();
  if (bits(from) == 0 || bits(from) != bits(to))
    return inferError<BitcastOp>(location, "the bits of ", from,
                                 " are not those of ", to);
  // C1 and C2
  if (RankedTensorType input = rankedType(adaptor.getInput()))
    return inferRanked<BitcastOp>(location, input.getShape(), to, types);
  return inferUnranked<BitcastOp>(location, to, types);
}

LogicalResult CompareOp::inferReturnTypes(MLIRContext *context,
                                          MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypeList &types) {
  SmallVector<Type> operandTypes;
  // C1 and C2
  if (failed(inferBinary<CompareOp>(location, adaptor, operandTypes)))
    return failure();
  auto type = cast<TensorType>(operandTypes[0]);
  // C3
  types.push_back(type.clone(IntegerType::get(context, 1)));
  return success();
}

LogicalResult SelectOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                         Adaptor adaptor,
                                         InferredTypeList &types) {
  Type onTrue = elementType(adaptor.getOnTrue());
  Type onFalse = elementType(adaptor.getOnFalse());
  // C1
  if (onTrue != onFalse)
    return inferError<SelectOp>(location,
                                "operand element types differ: onTrue ", onTrue,
                                ", onFalse ", onFalse);
  // C2
  auto shape = inferBroadcast<SelectOp>(location, adaptor.getOperands());
  if (failed(shape))
    return failure();
  if (!*shape)
    return inferUnranked<SelectOp>(location, onTrue, types);
  return inferRanked<SelectOp>(location, **shape, onTrue, types);
}

//===----------------------------------------------------------------------===//
// Folds of one operand
//===----------------------------------------------------------------------===//

/// f(f(x)) = f(x).
template <typename OpTy>
static OpFoldResult foldIdempotent(OpTy op) {
  auto inner = op.getInput().template getDefiningOp<OpTy>();
  if (inner && inner.getType() == op.getType())
    return inner.getResult();
  return {};
}

/// f(f(x)) = x.
template <typename OpTy>
static OpFoldResult foldInvolution(OpTy op) {
  auto inner = op.getInput().template getDefiningOp<OpTy>();
  if (inner && inner.getInput().getType() == op.getType())
    return inner.getInput();
  return {};
}

OpFoldResult AbsOp::fold(FoldAdaptor) { return foldIdempotent(*this); }
OpFoldResult FloorOp::fold(FoldAdaptor) { return foldIdempotent(*this); }
OpFoldResult RoundOp::fold(FoldAdaptor) { return foldIdempotent(*this); }
OpFoldResult ReluOp::fold(FoldAdaptor) { return foldIdempotent(*this); }
OpFoldResult NegOp::fold(FoldAdaptor) { return foldInvolution(*this); }
OpFoldResult NotOp::fold(FoldAdaptor) { return foldInvolution(*this); }

/// True if every value of type `from` has an equal one in type `to`.
static bool castIsExact(Type from, Type to) {
  auto fromInt = dyn_cast<IntegerType>(from);
  auto toInt = dyn_cast<IntegerType>(to);
  if (fromInt && toInt) {
    // Booleans are 0 and 1, other signless integers signed.
    bool fromUnsigned = fromInt.isUnsigned() || fromInt.getWidth() == 1;
    if (toInt.getWidth() == 1)
      return fromInt.getWidth() == 1;
    if (fromUnsigned == toInt.isUnsigned())
      return fromInt.getWidth() <= toInt.getWidth();
    return fromUnsigned && fromInt.getWidth() < toInt.getWidth();
  }
  // The IEEE formats, by growing exponent and significand.
  bool fromHalf = from.isF16() || from.isBF16();
  return (fromHalf && (to.isF32() || to.isF64())) ||
         (from.isF32() && to.isF64());
}

OpFoldResult CastOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  // cast(cast(x)) through a type that loses nothing.
  auto inner = getInput().getDefiningOp<CastOp>();
  if (!inner || !castIsExact(elementType(inner.getInput()), inner.getTo()))
    return {};
  if (inner.getInput().getType() == getType())
    return inner.getInput();
  getInputMutable().assign(inner.getInput());
  return getResult();
}

OpFoldResult BitcastOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  auto inner = getInput().getDefiningOp<BitcastOp>();
  if (!inner)
    return {};
  if (inner.getInput().getType() == getType())
    return inner.getInput();
  getInputMutable().assign(inner.getInput());
  return getResult();
}

//===----------------------------------------------------------------------===//
// Folds of two operands
//===----------------------------------------------------------------------===//

/// True if each element of a float constant has the given sign bit.
static bool allSignsEqual(ElementsAttr attribute, bool negative) {
  if (auto dense = dyn_cast<DenseElementsAttr>(attribute))
    if (dense.isSplat())
      return dense.getSplatValue<APFloat>().isNegative() == negative;
  FailureOr<Tensor> tensor = tensorFromAttribute(attribute);
  if (failed(tensor))
    return false;
  for (int64_t i = 0; i < tensor->size(); ++i)
    if (std::signbit(tensor->getDouble(i)) != negative)
      return false;
  return true;
}

/// `kept`, where `other` is a splat of `number`, the operation's neutral
/// element, and broadcasting changes nothing. The sign of a zero counts.
static OpFoldResult foldNeutral(Operation *op, Value kept, Value other,
                                double number) {
  if (kept.getType() != op->getResult(0).getType() ||
      !isConstantSplat(other, number))
    return {};
  if (number == 0 && isa<FloatType>(elementType(other)) &&
      !allSignsEqual(constantAttribute(other), std::signbit(number)))
    return {};
  // An unknown dimension of 1 would stretch to the constant's.
  auto keptType = dyn_cast<RankedTensorType>(kept.getType());
  auto otherType = dyn_cast<RankedTensorType>(other.getType());
  if (!keptType || !otherType || otherType.getRank() > keptType.getRank())
    return {};
  for (int64_t i = 1; i <= otherType.getRank(); ++i)
    if (otherType.getDimSize(otherType.getRank() - i) != 1 &&
        keptType.isDynamicDim(keptType.getRank() - i))
      return {};
  return kept;
}

/// foldNeutral with either operand kept.
template <typename OpTy>
static OpFoldResult foldNeutralBoth(OpTy op, double number) {
  if (OpFoldResult result = foldNeutral(op, op.getLhs(), op.getRhs(), number))
    return result;
  return foldNeutral(op, op.getRhs(), op.getLhs(), number);
}

/// `x op x`, of one shape and idempotent: x.
template <typename OpTy>
static OpFoldResult foldSameOperands(OpTy op) {
  if (op.getLhs() == op.getRhs() && op.getLhs().getType() == op.getType())
    return op.getLhs();
  return {};
}

OpFoldResult AddOp::fold(FoldAdaptor) {
  // x + 0 for integers; x + -0.0 for floats.
  bool isFloat = isa<FloatType>(elementType(getLhs()));
  return foldNeutralBoth(*this, isFloat ? -0.0 : 0.0);
}
OpFoldResult SubOp::fold(FoldAdaptor) {
  // x - 0.0 = x also for x = -0.0.
  return foldNeutral(*this, getLhs(), getRhs(), 0.0);
}
OpFoldResult MulOp::fold(FoldAdaptor) { return foldNeutralBoth(*this, 1.0); }
OpFoldResult DivOp::fold(FoldAdaptor) {
  return foldNeutral(*this, getLhs(), getRhs(), 1.0);
}
OpFoldResult PowOp::fold(FoldAdaptor) {
  return foldNeutral(*this, getLhs(), getRhs(), 1.0);
}
OpFoldResult MaxOp::fold(FoldAdaptor) { return foldSameOperands(*this); }
OpFoldResult MinOp::fold(FoldAdaptor) { return foldSameOperands(*this); }
OpFoldResult AndOp::fold(FoldAdaptor) {
  if (OpFoldResult result = foldSameOperands(*this))
    return result;
  // All bits set. Of 64 bits without a sign, no double has them.
  auto type = cast<IntegerType>(elementType(getLhs()));
  if (type.isUnsigned() && type.getWidth() > 53)
    return {};
  if (type.isUnsigned() || type.getWidth() == 1)
    return foldNeutralBoth(*this, std::ldexp(1.0, type.getWidth()) - 1.0);
  return foldNeutralBoth(*this, -1.0);
}
OpFoldResult OrOp::fold(FoldAdaptor) {
  if (OpFoldResult result = foldSameOperands(*this))
    return result;
  return foldNeutralBoth(*this, 0.0);
}

OpFoldResult XorOp::fold(FoldAdaptor) { return foldNeutralBoth(*this, 0.0); }
OpFoldResult ShiftLeftOp::fold(FoldAdaptor) {
  return foldNeutral(*this, getLhs(), getRhs(), 0.0);
}
OpFoldResult ShiftRightOp::fold(FoldAdaptor) {
  return foldNeutral(*this, getLhs(), getRhs(), 0.0);
}

OpFoldResult CompareOp::fold(FoldAdaptor) {
  // x == x for integers alone: a NaN differs from itself.
  auto type = dyn_cast<RankedTensorType>(getType());
  bool same = getLhs() == getRhs() && isa<IntegerType>(elementType(getLhs()));
  if (!same || !type || !type.hasStaticShape())
    return {};
  ComparePredicate predicate = getPredicate();
  bool result = predicate == ComparePredicate::eq ||
                predicate == ComparePredicate::le ||
                predicate == ComparePredicate::ge;
  return DenseElementsAttr::get(type, result);
}

OpFoldResult SelectOp::fold(FoldAdaptor) {
  // Both sides, or the chosen one, as they are: only without broadcasting,
  // which equal static types of all rule out for the operand that stays.
  auto type = dyn_cast<RankedTensorType>(getType());
  if (!type || !type.hasStaticShape())
    return {};
  bool isTrue = isConstantSplat(getCondition(), 1.0);
  bool isFalse = isConstantSplat(getCondition(), 0.0);
  if (getOnTrue().getType() == type && (isTrue || getOnTrue() == getOnFalse()))
    return getOnTrue();
  if (getOnFalse().getType() == type && isFalse)
    return getOnFalse();
  return {};
}
