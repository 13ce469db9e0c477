//===- ElementTypes.cpp - Graph elements as machine values ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Small floats: one generic decoder and encoder, driven by a table of formats.
// Decoding shifts the fields into float32's places and multiplies by the power
// of two between the biases, which also handles subnormals. Encoding rounds the
// float32 bits half to even at the format's precision, with the subnormal
// range reached by adding a magic number.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/ElementTypes.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;

namespace {
/// Layout and special values of a float narrower than 32 bits.
struct SmallFloat {
  int bits, exponentBits, mantissaBits, bias;
  /// What the all-ones exponent means.
  enum Special {
    Ieee,         ///< Infinities and NaNs, as IEEE 754.
    NanAllOnes,   ///< No infinity; NaN is the all-ones pattern (f8E4M3FN).
    NanMinusZero, ///< No infinity; NaN is the pattern of -0 (FNUZ formats).
    Finite,       ///< Neither (f4E2M1FN).
    Powers        ///< An exponent alone: no sign, no zero (f8E8M0FNU).
  } special;
};
} // namespace

static std::optional<SmallFloat> smallFloat(Type type) {
  if (type.isF16())
    return SmallFloat{16, 5, 10, 15, SmallFloat::Ieee};
  if (type.isBF16())
    return SmallFloat{16, 8, 7, 127, SmallFloat::Ieee};
  if (isa<Float8E5M2Type>(type))
    return SmallFloat{8, 5, 2, 15, SmallFloat::Ieee};
  if (isa<Float8E4M3FNType>(type))
    return SmallFloat{8, 4, 3, 7, SmallFloat::NanAllOnes};
  if (isa<Float8E4M3FNUZType>(type))
    return SmallFloat{8, 4, 3, 8, SmallFloat::NanMinusZero};
  if (isa<Float8E5M2FNUZType>(type))
    return SmallFloat{8, 5, 2, 16, SmallFloat::NanMinusZero};
  if (isa<Float4E2M1FNType>(type))
    return SmallFloat{4, 2, 1, 1, SmallFloat::Finite};
  if (isa<Float8E8M0FNUType>(type))
    return SmallFloat{8, 8, 0, 127, SmallFloat::Powers};
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Types and constants
//===----------------------------------------------------------------------===//

bool systole::cpu::isSupportedElement(Type type) {
  return type.isF32() || isa<graph::StringType>(type) || type.isF64() ||
         smallFloat(type) ||
         (isa<IntegerType>(type) && type.getIntOrFloatBitWidth() <= 64);
}

Type systole::cpu::storageType(Type element) {
  MLIRContext *context = element.getContext();
  if (auto format = smallFloat(element))
    return IntegerType::get(context, format->bits > 8 ? 16 : 8);
  if (auto integer = dyn_cast<IntegerType>(element))
    return IntegerType::get(context, std::max(8u, integer.getWidth()));
  if (isa<graph::StringType>(element))
    return IntegerType::get(context, 128);
  return element;
}

Type systole::cpu::computeType(Type element) {
  if (smallFloat(element))
    return Float32Type::get(element.getContext());
  return element.isInteger(1) ? element : storageType(element);
}

bool systole::cpu::isVectorElement(Type element) {
  if (auto integer = dyn_cast<IntegerType>(element))
    return integer.getWidth() % 8 == 0 && integer.getWidth() <= 64;
  return element.isF32() || element.isF64();
}

bool systole::cpu::isUnsignedElement(Type element) {
  return element.isUnsignedInteger() || element.isInteger(1);
}

Type systole::cpu::withShapeOf(Type type, Type shapeOf) {
  if (auto vector = dyn_cast<VectorType>(shapeOf))
    return VectorType::get(vector.getShape(), type, vector.getScalableDims());
  return type;
}

Value systole::cpu::floatConstant(OpBuilder &b, Location loc, Type type,
                                  double value) {
  auto attr = FloatAttr::get(getElementTypeOrSelf(type), value);
  if (auto vector = dyn_cast<VectorType>(type))
    return arith::ConstantOp::create(
        b, loc, vector, DenseElementsAttr::get(vector, attr.getValue()));
  return arith::ConstantOp::create(b, loc, attr);
}

Value systole::cpu::intConstant(OpBuilder &b, Location loc, Type type,
                                int64_t value) {
  Type element = getElementTypeOrSelf(type);
  IntegerAttr attr =
      isa<IndexType>(element)
          ? IntegerAttr::get(element, value)
          : IntegerAttr::get(element,
                             APInt(element.getIntOrFloatBitWidth(), value,
                                   /*isSigned=*/true, /*implicitTrunc=*/true));
  if (auto vector = dyn_cast<VectorType>(type))
    return arith::ConstantOp::create(
        b, loc, vector, DenseElementsAttr::get(vector, attr.getValue()));
  return arith::ConstantOp::create(b, loc, attr);
}

//===----------------------------------------------------------------------===//
// Small floats
//===----------------------------------------------------------------------===//

namespace {
/// Integer arithmetic on i32 scalars or vectors, briefly written.
struct Bits {
  OpBuilder &b;
  Location loc;
  Type i32, f32;

  Value c(int64_t v) { return intConstant(b, loc, i32, v); }
  Value band(Value x, int64_t m) {
    return arith::AndIOp::create(b, loc, x, c(m));
  }
  Value bor(Value x, Value y) { return arith::OrIOp::create(b, loc, x, y); }
  Value shl(Value x, int64_t n) {
    return n ? Value(arith::ShLIOp::create(b, loc, x, c(n))) : x;
  }
  Value shr(Value x, int64_t n) {
    return n ? Value(arith::ShRUIOp::create(b, loc, x, c(n))) : x;
  }
  Value add(Value x, Value y) { return arith::AddIOp::create(b, loc, x, y); }
  Value cmp(arith::CmpIPredicate p, Value x, int64_t y) {
    return arith::CmpIOp::create(b, loc, p, x, c(y));
  }
  Value pick(Value cond, Value x, Value y) {
    return arith::SelectOp::create(b, loc, cond, x, y);
  }
  Value asFloat(Value x) { return arith::BitcastOp::create(b, loc, f32, x); }
  Value asInt(Value x) { return arith::BitcastOp::create(b, loc, i32, x); }
};
} // namespace

static Bits makeBits(OpBuilder &b, Location loc, Type shapeOf) {
  return {b, loc, withShapeOf(b.getI32Type(), shapeOf),
          withShapeOf(b.getF32Type(), shapeOf)};
}

/// The exponent in float32's place; 2^-127, the smallest, is subnormal there.
static Value decodePower(Bits &t, Value bits) {
  using P = arith::CmpIPredicate;
  Value normal =
      t.pick(t.cmp(P::eq, bits, 0), t.c(0x00400000), t.shl(bits, 23));
  return t.asFloat(t.pick(t.cmp(P::eq, bits, 0xff), t.c(0x7fc00000), normal));
}

/// The nearest power's exponent, of two as near the larger: from half a
/// mantissa on, for subnormals (below 2^-126) from three quarters of one on.
static Value encodePower(Bits &t, Value bits) {
  using P = arith::CmpIPredicate;
  Value mantissa = t.band(bits, 0x007fffff), exponent = t.shr(bits, 23);
  Value isSmall = t.cmp(P::eq, exponent, 0);
  Value from = t.pick(isSmall, t.c(0x00600000), t.c(0x00400000));
  Value isUpper = arith::CmpIOp::create(t.b, t.loc, P::uge, mantissa, from);
  Value nearest = t.add(exponent, t.pick(isUpper, t.c(1), t.c(0)));
  nearest = t.pick(t.cmp(P::sgt, nearest, 254), t.c(254), nearest);
  // Infinities, NaN, and negative numbers but -0.
  nearest = t.pick(t.cmp(P::uge, bits, 0x7f800000), t.c(0xff), nearest);
  return t.pick(t.cmp(P::eq, bits, 0x80000000LL), t.c(0), nearest);
}

static Value decodeSmallFloat(OpBuilder &b, Location loc, Value stored,
                              SmallFloat f) {
  Bits t = makeBits(b, loc, stored.getType());
  Value bits = arith::ExtUIOp::create(b, loc, t.i32, stored);
  if (f.special == SmallFloat::Powers)
    return decodePower(t, bits);
  if (f.bits == 16 && f.exponentBits == 8) // bfloat16: float32's upper half.
    return t.asFloat(t.shl(bits, 16));
  int magnitudeBits = f.exponentBits + f.mantissaBits;
  Value magnitude = t.band(bits, (1 << magnitudeBits) - 1);
  Value sign = t.shl(t.band(bits, 1 << (f.bits - 1)), 32 - f.bits);
  // Fields in float32's places, then scaled by 2^(127 - bias).
  Value placed = t.asFloat(t.shl(magnitude, 23 - f.mantissaBits));
  Value scaled = arith::MulFOp::create(
      b, loc, placed,
      floatConstant(b, loc, t.f32, std::ldexp(1.0, 127 - f.bias)));
  Value result = t.asInt(scaled);
  int64_t ones = (1 << magnitudeBits) - 1;
  int64_t infinity = ((1 << f.exponentBits) - 1) << f.mantissaBits;
  if (f.special == SmallFloat::Ieee) {
    Value payload =
        t.bor(t.shl(magnitude, 23 - f.mantissaBits), t.c(0x7f800000));
    result = t.pick(t.cmp(arith::CmpIPredicate::uge, magnitude, infinity),
                    payload, result);
  } else if (f.special == SmallFloat::NanAllOnes) {
    result = t.pick(t.cmp(arith::CmpIPredicate::eq, magnitude, ones),
                    t.c(0x7fc00000), result);
  } else if (f.special == SmallFloat::NanMinusZero) {
    Value isNan = t.cmp(arith::CmpIPredicate::eq, bits, 1 << (f.bits - 1));
    return t.asFloat(t.pick(isNan, t.c(0x7fc00000), t.bor(result, sign)));
  }
  return t.asFloat(t.bor(result, sign));
}

/// Largest finite magnitude and the patterns of overflow and NaN.
struct EncodingLimits {
  int64_t largest, overflow, nan;
};

static EncodingLimits limitsOf(SmallFloat f) {
  int64_t ones = (1 << (f.exponentBits + f.mantissaBits)) - 1;
  int64_t infinity = ((1 << f.exponentBits) - 1) << f.mantissaBits;
  switch (f.special) {
  case SmallFloat::Ieee:
    return {infinity - 1, infinity, infinity | (1 << (f.mantissaBits - 1))};
  case SmallFloat::NanAllOnes:
    return {ones - 1, ones, ones};
  case SmallFloat::NanMinusZero:
    return {ones, int64_t(1) << (f.bits - 1), int64_t(1) << (f.bits - 1)};
  case SmallFloat::Finite: // NaN has no pattern: it becomes zero.
  case SmallFloat::Powers: // Encoded by encodePower.
    return {ones, ones, 0};
  }
  llvm_unreachable("covered switch");
}

static Value encodeSmallFloat(OpBuilder &b, Location loc, Value computed,
                              SmallFloat f, Type storage) {
  Bits t = makeBits(b, loc, computed.getType());
  using P = arith::CmpIPredicate;
  EncodingLimits limits = limitsOf(f);
  Value bits = t.asInt(computed);
  if (f.special == SmallFloat::Powers)
    return arith::TruncIOp::create(
        b, loc, withShapeOf(storage, computed.getType()), encodePower(t, bits));
  Value magnitude = t.band(bits, 0x7fffffff);
  Value sign = t.shr(t.band(bits, 0x80000000LL), 32 - f.bits);
  int drop = 23 - f.mantissaBits;
  // Normal range: rebias, add half less one plus the last kept bit, drop.
  Value lastBit = t.band(t.shr(magnitude, drop), 1);
  Value rebased = t.add(
      magnitude, t.c(-(int64_t(127 - f.bias) << 23) + (1 << (drop - 1)) - 1));
  Value normal = t.shr(t.add(rebased, lastBit), drop);
  // Subnormal range: the addition rounds at the format's smallest step.
  double magic = std::ldexp(1.0, 1 - f.bias - f.mantissaBits + 23);
  Value magicFloat = floatConstant(b, loc, t.f32, magic);
  Value sum = arith::AddFOp::create(b, loc, t.asFloat(magnitude), magicFloat);
  Value subnormal =
      arith::SubIOp::create(b, loc, t.asInt(sum), t.asInt(magicFloat));
  Value encoded = normal;
  if (f.exponentBits < 8) {
    int64_t smallestNormal = int64_t(127 - f.bias + 1) << 23;
    encoded =
        t.pick(t.cmp(P::ult, magnitude, smallestNormal), subnormal, normal);
  }
  encoded = t.pick(t.cmp(P::sgt, encoded, limits.largest), t.c(limits.overflow),
                   encoded);
  Value isNan = t.cmp(P::ugt, magnitude, 0x7f800000);
  Value isInf = t.cmp(P::eq, magnitude, 0x7f800000);
  encoded = t.pick(isInf, t.c(limits.overflow), encoded);
  encoded = t.pick(isNan, t.c(limits.nan), encoded);
  if (f.special == SmallFloat::Finite)
    sign = t.pick(isNan, t.c(0), sign);
  if (f.special == SmallFloat::NanMinusZero) {
    // No negative zero, and NaN has no sign.
    Value plain = t.cmp(P::eq, t.band(encoded, limits.largest), 0);
    sign = t.pick(plain, t.c(0), sign);
  }
  return arith::TruncIOp::create(
      b, loc, withShapeOf(storage, computed.getType()), t.bor(encoded, sign));
}

//===----------------------------------------------------------------------===//
// Memory to registers and back
//===----------------------------------------------------------------------===//

Value systole::cpu::decodeElement(OpBuilder &b, Location loc, Value stored,
                                  Type element) {
  if (auto format = smallFloat(element))
    return decodeSmallFloat(b, loc, stored, *format);
  if (element.isInteger(1))
    return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, stored,
                                 intConstant(b, loc, stored.getType(), 0));
  return stored;
}

Value systole::cpu::encodeElement(OpBuilder &b, Location loc, Value computed,
                                  Type element) {
  if (auto format = smallFloat(element))
    return encodeSmallFloat(b, loc, computed, *format, storageType(element));
  if (element.isInteger(1))
    return arith::ExtUIOp::create(
        b, loc, withShapeOf(b.getI8Type(), computed.getType()), computed);
  return computed;
}

Value systole::cpu::roundToElement(OpBuilder &b, Location loc, Value computed,
                                   Type element) {
  if (smallFloat(element))
    return decodeElement(b, loc, encodeElement(b, loc, computed, element),
                         element);
  auto integer = dyn_cast<IntegerType>(element);
  if (!integer || integer.getWidth() >= 8 || integer.getWidth() == 1)
    return computed;
  // i4, i2: keep the low bits, extended by the type's signedness.
  Value shift = intConstant(b, loc, computed.getType(), 8 - integer.getWidth());
  Value raised = arith::ShLIOp::create(b, loc, computed, shift);
  if (isUnsignedElement(element))
    return arith::ShRUIOp::create(b, loc, raised, shift);
  return arith::ShRSIOp::create(b, loc, raised, shift);
}

//===----------------------------------------------------------------------===//
// Conversion
//===----------------------------------------------------------------------===//

/// Saturates at 64 bits, NaN gives 0, then wraps to the width (graph.cast).
static Value floatToInt(OpBuilder &b, Location loc, Value value, Type to) {
  Type shapeOf = value.getType();
  Type i64 = withShapeOf(b.getI64Type(), shapeOf);
  bool isUnsigned64 = isUnsignedElement(to) && to.getIntOrFloatBitWidth() == 64;
  double limit = std::ldexp(1.0, isUnsigned64 ? 64 : 63);
  Value high = floatConstant(b, loc, shapeOf, limit);
  Value low = floatConstant(b, loc, shapeOf, -std::ldexp(1.0, 63));
  using P = arith::CmpFPredicate;
  Value tooHigh = arith::CmpFOp::create(b, loc, P::OGE, value, high);
  Value inRange = arith::CmpFOp::create(b, loc, P::OGE, value, low);
  Value isNan = arith::CmpFOp::create(b, loc, P::UNO, value, value);
  // A value that converts without overflow, whatever the input was.
  Value zero = floatConstant(b, loc, shapeOf, 0.0);
  Value bad = arith::OrIOp::create(
      b, loc, tooHigh,
      arith::XOrIOp::create(b, loc, inRange,
                            intConstant(b, loc, inRange.getType(), 1)));
  Value safe = arith::SelectOp::create(b, loc, bad, zero, value);
  Value converted;
  if (isUnsigned64) {
    // Negative numbers wrap, so only the upper half is converted as unsigned.
    Value upper = arith::CmpFOp::create(
        b, loc, P::OGE, safe,
        floatConstant(b, loc, shapeOf, std::ldexp(1.0, 63)));
    Value small = arith::SelectOp::create(b, loc, upper, zero, safe);
    Value large = arith::SelectOp::create(b, loc, upper, safe, zero);
    converted = arith::SelectOp::create(
        b, loc, upper, arith::FPToUIOp::create(b, loc, i64, large),
        arith::FPToSIOp::create(b, loc, i64, small));
  } else {
    converted = arith::FPToSIOp::create(b, loc, i64, safe);
  }
  Value highest = intConstant(b, loc, i64, isUnsigned64 ? -1 : INT64_MAX);
  Value lowest = intConstant(b, loc, i64, INT64_MIN);
  Value below = arith::SelectOp::create(b, loc, inRange, converted, lowest);
  Value clamped = arith::SelectOp::create(b, loc, tooHigh, highest, below);
  clamped = arith::SelectOp::create(b, loc, isNan, intConstant(b, loc, i64, 0),
                                    clamped);
  Type target = withShapeOf(computeType(to), shapeOf);
  return target == i64
             ? clamped
             : Value(arith::TruncIOp::create(b, loc, target, clamped));
}

static Value intToInt(OpBuilder &b, Location loc, Value value, Type from,
                      Type to) {
  Type target = withShapeOf(computeType(to), value.getType());
  unsigned have = getElementTypeOrSelf(value.getType()).getIntOrFloatBitWidth();
  unsigned want = getElementTypeOrSelf(target).getIntOrFloatBitWidth();
  if (have == want)
    return value;
  if (have > want)
    return arith::TruncIOp::create(b, loc, target, value);
  if (isUnsignedElement(from))
    return arith::ExtUIOp::create(b, loc, target, value);
  return arith::ExtSIOp::create(b, loc, target, value);
}

/// A double as a float which rounds to any narrower format as the double itself
/// would: where the conversion is inexact, the last bit is set ("round to
/// odd"). Two roundings to nearest would differ for numbers next to a tie.
static Value narrowToOdd(OpBuilder &b, Location loc, Value value) {
  Bits t = makeBits(b, loc, value.getType());
  using P = arith::CmpFPredicate;
  Value nearest = arith::TruncFOp::create(b, loc, t.f32, value);
  Value back = arith::ExtFOp::create(b, loc, value.getType(), nearest);
  Value exact = arith::CmpFOp::create(b, loc, P::UEQ, back, value);
  Value zero = floatConstant(b, loc, value.getType(), 0.0);
  Value outward = t.pick(arith::CmpFOp::create(b, loc, P::OGT, value, zero),
                         arith::CmpFOp::create(b, loc, P::OGT, back, value),
                         arith::CmpFOp::create(b, loc, P::OLT, back, value));
  // The bits of a float are its magnitude: one less is one step to zero.
  Value bits = t.asInt(nearest);
  Value truncated = t.add(bits, t.pick(outward, t.c(-1), t.c(0)));
  return t.asFloat(t.pick(exact, bits, t.bor(truncated, t.c(1))));
}

/// An integer as a double, rounded to odd where it has more than 53 bits.
static Value intToDouble(OpBuilder &b, Location loc, Value value, Type from) {
  Type f64 = withShapeOf(b.getF64Type(), value.getType());
  Type i64 = withShapeOf(b.getI64Type(), value.getType());
  bool isUnsigned = isUnsignedElement(from);
  auto convert = [&](Value integer) {
    return isUnsigned ? Value(arith::UIToFPOp::create(b, loc, f64, integer))
                      : Value(arith::SIToFPOp::create(b, loc, f64, integer));
  };
  Value fine = convert(value);
  if (from.getIntOrFloatBitWidth() < 64)
    return fine;
  Value bits = intConstant(b, loc, i64, 11), one = intConstant(b, loc, i64, 1);
  Value shifted = isUnsigned
                      ? Value(arith::ShRUIOp::create(b, loc, value, bits))
                      : Value(arith::ShRSIOp::create(b, loc, value, bits));
  Value lost =
      arith::AndIOp::create(b, loc, value, intConstant(b, loc, i64, 2047));
  Value inexact = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, lost,
                                        intConstant(b, loc, i64, 0));
  Value odd = arith::OrIOp::create(b, loc, shifted, one);
  Value kept = arith::SelectOp::create(b, loc, inexact, odd, shifted);
  Value coarse = arith::MulFOp::create(b, loc, convert(kept),
                                       floatConstant(b, loc, f64, 2048.0));
  using P = arith::CmpFPredicate;
  Value low = arith::CmpFOp::create(b, loc, P::OLE, fine,
                                    floatConstant(b, loc, f64, -0x1p53));
  Value high = arith::CmpFOp::create(b, loc, P::OGE, fine,
                                     floatConstant(b, loc, f64, 0x1p53));
  return arith::SelectOp::create(
      b, loc, arith::OrIOp::create(b, loc, low, high), coarse, fine);
}

Value systole::cpu::convertElement(OpBuilder &b, Location loc, Value value,
                                   Type from, Type to) {
  Type target = withShapeOf(computeType(to), value.getType());
  bool fromFloat = isa<FloatType>(from), toFloat = isa<FloatType>(to);
  if (from == to)
    return value;
  if (to.isInteger(1)) {
    if (fromFloat)
      return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNE, value,
                                   floatConstant(b, loc, value.getType(), 0.0));
    return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, value,
                                 intConstant(b, loc, value.getType(), 0));
  }
  if (fromFloat && toFloat) {
    Value result = value;
    if (from.isF64() && smallFloat(to))
      result = narrowToOdd(b, loc, value);
    else if (value.getType() != target)
      result = to.isF64()
                   ? Value(arith::ExtFOp::create(b, loc, target, value))
                   : Value(arith::TruncFOp::create(b, loc, target, value));
    return roundToElement(b, loc, result, to);
  }
  if (fromFloat)
    return roundToElement(b, loc, floatToInt(b, loc, value, to), to);
  if (toFloat) {
    if (smallFloat(to) && from.getIntOrFloatBitWidth() > 24)
      return roundToElement(
          b, loc, narrowToOdd(b, loc, intToDouble(b, loc, value, from)), to);
    Value result = isUnsignedElement(from)
                       ? Value(arith::UIToFPOp::create(b, loc, target, value))
                       : Value(arith::SIToFPOp::create(b, loc, target, value));
    return roundToElement(b, loc, result, to);
  }
  return roundToElement(b, loc, intToInt(b, loc, value, from, to), to);
}
