//===- QuantEmitter.cpp - Quantisation on registers -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Clamping before the conversion keeps everything in 32-bit lanes for types of
// up to 16 bits: clamp(q, low - z, high - z) + z is clamp(q + z, low, high),
// and those bounds are exact in f32. Wider types go through 64-bit integers.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/QuantEmitter.h"
#include "backends/Cpu/StrictFloat.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;

namespace {
/// Lowest and highest number of an integer type of at most 32 bits.
struct Limits {
  int64_t low, high;
};
} // namespace

static Limits rangeOf(IntegerType type) {
  unsigned width = type.getWidth();
  if (type.isUnsigned())
    return {0, (int64_t(1) << width) - 1};
  return {-(int64_t(1) << (width - 1)), (int64_t(1) << (width - 1)) - 1};
}

/// An element in compute form as a signed integer of `width` bits.
static Value extended(OpBuilder &b, Location loc, Value x, Type element,
                      unsigned width) {
  Type type = withShapeOf(b.getIntegerType(width), x.getType());
  unsigned have = getElementTypeOrSelf(x.getType()).getIntOrFloatBitWidth();
  if (have == width)
    return x;
  if (isUnsignedElement(element))
    return arith::ExtUIOp::create(b, loc, type, x);
  return arith::ExtSIOp::create(b, loc, type, x);
}

/// A wide integer, within the range of `to`, in `to`'s compute form.
static Value narrowed(OpBuilder &b, Location loc, Value x, Type to) {
  Type type = withShapeOf(computeType(to), x.getType());
  return type == x.getType() ? x
                             : Value(arith::TruncIOp::create(b, loc, type, x));
}

/// `q`, which is no NaN and whole, plus `zero` (may be null), clamped to `to`.
static Value clampedSum(OpBuilder &b, Location loc, Value q, Value zero,
                        IntegerType to) {
  CodeBuilder code(b, loc);
  StrictFloat f{code, q.getType()};
  Limits range = rangeOf(to);
  bool narrow = to.getWidth() <= 16;
  unsigned width = narrow ? 32 : 64;
  Type wide = withShapeOf(b.getIntegerType(width), q.getType());
  Value z =
      zero ? extended(b, loc, zero, to, width) : intConstant(b, loc, wide, 0);
  Value low = intConstant(b, loc, wide, range.low),
        high = intConstant(b, loc, wide, range.high);
  if (narrow) {
    auto bound = [&](Value limit) {
      Value shifted = arith::SubIOp::create(b, loc, limit, z);
      return Value(arith::SIToFPOp::create(b, loc, q.getType(), shifted));
    };
    Value inside = f.min(f.max(q, bound(low)), bound(high));
    Value whole = arith::FPToSIOp::create(b, loc, wide, inside);
    return narrowed(b, loc, arith::AddIOp::create(b, loc, whole, z), to);
  }
  Value inside = f.min(f.max(q, f.c(-0x1p62)), f.c(0x1p62));
  Value sum = arith::AddIOp::create(
      b, loc, arith::FPToSIOp::create(b, loc, wide, inside), z);
  Value clamped = arith::MinSIOp::create(
      b, loc, arith::MaxSIOp::create(b, loc, sum, low), high);
  return narrowed(b, loc, clamped, to);
}

/// `x` rounded half to even; NaN gives 0.
static Value roundedNumber(OpBuilder &b, Location loc, Value x) {
  CodeBuilder code(b, loc);
  StrictFloat f{code, x.getType()};
  return f.round(f.pick(f.cmp(StrictFloat::P::UNO, x, x), f.c(0.0), x));
}

Value systole::cpu::emitSaturatedInteger(OpBuilder &b, Location loc, Value x,
                                         IntegerType to) {
  Value rounded = roundedNumber(b, loc, x);
  if (to.getWidth() > 1 && to.getWidth() <= 32)
    return clampedSum(b, loc, rounded, Value(), to);
  // Casts saturate at 64 bits, except below zero.
  CodeBuilder code(b, loc);
  StrictFloat f{code, x.getType()};
  if (isUnsignedElement(to))
    rounded = f.max(rounded, f.c(0.0));
  Type from = getElementTypeOrSelf(x.getType());
  return convertElement(b, loc, rounded, from, to);
}

Value systole::cpu::emitQuantize(OpBuilder &b, Location loc,
                                 graph::QuantizeOp op, ValueRange operands) {
  Type type = getElementTypeOrSelf(op.getInput().getType());
  Value q = arith::DivFOp::create(b, loc, operands[0], operands[1]);
  q = roundToElement(b, loc, q, type);
  Type to = op.getTo();
  if (auto integer = dyn_cast<IntegerType>(to))
    return clampedSum(b, loc, roundedNumber(b, loc, q),
                      operands.size() > 2 ? operands[2] : Value(), integer);
  if (op.getSaturate()) {
    APFloat largest =
        APFloat::getLargest(cast<FloatType>(to).getFloatSemantics());
    bool losesInfo = false;
    largest.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                    &losesInfo);
    double limit = largest.convertToDouble();
    CodeBuilder code(b, loc);
    StrictFloat f{code, q.getType()};
    // Comparisons with NaN are false: it stays.
    q = f.pick(f.cmp(StrictFloat::P::OGT, q, f.c(limit)), f.c(limit), q);
    q = f.pick(f.cmp(StrictFloat::P::OLT, q, f.c(-limit)), f.c(-limit), q);
  }
  return convertElement(b, loc, q, type, to);
}

Value systole::cpu::emitDequantize(OpBuilder &b, Location loc,
                                   graph::DequantizeOp op,
                                   ValueRange operands) {
  Type input = getElementTypeOrSelf(op.getInput().getType());
  Type type = getElementTypeOrSelf(op.getScale().getType());
  Type wide = withShapeOf(computeType(type), operands[0].getType());
  Value zero = operands.size() > 2 ? operands[2] : Value();
  Value difference;
  if (isa<IntegerType>(input) && !zero) {
    difference =
        isUnsignedElement(input)
            ? Value(arith::UIToFPOp::create(b, loc, wide, operands[0]))
            : Value(arith::SIToFPOp::create(b, loc, wide, operands[0]));
  } else if (isa<IntegerType>(input)) {
    unsigned width = input.getIntOrFloatBitWidth() <= 16 ? 32 : 64;
    difference = extended(b, loc, operands[0], input, width);
    if (zero)
      difference = arith::SubIOp::create(b, loc, difference,
                                         extended(b, loc, zero, input, width));
    difference = arith::SIToFPOp::create(b, loc, wide, difference);
  } else {
    difference = zero ? Value(arith::SubFOp::create(b, loc, operands[0], zero))
                      : operands[0];
    CodeBuilder code(b, loc);
    difference = StrictFloat{code, wide}.convert(difference);
  }
  return arith::MulFOp::create(b, loc, difference, operands[1]);
}
