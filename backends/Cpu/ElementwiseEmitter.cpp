//===- ElementwiseEmitter.cpp - Graph operations on registers -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/ElementwiseEmitter.h"
#include "backends/Cpu/ElementTypes.h"
#include "backends/Cpu/MathEmitter.h"
#include "backends/Cpu/QuantEmitter.h"
#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;

/// Element type of a tensor value.
static Type elementOf(Value value) {
  return getElementTypeOrSelf(value.getType());
}

ElementsAttr systole::cpu::constantThroughGroup(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    if (auto group = dyn_cast_or_null<graph::GroupOp>(
            argument.getOwner()->getParentOp()))
      value = group.getInputs()[argument.getArgNumber()];
  return graph::constantAttribute(value);
}

//===----------------------------------------------------------------------===//
// Binary operations
//===----------------------------------------------------------------------===//

Value systole::cpu::emitAdd(OpBuilder &b, Location loc, Value x, Value y) {
  if (isa<FloatType>(getElementTypeOrSelf(x.getType())))
    return arith::AddFOp::create(b, loc, x, y);
  return arith::AddIOp::create(b, loc, x, y);
}

Value systole::cpu::emitMul(OpBuilder &b, Location loc, Value x, Value y) {
  if (isa<FloatType>(getElementTypeOrSelf(x.getType())))
    return arith::MulFOp::create(b, loc, x, y);
  return arith::MulIOp::create(b, loc, x, y);
}

static Value emitSub(OpBuilder &b, Location loc, Value x, Value y) {
  if (isa<FloatType>(getElementTypeOrSelf(x.getType())))
    return arith::SubFOp::create(b, loc, x, y);
  return arith::SubIOp::create(b, loc, x, y);
}

Value systole::cpu::emitMax(OpBuilder &b, Location loc, Value x, Value y,
                            Type element) {
  if (isa<FloatType>(element))
    return arith::MaximumFOp::create(b, loc, x, y);
  if (isUnsignedElement(element))
    return arith::MaxUIOp::create(b, loc, x, y);
  return arith::MaxSIOp::create(b, loc, x, y);
}

Value systole::cpu::emitMin(OpBuilder &b, Location loc, Value x, Value y,
                            Type element) {
  if (isa<FloatType>(element))
    return arith::MinimumFOp::create(b, loc, x, y);
  if (isUnsignedElement(element))
    return arith::MinUIOp::create(b, loc, x, y);
  return arith::MinSIOp::create(b, loc, x, y);
}

/// Division by 0 gives 0, the lowest value by -1 itself (div's specification).
static Value emitIntDivision(OpBuilder &b, Location loc, Value x, Value y,
                             Type element) {
  Type type = x.getType();
  Value zero = intConstant(b, loc, type, 0), one = intConstant(b, loc, type, 1);
  Value byZero =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, y, zero);
  if (isUnsignedElement(element)) {
    Value safe = arith::SelectOp::create(b, loc, byZero, one, y);
    Value quotient = arith::DivUIOp::create(b, loc, x, safe);
    return arith::SelectOp::create(b, loc, byZero, zero, quotient);
  }
  Value byMinusOne = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, y,
                                           intConstant(b, loc, type, -1));
  Value unsafe = arith::OrIOp::create(b, loc, byZero, byMinusOne);
  Value safe = arith::SelectOp::create(b, loc, unsafe, one, y);
  Value quotient = arith::DivSIOp::create(b, loc, x, safe);
  Value negated = arith::SubIOp::create(b, loc, zero, x);
  quotient = arith::SelectOp::create(b, loc, byMinusOne, negated, quotient);
  return arith::SelectOp::create(b, loc, byZero, zero, quotient);
}

/// By squaring; a negative exponent leaves 0 unless the base is 1 or -1.
static Value emitIntPow(OpBuilder &b, Location loc, Value x, Value y,
                        Type element) {
  Type type = x.getType();
  unsigned width = getElementTypeOrSelf(type).getIntOrFloatBitWidth();
  Value zero = intConstant(b, loc, type, 0), one = intConstant(b, loc, type, 1);
  Value result = one, power = x;
  for (unsigned bit = 0; bit < width; ++bit) {
    Value selected = arith::AndIOp::create(
        b, loc, y, intConstant(b, loc, type, int64_t(1) << bit));
    Value isSet =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, selected, zero);
    Value product = arith::MulIOp::create(b, loc, result, power);
    result = arith::SelectOp::create(b, loc, isSet, product, result);
    power = arith::MulIOp::create(b, loc, power, power);
  }
  if (isUnsignedElement(element))
    return result;
  Value negative =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, y, zero);
  Value isOne = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, x, one);
  Value isMinusOne = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, x,
                                           intConstant(b, loc, type, -1));
  Value unit = arith::OrIOp::create(b, loc, isOne, isMinusOne);
  Value vanishes = arith::AndIOp::create(
      b, loc, negative,
      arith::XOrIOp::create(b, loc, unit,
                            intConstant(b, loc, unit.getType(), 1)));
  return arith::SelectOp::create(b, loc, vanishes, zero, result);
}

/// Counts are unsigned; those of the width or more shift everything out.
static Value emitShift(OpBuilder &b, Location loc, Value x, Value count,
                       Type element, bool left) {
  Type type = x.getType();
  unsigned width = element.getIntOrFloatBitWidth();
  // Narrow elements fill a byte by their sign: only their own bits count.
  if (width < 8)
    count = arith::AndIOp::create(b, loc, count,
                                  intConstant(b, loc, type, (1 << width) - 1));
  Value most = intConstant(b, loc, type, width - 1);
  Value inside =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ule, count, most);
  Value safe = arith::SelectOp::create(b, loc, inside, count, most);
  Value zero = intConstant(b, loc, type, 0);
  if (left)
    return arith::SelectOp::create(
        b, loc, inside, arith::ShLIOp::create(b, loc, x, safe), zero);
  if (isUnsignedElement(element))
    return arith::SelectOp::create(
        b, loc, inside, arith::ShRUIOp::create(b, loc, x, safe), zero);
  return arith::ShRSIOp::create(b, loc, x, safe);
}

/// Small constant exponents multiply; the rest goes through exp and log.
static Value emitFloatPow(OpBuilder &b, Location loc, graph::PowOp op, Value x,
                          Value y) {
  ElementsAttr exponent = constantThroughGroup(op.getRhs());
  auto dense = dyn_cast_or_null<DenseFPElementsAttr>(exponent);
  if (dense && dense.isSplat()) {
    double value = dense.getSplatValue<APFloat>().convertToDouble();
    if (value == 1.0)
      return x;
    if (value == 2.0)
      return arith::MulFOp::create(b, loc, x, x);
    if (value == 3.0)
      return arith::MulFOp::create(b, loc, arith::MulFOp::create(b, loc, x, x),
                                   x);
  }
  return emitPow(b, loc, x, y);
}

static Value emitCompare(OpBuilder &b, Location loc, graph::CompareOp op,
                         Value x, Value y) {
  Type element = elementOf(op.getLhs());
  if (isa<FloatType>(element)) {
    static const arith::CmpFPredicate predicates[] = {
        arith::CmpFPredicate::OEQ, arith::CmpFPredicate::UNE,
        arith::CmpFPredicate::OLT, arith::CmpFPredicate::OLE,
        arith::CmpFPredicate::OGT, arith::CmpFPredicate::OGE};
    return arith::CmpFOp::create(
        b, loc, predicates[static_cast<int>(op.getPredicate())], x, y);
  }
  static const arith::CmpIPredicate signedPredicates[] = {
      arith::CmpIPredicate::eq,  arith::CmpIPredicate::ne,
      arith::CmpIPredicate::slt, arith::CmpIPredicate::sle,
      arith::CmpIPredicate::sgt, arith::CmpIPredicate::sge};
  static const arith::CmpIPredicate unsignedPredicates[] = {
      arith::CmpIPredicate::eq,  arith::CmpIPredicate::ne,
      arith::CmpIPredicate::ult, arith::CmpIPredicate::ule,
      arith::CmpIPredicate::ugt, arith::CmpIPredicate::uge};
  auto predicates =
      isUnsignedElement(element) ? unsignedPredicates : signedPredicates;
  return arith::CmpIOp::create(
      b, loc, predicates[static_cast<int>(op.getPredicate())], x, y);
}

//===----------------------------------------------------------------------===//
// Unary operations
//===----------------------------------------------------------------------===//

static Value emitAbs(OpBuilder &b, Location loc, Value x, Type element) {
  if (isa<FloatType>(element))
    return math::AbsFOp::create(b, loc, x);
  if (isUnsignedElement(element))
    return x;
  Value zero = intConstant(b, loc, x.getType(), 0);
  Value negative =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, x, zero);
  return arith::SelectOp::create(b, loc, negative,
                                 arith::SubIOp::create(b, loc, zero, x), x);
}

static Value emitNeg(OpBuilder &b, Location loc, Value x, Type element) {
  if (isa<FloatType>(element))
    return arith::NegFOp::create(b, loc, x);
  return arith::SubIOp::create(b, loc, intConstant(b, loc, x.getType(), 0), x);
}

/// As a comparison that is false for NaN, which therefore stays.
static Value emitRelu(OpBuilder &b, Location loc, Value x, Type element) {
  if (!isa<FloatType>(element))
    return isUnsignedElement(element)
               ? x
               : Value(arith::MaxSIOp::create(
                     b, loc, x, intConstant(b, loc, x.getType(), 0)));
  Value zero = floatConstant(b, loc, x.getType(), 0.0);
  Value negative =
      arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OGT, zero, x);
  return arith::SelectOp::create(b, loc, negative, zero, x);
}

//===----------------------------------------------------------------------===//
// Dispatch
//===----------------------------------------------------------------------===//

Value systole::cpu::emitElementwise(OpBuilder &b, Location loc, Operation *op,
                                    ValueRange v) {
  Type element = elementOf(op->getOperand(op->getNumOperands() - 1));
  Value result =
      llvm::TypeSwitch<Operation *, Value>(op)
          .Case<graph::AbsOp>(
              [&](auto) { return emitAbs(b, loc, v[0], element); })
          .Case<graph::NegOp>(
              [&](auto) { return emitNeg(b, loc, v[0], element); })
          .Case<graph::ReluOp>(
              [&](auto) { return emitRelu(b, loc, v[0], element); })
          .Case<graph::ExpOp>([&](auto) { return emitExp(b, loc, v[0]); })
          .Case<graph::Expm1Op>([&](auto) { return emitExpm1(b, loc, v[0]); })
          .Case<graph::Log1pOp>([&](auto) { return emitLog1p(b, loc, v[0]); })
          .Case<graph::SinOp>([&](auto) { return emitSin(b, loc, v[0]); })
          .Case<graph::CosOp>([&](auto) { return emitCos(b, loc, v[0]); })
          .Case<graph::AtanOp>([&](auto) { return emitAtan(b, loc, v[0]); })
          .Case<graph::RoundOp>([&](auto) { return emitRound(b, loc, v[0]); })
          .Case<graph::LogOp>([&](auto) { return emitLog(b, loc, v[0]); })
          .Case<graph::SqrtOp>(
              [&](auto) { return Value(math::SqrtOp::create(b, loc, v[0])); })
          .Case<graph::TanhOp>([&](auto) { return emitTanh(b, loc, v[0]); })
          .Case<graph::ErfOp>([&](auto) { return emitErf(b, loc, v[0]); })
          .Case<graph::SigmoidOp>(
              [&](auto) { return emitSigmoid(b, loc, v[0]); })
          .Case<graph::FloorOp>([&](auto) { return emitFloor(b, loc, v[0]); })
          .Case<graph::NotOp>([&](auto) {
            return arith::XOrIOp::create(
                       b, loc, v[0], intConstant(b, loc, v[0].getType(), -1))
                .getResult();
          })
          .Case<graph::CastOp>([&](graph::CastOp cast) {
            return convertElement(b, loc, v[0], element, cast.getTo());
          })
          .Case<graph::QuantizeOp>(
              [&](auto quant) { return emitQuantize(b, loc, quant, v); })
          .Case<graph::DequantizeOp>(
              [&](auto quant) { return emitDequantize(b, loc, quant, v); })
          .Case<graph::RescaleOp>(
              [&](auto rescale) { return emitRescale(b, loc, rescale, v); })
          .Case<graph::AddOp>([&](auto) { return emitAdd(b, loc, v[0], v[1]); })
          .Case<graph::SubOp>([&](auto) { return emitSub(b, loc, v[0], v[1]); })
          .Case<graph::MulOp>([&](auto) { return emitMul(b, loc, v[0], v[1]); })
          .Case<graph::DivOp>([&](auto) {
            return isa<FloatType>(element)
                       ? Value(arith::DivFOp::create(b, loc, v[0], v[1]))
                       : emitIntDivision(b, loc, v[0], v[1], element);
          })
          .Case<graph::PowOp>([&](graph::PowOp pow) {
            return isa<FloatType>(element)
                       ? emitFloatPow(b, loc, pow, v[0], v[1])
                       : emitIntPow(b, loc, v[0], v[1], element);
          })
          .Case<graph::MaxOp>(
              [&](auto) { return emitMax(b, loc, v[0], v[1], element); })
          .Case<graph::MinOp>(
              [&](auto) { return emitMin(b, loc, v[0], v[1], element); })
          .Case<graph::AndOp>([&](auto) {
            return arith::AndIOp::create(b, loc, v[0], v[1]).getResult();
          })
          .Case<graph::OrOp>([&](auto) {
            return arith::OrIOp::create(b, loc, v[0], v[1]).getResult();
          })
          .Case<graph::XorOp>([&](auto) {
            return arith::XOrIOp::create(b, loc, v[0], v[1]).getResult();
          })
          .Case<graph::ShiftLeftOp>([&](auto) {
            return emitShift(b, loc, v[0], v[1], element, /*left=*/true);
          })
          .Case<graph::ShiftRightOp>([&](auto) {
            return emitShift(b, loc, v[0], v[1], element, /*left=*/false);
          })
          .Case<graph::CompareOp>([&](graph::CompareOp compare) {
            return emitCompare(b, loc, compare, v[0], v[1]);
          })
          .Case<graph::SelectOp>([&](auto) {
            return arith::SelectOp::create(b, loc, v[0], v[1], v[2])
                .getResult();
          })
          .Default([](Operation *) { return Value(); });
  if (!result)
    return result;
  return roundToElement(b, loc, result, elementOf(op->getResult(0)));
}
