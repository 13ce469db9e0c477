//===- text.cpp - Strings without a library -------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/text.h"

using namespace systole::rt;

bool systole::rt::parseInteger(Text text, int64_t &value) {
  bool negative = text.startsWith("-");
  Text digits = text.dropFront(negative);
  if (digits.size == 0 || digits.size > 18)
    return false;
  int64_t result = 0;
  for (int64_t i = 0; i < digits.size; ++i) {
    if (digits.data[i] < '0' || digits.data[i] > '9')
      return false;
    result = result * 10 + (digits.data[i] - '0');
  }
  value = negative ? -result : result;
  return true;
}

bool StringBuilder::reserve(int64_t more) {
  if (size + more + 1 <= capacity)
    return true;
  int64_t larger = 2 * (size + more) + 64;
  char *memory = static_cast<char *>(allocate(larger));
  if (!memory)
    return false;
  if (size)
    __builtin_memcpy(memory, data, size);
  release(data);
  data = memory;
  capacity = larger;
  return true;
}

const char *StringBuilder::c_str() {
  if (!reserve(0))
    return "";
  data[size] = 0;
  return data;
}

StringBuilder &StringBuilder::operator<<(Text text) {
  if (text.size > 0 && reserve(text.size)) {
    __builtin_memcpy(data + size, text.data, text.size);
    size += text.size;
  }
  return *this;
}

StringBuilder &StringBuilder::operator<<(uint64_t value) {
  char digits[20];
  int64_t at = sizeof(digits);
  do
    digits[--at] = char('0' + value % 10);
  while (value /= 10);
  return *this << Text(digits + at, sizeof(digits) - at);
}

StringBuilder &StringBuilder::operator<<(int64_t value) {
  if (value >= 0)
    return *this << uint64_t(value);
  return *this << '-' << (uint64_t(0) - uint64_t(value));
}

/// Scales a positive number to [1, 10) and returns the power of ten taken out.
static int normalise(double &value) {
  static const double powers[] = {1e256, 1e128, 1e64, 1e32, 1e16,
                                  1e8,   1e4,   1e2,  1e1};
  int exponent = 0;
  int weight = 256;
  // Subnormal numbers first, whose reciprocals would overflow.
  if (value < 1e-290) {
    value *= 1e32;
    exponent -= 32;
  }
  for (double power : powers) {
    if (value >= power) {
      value /= power;
      exponent += weight;
    } else if (value * power < 10) {
      value *= power;
      exponent -= weight;
    }
    weight = weight > 1 ? weight / 2 : 1;
  }
  return exponent;
}

StringBuilder &StringBuilder::number(double value, int digits) {
  if (value != value)
    return *this << "nan";
  if (__builtin_signbit(value)) {
    *this << '-';
    value = -value;
  }
  if (value > 1.7976931348623157e308)
    return *this << "inf";
  if (value == 0)
    return *this << '0';

  // All digits as one integer, rounded; rounding may carry into a new digit.
  int exponent = normalise(value);
  uint64_t limit = 1;
  for (int i = 0; i < digits; ++i)
    limit *= 10;
  uint64_t integer = uint64_t(value * double(limit / 10) + 0.5);
  if (integer >= limit) {
    integer /= 10;
    ++exponent;
  }
  char text[20];
  for (int i = digits; i-- > 0; integer /= 10)
    text[i] = char('0' + integer % 10);
  int used = digits;
  while (used > 1 && text[used - 1] == '0')
    --used;

  if (exponent < -5 || exponent >= digits) {
    *this << text[0];
    if (used > 1)
      *this << '.' << Text(text + 1, used - 1);
    *this << (exponent < 0 ? "e-" : "e+");
    int magnitude = exponent < 0 ? -exponent : exponent;
    return *this << (magnitude < 10 ? "0" : "") << magnitude;
  }
  if (exponent < 0) {
    *this << "0.";
    for (int i = exponent + 1; i < 0; ++i)
      *this << '0';
    return *this << Text(text, used);
  }
  for (int i = 0; i <= exponent; ++i)
    *this << (i < used ? text[i] : '0');
  if (used > exponent + 1)
    *this << '.' << Text(text + exponent + 1, used - exponent - 1);
  return *this;
}

StringBuilder &StringBuilder::shape(const int64_t *dims, int64_t rank) {
  *this << '[';
  for (int64_t i = 0; i < rank; ++i) {
    if (i)
      *this << ',';
    if (dims[i] < 0)
      *this << '?';
    else
      *this << dims[i];
  }
  return *this << ']';
}
