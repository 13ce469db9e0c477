//===- Numerics.cpp - The arithmetic of the machine -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reciprocals; the rest is in the header.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/functional/Numerics.h"
#include <algorithm>

namespace systole::sim {

//===----------------------------------------------------------------------===//
// Reciprocals
//===----------------------------------------------------------------------===//

/// The largest r with r * r <= x.
static uint64_t squareRootOf(uint64_t x) {
  uint64_t r = 0;
  for (uint64_t bit = uint64_t(1) << 31; bit > 0; bit >>= 1)
    if ((r + bit) * (r + bit) <= x)
      r += bit;
  return r;
}

/// The entries of 128 intervals of [1, 2) and the one behind. Roots have two
/// tables, for even and odd exponents.
static uint32_t reciprocalEntry(uint32_t i) {
  return ((1u << 23) / (128 + i) + 1) / 2;
}
static uint32_t rootEntry(uint32_t i, unsigned odd) {
  uint64_t quotient = (uint64_t(1) << 39) / (uint64_t(128 + i) << odd);
  return uint32_t((squareRootOf(quotient) + 1) / 2);
}

/// What lies between two entries for the highest bits of x, whose highest bit
/// is bit `e`.
template <typename Entry>
static uint32_t interpolated(uint32_t x, unsigned e, Entry entry) {
  uint32_t n = x << (31 - e), i = (n >> 24) & 127, f = (n >> 8) & 0xffff;
  uint32_t drop = entry(i) - entry(i + 1);
  return entry(i) - ((drop * f + (1u << 15)) >> 16);
}

static unsigned highestBit(uint32_t x) { return 31 - __builtin_clz(x); }

uint32_t reciprocalOf(uint32_t x) {
  x = std::max(x, 1u);
  unsigned e = highestBit(x);
  return interpolated(x, e, reciprocalEntry) + ((15 + e) << 16);
}

uint32_t reciprocalRootOf(uint32_t x) {
  x = std::max(x, 1u);
  unsigned e = highestBit(x), odd = e & 1;
  uint32_t mantissa =
      interpolated(x, e, [&](uint32_t i) { return rootEntry(i, odd); });
  return mantissa + ((15 + (e - odd) / 2) << 16);
}

} // namespace systole::sim
