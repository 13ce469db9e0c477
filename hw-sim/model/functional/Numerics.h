//===- Numerics.h - The arithmetic of the machine ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// docs/hardware/numerics.md, formula by formula. int32 arithmetic that wraps is
// written in uint32_t, so that nothing here is undefined for any operand.
// Whoever includes this is compiled without contraction of floating-point
// expressions: every operation rounds to float32.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_FUNCTIONAL_NUMERICS_H
#define SYSTOLE_HWSIM_MODEL_FUNCTIONAL_NUMERICS_H

#include "hw-sim/isa/Instruction.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace systole::sim {

//===----------------------------------------------------------------------===//
// Operands of the array
//===----------------------------------------------------------------------===//

/// A byte as an operand.
inline int32_t byteOf(uint8_t byte, bool isUnsigned) {
  return isUnsigned ? int32_t(byte) : int32_t(int8_t(byte));
}

/// Weight j of a word, less the zero point of its column; `zeroPoints` may be
/// null.
inline int32_t weightOf(const uint8_t *word, const uint8_t *zeroPoints,
                        int64_t j, bool isUnsigned) {
  return byteOf(word[j], isUnsigned) -
         (zeroPoints ? byteOf(zeroPoints[j], isUnsigned) : 0);
}

//===----------------------------------------------------------------------===//
// Rescaling
//===----------------------------------------------------------------------===//

inline int32_t addWrapping(int32_t a, int32_t b) {
  return int32_t(uint32_t(a) + uint32_t(b));
}
inline int32_t subtractWrapping(int32_t a, int32_t b) {
  return int32_t(uint32_t(a) - uint32_t(b));
}
inline int32_t multiplyWrapping(int32_t a, int32_t b) {
  return int32_t(uint32_t(a) * uint32_t(b));
}
inline int32_t shiftLeftWrapping(int32_t a, unsigned count) {
  return int32_t(uint32_t(a) << count);
}

/// The high half of twice a product, half up; the one product that does not fit
/// saturates.
inline int32_t doublingHighProduct(int32_t y, int32_t multiplier) {
  constexpr int32_t kLowest = std::numeric_limits<int32_t>::min();
  if (y == kLowest && multiplier == kLowest)
    return std::numeric_limits<int32_t>::max();
  int64_t product = int64_t(y) * multiplier;
  int64_t nudge = product >= 0 ? int64_t(1) << 30 : 1 - (int64_t(1) << 30);
  return int32_t((product + nudge) / (int64_t(1) << 31));
}

/// h / 2^right, half away from zero.
inline int32_t divideByPowerOfTwo(int32_t h, unsigned right) {
  int32_t mask = int32_t((uint32_t(1) << right) - 1);
  int32_t threshold = (mask >> 1) + (h < 0 ? 1 : 0);
  return (h >> right) + ((h & mask) > threshold ? 1 : 0);
}

/// TFLite's two roundings.
inline int32_t rescaleDouble(int32_t x, int32_t multiplier, int32_t shift) {
  int32_t e = std::clamp(shift, -31, 31);
  int32_t y = shiftLeftWrapping(x, std::max(e, 0));
  return divideByPowerOfTwo(doublingHighProduct(y, multiplier),
                            std::max(-e, 0));
}

/// One rounding; all 64 bits, of which the sum may use the last.
inline int64_t rescaleSingle(int32_t x, int32_t multiplier, int32_t shift) {
  unsigned s = shift & 63;
  uint64_t product = uint64_t(int64_t(x) * multiplier);
  uint64_t half = s > 0 ? uint64_t(1) << (s - 1) : 0;
  return int64_t(product + half) >> s;
}

/// The nearest int32, ties to even; saturates, and a NaN gives 0.
inline int32_t roundHalfEven(float x) {
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

/// The bits of a multiplier as a float32.
inline float floatOf(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/// float32(x) * multiplier, whose bits these are, as an int32.
inline int32_t rescaleFloat(int32_t x, uint32_t multiplier) {
  return roundHalfEven(float(x) * floatOf(multiplier));
}

/// x by `rounding`; `None` leaves it.
inline int64_t rescale(isa::Rounding rounding, int32_t x, uint32_t multiplier,
                       int32_t shift) {
  switch (rounding) {
  case isa::Rounding::None:
    return x;
  case isa::Rounding::Double:
    return rescaleDouble(x, int32_t(multiplier), shift);
  case isa::Rounding::Single:
    return rescaleSingle(x, int32_t(multiplier), shift);
  case isa::Rounding::Float:
    return rescaleFloat(x, multiplier);
  }
  return x;
}

/// The last step of every rescaling: zero point and clamp.
inline int32_t offsetAndClamp(const isa::Rescale &to, int64_t value) {
  value += to.zeroPoint;
  // In this order: `low` above `high` is legal, and gives `high`.
  value = value > to.low ? value : to.low;
  return int32_t(value < to.high ? value : to.high);
}

//===----------------------------------------------------------------------===//
// Pooling, reductions
//===----------------------------------------------------------------------===//

/// sum / taps, half away from zero.
inline int32_t averageOf(int32_t sum, int64_t taps) {
  return int32_t((sum > 0 ? sum + taps / 2 : sum - taps / 2) / taps);
}

/// v * v >> shift, half up, v cut to 16 bits.
inline uint32_t shiftedSquare(int32_t v, unsigned shift) {
  int64_t narrow = int16_t(v);
  int64_t half = shift > 0 ? int64_t(1) << (shift - 1) : 0;
  return uint32_t((narrow * narrow + half) >> shift);
}

/// a * mantissa / 2^exponent of a reciprocal's word, half up.
inline int64_t timesReciprocal(int32_t a, uint32_t word, int32_t shift) {
  int64_t mantissa = word & 0xffff;
  int32_t n = std::clamp<int32_t>(int32_t((word >> 16) & 0xff) + shift, 0, 62);
  return (a * mantissa + (n > 0 ? int64_t(1) << (n - 1) : 0)) >> n;
}

/// mantissa + exponent * 2^16 of 1 / x and of 1 / sqrt(x).
uint32_t reciprocalOf(uint32_t x);
uint32_t reciprocalRootOf(uint32_t x);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_FUNCTIONAL_NUMERICS_H
