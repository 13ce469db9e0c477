//===- TrigEmitter.cpp - Sine, cosine, arctangent -------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An angle of any size is reduced exactly: x = m 2^e, and of the product of the
// integer m with the bits of 2/pi only those matter that are worth between 2
// (beyond are whole turns) and what the result can resolve. Three words of
// 2/pi, cut out at a place that e decides, hold them. No table in memory and no
// branch: the words are constants that a few selects shift into place.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/FloatBuilder.h"
#include "backends/Cpu/MathEmitter.h"
#include <cmath>

using namespace mlir;
using namespace systole::cpu;

//===----------------------------------------------------------------------===//
// The bits of 2/pi
//===----------------------------------------------------------------------===//

/// arctan(1/n) with `fraction` bits after the point, by its series.
static APInt arctanOfInverse(uint64_t n, unsigned width, unsigned fraction) {
  APInt power = APInt::getOneBitSet(width, fraction).udiv(n), sum(width, 0);
  for (uint64_t k = 1; power != 0; k += 2) {
    APInt term = power.udiv(k);
    sum = k % 4 == 1 ? sum + term : sum - term;
    power = power.udiv(n * n);
  }
  return sum;
}

/// The first `count` words of the binary digits of 2/pi after the point, with a
/// word of zeros before them.
static SmallVector<uint64_t> wordsOfTwoOverPi(unsigned wordBits,
                                              unsigned count) {
  unsigned digits = wordBits * (count - 1), fraction = digits + 64;
  unsigned width = fraction + digits + 8;
  // Machin's formula.
  APInt pi = arctanOfInverse(5, width, fraction) * 16 -
             arctanOfInverse(239, width, fraction) * 4;
  APInt quotient = APInt::getOneBitSet(width, fraction + digits + 1).udiv(pi);
  SmallVector<uint64_t> words{0};
  for (unsigned i = 1; i < count; ++i)
    words.push_back(
        quotient.extractBitsAsZExtValue(wordBits, digits - i * wordBits));
  return words;
}

//===----------------------------------------------------------------------===//
// Reduction
//===----------------------------------------------------------------------===//

namespace {
/// |x| = quadrant * pi/2 + rest, |rest| <= pi/4.
struct Angle {
  Value quadrant; ///< Integer, modulo 4.
  Value rest;
};

/// Reduces the magnitude of a finite number of at least 1/2.
class Reduction {
public:
  explicit Reduction(Float &f)
      : f(f), b(f.b), loc(f.loc), bits(f.wide ? 64 : 32) {
    twice = withShapeOf(b.getIntegerType(2 * bits), f.type);
  }

  Angle reduce(Value magnitude);

private:
  SmallVector<Value> window(Value place);
  Value fixedPoint(Value mantissa, ArrayRef<Value> window);
  Value toFloat(Value fraction);

  Value extend(Value x) { return arith::ExtUIOp::create(b, loc, twice, x); }
  Value truncate(Value x) {
    return arith::TruncIOp::create(b, loc, f.intType, x);
  }
  Value wide(int64_t v) { return intConstant(b, loc, twice, v); }
  Value shl(Value x, Value n) { return arith::ShLIOp::create(b, loc, x, n); }
  Value shr(Value x, Value n) { return arith::ShRUIOp::create(b, loc, x, n); }
  Value band(Value x, Value y) { return arith::AndIOp::create(b, loc, x, y); }
  Value sum(Value x, Value y) { return arith::AddIOp::create(b, loc, x, y); }

  Float &f;
  OpBuilder &b;
  Location loc;
  unsigned bits; ///< Of a word.
  Type twice;    ///< Integers of two words.
};
} // namespace

/// Three words of 2/pi from bit `place` on.
SmallVector<Value> Reduction::window(Value place) {
  // The largest place (see reduce), and three words and the next from there.
  unsigned most = bits + f.bias() - f.mantissaBits() - 2;
  unsigned count = most / bits + 4;
  SmallVector<Value> words;
  for (uint64_t word : wordsOfTwoOverPi(bits, count))
    words.push_back(f.ic(static_cast<int64_t>(word)));
  // Whole words, by powers of two; then four are left.
  unsigned shift = llvm::Log2_32(bits);
  for (unsigned step = llvm::bit_floor(most / bits); step > 0; step /= 2) {
    Value taken = band(place, f.ic(int64_t(step) << shift));
    Value isTaken =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, taken, f.ic(0));
    SmallVector<Value> next;
    for (unsigned i = 0; i < step + 3 && i < words.size(); ++i)
      next.push_back(i + step < words.size()
                         ? f.pick(isTaken, words[i + step], words[i])
                         : words[i]);
    words = next;
  }
  // The bits within a word.
  Value left = band(place, f.ic(bits - 1));
  Value right = arith::SubIOp::create(b, loc, f.ic(bits - 1), left);
  SmallVector<Value> result;
  for (unsigned i = 0; i < 3; ++i)
    result.push_back(arith::OrIOp::create(
        b, loc, shl(words[i], left), shr(shr(words[i + 1], f.ic(1)), right)));
  return result;
}

/// mantissa * window modulo 4, in two words of which two bits are before the
/// point.
Value Reduction::fixedPoint(Value mantissa, ArrayRef<Value> window) {
  Value m = extend(mantissa), oneWord = wide(bits);
  auto times = [&](Value word) -> Value {
    return arith::MulIOp::create(b, loc, m, extend(word));
  };
  Value high = shl(times(window[0]), oneWord);
  return sum(sum(high, times(window[1])), shr(times(window[2]), oneWord));
}

/// A signed fixed-point number with two bits before the point, times pi/2.
Value Reduction::toFloat(Value fraction) {
  Type type = withShapeOf(b.getF64Type(), f.type);
  auto number = [&](Value word, double unit) -> Value {
    Value x = arith::SIToFPOp::create(b, loc, type, word);
    return arith::MulFOp::create(b, loc, x, floatConstant(b, loc, type, unit));
  };
  Value high = truncate(shr(fraction, wide(bits)));
  // Halved, the low word has no sign either.
  Value low = shr(truncate(fraction), f.ic(1));
  int places = static_cast<int>(bits);
  Value result = arith::AddFOp::create(
      b, loc, number(high, std::ldexp(M_PI_2, 2 - places)),
      number(low, std::ldexp(M_PI_2, 3 - 2 * places)));
  return f.wide ? result
                : Value(arith::TruncFOp::create(b, loc, f.type, result));
}

Angle Reduction::reduce(Value magnitude) {
  int mantissaBits = f.mantissaBits();
  Value raw = f.bits(magnitude);
  Value implicit = f.ic(int64_t(1) << mantissaBits);
  Value mantissa = arith::OrIOp::create(
      b, loc, band(raw, f.ic((int64_t(1) << mantissaBits) - 1)), implicit);
  // magnitude = mantissa 2^(exponent - mantissaBits). The bit of 2/pi that is
  // worth 2 after this shift; the word of zeros makes it positive from 1/2 on.
  Value exponent = arith::SubIOp::create(b, loc, shr(raw, f.ic(mantissaBits)),
                                         f.ic(f.bias()));
  Value place =
      sum(exponent, f.ic(static_cast<int64_t>(bits) - mantissaBits - 2));
  Value product = fixedPoint(mantissa, window(place));
  // The nearest quadrant, and what is left, which has a sign.
  Value half = shl(wide(1), wide(2 * bits - 3)), point = wide(2 * bits - 2);
  Value quadrant = shr(sum(product, half), point);
  Value fraction = arith::SubIOp::create(b, loc, product, shl(quadrant, point));
  return {truncate(quadrant), toFloat(fraction)};
}

//===----------------------------------------------------------------------===//
// sin, cos
//===----------------------------------------------------------------------===//

/// 1 / first!, -1 / (first + 2)!, ...
static SmallVector<double> alternatingSeries(int first, int last) {
  SmallVector<double> series;
  double term = 1.0;
  for (int k = 1; k <= first; ++k)
    term /= k;
  for (int k = first; k <= last; k += 2) {
    series.push_back(term);
    term /= -(k + 1.0) * (k + 2.0);
  }
  return series;
}

/// sin(x + turn pi/2).
static Value emitSine(OpBuilder &b, Location loc, Value x, int64_t turn) {
  Float f(b, loc, x);
  Value magnitude = f.abs(x);
  Value finite = f.cmp(Float::P::OLT, magnitude, f.c(INFINITY));
  Value isSmall = f.cmp(Float::P::OLT, magnitude, f.c(0.5));
  // Small and infinite numbers are reduced by themselves.
  Value usual = arith::AndIOp::create(
      b, loc, finite, f.cmp(Float::P::OGE, magnitude, f.c(0.5)));
  Angle angle = Reduction(f).reduce(f.pick(usual, magnitude, f.c(1.0)));
  Value rest = f.pick(isSmall, magnitude, angle.rest);
  Value quadrant = f.pick(isSmall, f.ic(0), angle.quadrant);
  Value square = f.mul(rest, rest);
  Value sine =
      f.mul(rest, f.polynomial(square, alternatingSeries(1, f.wide ? 17 : 9)));
  Value cosine = f.polynomial(square, alternatingSeries(0, f.wide ? 18 : 10));
  auto isSet = [&](Value number, int64_t bit) -> Value {
    return arith::CmpIOp::create(
        b, loc, arith::CmpIPredicate::ne,
        arith::AndIOp::create(b, loc, number, f.ic(bit)), f.ic(0));
  };
  Value turned = arith::AddIOp::create(b, loc, quadrant, f.ic(turn));
  Value result = f.pick(isSet(turned, 1), cosine, sine);
  result = f.pick(isSet(turned, 2), f.neg(result), result);
  // The sine is odd, the cosine even.
  if (turn == 0) {
    Value negative = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt,
                                           f.bits(x), f.ic(0));
    result = f.pick(negative, f.neg(result), result);
  }
  return f.pick(finite, result, f.c(NAN));
}

Value systole::cpu::emitSin(OpBuilder &b, Location loc, Value x) {
  return emitSine(b, loc, x, 0);
}

Value systole::cpu::emitCos(OpBuilder &b, Location loc, Value x) {
  return emitSine(b, loc, x, 1);
}

//===----------------------------------------------------------------------===//
// atan
//===----------------------------------------------------------------------===//

/// Above 1, pi/2 less the angle of the reciprocal; above tan(pi/8), pi/4 and
/// the angle of (y - 1) / (y + 1); then a polynomial in the square.
Value systole::cpu::emitAtan(OpBuilder &b, Location loc, Value x) {
  Float f(b, loc, x);
  Value magnitude = f.abs(x), one = f.c(1.0);
  Value large = f.cmp(Float::P::OGT, magnitude, one);
  Value y = f.pick(large, f.div(one, magnitude), magnitude);
  constexpr double kTanEighth = M_SQRT2 - 1.0;
  Value middle = f.cmp(Float::P::OGT, y, f.c(kTanEighth));
  Value u = f.pick(middle, f.div(f.sub(y, one), f.add(y, one)), y);
  constexpr double end = kTanEighth * kTanEighth;
  auto function = [](long double z) { return atanl(sqrtl(z)) / sqrtl(z); };
  auto fit = fitPolynomial(function, 0.0L, end, f.wide ? 13 : 6);
  Value place = f.sub(f.mul(f.mul(u, u), f.c(2.0 / end)), one);
  Value angle = f.mul(u, f.polynomial(place, fit));
  angle = f.pick(middle, f.add(f.c(M_PI_4), angle), angle);
  angle = f.pick(large, f.sub(f.c(M_PI_2), angle), angle);
  return f.copySign(angle, x);
}
