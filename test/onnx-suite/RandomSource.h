//===- RandomSource.h - Numbers from a seed ---------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_ONNX_SUITE_RANDOMSOURCE_H
#define SYSTOLE_TEST_ONNX_SUITE_RANDOMSOURCE_H

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace systole::suite {

/// Numbers from a seed, the same on every host.
class RandomSource {
public:
  explicit RandomSource(uint64_t seed) : engine(seed * 2654435761u + 1) {}
  /// A whole number in [low, high].
  int64_t integer(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(engine() % (high - low + 1));
  }
  bool oneIn(int64_t n) { return integer(1, n) == 1; }
  /// A number in [-1, 1].
  double real() { return static_cast<double>(engine() >> 11) / 0x1p52 - 1.0; }

private:
  std::mt19937_64 engine;
};

using Dims = std::vector<int64_t>;

/// "One of": an element of a list.
template <typename T, size_t n>
const T &oneOf(RandomSource &random, const T (&list)[n]) {
  return list[random.integer(0, n - 1)];
}

} // namespace systole::suite

#endif // SYSTOLE_TEST_ONNX_SUITE_RANDOMSOURCE_H
