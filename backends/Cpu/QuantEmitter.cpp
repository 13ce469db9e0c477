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
// Rescaling needs 64 bits for a product only: what follows it is done on its
// upper half, in 32-bit lanes, and shifts of known size are not clamped.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/QuantEmitter.h"
#include "backends/Cpu/ElementwiseEmitter.h"
#include "backends/Cpu/StrictFloat.h"
#include "dialects/Graph/IR/GraphConstants.h"

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

//===----------------------------------------------------------------------===//
// Rescaling
//===----------------------------------------------------------------------===//

namespace {
/// Integer arithmetic on lanes.
struct Lanes {
  OpBuilder &b;
  Location loc;

  Value c(Value like, int64_t number) const {
    return intConstant(b, loc, like.getType(), number);
  }
  Value add(Value x, Value y) const {
    return arith::AddIOp::create(b, loc, x, y);
  }
  Value sub(Value x, Value y) const {
    return arith::SubIOp::create(b, loc, x, y);
  }
  Value atLeast(Value x, int64_t low) const {
    return arith::MaxSIOp::create(b, loc, x, c(x, low));
  }
  Value atMost(Value x, int64_t high) const {
    return arith::MinSIOp::create(b, loc, x, c(x, high));
  }
  Value left(Value x, Value by) const {
    return arith::ShLIOp::create(b, loc, x, by);
  }
  Value right(Value x, Value by) const {
    return arith::ShRSIOp::create(b, loc, x, by);
  }
  Value wide(Value x) const {
    return extended(b, loc, x, b.getIntegerType(32), 64);
  }
  /// Bits `from` to `from + 31` of 64.
  Value part(Value x, int64_t from) const {
    return narrowed(b, loc, arith::ShRUIOp::create(b, loc, x, c(x, from)),
                    b.getI32Type());
  }
};
/// Between what a shift lies.
struct ShiftBounds {
  int64_t low = 0, high = 62;
};
} // namespace

static ShiftBounds boundsOf(Value shift) {
  ElementsAttr attribute = constantThroughGroup(shift);
  auto values = attribute ? graph::tensorFromAttribute(attribute)
                          : FailureOr<graph::Tensor>(failure());
  ShiftBounds bounds;
  if (failed(values) || values->size() == 0)
    return bounds;
  std::swap(bounds.low, bounds.high);
  for (int64_t i = 0; i < values->size(); ++i) {
    int64_t value = std::clamp<int64_t>(values->getInt(i), 0, 62);
    bounds.low = std::min(bounds.low, value);
    bounds.high = std::max(bounds.high, value);
  }
  return bounds;
}

/// x / 2^by of 32-bit lanes, rounded half away from zero.
static Value roundedQuotient(const Lanes &l, Value x, Value by) {
  Value one = l.c(x, 1), zero = l.c(x, 0);
  Value mask = l.sub(l.left(one, by), one);
  Value rest = arith::AndIOp::create(l.b, l.loc, x, mask);
  // Below zero, what the shift rounds down is up to half of it rounded back.
  Value isNegative =
      arith::CmpIOp::create(l.b, l.loc, arith::CmpIPredicate::slt, x, zero);
  Value threshold =
      l.add(l.right(mask, one),
            arith::SelectOp::create(l.b, l.loc, isNegative, one, zero));
  Value isAbove = arith::CmpIOp::create(l.b, l.loc, arith::CmpIPredicate::sgt,
                                        rest, threshold);
  return l.add(l.right(x, by),
               arith::SelectOp::create(l.b, l.loc, isAbove, one, zero));
}

static Value rescaledTwice(const Lanes &l, Value x, Value multiplier,
                           Value shift, ShiftBounds bounds) {
  if (bounds.low < 31)
    x = l.left(x, l.atLeast(l.sub(l.c(shift, 31), shift), 0));
  Value product =
      arith::MulIOp::create(l.b, l.loc, l.wide(x), l.wide(multiplier));
  Value high = l.part(l.add(product, l.c(product, int64_t(1) << 30)), 31);
  if (bounds.high <= 31)
    return high;
  return roundedQuotient(l, high, l.atLeast(l.sub(shift, l.c(shift, 31)), 0));
}

static Value rescaledOnce(const Lanes &l, Value x, Value multiplier,
                          Value shift, ShiftBounds bounds) {
  bool fits = getElementTypeOrSelf(x.getType()).isInteger(32);
  Value product = arith::MulIOp::create(l.b, l.loc, fits ? l.wide(x) : x,
                                        l.wide(multiplier));
  Value by = l.wide(shift), one = l.c(by, 1);
  Value half = arith::ShRUIOp::create(l.b, l.loc, l.left(one, by), one);
  Value sum = l.add(product, half);
  if (bounds.low >= 32)
    return l.right(l.part(sum, 32), l.sub(shift, l.c(shift, 32)));
  return l.part(l.right(sum, by), 0);
}

Value systole::cpu::emitRescale(OpBuilder &b, Location loc, graph::RescaleOp op,
                                ValueRange operands) {
  Lanes l{b, loc};
  ShiftBounds bounds = boundsOf(op.getShift());
  Value shift = l.atMost(l.atLeast(operands[2], 0), 62);
  return op.getRounding() == graph::RescaleRounding::once
             ? rescaledOnce(l, operands[0], operands[1], shift, bounds)
             : rescaledTwice(l, operands[0], operands[1], shift, bounds);
}
