//===- Numerics.cpp - The arithmetic of the machine -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiled without contraction of floating-point expressions: every operation
// rounds to float32.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/functional/Numerics.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

using namespace systole::isa;

namespace systole::sim {

//===----------------------------------------------------------------------===//
// Rescaling
//===----------------------------------------------------------------------===//

/// The high half of twice a product, half away from zero; the one product that
/// does not fit saturates.
static int32_t doublingHighProduct(int32_t y, int32_t multiplier) {
  constexpr int32_t kLowest = std::numeric_limits<int32_t>::min();
  if (y == kLowest && multiplier == kLowest)
    return std::numeric_limits<int32_t>::max();
  int64_t product = int64_t(y) * multiplier;
  int64_t nudge = product >= 0 ? int64_t(1) << 30 : 1 - (int64_t(1) << 30);
  return int32_t((product + nudge) / (int64_t(1) << 31));
}

/// h / 2^right, half away from zero.
static int32_t divideByPowerOfTwo(int32_t h, unsigned right) {
  int32_t mask = int32_t((uint32_t(1) << right) - 1);
  int32_t threshold = (mask >> 1) + (h < 0 ? 1 : 0);
  return (h >> right) + ((h & mask) > threshold ? 1 : 0);
}

int32_t rescaleDouble(int32_t x, int32_t multiplier, int32_t shift) {
  int32_t e = std::clamp(shift, -31, 31);
  int32_t y = shiftLeftWrapping(x, std::max(e, 0));
  return divideByPowerOfTwo(doublingHighProduct(y, multiplier),
                            std::max(-e, 0));
}

int64_t rescaleSingle(int32_t x, int32_t multiplier, int32_t shift) {
  unsigned s = shift & 63;
  // At most 2^62 in magnitude, so that the rounding can wrap for s = 63 only.
  uint64_t product = uint64_t(int64_t(x) * multiplier);
  uint64_t half = s > 0 ? uint64_t(1) << (s - 1) : 0;
  return int64_t(product + half) >> s;
}

int32_t roundHalfEven(float x) {
  if (std::isnan(x))
    return 0;
  // The first float32 above int32.
  constexpr float kLimit = 2147483648.0f;
  if (x >= kLimit)
    return std::numeric_limits<int32_t>::max();
  if (x < -kLimit)
    return std::numeric_limits<int32_t>::min();
  // The default rounding mode is half to even.
  return int32_t(std::nearbyint(x));
}

float floatOf(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

int32_t rescaleFloat(int32_t x, uint32_t multiplier) {
  return roundHalfEven(float(x) * floatOf(multiplier));
}

int64_t rescale(Rounding rounding, int32_t x, uint32_t multiplier,
                int32_t shift) {
  switch (rounding) {
  case Rounding::None:
    return x;
  case Rounding::Double:
    return rescaleDouble(x, int32_t(multiplier), shift);
  case Rounding::Single:
    return rescaleSingle(x, int32_t(multiplier), shift);
  case Rounding::Float:
    return rescaleFloat(x, multiplier);
  }
  return x;
}

//===----------------------------------------------------------------------===//
// Pooling, reductions
//===----------------------------------------------------------------------===//

int32_t averageOf(int32_t sum, int64_t taps) {
  return int32_t((sum > 0 ? sum + taps / 2 : sum - taps / 2) / taps);
}

uint32_t shiftedSquare(int32_t v, unsigned shift) {
  int64_t narrow = int16_t(v);
  int64_t half = shift > 0 ? int64_t(1) << (shift - 1) : 0;
  return uint32_t((narrow * narrow + half) >> shift);
}

int64_t timesReciprocal(int32_t a, uint32_t word, int32_t shift) {
  int64_t mantissa = word & 0xffff;
  int32_t n = std::clamp<int32_t>(int32_t((word >> 16) & 0xff) + shift, 0, 62);
  return (a * mantissa + (n > 0 ? int64_t(1) << (n - 1) : 0)) >> n;
}

/// The largest r with r * r <= x.
static uint64_t squareRootOf(uint64_t x) {
  uint64_t r = 0;
  for (uint64_t bit = uint64_t(1) << 31; bit > 0; bit >>= 1)
    if ((r + bit) * (r + bit) <= x)
      r += bit;
  return r;
}

/// The entries of 128 intervals of [1, 2) and the one behind. Roots have two
/// tables, for even and odd exponents.
static uint32_t reciprocalEntry(uint32_t i) {
  return ((1u << 23) / (128 + i) + 1) / 2;
}
static uint32_t rootEntry(uint32_t i, unsigned odd) {
  uint64_t quotient = (uint64_t(1) << 39) / (uint64_t(128 + i) << odd);
  return uint32_t((squareRootOf(quotient) + 1) / 2);
}

/// What lies between two entries for the highest bits of x, whose highest bit
/// is bit `e`.
template <typename Entry>
static uint32_t interpolated(uint32_t x, unsigned e, Entry entry) {
  uint32_t n = x << (31 - e), i = (n >> 24) & 127, f = (n >> 8) & 0xffff;
  uint32_t drop = entry(i) - entry(i + 1);
  return entry(i) - ((drop * f + (1u << 15)) >> 16);
}

static unsigned highestBit(uint32_t x) { return 31 - __builtin_clz(x); }

uint32_t reciprocalOf(uint32_t x) {
  x = std::max(x, 1u);
  unsigned e = highestBit(x);
  return interpolated(x, e, reciprocalEntry) + ((15 + e) << 16);
}

uint32_t reciprocalRootOf(uint32_t x) {
  x = std::max(x, 1u);
  unsigned e = highestBit(x), odd = e & 1;
  uint32_t mantissa =
      interpolated(x, e, [&](uint32_t i) { return rootEntry(i, odd); });
  return mantissa + ((15 + (e - odd) / 2) << 16);
}

} // namespace systole::sim
