//===- NumericsTest.cpp - Rescaling against independent oracles -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every mode at the edges, at ties and at random; additions as whole programs
// over all pairs of operands.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/functional/Numerics.h"
#include "test/unit/hw-sim/NumericsOracle.h"
#include "test/unit/hw-sim/SimTesting.h"
#include <cmath>
#include <cstdarg>

using namespace systole::isa;
using namespace systole::sim;

/// 10^5; the nightly run asks for 10^7.
static int64_t sampleCount() {
  const char *text = getenv("SYSTOLE_SIM_SAMPLES");
  return text ? atoll(text) : 100000;
}

//===----------------------------------------------------------------------===//
// Rescaling
//===----------------------------------------------------------------------===//

/// Values around which integers go wrong.
static std::vector<int32_t> edgeValues() {
  std::vector<int32_t> values = {0, 1, -1, INT32_MIN, INT32_MAX};
  for (int e = 1; e < 31; ++e)
    for (int32_t d : {-1, 0, 1})
      for (int32_t sign : {-1, 1})
        values.push_back(sign * ((1 << e) + d));
  values.push_back(INT32_MIN + 1);
  return values;
}

static void expectIntegers(int32_t x, int32_t multiplier, int32_t shift) {
  ASSERT_EQ(rescaleDouble(x, multiplier, shift),
            doubleOracle(x, multiplier, shift))
      << x << " " << multiplier << " " << shift;
  ASSERT_EQ(rescaleSingle(x, multiplier, shift),
            singleOracle(x, multiplier, shift))
      << x << " " << multiplier << " " << shift;
}

TEST(NumericsTest, IntegerModesAtTheEdges) {
  std::vector<int32_t> values = edgeValues();
  // int8 shifts come from the parameter memory.
  for (int32_t shift : {-128, -64, -63, -32, -31, -30, -16, -2, -1, 0,
                        1,    2,   15,  30,  31,  32,  62,  63, 64, 127})
    for (int32_t x : values)
      for (int32_t multiplier : values)
        expectIntegers(x, multiplier, shift);
}

TEST(NumericsTest, IntegerModesAtRandom) {
  Random random(1);
  for (int64_t i = 0; i < sampleCount() && !HasFailure(); ++i) {
    // Results of every magnitude, and normalised multipliers as TFLite's.
    int32_t x = int32_t(random.bits()) >> random.in(0, 31);
    int32_t multiplier = random.oneIn(2)
                             ? int32_t(random.in(1 << 30, INT32_MAX))
                             : int32_t(random.bits());
    expectIntegers(x, multiplier, int32_t(random.in(-64, 63)));
  }
}

/// Values that lie halfway between two results.
TEST(NumericsTest, IntegerModesAtTies) {
  for (int e = 1; e < 31; ++e)
    for (int64_t odd = -2001; odd <= 2001; odd += 2) {
      int64_t x = odd * (int64_t(1) << (e - 1));
      if (x != int32_t(x))
        continue;
      // A product with 2^30 and shifts of 1 - e: x / 2^e.
      expectIntegers(int32_t(x), 1 << 30, 1 - e);
      expectIntegers(int32_t(x), 1 << 30, 30 + e);
    }
}

TEST(NumericsTest, FloatModeAtTheEdges) {
  std::vector<uint32_t> scales = {
      0x00000000, 0x80000000, 0x00000001, 0x007fffff, 0x00800000,
      0x3f800000, 0x3f000000, 0xbf000000, 0x3f7fffff, 0x4effffff,
      0x4f000000, 0xcf000000, 0x5f000000, 0x60ffffff};
  for (int32_t x : edgeValues())
    for (uint32_t scale : scales)
      ASSERT_EQ(rescaleFloat(x, scale), floatOracle(x, scale))
          << x << " " << scale;
  // Halves: 0.5, 1.5, 2.5 ... go to the even neighbour.
  for (int32_t x = -1001; x <= 1001; ++x)
    ASSERT_EQ(rescaleFloat(x, 0x3f000000), halfEven(x, 2)) << x;
  // What the oracle's integers cannot say.
  EXPECT_EQ(rescaleFloat(5, 0x7fc00000), 0);
  EXPECT_EQ(rescaleFloat(5, 0x7f800000), INT32_MAX);
  EXPECT_EQ(rescaleFloat(-5, 0x7f800000), INT32_MIN);
  EXPECT_EQ(rescaleFloat(0, 0x7f800000), 0);
  EXPECT_EQ(rescaleFloat(INT32_MAX, 0x7f7fffff), INT32_MAX);
}

TEST(NumericsTest, FloatModeAtRandom) {
  Random random(2);
  for (int64_t i = 0; i < sampleCount(); ++i) {
    int32_t x = int32_t(random.bits()) >> random.in(0, 31);
    uint32_t scale = uint32_t(random.in(90, 130) << 23 |
                              random.in(0, 0x7fffff) | random.in(0, 1) << 31);
    ASSERT_EQ(rescaleFloat(x, scale), floatOracle(x, scale))
        << x << " " << scale;
  }
}

//===----------------------------------------------------------------------===//
// Additions, on the engine
//===----------------------------------------------------------------------===//

namespace {
/// A real factor as TFLite's QuantizeMultiplier splits it.
struct FixedPoint {
  int32_t multiplier;
  int shift;
};
} // namespace

static FixedPoint quantized(double factor) {
  int shift;
  int64_t multiplier = llround(frexp(factor, &shift) * 2147483648.0);
  if (multiplier == int64_t(1) << 31) {
    multiplier /= 2;
    ++shift;
  }
  return {int32_t(multiplier), shift};
}

/// Every pair of int8 (or, of one type, uint8) values: the first at word 0, the
/// second behind, the sums behind these.
static std::vector<uint8_t> addAllPairs(const std::string &settings) {
  FunctionalDevice device(machineOf("mxu-16"), 1);
  std::vector<uint8_t> left(65536), right(65536), sums(65536);
  for (unsigned i = 0; i < 65536; ++i) {
    left[i] = uint8_t(i >> 8);
    right[i] = uint8_t(i);
  }
  device.dram().write(0, left.data(), left.size());
  device.dram().write(65536, right.data(), right.size());
  Outcome outcome =
      run(device, "ld length=131072 linear signal0=0\n" + settings +
                      "set.vx.pitch x=1 y=64\n"
                      "set.vx.target x=1 y=64\n"
                      "vx width=64 height=64 target=8192 "
                      "operand=4096 wait0=0\n");
  EXPECT_TRUE(outcome.isDone()) << outcome.index << " " << outcome.message;
  device.peek(Memory::Scratchpad, 8192 * 16, sums.data(), sums.size());
  return sums;
}

static std::string text(const char *format, ...) {
  char buffer[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(buffer, sizeof buffer, format, arguments);
  va_end(arguments);
  return buffer;
}

/// TFLite's int8 ADD: its Prepare, then its kernel.
TEST(NumericsTest, AddAsTflite) {
  Random random(3);
  for (int round = 0; round < 8; ++round) {
    double s1 = random.in(1, 1 << 20) / 4e6, s2 = random.in(1, 1 << 20) / 4e6;
    double so = (s1 + s2) * double(random.in(1 << 18, 1 << 20)) / (1 << 20);
    int z1 = random.in(-128, 127), z2 = random.in(-128, 127);
    int zo = random.in(-128, 127);
    double twice = 2 * std::max(s1, s2);
    FixedPoint m1 = quantized(s1 / twice), m2 = quantized(s2 / twice);
    FixedPoint mo = quantized(twice / ((1 << 20) * so));
    std::vector<uint8_t> sums = addAllPairs(text(
        "set.vx.stages source=int8 combine=add zero_point=%d\n"
        "set.vx.operand x=1 y=64 element=int8 zero_point=%d\n"
        "set.vx.scale multiplier0=%d shift0=%d multiplier1=%d shift1=%d "
        "left=20\n"
        "set.vx.result rounding=double multiplier=%d shift=%d zero_point=%d "
        "low=-128 high=127\n",
        z1, z2, m1.multiplier, m1.shift, m2.multiplier, m2.shift, mo.multiplier,
        mo.shift, zo));
    for (int i = 0; i < 65536; ++i) {
      int32_t a = doubleOracle((int8_t(i >> 8) - z1) * (1 << 20), m1.multiplier,
                               m1.shift);
      int32_t b =
          doubleOracle((int8_t(i) - z2) * (1 << 20), m2.multiplier, m2.shift);
      int32_t out = doubleOracle(a + b, mo.multiplier, mo.shift) + zo;
      ASSERT_EQ(int8_t(sums[i]), std::min(std::max(out, -128), 127))
          << "pair " << i << ", round " << round;
    }
  }
}

/// ONNX's: round((a - za) * sa + (b - zb) * sb in float32, times 1 / so).
TEST(NumericsTest, AddAsOnnx) {
  Random random(4);
  for (int round = 0; round < 8; ++round) {
    uint32_t scale[3];
    for (uint32_t &bits : scale)
      bits = uint32_t(random.in(118, 128) << 23 | random.in(0, 0x7fffff));
    int za = random.in(0, 255), zb = random.in(0, 255), zo = random.in(0, 255);
    std::vector<uint8_t> sums = addAllPairs(
        text("set.vx.stages source=uint8 combine=add zero_point=%d\n"
             "set.vx.operand x=1 y=64 element=uint8 zero_point=%d\n"
             "set.vx.scale multiplier0=%u multiplier1=%u\n"
             "set.vx.result rounding=float multiplier=%u zero_point=%d "
             "low=0 high=255\n",
             za, zb, scale[0], scale[1], scale[2], zo));
    for (int i = 0; i < 65536; ++i) {
      Dyadic a = timesFloat({(i >> 8) - za, 0}, ofBits(scale[0]));
      Dyadic b = timesFloat({(i & 255) - zb, 0}, ofBits(scale[1]));
      int64_t out = asInteger(timesFloat(plusFloat(a, b), ofBits(scale[2])));
      ASSERT_EQ(int64_t(sums[i]),
                std::min<int64_t>(std::max<int64_t>(out + zo, 0), 255))
          << "pair " << i << ", round " << round;
    }
  }
}

/// With rounding none the sum of both; with a bias on the product, each
/// column's.
TEST(NumericsTest, AddWithoutRescaling) {
  std::vector<uint8_t> sums =
      addAllPairs("set.vx.stages source=int8 combine=add zero_point=3\n"
                  "set.vx.operand x=1 y=64 element=int8 zero_point=-5\n"
                  "set.vx.scale multiplier0=7 multiplier1=9 left=3\n"
                  "set.vx.result zero_point=1 low=-100 high=90\n");
  for (int i = 0; i < 65536; ++i)
    ASSERT_EQ(int8_t(sums[i]),
              std::clamp(int8_t(i >> 8) - 3 + int8_t(i) + 5 + 1, -100, 90))
        << i;
}

/// A bias on the product joins a float addition in float32, and the result's
/// scale may be each column's.
TEST(NumericsTest, FloatAdditionWithBias) {
  for (const Kernels *kernels : supportedKernels()) {
    FunctionalDevice device(machineOf("mxu-16"), 1, *kernels);
    Random random(6);
    std::vector<uint8_t> bytes(2 * 64 * 16), block(9 * 16);
    for (uint8_t &byte : bytes)
      byte = uint8_t(random.bits());
    int32_t bias[16];
    uint32_t scale[18];
    for (uint32_t &bits : scale)
      bits = uint32_t(random.in(118, 125) << 23 | random.in(0, 0x7fffff));
    for (int j = 0; j < 16; ++j)
      bias[j] = int32_t(random.in(-40000000, 40000000)) >> random.in(0, 20);
    memcpy(block.data(), bias, 64);
    memcpy(block.data() + 64, scale, 64);
    device.dram().write(0, bytes.data(), bytes.size());
    device.dram().write(4096, block.data(), block.size());
    Outcome outcome = run(
        device,
        text("ld length=2048 linear\nld to=parameters offset=4096 length=144 "
             "linear signal0=0\n"
             "set.vx.pitch x=1\nset.vx.target x=1\n"
             "set.vx.stages source=uint8 bias=product combine=add "
             "zero_point=17\n"
             "set.vx.operand x=1 element=int8 zero_point=-9\n"
             "set.vx.scale multiplier0=%u multiplier1=%u\n"
             "set.vx.result rounding=float per_column zero_point=4 low=-128 "
             "high=127\n"
             "vx width=64 operand=64 target=128 wait0=0\n",
             scale[16], scale[17]));
    ASSERT_TRUE(outcome.isDone()) << outcome.message;
    std::vector<uint8_t> sums(64 * 16);
    device.peek(Memory::Scratchpad, 128 * 16, sums.data(), sums.size());
    for (int i = 0; i < 64 * 16; ++i) {
      Dyadic a = timesFloat({bytes[i] - 17, 0}, ofBits(scale[16]));
      Dyadic b =
          timesFloat({int8_t(bytes[1024 + i]) + 9, 0}, ofBits(scale[17]));
      Dyadic t = plusFloat(plusFloat(a, b), asFloat32({bias[i % 16], 0}));
      int64_t out = asInteger(timesFloat(t, ofBits(scale[i % 16]))) + 4;
      ASSERT_EQ(int8_t(sums[i]), std::clamp<int64_t>(out, -128, 127))
          << kernels->name << " " << i;
    }
  }
}

//===----------------------------------------------------------------------===//
// Averages and reciprocals
//===----------------------------------------------------------------------===//

TEST(NumericsTest, AveragesRoundHalfAwayFromZero) {
  for (int64_t taps = 1; taps < 70; ++taps)
    for (int32_t sum = -5000; sum < 5000; ++sum)
      ASSERT_EQ(averageOf(sum, taps), halfAway(sum, taps))
          << sum << " " << taps;
  EXPECT_EQ(averageOf(INT32_MAX, 1), INT32_MAX);
  EXPECT_EQ(averageOf(INT32_MIN, 1), INT32_MIN);
}

/// The table and one multiplication are within 2^-14 of the true value.
TEST(NumericsTest, ReciprocalsAreClose) {
  Random random(5);
  for (int i = 0; i < 100000; ++i) {
    uint32_t x = uint32_t(random.bits()) >> random.in(0, 31);
    double exact = 1.0 / std::max(x, 1u), root = std::sqrt(exact);
    for (auto [word, value] : {std::pair(reciprocalOf(x), exact),
                               std::pair(reciprocalRootOf(x), root)}) {
      int mantissa = word & 0xffff, exponent = int(word >> 16);
      ASSERT_GE(mantissa, 1 << 14) << x;
      ASSERT_LE(mantissa, 1 << 15) << x;
      ASSERT_NEAR(std::ldexp(mantissa, -exponent) / value, 1, 1.0 / (1 << 14))
          << x;
    }
  }
}
