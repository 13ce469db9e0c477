//===- FixedPoint.h - Integer arithmetic of TensorFlow Lite -----*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The arithmetic that TensorFlow Lite's reference kernels publish, on single
// numbers: what functions of one quantised number become tables with. Numbers
// with n integer bits are int32 of value raw / 2^(31 - n).
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_TFLITE_FIXEDPOINT_H
#define SYSTOLE_FRONTEND_TFLITE_FIXEDPOINT_H

#include <cstdint>

namespace systole::tflite {

/// A positive number as `value / 2^31 * 2^shift`, with 31 significant bits.
struct Multiplier {
  int32_t value = 0;
  int shift = 0;
};
/// The nearest one; 0 below 2^-32, and never above 2^30.
Multiplier quantizeMultiplier(double number);

/// a * b / 2^31, rounded half up; the largest where both are the smallest.
int32_t roundedHighProduct(int32_t a, int32_t b);
/// x / 2^exponent, rounded half away from zero.
int32_t roundedQuotient(int32_t x, int exponent);
/// x times a multiplier, rounded twice: after the product and after the shift.
int32_t rescaleDouble(int32_t x, Multiplier multiplier);

/// e^x for x <= 0 with `integerBits`; the result has none.
int32_t expOnNegative(int32_t x, int integerBits);
/// 1 / (1 + x) for x in [0, 1), both without integer bits.
int32_t reciprocalOfOnePlus(int32_t x);

/// Logistic function and hyperbolic tangent of 16-bit numbers with
/// `integerBits`, as LSTMs compute them; the results have none.
int16_t logistic16(int16_t x, int integerBits);
int16_t tanh16(int16_t x, int integerBits);

/// `multiplier / 2^shift` inputs are a step of 1/12288.
struct InputStep {
  int32_t multiplier = 0;
  int shift = 0;
};
/// For inputs of a scale; powers of two are exact up to 2^(mostShift - 12).
InputStep inputStep(float scale, int mostShift);
/// Logistic function and hyperbolic tangent of 16-bit numbers, as LOGISTIC
/// (most shift 0) and TANH (1) compute them; the results have no integer bits.
int16_t sampledLogistic(int16_t x, InputStep step);
int16_t sampledTanh(int16_t x, InputStep step);

/// `multiplier` near 1 / sqrt(x) with its shift, for x >= 0.
Multiplier inverseSquareRoot(int32_t x);

} // namespace systole::tflite

#endif // SYSTOLE_FRONTEND_TFLITE_FIXEDPOINT_H
