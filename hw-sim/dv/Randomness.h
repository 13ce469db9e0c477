//===- Randomness.h - Seeded choices ----------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The same seed gives the same choices with every standard library, so that a
// seed in a report is enough to see what it tells of.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_RANDOMNESS_H
#define SYSTOLE_HWSIM_DV_RANDOMNESS_H

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <utility>
#include <vector>

namespace systole::sim {

/// SplitMix64.
class Randomness {
public:
  explicit Randomness(uint64_t seed) : state(seed) {}

  uint64_t next() {
    uint64_t x = state += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }
  /// Both included. Precondition: low <= high.
  int64_t pick(int64_t low, int64_t high) {
    uint64_t values = uint64_t(high) - uint64_t(low) + 1;
    return low + int64_t(values == 0 ? next() : next() % values);
  }
  /// One time in `times`.
  bool oneIn(int64_t times) { return pick(1, times) == 1; }
  /// Preconditions: there are some.
  template <typename T>
  T of(std::initializer_list<T> values) {
    return values.begin()[pick(0, values.size() - 1)];
  }
  template <typename T>
  const T &of(const std::vector<T> &values) {
    return values[pick(0, values.size() - 1)];
  }
  template <typename T>
  void shuffle(std::vector<T> &values) {
    for (size_t i = values.size(); i > 1; --i)
      std::swap(values[i - 1], values[pick(0, i - 1)]);
  }

private:
  uint64_t state;
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_RANDOMNESS_H
