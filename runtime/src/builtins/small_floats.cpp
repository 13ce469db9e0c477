//===- small_floats.cpp - Half-precision conversions ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM calls these compiler-runtime functions to convert float16 and bfloat16
// where the CPU has no instruction for it. On x86-64 the ABI passes half values
// in SSE registers, which is what the type _Float16 does.
//
//===----------------------------------------------------------------------===//

#include "runtime/src/convert.h"

// A test may include this file under other names.
#ifndef SYSTOLE_BUILTIN
#define SYSTOLE_BUILTIN extern "C" __attribute__((visibility("hidden"), used))
#endif

using namespace systole::rt;

namespace {
#if defined(__x86_64__) || defined(__aarch64__) || defined(__riscv)
using Half = _Float16;
using Brain = __bf16;
#endif
} // namespace

template <typename Small>
static float widen(uint32_t dtype, Small value) {
  uint16_t bits;
  __builtin_memcpy(&bits, &value, sizeof(bits));
  return float(widenFloat(*floatFormat(dtype), bits));
}

template <typename Small>
static Small narrow(uint32_t dtype, float value) {
  uint16_t bits = uint16_t(narrowFloat(*floatFormat(dtype), value));
  Small result;
  __builtin_memcpy(&result, &bits, sizeof(result));
  return result;
}

/// Rounds a double to odd in float32: a second rounding to fewer bits is then
/// the same as rounding once.
static float roundToOdd(double value) {
  float rounded = float(value);
  double back = rounded;
  if (back == value || value != value)
    return rounded;
  uint32_t bits;
  __builtin_memcpy(&bits, &rounded, sizeof(bits));
  // Step back towards zero if the rounding went away from it, then set the
  // lowest bit.
  double magnitude = value < 0 ? -value : value;
  double backMagnitude = back < 0 ? -back : back;
  if (backMagnitude > magnitude)
    --bits;
  bits |= 1;
  __builtin_memcpy(&rounded, &bits, sizeof(bits));
  return rounded;
}

SYSTOLE_BUILTIN float __extendhfsf2(Half value) {
  return widen(SYSTOLE_DTYPE_F16, value);
}
SYSTOLE_BUILTIN double __extendhfdf2(Half value) {
  return double(widen(SYSTOLE_DTYPE_F16, value));
}
SYSTOLE_BUILTIN float __extendbfsf2(Brain value) {
  return widen(SYSTOLE_DTYPE_BF16, value);
}
SYSTOLE_BUILTIN Half __truncsfhf2(float value) {
  return narrow<Half>(SYSTOLE_DTYPE_F16, value);
}
SYSTOLE_BUILTIN Half __truncdfhf2(double value) {
  return narrow<Half>(SYSTOLE_DTYPE_F16, roundToOdd(value));
}
SYSTOLE_BUILTIN Brain __truncsfbf2(float value) {
  return narrow<Brain>(SYSTOLE_DTYPE_BF16, value);
}
SYSTOLE_BUILTIN Brain __truncdfbf2(double value) {
  return narrow<Brain>(SYSTOLE_DTYPE_BF16, roundToOdd(value));
}
