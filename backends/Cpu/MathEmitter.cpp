//===- MathEmitter.cpp - Elementary functions without libm ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each function: reduce the argument to a small interval, evaluate a polynomial
// or a rational function there, undo the reduction, then put right the special
// values. Coefficients are series (exp, log), convergents of a continued
// fraction (tanh) or fitted here at Chebyshev nodes (erf), so that one text
// serves both precisions.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/MathEmitter.h"
#include "backends/Cpu/FloatBuilder.h"
#include <cmath>

using namespace mlir;
using namespace systole::cpu;

//===----------------------------------------------------------------------===//
// exp, sigmoid
//===----------------------------------------------------------------------===//

/// 1. n = round(x / ln 2), by adding a number so large that only integers are
///    left;  2. r = x - n ln 2, with ln 2 in two parts;  3. Taylor series;
/// 4. times 2^n in two factors, so that n may reach subnormal results.
Value systole::cpu::emitExp(OpBuilder &b, Location loc, Value x) {
  Float f(b, loc, x);
  // Beyond these the result is 0 or infinity anyway.
  Value low = f.c(f.wide ? -746.0 : -104.0), high = f.c(f.wide ? 710.0 : 89.0);
  Value clamped = f.pick(f.cmp(Float::P::OLT, x, low), low, x);
  clamped = f.pick(f.cmp(Float::P::OGT, clamped, high), high, clamped);
  Value magic = f.c(std::ldexp(1.5, f.mantissaBits()));
  Value shifted = f.add(f.mul(clamped, f.c(M_LOG2E)), magic);
  Value n = f.sub(shifted, magic);
  Value exponent =
      arith::SubIOp::create(b, loc, f.bits(shifted), f.bits(magic));
  double ln2High = f.wide ? 0x1.62e42fefp-1 : 0x1.62e4p-1;
  Value r = f.sub(clamped, f.mul(n, f.c(ln2High)));
  r = f.sub(
      r, f.mul(n, f.c(f.wide ? 0x1.473de6af278edp-34 : M_LN2 - 0x1.62e4p-1)));
  SmallVector<double> series;
  double factorial = 1.0;
  for (int k = 0; k <= (f.wide ? 13 : 7); ++k) {
    series.push_back(1.0 / factorial);
    factorial *= k + 1;
  }
  Value result = f.polynomial(r, series);
  Value half = arith::ShRSIOp::create(b, loc, exponent, f.ic(1));
  Value rest = arith::SubIOp::create(b, loc, exponent, half);
  result = f.mul(f.mul(result, f.powerOfTwo(half)), f.powerOfTwo(rest));
  return f.pick(f.cmp(Float::P::UNO, x, x), x, result);
}

Value systole::cpu::emitSigmoid(OpBuilder &b, Location loc, Value x) {
  Float f(b, loc, x);
  Value one = f.c(1.0);
  return f.div(one, f.add(one, emitExp(b, loc, f.neg(x))));
}

//===----------------------------------------------------------------------===//
// log
//===----------------------------------------------------------------------===//

/// x = m 2^e with m in [sqrt 1/2, sqrt 2); with s = (m - 1) / (m + 1),
/// ln m = 2 (s + s^3 / 3 + s^5 / 5 + ...).
Value systole::cpu::emitLog(OpBuilder &b, Location loc, Value x) {
  Float f(b, loc, x);
  // Subnormals are scaled into the normal range first.
  Value smallestNormal = f.c(f.wide ? 0x1p-1022 : 0x1p-126);
  Value isSmall = f.cmp(Float::P::OLT, x, smallestNormal);
  Value scaled =
      f.pick(isSmall, f.mul(x, f.c(std::ldexp(1.0, f.mantissaBits() + 2))), x);
  Value correction = f.pick(isSmall, f.c(-(f.mantissaBits() + 2.0)), f.c(0.0));
  // Subtracting the bits of sqrt 1/2 makes the exponent field count from there.
  int64_t rootBits = f.wide ? 0x3fe6a09e667f3bcdLL : 0x3f3504f3;
  Value offset = arith::SubIOp::create(b, loc, f.bits(scaled), f.ic(rootBits));
  Value exponent =
      arith::ShRSIOp::create(b, loc, offset, f.ic(f.mantissaBits()));
  Value exponentBits =
      arith::ShLIOp::create(b, loc, exponent, f.ic(f.mantissaBits()));
  Value m =
      f.fromBits(arith::SubIOp::create(b, loc, f.bits(scaled), exponentBits));
  Value e =
      f.add(arith::SIToFPOp::create(b, loc, f.type, exponent), correction);
  Value s = f.div(f.sub(m, f.c(1.0)), f.add(m, f.c(1.0)));
  SmallVector<double> series;
  for (int k = 1; k <= (f.wide ? 21 : 9); k += 2)
    series.push_back(2.0 / k);
  Value logM = f.mul(s, f.polynomial(f.mul(s, s), series));
  double ln2High = f.wide ? 0x1.62e42fefp-1 : 0x1.62e4p-1;
  double ln2Low = f.wide ? 0x1.473de6af278edp-34 : M_LN2 - 0x1.62e4p-1;
  Value result =
      f.add(f.mul(e, f.c(ln2High)), f.add(logM, f.mul(e, f.c(ln2Low))));
  Value zero = f.c(0.0), infinity = f.c(INFINITY);
  result = f.pick(f.cmp(Float::P::OEQ, x, infinity), infinity, result);
  result = f.pick(f.cmp(Float::P::OEQ, x, zero), f.c(-INFINITY), result);
  result = f.pick(f.cmp(Float::P::OLT, x, zero), f.c(NAN), result);
  return f.pick(f.cmp(Float::P::UNO, x, x), x, result);
}

/// With u = 1 + x rounded, ln u * x / (u - 1): the quotient makes up for what
/// was rounded away.
Value systole::cpu::emitLog1p(OpBuilder &b, Location loc, Value x) {
  Float f(b, loc, x);
  Value u = f.add(f.c(1.0), x), rounded = f.sub(u, f.c(1.0));
  Value isTiny = f.cmp(Float::P::OEQ, rounded, f.c(0.0));
  Value safe = f.pick(isTiny, f.c(1.0), rounded);
  Value result = f.mul(emitLog(b, loc, u), f.div(x, safe));
  result = f.pick(isTiny, x, result);
  return f.pick(f.cmp(Float::P::OEQ, x, f.c(INFINITY)), x, result);
}

//===----------------------------------------------------------------------===//
// tanh, expm1
//===----------------------------------------------------------------------===//

/// Numerator and denominator, in powers of x^2, of the convergent of
/// tanh x = x / (1 + x^2 / (3 + x^2 / (5 + ...))) with `depth` levels; the
/// numerator lacks its factor x.
static void tanhConvergent(int depth, SmallVector<double> &numerator,
                           SmallVector<double> &denominator) {
  numerator = {1.0};
  denominator = {2.0 * depth - 1.0};
  for (int level = depth - 1; level >= 1; --level) {
    // 1 / (a + x^2 * p / q) = q / (a q + x^2 p).
    double a = 2.0 * level - 1.0;
    SmallVector<double> next(std::max(denominator.size(), numerator.size() + 1),
                             0.0);
    for (size_t i = 0; i < denominator.size(); ++i)
      next[i] += a * denominator[i];
    for (size_t i = 0; i < numerator.size(); ++i)
      next[i + 1] += numerator[i];
    numerator = denominator;
    denominator = next;
  }
}

Value systole::cpu::emitTanh(OpBuilder &b, Location loc, Value x) {
  Float f(b, loc, x);
  Value magnitude = f.abs(x);
  SmallVector<double> numerator, denominator;
  tanhConvergent(f.wide ? 9 : 5, numerator, denominator);
  Value square = f.mul(x, x);
  Value nearZero = f.div(f.mul(magnitude, f.polynomial(square, numerator)),
                         f.polynomial(square, denominator));
  Value e = emitExp(b, loc, f.add(magnitude, magnitude));
  Value far = f.sub(f.c(1.0), f.div(f.c(2.0), f.add(e, f.c(1.0))));
  Value result =
      f.pick(f.cmp(Float::P::OLT, magnitude, f.c(0.625)), nearZero, far);
  result = f.copySign(result, x);
  return f.pick(f.cmp(Float::P::UNO, x, x), x, result);
}

/// Near zero 2 t / (1 - t) with t = tanh(x / 2) = n / d, which is 2 n / (d -
/// n).
Value systole::cpu::emitExpm1(OpBuilder &b, Location loc, Value x) {
  Float f(b, loc, x);
  SmallVector<double> numerator, denominator;
  tanhConvergent(f.wide ? 9 : 5, numerator, denominator);
  Value half = f.mul(x, f.c(0.5)), square = f.mul(half, half);
  Value n = f.mul(half, f.polynomial(square, numerator));
  Value d = f.polynomial(square, denominator);
  Value nearZero = f.div(f.add(n, n), f.sub(d, n));
  Value far = f.sub(emitExp(b, loc, x), f.c(1.0));
  return f.pick(f.cmp(Float::P::OLT, f.abs(x), f.c(1.0)), nearZero, far);
}

//===----------------------------------------------------------------------===//
// erf
//===----------------------------------------------------------------------===//

SmallVector<double> systole::cpu::fitPolynomial(
    const std::function<long double(long double)> &function, long double low,
    long double high, int degree) {
  int count = degree + 1;
  SmallVector<long double> chebyshev(count, 0.0L);
  for (int k = 0; k < count; ++k) {
    long double angle = M_PIl * (k + 0.5L) / count;
    long double value = function(low + (high - low) * (cosl(angle) + 1) / 2);
    for (int j = 0; j < count; ++j)
      chebyshev[j] += value * cosl(j * angle) * (j == 0 ? 1.0L : 2.0L) / count;
  }
  // T_0 = 1, T_1 = u, T_j+1 = 2 u T_j - T_j-1, summed with their coefficients.
  SmallVector<long double> previous{1.0L}, current{0.0L, 1.0L},
      sum(count, 0.0L);
  sum[0] = chebyshev[0];
  for (int j = 1; j < count; ++j) {
    for (size_t i = 0; i < current.size(); ++i)
      sum[i] += chebyshev[j] * current[i];
    SmallVector<long double> next(current.size() + 1, 0.0L);
    for (size_t i = 0; i < current.size(); ++i)
      next[i + 1] += 2 * current[i];
    for (size_t i = 0; i < previous.size(); ++i)
      next[i] -= previous[i];
    previous = current;
    current = next;
  }
  return SmallVector<double>(sum.begin(), sum.end());
}

/// Below 1: the series. Above: 1 - e^(-x^2) g(x), g fitted on one interval that
/// ends where the result rounds to 1.
Value systole::cpu::emitErf(OpBuilder &b, Location loc, Value x) {
  Float f(b, loc, x);
  Value magnitude = f.abs(x);
  double end = f.wide ? 6.0 : 4.0;
  magnitude =
      f.pick(f.cmp(Float::P::OGT, magnitude, f.c(end)), f.c(end), magnitude);
  Value square = f.mul(magnitude, magnitude);
  SmallVector<double> series;
  double coefficient = M_2_SQRTPI;
  for (int n = 0; n <= (f.wide ? 18 : 9); ++n) {
    series.push_back(coefficient / (2 * n + 1));
    coefficient /= -(n + 1.0);
  }
  Value nearZero = f.mul(magnitude, f.polynomial(square, series));
  auto scaled = [](long double t) { return erfcl(t) * expl(t * t); };
  auto fit = fitPolynomial(scaled, 1.0L, end, f.wide ? 26 : 11);
  Value u = f.add(f.mul(magnitude, f.c(2.0 / (end - 1.0))),
                  f.c(-(end + 1.0) / (end - 1.0)));
  Value tail = f.mul(emitExp(b, loc, f.neg(square)), f.polynomial(u, fit));
  Value far = f.sub(f.c(1.0), tail);
  Value result =
      f.pick(f.cmp(Float::P::OLT, magnitude, f.c(1.0)), nearZero, far);
  result = f.copySign(result, x);
  return f.pick(f.cmp(Float::P::UNO, x, x), x, result);
}

//===----------------------------------------------------------------------===//
// floor, round, pow
//===----------------------------------------------------------------------===//

/// Through integers where there is a fraction; large values have none.
Value systole::cpu::emitFloor(OpBuilder &b, Location loc, Value x) {
  Float f(b, loc, x);
  Value hasFraction =
      f.cmp(Float::P::OLT, f.abs(x), f.c(std::ldexp(1.0, f.mantissaBits())));
  Value safe = f.pick(hasFraction, x, f.c(0.0));
  Value truncated = arith::SIToFPOp::create(
      b, loc, f.type, arith::FPToSIOp::create(b, loc, f.intType, safe));
  Value above = f.cmp(Float::P::OGT, truncated, safe);
  Value floor = f.pick(above, f.sub(truncated, f.c(1.0)), truncated);
  // Integers as they are: this also keeps the sign of zero.
  Value integral = f.cmp(Float::P::OEQ, floor, safe);
  return f.pick(hasFraction, f.pick(integral, x, floor), x);
}

/// Adding the number from which on only integers are left makes the hardware
/// round.
Value systole::cpu::emitRound(OpBuilder &b, Location loc, Value x) {
  Float f(b, loc, x);
  Value magnitude = f.abs(x), magic = f.c(std::ldexp(1.0, f.mantissaBits()));
  Value rounded = f.sub(f.add(magnitude, magic), magic);
  Value hasFraction = f.cmp(Float::P::OLT, magnitude, magic);
  return f.pick(hasFraction, f.copySign(rounded, x), x);
}

Value systole::cpu::emitPow(OpBuilder &b, Location loc, Value x, Value y) {
  Type type = x.getType();
  if (!getElementTypeOrSelf(type).isF64()) {
    Type wide = withShapeOf(b.getF64Type(), type);
    Value result = emitPow(b, loc, arith::ExtFOp::create(b, loc, wide, x),
                           arith::ExtFOp::create(b, loc, wide, y));
    return arith::TruncFOp::create(b, loc, type, result);
  }
  Float f(b, loc, x);
  Value zero = f.c(0.0), one = f.c(1.0);
  Value magnitude = emitExp(b, loc, f.mul(y, emitLog(b, loc, f.abs(x))));
  Value half = f.mul(y, f.c(0.5));
  Value integral = f.cmp(Float::P::OEQ, emitFloor(b, loc, y), y);
  Value even = f.cmp(Float::P::OEQ, emitFloor(b, loc, half), half);
  Value signedResult = f.pick(even, magnitude, f.copySign(magnitude, x));
  // A negative finite base with a fractional exponent has no real power.
  Value negative = f.cmp(Float::P::OLT, x, zero);
  Value finite = f.cmp(Float::P::OGT, x, f.c(-INFINITY));
  Value undefined = arith::AndIOp::create(b, loc, negative, finite);
  Value fractional = f.pick(undefined, f.c(NAN), magnitude);
  Value result = f.pick(integral, signedResult, fractional);
  Value isNan = f.cmp(Float::P::UNO, x, y);
  result = f.pick(isNan, f.c(NAN), result);
  // |x| = 1 with an infinite exponent, and the two exact identities.
  Value unit = f.cmp(Float::P::OEQ, f.abs(x), one);
  Value infinite = f.cmp(Float::P::OEQ, f.abs(y), f.c(INFINITY));
  result = f.pick(arith::AndIOp::create(b, loc, unit, infinite), one, result);
  result = f.pick(f.cmp(Float::P::OEQ, x, one), one, result);
  return f.pick(f.cmp(Float::P::OEQ, y, zero), one, result);
}
