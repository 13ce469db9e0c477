//===- rounding.cpp - Rounding without instructions -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Baseline x86-64 has no instruction for floor and its kin, so LLVM calls these
// C functions for code of --cpu=generic. All work on the bits: exact, no
// dependence on the rounding mode, and -0 and NaN come out as IEEE 754 says.
//
//===----------------------------------------------------------------------===//

#include <stdint.h>

// A test may include this file under other names.
#ifndef SYSTOLE_BUILTIN
#define SYSTOLE_BUILTIN extern "C" __attribute__((visibility("hidden"), used))
#endif

namespace {
enum class Direction { Down, Up, Zero, HalfEven, HalfAway };

/// Bits of each floating type.
template <typename Float>
struct Format;
template <>
struct Format<float> {
  using Bits = uint32_t;
  static constexpr int mantissa = 23, bias = 127;
};
template <>
struct Format<double> {
  using Bits = uint64_t;
  static constexpr int mantissa = 52, bias = 1023;
};
} // namespace

template <typename To, typename From>
static To bitCast(From value) {
  static_assert(sizeof(To) == sizeof(From));
  To result;
  __builtin_memcpy(&result, &value, sizeof(result));
  return result;
}

/// Whether a magnitude with this integral part, whose fraction is not zero,
/// rounds away from zero.
static bool roundsAway(Direction direction, bool negative, bool odd,
                       bool aboveHalf, bool half) {
  switch (direction) {
  case Direction::Down:
    return negative;
  case Direction::Up:
    return !negative;
  case Direction::Zero:
    return false;
  case Direction::HalfEven:
    return aboveHalf || (half && odd);
  case Direction::HalfAway:
    return aboveHalf || half;
  }
  return false;
}

template <typename Float>
static Float round(Float value, Direction direction) {
  using F = Format<Float>;
  using Bits = typename F::Bits;
  constexpr Bits sign = Bits(1) << (8 * sizeof(Bits) - 1);
  constexpr Bits implicit = Bits(1) << F::mantissa;
  Bits bits = bitCast<Bits>(value);
  Bits magnitude = bits & ~sign;
  int exponent = int(magnitude >> F::mantissa) - F::bias;
  // Integers, infinities, NaN and zeros stay. NaN + 0 makes it quiet.
  if (exponent >= F::mantissa)
    return value + Float(0);
  if (magnitude == 0)
    return value;
  bool negative = bits & sign;
  if (exponent < 0) {
    Bits half = Bits(F::bias - 1) << F::mantissa;
    bool away = roundsAway(direction, negative, false, magnitude > half,
                           magnitude == half);
    return bitCast<Float>(
        Bits((bits & sign) | (away ? Bits(F::bias) << F::mantissa : Bits(0))));
  }
  Bits one = implicit >> exponent;
  Bits fraction = magnitude & (one - 1);
  if (fraction == 0)
    return value;
  // At exponent 0 the integer's lowest bit is the implicit one.
  bool odd = exponent == 0 || (magnitude & one);
  if (roundsAway(direction, negative, odd, fraction > one / 2,
                 fraction == one / 2))
    magnitude += one;
  return bitCast<Float>(Bits((bits & sign) | (magnitude & ~(one - 1))));
}

SYSTOLE_BUILTIN float floorf(float x) { return round(x, Direction::Down); }
SYSTOLE_BUILTIN double floor(double x) { return round(x, Direction::Down); }
SYSTOLE_BUILTIN float ceilf(float x) { return round(x, Direction::Up); }
SYSTOLE_BUILTIN double ceil(double x) { return round(x, Direction::Up); }
SYSTOLE_BUILTIN float truncf(float x) { return round(x, Direction::Zero); }
SYSTOLE_BUILTIN double trunc(double x) { return round(x, Direction::Zero); }
SYSTOLE_BUILTIN float roundf(float x) { return round(x, Direction::HalfAway); }
SYSTOLE_BUILTIN double round(double x) { return round(x, Direction::HalfAway); }
SYSTOLE_BUILTIN float roundevenf(float x) {
  return round(x, Direction::HalfEven);
}
SYSTOLE_BUILTIN double roundeven(double x) {
  return round(x, Direction::HalfEven);
}
// Nothing here ever changes the rounding mode, so these are the same.
SYSTOLE_BUILTIN float rintf(float x) { return round(x, Direction::HalfEven); }
SYSTOLE_BUILTIN double rint(double x) { return round(x, Direction::HalfEven); }
SYSTOLE_BUILTIN float nearbyintf(float x) {
  return round(x, Direction::HalfEven);
}
SYSTOLE_BUILTIN double nearbyint(double x) {
  return round(x, Direction::HalfEven);
}

/// The remainder of a division truncated towards zero, by long division of the
/// mantissas: exact for every pair of exponents.
template <typename Float>
static Float remainder(Float x, Float y) {
  using F = Format<Float>;
  using Bits = typename F::Bits;
  constexpr Bits sign = Bits(1) << (8 * sizeof(Bits) - 1);
  constexpr Bits implicit = Bits(1) << F::mantissa;
  constexpr Bits infinity = Bits(2 * F::bias + 1) << F::mantissa;
  Bits bits = bitCast<Bits>(x);
  Bits a = bits & ~sign, b = bitCast<Bits>(y) & ~sign;
  if (a >= infinity || b > infinity || b == 0)
    return bitCast<Float>(Bits(infinity | implicit >> 1)); // NaN
  if (a < b)
    return x;
  int exponentA = int(a >> F::mantissa), exponentB = int(b >> F::mantissa);
  Bits mantissaA = (a & (implicit - 1)) | (exponentA ? implicit : 0);
  Bits mantissaB = (b & (implicit - 1)) | (exponentB ? implicit : 0);
  exponentA += !exponentA;
  exponentB += !exponentB;
  for (; exponentA > exponentB; --exponentA) {
    mantissaA %= mantissaB;
    mantissaA <<= 1;
  }
  mantissaA %= mantissaB;
  // Normalise: the result may have lost leading bits.
  while (mantissaA && mantissaA < implicit && exponentB > 1) {
    mantissaA <<= 1;
    --exponentB;
  }
  Bits result = mantissaA >= implicit
                    ? (mantissaA - implicit) | Bits(exponentB) << F::mantissa
                    : mantissaA;
  return bitCast<Float>(Bits(result | (bits & sign)));
}

SYSTOLE_BUILTIN float fmodf(float x, float y) { return remainder(x, y); }
SYSTOLE_BUILTIN double fmod(double x, double y) { return remainder(x, y); }
