//===- FormatsTest.cpp - Text, small floats, selftest, builtins -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/selftest.h"
#include "runtime/src/text.h"
#include "test/unit/runtime/TestFiles.h"
#include <cmath>
#include <limits>

// The rounding functions under names of their own.
#define SYSTOLE_BUILTIN [[maybe_unused]] static
namespace rounding {
#define round roundAll
#define remainder remainderAll
#include "runtime/src/builtins/rounding.cpp"
#undef round
#undef remainder
} // namespace rounding
namespace block {
#include "runtime/src/builtins/memory.cpp"
} // namespace block

using namespace systole;
using namespace systole::rt;

namespace {
std::string show(double value, int digits = 6) {
  StringBuilder out;
  out.number(value, digits);
  return out.c_str();
}

TEST(Text, ShowsNumbers) {
  EXPECT_EQ(show(0), "0");
  EXPECT_EQ(show(-0.0), "-0");
  EXPECT_EQ(show(0.25), "0.25");
  EXPECT_EQ(show(-1.5), "-1.5");
  EXPECT_EQ(show(123456), "123456");
  EXPECT_EQ(show(1234567), "1.23457e+06");
  EXPECT_EQ(show(999999.5), "1e+06");
  EXPECT_EQ(show(0.00012345678), "0.000123457");
  EXPECT_EQ(show(1e-7), "1e-07");
  EXPECT_EQ(show(1.7976931348623157e308), "1.79769e+308");
  EXPECT_EQ(show(4.9e-324, 2), "4.9e-324");
  EXPECT_EQ(show(NAN), "nan");
  EXPECT_EQ(show(-INFINITY), "-inf");
  EXPECT_EQ(show(10), "10");
  EXPECT_EQ(show(9.9999999), "10");
}

TEST(Text, ParsesIntegers) {
  int64_t value = 0;
  EXPECT_TRUE(parseInteger("-42", value));
  EXPECT_EQ(value, -42);
  for (const char *bad : {"", "-", "1x", " 1", "99999999999999999999"})
    EXPECT_FALSE(parseInteger(bad, value)) << bad;
}

// Every pattern of every small format comes back from float32 as itself.
TEST(Convert, RoundTripsEveryPattern) {
  for (uint32_t dtype :
       {SYSTOLE_DTYPE_F16, SYSTOLE_DTYPE_BF16, SYSTOLE_DTYPE_F8E4M3FN,
        SYSTOLE_DTYPE_F8E5M2, SYSTOLE_DTYPE_F8E4M3FNUZ,
        SYSTOLE_DTYPE_F8E5M2FNUZ, SYSTOLE_DTYPE_F4E2M1FN}) {
    const FloatFormat &format = *floatFormat(dtype);
    uint32_t patterns = 2u << (format.exponentBits + format.mantissaBits);
    for (uint32_t pattern = 0; pattern < patterns; ++pattern) {
      double value = widenFloat(format, pattern);
      if (value == value)
        EXPECT_EQ(narrowFloat(format, float(value)), pattern)
            << "dtype " << dtype;
      else
        EXPECT_TRUE(std::isnan(widenFloat(format, narrowFloat(format, NAN))));
    }
  }
}

// The compiler's own conversion is the reference for float16.
TEST(Convert, RoundsFloat16AsTheCompilerDoes) {
  const FloatFormat &format = *floatFormat(SYSTOLE_DTYPE_F16);
  SplitMix64 random = {7};
  for (int i = 0; i < 100000; ++i) {
    uint32_t bits = uint32_t(random.next());
    // Also many numbers of the range where float16 is dense or subnormal.
    if (i % 2)
      bits = (bits & 0x8fffffff) | 0x30000000;
    float value;
    std::memcpy(&value, &bits, 4);
    if (value != value)
      continue;
    _Float16 reference = _Float16(value);
    uint16_t expected;
    std::memcpy(&expected, &reference, 2);
    ASSERT_EQ(narrowFloat(format, value), expected) << value;
  }
}

TEST(Convert, KnowsTheLimitsOfEightBitFormats) {
  const FloatFormat &e4m3 = *floatFormat(SYSTOLE_DTYPE_F8E4M3FN);
  const FloatFormat &e5m2 = *floatFormat(SYSTOLE_DTYPE_F8E5M2);
  EXPECT_EQ(widenFloat(e4m3, 0x7e), 448);
  EXPECT_EQ(widenFloat(e5m2, 0x7b), 57344);
  EXPECT_EQ(widenFloat(*floatFormat(SYSTOLE_DTYPE_F8E4M3FNUZ), 0x7f), 240);
  EXPECT_EQ(widenFloat(*floatFormat(SYSTOLE_DTYPE_F4E2M1FN), 7), 6);
  EXPECT_EQ(narrowFloat(e4m3, 464), 0x7eu); // Half-way; 448 is even.
  EXPECT_EQ(narrowFloat(e4m3, 465), 0x7fu); // NaN: there is no infinity.
  EXPECT_EQ(narrowFloat(e5m2, 1e6f), 0x7cu);
  EXPECT_EQ(narrowFloat(*floatFormat(SYSTOLE_DTYPE_F8E5M2FNUZ), -0.0f), 0u);
}

// The values of the generator are fixed: they are inside shipped executables.
TEST(Selftest, GeneratesTheSameValuesForever) {
  float values[4];
  selftestFill(1, 0, SYSTOLE_DTYPE_F32, values, 4);
  EXPECT_EQ(values[0], 0.13312314450740814f);
  EXPECT_EQ(values[3], -0.11128156632184982f);
  int64_t integers[100];
  selftestFill(3, 1, SYSTOLE_DTYPE_I64, integers, 100);
  for (int64_t value : integers) {
    EXPECT_GE(value, 0);
    EXPECT_LE(value, 9);
  }
  int8_t nibbles[100];
  selftestFill(3, 1, SYSTOLE_DTYPE_I4, nibbles, 100);
  for (int8_t value : nibbles)
    EXPECT_LE(value, 7);
}

TEST(Selftest, DescribesValues) {
  float values[] = {1, -3, 2};
  SelftestStatistics statistics =
      selftestStatistics(SYSTOLE_DTYPE_F32, values, 3);
  EXPECT_EQ(statistics.mean, 0);
  EXPECT_EQ(statistics.absMax, 3);
  EXPECT_DOUBLE_EQ(statistics.checksum, (1.0 - 6 + 6) / 3);
  values[1] = NAN;
  EXPECT_TRUE(
      std::isnan(selftestStatistics(SYSTOLE_DTYPE_F32, values, 3).absMax));
  EXPECT_EQ(selftestStatistics(SYSTOLE_DTYPE_F32, values, 0).mean, 0);
}

/// Compares by bits, so that signs of zero count and NaN equals itself.
template <typename Float>
void expectSame(Float found, Float expected, Float argument) {
  if (expected != expected)
    EXPECT_TRUE(found != found) << argument;
  else
    EXPECT_EQ(0, std::memcmp(&found, &expected, sizeof(Float))) << argument;
}

TEST(Builtins, RoundAsTheCLibraryDoes) {
  SplitMix64 random = {11};
  std::vector<double> values = {
      0.0,   -0.0,     0.5,       -0.5, 1.5,   2.5, -2.5, 0.49999999999999994,
      1e300, INFINITY, -INFINITY, NAN,  5e-324};
  for (int i = 0; i < 20000; ++i)
    values.push_back(std::ldexp(random.uniform(), int(random.next() % 70) - 8));
  for (double d : values) {
    float f = float(d);
    expectSame(rounding::floor(d), std::floor(d), d);
    expectSame(rounding::ceil(d), std::ceil(d), d);
    expectSame(rounding::trunc(d), std::trunc(d), d);
    expectSame(rounding::roundAll(d), std::round(d), d);
    expectSame(rounding::rint(d), std::rint(d), d);
    expectSame(rounding::floorf(f), std::floor(f), f);
    expectSame(rounding::ceilf(f), std::ceil(f), f);
    expectSame(rounding::truncf(f), std::trunc(f), f);
    expectSame(rounding::roundf(f), std::round(f), f);
    expectSame(rounding::roundevenf(f), std::rint(f), f);
  }
}

TEST(Builtins, RemainderIsExact) {
  SplitMix64 random = {13};
  for (int i = 0; i < 20000; ++i) {
    double x = std::ldexp(random.uniform(), int(random.next() % 2000) - 1000);
    double y = std::ldexp(random.uniform(), int(random.next() % 2000) - 1000);
    expectSame(rounding::fmod(x, y), std::fmod(x, y), x);
    float fx =
        float(std::ldexp(random.uniform(), int(random.next() % 80) - 40));
    float fy =
        float(std::ldexp(random.uniform(), int(random.next() % 80) - 40));
    expectSame(rounding::fmodf(fx, fy), std::fmod(fx, fy), fx);
  }
  expectSame(rounding::fmod(5e-324 * 7, 5e-324 * 4), 5e-324 * 3, 0.0);
  expectSame(rounding::fmod(1, 0), double(NAN), 1.0);
  expectSame(rounding::fmod(-1, INFINITY), -1.0, -1.0);
}

TEST(Builtins, MoveBytes) {
  std::vector<unsigned char> source(5000);
  for (size_t i = 0; i < source.size(); ++i)
    source[i] = (unsigned char)(i * 7);
  for (size_t bytes : {0, 1, 15, 16, 17, 100, 1023, 1024, 4000})
    for (size_t shift : {0, 1, 16, 40}) {
      std::vector<unsigned char> copy(5000), up = source, down = source;
      block::memcpy(copy.data() + shift, source.data() + 1, bytes);
      EXPECT_EQ(0, std::memcmp(copy.data() + shift, source.data() + 1, bytes));
      block::memmove(up.data() + shift, up.data(), bytes);
      EXPECT_EQ(0, block::memcmp(up.data() + shift, source.data(), bytes));
      block::memmove(down.data(), down.data() + shift, bytes);
      EXPECT_EQ(0, block::bcmp(down.data(), source.data() + shift, bytes));
      block::memset(copy.data() + shift, 0xab, bytes);
      for (size_t i = 0; i < bytes; ++i)
        ASSERT_EQ(copy[shift + i], 0xab);
      EXPECT_EQ(copy[shift + bytes], 0);
    }
}
} // namespace
