//===- FixedPointTest.cpp - Integer arithmetic of TensorFlow Lite ---------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Roundings by hand; functions against those of the C library.
//
//===----------------------------------------------------------------------===//

#include "frontend/Tflite/FixedPoint.h"
#include "gtest/gtest.h"
#include <cmath>
#include <limits>

using namespace systole::tflite;

TEST(FixedPoint, Multipliers) {
  Multiplier half = quantizeMultiplier(0.5),
             third = quantizeMultiplier(1.0 / 3);
  EXPECT_EQ(half.value, 1 << 30);
  EXPECT_EQ(half.shift, 0);
  EXPECT_EQ(third.value, 1431655765);
  EXPECT_EQ(third.shift, -1);
  // Just below a power of two, the fraction rounds up to one.
  Multiplier one = quantizeMultiplier(1.0 - 1e-12);
  EXPECT_EQ(one.value, 1 << 30);
  EXPECT_EQ(one.shift, 1);
  EXPECT_EQ(quantizeMultiplier(1e-12).value, 0);
  EXPECT_EQ(quantizeMultiplier(0).value, 0);
}

TEST(FixedPoint, RoundingsDifferBelowZero) {
  // Products round half up, quotients half away from zero.
  EXPECT_EQ(roundedHighProduct(1, 1 << 30), 1);
  EXPECT_EQ(roundedHighProduct(-1, 1 << 30), 0);
  EXPECT_EQ(roundedHighProduct(3, 1 << 30), 2);
  EXPECT_EQ(roundedHighProduct(-3, 1 << 30), -1);
  EXPECT_EQ(roundedQuotient(3, 1), 2);
  EXPECT_EQ(roundedQuotient(-3, 1), -2);
  EXPECT_EQ(roundedQuotient(-5, 2), -1);
  EXPECT_EQ(roundedQuotient(-6, 2), -2);
  EXPECT_EQ(roundedQuotient(-7, 0), -7);
  constexpr int32_t lowest = std::numeric_limits<int32_t>::min();
  EXPECT_EQ(roundedHighProduct(lowest, lowest),
            std::numeric_limits<int32_t>::max());
}

TEST(FixedPoint, TwoRoundingsMoveAResult) {
  // 11 * 0.5 / 4: 5.5 goes up to 6, and 1.5 to 2; 1.375 at once would give 1.
  EXPECT_EQ(rescaleDouble(11, {1 << 30, -2}), 2);
  EXPECT_EQ(rescaleDouble(10, {1 << 30, -2}), 1);
  EXPECT_EQ(rescaleDouble(3, {1 << 30, 2}), 6);
}

TEST(FixedPoint, Exponential) {
  for (double x : {0.0, -0.1, -0.25, -1.0, -3.7, -10.0, -31.0}) {
    auto raw = static_cast<int32_t>(std::lround(x * (1 << 26)));
    EXPECT_NEAR(expOnNegative(raw, 5) / 0x1p31, std::exp(x), 3e-7) << x;
  }
}

TEST(FixedPoint, Reciprocal) {
  for (double x : {0.0, 0.1, 0.5, 0.999})
    EXPECT_NEAR(reciprocalOfOnePlus(static_cast<int32_t>(x * 0x1p31)) / 0x1p31,
                1 / (1 + x), 6e-9)
        << x;
}

TEST(FixedPoint, Functions16) {
  for (double x : {-7.9, -2.0, -0.3, 0.0, 0.3, 2.0, 7.9}) {
    auto raw = static_cast<int16_t>(std::lround(x * 4096));
    EXPECT_NEAR(logistic16(raw, 3) / 32768.0, 1 / (1 + std::exp(-x)), 2e-4)
        << x;
    EXPECT_NEAR(tanh16(raw, 3) / 32768.0, std::tanh(x), 4e-4) << x;
  }
}

// As LiteRT 2.3's reference kernels gave them for 16-bit inputs of scales 2^-12
// and 0.0003.
TEST(FixedPoint, SampledFunctions) {
  struct Golden {
    int16_t x, logisticOfPower, logistic, tanhOfPower, tanh;
  };
  static constexpr Golden goldens[] = {
      {-32768, 11, 2, -32767, -32767},
      {-23193, 113, 31, -32767, -32767},
      {-5000, 7465, 5978, -27520, -29660},
      {-1, 16382, 16381, -8, -11},
      {0, 16384, 16384, 0, 0},
      {1, 16386, 16387, 8, 11},
      {777, 17933, 18285, 6142, 7502},
      {5000, 25303, 26790, 27520, 29660},
      {23193, 32655, 32737, 32767, 32767},
      {32767, 32757, 32766, 32767, 32767},
  };
  constexpr float power = 1.0f / 4096, other = 0.0003f;
  for (const Golden &g : goldens) {
    EXPECT_EQ(sampledLogistic(g.x, inputStep(power, 0)), g.logisticOfPower);
    EXPECT_EQ(sampledLogistic(g.x, inputStep(other, 0)), g.logistic);
    EXPECT_EQ(sampledTanh(g.x, inputStep(power, 1)), g.tanhOfPower);
    EXPECT_EQ(sampledTanh(g.x, inputStep(other, 1)), g.tanh);
  }
}

TEST(FixedPoint, InverseSquareRoot) {
  for (int32_t x : {2, 3, 10, 255, 65535, 1 << 30}) {
    Multiplier root = inverseSquareRoot(x);
    EXPECT_NEAR(std::ldexp(root.value / 0x1p31, root.shift) * std::sqrt(x), 1,
                2e-6)
        << x;
  }
}
