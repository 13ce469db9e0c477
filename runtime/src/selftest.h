//===- selftest.h - The seeded input of --selftest ------------ -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiler and runtime generate the same input from a seed and describe outputs
// by the same statistics, so that an executable can check itself against what
// the reference interpreter computed. Header only: libSystole links no runtime.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_SELFTEST_H
#define SYSTOLE_RUNTIME_SRC_SELFTEST_H

#include "runtime/src/convert.h"

namespace systole::rt {

/// The generator splitmix64: every seed gives a good sequence.
struct SplitMix64 {
  uint64_t state;

  uint64_t next() {
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  /// Uniform in [-1, 1).
  double uniform() { return double(next() >> 11) * 0x1p-52 - 1.0; }
};

/// Fills input number `index` of an entry with `count` elements: floats and the
/// parts of complex numbers uniform in [-1, 1), integers in 0..9 as far as the
/// type reaches, booleans, empty strings. Dynamic dimensions count as 1 (see
/// selftestDim).
inline void selftestFill(uint64_t seed, uint64_t index, uint32_t dtype,
                         void *data, int64_t count) {
  SplitMix64 random = {seed + index * 0x632be59bd9b4e019u};
  char *bytes = static_cast<char *>(data);
  auto store = [&](int64_t i, auto value) {
    __builtin_memcpy(bytes + i * int64_t(sizeof(value)), &value, sizeof(value));
  };
  if (dtype == SYSTOLE_DTYPE_C64 || dtype == SYSTOLE_DTYPE_C128) {
    dtype = dtype == SYSTOLE_DTYPE_C64 ? SYSTOLE_DTYPE_F32 : SYSTOLE_DTYPE_F64;
    count *= 2;
  }
  const FloatFormat *small = floatFormat(dtype);
  for (int64_t i = 0; i < count; ++i) {
    if (dtype == SYSTOLE_DTYPE_F32)
      store(i, float(random.uniform()));
    else if (dtype == SYSTOLE_DTYPE_F64)
      store(i, random.uniform());
    else if (small && small->exponentBits + small->mantissaBits == 15)
      store(i, uint16_t(narrowFloat(*small, float(random.uniform()))));
    else if (small)
      store(i, uint8_t(narrowFloat(*small, float(random.uniform()))));
    else if (dtype == SYSTOLE_DTYPE_STRING)
      store(i, systole_string{nullptr, 0});
    else if (dtype == SYSTOLE_DTYPE_BOOL || dtype == SYSTOLE_DTYPE_I2)
      store(i, uint8_t(random.next() % 2));
    else if (dtype == SYSTOLE_DTYPE_U2)
      store(i, uint8_t(random.next() % 4));
    else if (dtype == SYSTOLE_DTYPE_I4)
      store(i, uint8_t(random.next() % 8));
    else if (dtype == SYSTOLE_DTYPE_I8 || dtype == SYSTOLE_DTYPE_U8 ||
             dtype == SYSTOLE_DTYPE_U4)
      store(i, uint8_t(random.next() % 10));
    else if (dtype == SYSTOLE_DTYPE_I16 || dtype == SYSTOLE_DTYPE_U16)
      store(i, uint16_t(random.next() % 10));
    else if (dtype == SYSTOLE_DTYPE_I32 || dtype == SYSTOLE_DTYPE_U32)
      store(i, uint32_t(random.next() % 10));
    else
      store(i, uint64_t(random.next() % 10));
  }
}

/// The size that a declared dimension has in a self-test.
inline int64_t selftestDim(int64_t declared) {
  return declared < 0 ? 1 : declared;
}

/// What a self-test compares of one output.
struct SelftestStatistics {
  double mean, absMax, checksum;
};

/// Computes the statistics of `count` elements; those of nothing are zeros. The
/// parts of complex numbers count as elements.
inline SelftestStatistics selftestStatistics(uint32_t dtype, const void *data,
                                             int64_t count) {
  if (dtype == SYSTOLE_DTYPE_C64 || dtype == SYSTOLE_DTYPE_C128)
    count *= 2;
  SelftestStatistics result = {0, 0, 0};
  for (int64_t i = 0; i < count; ++i) {
    double value = elementAsDouble(dtype, data, i);
    double magnitude = value < 0 ? -value : value;
    // Written so that a NaN gets in and stays.
    if (!(magnitude <= result.absMax) && !__builtin_isnan(result.absMax))
      result.absMax = magnitude;
    result.mean += value;
    result.checksum += value * double(i % 17 + 1);
  }
  if (count > 0) {
    result.mean /= double(count);
    result.checksum /= double(count);
  }
  return result;
}

} // namespace systole::rt

#endif // SYSTOLE_RUNTIME_SRC_SELFTEST_H
