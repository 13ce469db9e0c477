//===- Sigmoid16.cpp - Logistic function and tangent of 16 bits -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Both are linear between 256 samples of the logistic function, 24 to the unit,
// with 16 bits: tanh(x) is 2 * logistic(2 x) - 1. The input is brought to
// 1/12288 first. LiteRT's samples are the function's nearest numbers but for
// some that are one more, which its outputs at the samples' places show.
//
//===----------------------------------------------------------------------===//

#include "frontend/Tflite/FixedPoint.h"
#include "llvm/ADT/STLExtras.h"
#include <array>
#include <cmath>
#include <cstdlib>

namespace systole::tflite {

/// Samples, and their distance in input steps of 1/12288, as a power of two.
static constexpr int kSamples = 256, kStepLog2 = 9;

/// Where the samples are one more than the nearest number.
static constexpr uint8_t kOneMore[] = {
    4,  8,  12, 14, 15, 16, 17, 19, 20,  21,  22,  25,  27,  28, 29,
    30, 31, 33, 34, 35, 37, 39, 40, 41,  43,  44,  45,  46,  49, 50,
    54, 62, 63, 64, 66, 82, 86, 93, 100, 103, 112, 116, 135, 255};

static std::array<int32_t, kSamples> makeSamples() {
  std::array<int32_t, kSamples> samples;
  for (int i = 0; i < kSamples; ++i)
    samples[i] = static_cast<int32_t>(
        std::floor(65536.0 / (1.0 + std::exp(-i / 24.0)) + 0.5));
  for (uint8_t i : kOneMore)
    ++samples[i];
  return samples;
}

/// The logistic function of x / (24 * 2^bits) for x >= 0, times 2^(16 + bits).
static int32_t interpolated(int64_t x, int bits) {
  static const std::array<int32_t, kSamples> samples = makeSamples();
  int64_t at = x >> bits;
  if (at >= kSamples - 1)
    return 0xffff << bits;
  int32_t rest = static_cast<int32_t>(x) & ((1 << bits) - 1);
  return (samples[at] << bits) + rest * (samples[at + 1] - samples[at]);
}

InputStep inputStep(float scale, int mostShift) {
  float exponent = std::log2(scale), rounded = std::round(exponent);
  int shift = 12 + static_cast<int>(rounded);
  if (std::abs(exponent - rounded) < 1e-3f && shift >= 0 && shift <= mostShift)
    return {3 << shift, 0};
  InputStep step;
  double multiplier = static_cast<double>(scale) * 4096.0 * 3.0;
  for (; multiplier <= 32767.0 / 2.0 && step.shift <= 30; ++step.shift)
    multiplier *= 2.0;
  step.multiplier =
      static_cast<int32_t>(std::min(multiplier, static_cast<double>(1 << 30)));
  return step;
}

/// x in steps of 1/12288.
static int64_t inSteps(int16_t x, InputStep step) {
  int64_t half = step.shift > 0 ? int64_t(1) << (step.shift - 1) : 0;
  return (int64_t(x) * step.multiplier + half) >> step.shift;
}

int16_t sampledLogistic(int16_t x, InputStep step) {
  int64_t d = inSteps(x, step);
  // At the end the sample is 15 bits of ones.
  int64_t y = std::abs(d) >> kStepLog2 >= kSamples - 1
                  ? int64_t(0x7fff) << (kStepLog2 + 1)
                  : interpolated(std::abs(d), kStepLog2);
  y = d >= 0 ? y + (1 << kStepLog2)
             : (1 << (16 + kStepLog2)) - y + (1 << kStepLog2) - 1;
  return static_cast<int16_t>(y >> (kStepLog2 + 1));
}

int16_t sampledTanh(int16_t x, InputStep step) {
  int64_t d = inSteps(x, step);
  constexpr int bits = kStepLog2 - 1;
  int64_t y = interpolated(std::abs(d), bits);
  // 2^15 less, rounded.
  constexpr int64_t one = 1 << (15 + bits), half = 1 << (bits - 1);
  y = d >= 0 ? y - one + half : one - y + half - 1;
  return static_cast<int16_t>(y >> bits);
}

} // namespace systole::tflite
