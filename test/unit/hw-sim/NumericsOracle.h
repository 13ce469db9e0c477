//===- NumericsOracle.h - What rescaling means ------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What TFLite's fixed-point functions and ONNX's float formula mean, written as
// exact rationals in 128 bits and rounded once where they say so: no shift, no
// nudge and no floating-point operation of the machine's code appears here.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_UNIT_HWSIM_NUMERICSORACLE_H
#define SYSTOLE_TEST_UNIT_HWSIM_NUMERICSORACLE_H

#include <algorithm>
#include <cstdint>

namespace systole::sim {

using Wide = __int128;

//===----------------------------------------------------------------------===//
// Exact rationals
//===----------------------------------------------------------------------===//

inline Wide floorDiv(Wide a, Wide b) {
  Wide q = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}
/// a / b, b > 0, to the nearest integer.
inline Wide halfUp(Wide a, Wide b) { return floorDiv(2 * a + b, 2 * b); }
inline Wide halfAway(Wide a, Wide b) {
  return a < 0 ? -halfUp(-a, b) : halfUp(a, b);
}
inline Wide halfEven(Wide a, Wide b) {
  Wide down = floorDiv(a, b), twice = 2 * (a - down * b);
  return twice > b || (twice == b && down % 2 != 0) ? down + 1 : down;
}
inline Wide powerOfTwo(int64_t e) { return Wide(1) << e; }

/// Brings an integer into int32 by dropping its high bits.
inline int32_t lowBits(Wide v) { return int32_t(uint32_t(v)); }

//===----------------------------------------------------------------------===//
// Float32 as integers
//===----------------------------------------------------------------------===//

/// mantissa * 2^exponent; exact.
struct Dyadic {
  Wide mantissa;
  int exponent;
};

/// The nearest float32, ties to even, of values that do not overflow.
inline Dyadic asFloat32(Dyadic v) {
  constexpr int kLowest = -149;
  Wide magnitude = v.mantissa < 0 ? -v.mantissa : v.mantissa;
  int bits = 0;
  while (magnitude >> bits)
    ++bits;
  int drop = std::max(bits - 24, kLowest - v.exponent);
  if (drop <= 0)
    return v;
  if (drop > 100)
    return {0, 0};
  return {halfEven(v.mantissa, powerOfTwo(drop)), v.exponent + drop};
}

/// The value of a finite float32's bits.
inline Dyadic ofBits(uint32_t bits) {
  int exponent = int(bits >> 23 & 255);
  Wide fraction = bits & 0x7fffff;
  Wide mantissa = exponent == 0 ? fraction : fraction + (1 << 23);
  return {bits >> 31 ? -mantissa : mantissa, std::max(exponent, 1) - 150};
}

inline Dyadic timesFloat(Dyadic a, Dyadic b) {
  return asFloat32({a.mantissa * b.mantissa, a.exponent + b.exponent});
}
/// Precondition: exponents are less than 60 apart.
inline Dyadic plusFloat(Dyadic a, Dyadic b) {
  int low = std::min(a.exponent, b.exponent);
  return asFloat32({a.mantissa * powerOfTwo(a.exponent - low) +
                        b.mantissa * powerOfTwo(b.exponent - low),
                    low});
}

/// To the nearest integer, ties to even, cut to int32.
inline int64_t asInteger(Dyadic v) {
  Wide value;
  if (v.exponent < -100)
    value = 0;
  else if (v.exponent < 0)
    value = halfEven(v.mantissa, powerOfTwo(-v.exponent));
  else
    value = v.exponent > 70 && v.mantissa != 0
                ? (v.mantissa < 0 ? -powerOfTwo(100) : powerOfTwo(100))
                : v.mantissa * powerOfTwo(std::min(v.exponent, 70));
  return int64_t(std::min<Wide>(std::max<Wide>(value, INT32_MIN), INT32_MAX));
}

//===----------------------------------------------------------------------===//
// The oracles
//===----------------------------------------------------------------------===//

/// gemmlowp's SaturatingRoundingDoublingHighMul.
inline int32_t highMulOracle(int32_t a, int32_t b) {
  return int32_t(
      std::min<Wide>(halfUp(Wide(a) * b, powerOfTwo(31)), INT32_MAX));
}
/// TFLite's MultiplyByQuantizedMultiplier with two roundings.
inline int32_t doubleOracle(int32_t x, int32_t multiplier, int32_t shift) {
  shift = std::min(std::max(shift, -31), 31);
  int32_t shifted = shift > 0 ? lowBits(Wide(x) * powerOfTwo(shift)) : x;
  int32_t high = highMulOracle(shifted, multiplier);
  return int32_t(halfAway(high, powerOfTwo(shift < 0 ? -shift : 0)));
}
/// With one rounding: x * multiplier / 2^s; in 64 bits.
inline int64_t singleOracle(int32_t x, int32_t multiplier, int32_t shift) {
  int s = ((shift % 64) + 64) % 64;
  Wide product = Wide(x) * multiplier;
  if (s == 0)
    return int64_t(product);
  // The only sum that 64 bits cannot hold.
  if (s == 63 && product == powerOfTwo(62))
    return -1;
  return int64_t(halfUp(product, powerOfTwo(s)));
}
/// ONNX: round(float32(x) * scale).
inline int64_t floatOracle(int32_t x, uint32_t scale) {
  return asInteger(timesFloat(asFloat32({x, 0}), ofBits(scale)));
}

} // namespace systole::sim

#endif // SYSTOLE_TEST_UNIT_HWSIM_NUMERICSORACLE_H
