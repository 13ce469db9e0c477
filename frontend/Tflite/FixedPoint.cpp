//===- FixedPoint.cpp - Integer arithmetic of TensorFlow Lite -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The exponential is a polynomial around -1/8 on [-1/4, 0), times e^(-2^k) for
// each bit k of the rest; quotients are three steps of Newton's method from
// 48/17 - 32/17 * x. 16-bit functions do the same with 16-bit steps.
//
//===----------------------------------------------------------------------===//

#include "frontend/Tflite/FixedPoint.h"
#include "llvm/ADT/bit.h"
#include <algorithm>
#include <cmath>
#include <limits>

namespace systole::tflite {

/// e^(-2^k) for k = -2 .. 4, without integer bits.
static constexpr int32_t kExpOfPowers[] = {
    1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};

Multiplier quantizeMultiplier(double number) {
  Multiplier result;
  if (!(number > 0))
    return result;
  double fraction = std::isinf(number) ? 1 : std::frexp(number, &result.shift);
  int64_t value = std::llround(fraction * (int64_t(1) << 31));
  if (value == int64_t(1) << 31) {
    value /= 2;
    ++result.shift;
  }
  if (result.shift < -31)
    return {};
  // Nothing has a use for more.
  if (std::isinf(number) || result.shift > 30)
    return {std::numeric_limits<int32_t>::max(), 30};
  result.value = static_cast<int32_t>(value);
  return result;
}

int32_t roundedHighProduct(int32_t a, int32_t b) {
  constexpr int32_t lowest = std::numeric_limits<int32_t>::min();
  if (a == lowest && b == lowest)
    return std::numeric_limits<int32_t>::max();
  return static_cast<int32_t>((int64_t(a) * b + (int64_t(1) << 30)) >> 31);
}

int32_t roundedQuotient(int32_t x, int exponent) {
  if (exponent <= 0)
    return x;
  int64_t half = int64_t(1) << (exponent - 1);
  return static_cast<int32_t>((int64_t(x) + half - (x < 0)) >> exponent);
}

int32_t rescaleDouble(int32_t x, Multiplier m) {
  uint32_t shifted = static_cast<uint32_t>(x) << std::clamp(m.shift, 0, 31);
  return roundedQuotient(
      roundedHighProduct(static_cast<int32_t>(shifted), m.value),
      std::max(-m.shift, 0));
}

/// x * 2^exponent, at the bounds of int32 where it is beyond.
static int32_t saturatingShift(int32_t x, int exponent) {
  int64_t wide = int64_t(x) << exponent;
  return static_cast<int32_t>(
      std::clamp<int64_t>(wide, std::numeric_limits<int32_t>::min(),
                          std::numeric_limits<int32_t>::max()));
}

//===----------------------------------------------------------------------===//
// 32 bits
//===----------------------------------------------------------------------===//

/// e^x for x in [-1/4, 0), without integer bits.
static int32_t expNearZero(int32_t a) {
  constexpr int32_t third = 715827883, atEighth = 1895147668;
  int32_t x = a + (1 << 28);
  int32_t x2 = roundedHighProduct(x, x), x3 = roundedHighProduct(x2, x);
  int32_t x4 = roundedHighProduct(x2, x2);
  int32_t tail = roundedQuotient(
      roundedHighProduct(roundedQuotient(x4, 2) + x3, third) + x2, 1);
  return atEighth + roundedHighProduct(atEighth, x + tail);
}

int32_t expOnNegative(int32_t x, int integerBits) {
  if (x == 0)
    return std::numeric_limits<int32_t>::max();
  int fraction = 31 - integerBits;
  int32_t quarter = int32_t(1) << (fraction - 2);
  int32_t rest = (x & (quarter - 1)) - quarter;
  int32_t result = expNearZero(saturatingShift(rest, integerBits));
  int32_t bits = rest - x;
  for (int k = -2; k < integerBits && k <= 4; ++k)
    if (bits & (int32_t(1) << (fraction + k)))
      result = roundedHighProduct(result, kExpOfPowers[k + 2]);
  // Beyond -32 nothing is left.
  if (integerBits > 5 && x < -(int32_t(1) << (36 - integerBits)))
    return 0;
  return result;
}

int32_t reciprocalOfOnePlus(int32_t x) {
  constexpr int32_t a = 1515870810, b = -1010580540; // 48/17, -32/17 in Q2.29
  // (1 + x) / 2, rounded away from zero.
  int32_t half = static_cast<int32_t>(
      (int64_t(x) + std::numeric_limits<int32_t>::max() + 1) / 2);
  int32_t y = a + roundedHighProduct(half, b);
  for (int i = 0; i < 3; ++i) {
    int32_t error = (1 << 29) - roundedHighProduct(half, y);
    y += saturatingShift(roundedHighProduct(y, error), 2);
  }
  // Half of it, in the form without integer bits.
  return saturatingShift(y, 1);
}

//===----------------------------------------------------------------------===//
// 16 bits
//===----------------------------------------------------------------------===//

static int16_t clamp16(int32_t x) {
  return static_cast<int16_t>(std::clamp<int32_t>(x, -32768, 32767));
}
static int16_t product16(int16_t a, int16_t b) {
  if (a == -32768 && b == -32768)
    return 32767;
  return static_cast<int16_t>((int32_t(a) * b + (1 << 14)) >> 15);
}
static int16_t quotient16(int16_t x, int exponent) {
  return static_cast<int16_t>(roundedQuotient(x, exponent));
}
/// The constant `raw`, given with 32 bits.
static int16_t constant16(int32_t raw) {
  return static_cast<int16_t>(roundedQuotient(raw, 16));
}

static int16_t expNearZero16(int16_t a) {
  int16_t third = constant16(715827883), atEighth = constant16(1895147668);
  auto x = static_cast<int16_t>(a + (1 << 12));
  int16_t x2 = product16(x, x), x3 = product16(x2, x), x4 = product16(x2, x2);
  int16_t sum = static_cast<int16_t>(quotient16(x4, 2) + x3);
  int16_t tail =
      quotient16(static_cast<int16_t>(product16(sum, third) + x2), 1);
  return clamp16(atEighth +
                 product16(atEighth, static_cast<int16_t>(x + tail)));
}

static int16_t expOnNegative16(int16_t x, int integerBits) {
  if (x == 0)
    return 32767;
  int fraction = 15 - integerBits;
  int32_t quarter = 1 << (fraction - 2);
  int32_t rest = (x & (quarter - 1)) - quarter;
  int16_t result = expNearZero16(clamp16(rest << integerBits));
  int32_t bits = rest - x;
  for (int k = -2; k < integerBits && k <= 4; ++k)
    if (fraction + k >= 0 && (bits & (1 << (fraction + k))))
      result = product16(result, constant16(kExpOfPowers[k + 2]));
  if (integerBits > 5 && x < -(1 << (20 - integerBits)))
    return 0;
  return result;
}

/// 2 / (1 + x) with two integer bits, for x in [0, 1) without.
static int16_t twoOverOnePlus16(int16_t x) {
  int32_t sum = x + 32767;
  // Half, rounded away from zero.
  auto half = static_cast<int16_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
  int16_t a = constant16(1515870810), b = constant16(-1010580540);
  auto y = static_cast<int16_t>(a + product16(half, b));
  for (int i = 0; i < 3; ++i) {
    auto error = static_cast<int16_t>((1 << 13) - product16(half, y));
    y = static_cast<int16_t>(y + clamp16(product16(y, error) << 2));
  }
  return y;
}

int16_t logistic16(int16_t x, int integerBits) {
  if (x == 0)
    return 1 << 14;
  auto minus = static_cast<int16_t>(x > 0 ? -x : x);
  int16_t e = expOnNegative16(minus, integerBits);
  // 1 / (1 + e): half of the quotient, without integer bits.
  int16_t positive = clamp16(twoOverOnePlus16(e) << 1);
  return x > 0 ? positive : static_cast<int16_t>(32767 - positive);
}

int16_t tanh16(int16_t x, int integerBits) {
  if (x == 0)
    return 0;
  auto minus = static_cast<int16_t>(x > 0 ? -x : x);
  // e^(-2 |x|) has one integer bit more, and (1 - e) / (1 + e) is 2 / (1 + e)
  // less one.
  int16_t e = expOnNegative16(minus, integerBits + 1);
  auto less = static_cast<int16_t>(twoOverOnePlus16(e) - (1 << 13));
  int16_t result = clamp16(less << 2);
  return x > 0 ? result : static_cast<int16_t>(-result);
}

//===----------------------------------------------------------------------===//
// Square roots
//===----------------------------------------------------------------------===//

Multiplier inverseSquareRoot(int32_t x) {
  if (x <= 1)
    return {std::numeric_limits<int32_t>::max(), 0};
  int shift = 11;
  for (; x >= 1 << 29; x /= 4)
    ++shift;
  int pairs = (llvm::countl_zero(static_cast<uint32_t>(x)) - 1) / 2 - 1;
  shift -= pairs;
  x <<= 2 * pairs;
  // Five Newton steps on numbers with three integer bits.
  int32_t input = x >> 1, half = roundedQuotient(input, 1), y = 1 << 28;
  for (int i = 0; i < 5; ++i) {
    int32_t cube =
        saturatingShift(roundedHighProduct(roundedHighProduct(y, y), y), 6);
    y = saturatingShift(roundedHighProduct((1 << 28) + (1 << 27), y) -
                            roundedHighProduct(half, cube),
                        3);
  }
  int32_t value = roundedHighProduct(y, 1518500250); // 1 / sqrt(2)
  if (shift < 0) {
    value = static_cast<int32_t>(static_cast<uint32_t>(value) << -shift);
    shift = 0;
  }
  return {value, -shift};
}

} // namespace systole::tflite
