//===- Numerics.h - The arithmetic of the machine ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// docs/hardware/numerics.md, formula by formula. int32 arithmetic that wraps is
// written in uint32_t, so that nothing here is undefined for any operand.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_FUNCTIONAL_NUMERICS_H
#define SYSTOLE_HWSIM_MODEL_FUNCTIONAL_NUMERICS_H

#include "hw-sim/isa/Instruction.h"

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

/// TFLite's two roundings.
int32_t rescaleDouble(int32_t x, int32_t multiplier, int32_t shift);
/// One rounding; all 64 bits.
int64_t rescaleSingle(int32_t x, int32_t multiplier, int32_t shift);
/// The nearest int32, ties to even; saturates, and a NaN gives 0.
int32_t roundHalfEven(float x);
/// float32(x) * multiplier, whose bits these are, as an int32.
int32_t rescaleFloat(int32_t x, uint32_t multiplier);

/// x by `rounding`; `None` leaves it.
int64_t rescale(isa::Rounding rounding, int32_t x, uint32_t multiplier,
                int32_t shift);

/// The last step of every rescaling: zero point and clamp.
inline int32_t offsetAndClamp(const isa::Rescale &to, int64_t value) {
  value += to.zeroPoint;
  // In this order: `low` above `high` is legal, and gives `high`.
  value = value > to.low ? value : to.low;
  return int32_t(value < to.high ? value : to.high);
}

/// The bits of a multiplier as a float32.
float floatOf(uint32_t bits);

//===----------------------------------------------------------------------===//
// Pooling, reductions
//===----------------------------------------------------------------------===//

/// sum / taps, half away from zero.
int32_t averageOf(int32_t sum, int64_t taps);

/// v * v >> shift, half up, v cut to 16 bits.
uint32_t shiftedSquare(int32_t v, unsigned shift);

/// a * mantissa / 2^exponent of a reciprocal's word, half up.
int64_t timesReciprocal(int32_t a, uint32_t word, int32_t shift);

/// mantissa + exponent * 2^16 of 1 / x and of 1 / sqrt(x).
uint32_t reciprocalOf(uint32_t x);
uint32_t reciprocalRootOf(uint32_t x);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_FUNCTIONAL_NUMERICS_H
