//===- convert.h - Small floating-point formats --------------- -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Conversions between float32 and the formats below it, by bits alone, so that
// they are exact on every machine and mean the same to compiler and runtime.
// Narrowing rounds half to even. One description covers every format.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_CONVERT_H
#define SYSTOLE_RUNTIME_SRC_CONVERT_H

#include "runtime/src/abi.h"

namespace systole::rt {

/// A binary floating-point format of 16 bits or less.
struct FloatFormat {
  int exponentBits, mantissaBits, bias;
  /// IEEE: the largest exponent means infinity and NaN.
  bool hasInfinity;
  /// Formats "uz": the only NaN is the pattern of minus zero.
  bool nanIsMinusZero;
  /// The pattern (without sign) of the largest finite number.
  uint32_t largest;
  /// The pattern of NaN; equal to `largest` where there is none.
  uint32_t nan;
};

/// Returns the format of a type, or null if it is not a float below 32 bits.
inline const FloatFormat *floatFormat(uint32_t dtype) {
  static const FloatFormat f16 = {5, 10, 15, true, false, 0x7bff, 0x7e00};
  static const FloatFormat bf16 = {8, 7, 127, true, false, 0x7f7f, 0x7fc0};
  static const FloatFormat e4m3fn = {4, 3, 7, false, false, 0x7e, 0x7f};
  static const FloatFormat e5m2 = {5, 2, 15, true, false, 0x7b, 0x7e};
  static const FloatFormat e4m3fnuz = {4, 3, 8, false, true, 0x7f, 0x80};
  static const FloatFormat e5m2fnuz = {5, 2, 16, false, true, 0x7f, 0x80};
  static const FloatFormat e2m1fn = {2, 1, 1, false, false, 0x7, 0x7};
  // Powers of two alone: all bits are the exponent.
  static const FloatFormat e8m0fnu = {8, 0, 127, false, false, 0xfe, 0xff};
  switch (dtype) {
  case SYSTOLE_DTYPE_F16:
    return &f16;
  case SYSTOLE_DTYPE_BF16:
    return &bf16;
  case SYSTOLE_DTYPE_F8E4M3FN:
    return &e4m3fn;
  case SYSTOLE_DTYPE_F8E5M2:
    return &e5m2;
  case SYSTOLE_DTYPE_F8E4M3FNUZ:
    return &e4m3fnuz;
  case SYSTOLE_DTYPE_F8E5M2FNUZ:
    return &e5m2fnuz;
  case SYSTOLE_DTYPE_F4E2M1FN:
    return &e2m1fn;
  case SYSTOLE_DTYPE_F8E8M0FNU:
    return &e8m0fnu;
  default:
    return nullptr;
  }
}

/// The number that a pattern of `format` stands for.
inline double widenFloat(const FloatFormat &format, uint32_t pattern) {
  if (format.mantissaBits == 0) {
    if (pattern > format.largest)
      return __builtin_nan("");
    uint64_t power = uint64_t(int(pattern) - format.bias + 1023) << 52;
    double value;
    __builtin_memcpy(&value, &power, sizeof(value));
    return value;
  }
  int signBit = format.exponentBits + format.mantissaBits;
  uint32_t magnitude = pattern & ((1u << signBit) - 1);
  bool negative = (pattern >> signBit) & 1;
  if (format.nanIsMinusZero && magnitude == 0 && negative)
    return __builtin_nan("");
  if (magnitude > format.largest) {
    // IEEE: infinity is just above the largest number, NaNs follow.
    if (format.hasInfinity && magnitude == format.largest + 1)
      return negative ? -__builtin_inf() : __builtin_inf();
    return __builtin_nan("");
  }
  int exponent = int(magnitude >> format.mantissaBits);
  int64_t mantissa = magnitude & ((1u << format.mantissaBits) - 1);
  if (exponent == 0)
    exponent = 1; // Subnormal.
  else
    mantissa |= int64_t(1) << format.mantissaBits;
  // mantissa * 2^power, the factor built from its bits.
  int power = exponent - format.bias - format.mantissaBits;
  uint64_t bits = uint64_t(power + 1023) << 52;
  double factor;
  __builtin_memcpy(&factor, &bits, sizeof(factor));
  double value = double(mantissa) * factor;
  return negative ? -value : value;
}

/// Rounds a number to `format`, half to even. Numbers too large become infinity
/// where there is one, NaN in the 8-bit formats without, and the largest number
/// in float4, which has neither: these are the rules of the ONNX operator Cast
/// without saturation and of ml_dtypes.
inline uint32_t narrowFloat(const FloatFormat &format, float value) {
  uint32_t bits;
  __builtin_memcpy(&bits, &value, sizeof(bits));
  uint32_t sign = bits >> 31 << (format.exponentBits + format.mantissaBits);
  uint32_t magnitude = bits & 0x7fffffff;
  if (format.mantissaBits == 0) {
    // The nearest power, of two as near the larger; none for negative numbers.
    if (bits > 0x80000000 || bits >= 0x7f800000)
      return bits == 0x80000000 ? 0 : format.nan;
    uint32_t fraction = bits & 0x7fffff, exponent = bits >> 23;
    uint32_t nearest =
        exponent + (fraction >= (exponent ? 0x400000u : 0x600000u));
    return nearest > format.largest ? format.largest : nearest;
  }
  if (magnitude > 0x7f800000)
    return format.nanIsMinusZero ? format.nan : sign | format.nan;
  uint32_t beyond = format.hasInfinity ? format.largest + 1 : format.nan;
  if (format.nanIsMinusZero)
    sign = magnitude == 0 ? 0 : sign;

  uint32_t result = beyond;
  if (magnitude < 0x7f800000) {
    int exponent = int(magnitude >> 23) - 127;
    uint64_t mantissa = magnitude & 0x7fffff;
    if (magnitude >= 0x800000)
      mantissa |= 0x800000;
    else
      exponent = -126;
    // Bits that go: more of them below the smallest normal exponent.
    int drop = 23 - format.mantissaBits;
    int target = exponent + format.bias;
    if (target < 1) {
      drop += 1 - target;
      target = 1;
    }
    uint64_t kept = drop > 40 ? 0 : mantissa >> drop;
    uint64_t rest = drop > 40 ? 0 : mantissa & ((uint64_t(1) << drop) - 1);
    uint64_t half = drop > 40 ? 1 : uint64_t(1) << (drop - 1);
    if (drop > 0 && (rest > half || (rest == half && (kept & 1))))
      ++kept;
    // The hidden bit adds one to the exponent, and so does a carry.
    uint64_t pattern = (uint64_t(target - 1) << format.mantissaBits) + kept;
    if (pattern <= format.largest)
      result = uint32_t(pattern);
  }
  if (format.nanIsMinusZero && (result == beyond || result == 0))
    return result;
  return sign | result;
}

/// Element `index` of a real-valued array as a double; of a complex array,
/// whose parts count as elements, one part.
inline double elementAsDouble(uint32_t dtype, const void *data, int64_t index) {
  const char *bytes = static_cast<const char *>(data);
  auto load = [&](auto zero) {
    decltype(zero) value;
    __builtin_memcpy(&value, bytes + index * int64_t(sizeof(value)),
                     sizeof(value));
    return value;
  };
  switch (dtype) {
  case SYSTOLE_DTYPE_I8:
  case SYSTOLE_DTYPE_I4:
  case SYSTOLE_DTYPE_I2:
    return load(int8_t());
  case SYSTOLE_DTYPE_BOOL:
  case SYSTOLE_DTYPE_U8:
  case SYSTOLE_DTYPE_U4:
  case SYSTOLE_DTYPE_U2:
    return load(uint8_t());
  case SYSTOLE_DTYPE_I16:
    return load(int16_t());
  case SYSTOLE_DTYPE_U16:
    return load(uint16_t());
  case SYSTOLE_DTYPE_I32:
    return load(int32_t());
  case SYSTOLE_DTYPE_U32:
    return load(uint32_t());
  case SYSTOLE_DTYPE_I64:
    return double(load(int64_t()));
  case SYSTOLE_DTYPE_U64:
    return double(load(uint64_t()));
  case SYSTOLE_DTYPE_F32:
  case SYSTOLE_DTYPE_C64:
    return load(float());
  case SYSTOLE_DTYPE_F64:
  case SYSTOLE_DTYPE_C128:
    return load(double());
  case SYSTOLE_DTYPE_F16:
  case SYSTOLE_DTYPE_BF16:
    return widenFloat(*floatFormat(dtype), load(uint16_t()));
  default:
    if (const FloatFormat *format = floatFormat(dtype))
      return widenFloat(*format, load(uint8_t()));
    return 0;
  }
}

} // namespace systole::rt

#endif // SYSTOLE_RUNTIME_SRC_CONVERT_H
