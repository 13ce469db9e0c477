//===- text.h - Strings without a library --------------------- -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Text for messages and views. Short by intention: what builds a message, and
// nothing else. Memory comes from `allocate`; when there is none left a text is
// cut short rather than lost with everything around it.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_TEXT_H
#define SYSTOLE_RUNTIME_SRC_TEXT_H

#include "runtime/src/platform/platform.h"

namespace systole::rt {

/// A piece of text that belongs to someone else; not ended by a zero.
struct Text {
  const char *data = "";
  int64_t size = 0;

  Text() = default;
  Text(const char *string) : data(string), size(__builtin_strlen(string)) {}
  Text(const char *data, int64_t size) : data(data), size(size) {}

  bool operator==(Text other) const {
    return size == other.size && __builtin_memcmp(data, other.data, size) == 0;
  }
  bool operator!=(Text other) const { return !(*this == other); }

  bool startsWith(Text prefix) const {
    return size >= prefix.size && dropBack(size - prefix.size) == prefix;
  }
  Text dropFront(int64_t count) const { return {data + count, size - count}; }
  Text dropBack(int64_t count) const { return {data, size - count}; }

  /// The position of a character at or after `from`, or -1.
  int64_t find(char wanted, int64_t from = 0) const {
    for (int64_t i = from; i < size; ++i)
      if (data[i] == wanted)
        return i;
    return -1;
  }
};

/// Reads all of `text` as a decimal number. Returns false if it is none, or one
/// above 10^18.
bool parseInteger(Text text, int64_t &value);

/// Text that grows. `<<` appends.
class StringBuilder {
public:
  StringBuilder() = default;
  StringBuilder(const StringBuilder &) = delete;
  StringBuilder &operator=(const StringBuilder &) = delete;
  ~StringBuilder() { release(data); }

  StringBuilder &operator<<(Text text);
  StringBuilder &operator<<(const char *string) {
    return *this << Text(string);
  }
  StringBuilder &operator<<(char character) {
    return *this << Text(&character, 1);
  }
  StringBuilder &operator<<(int64_t value);
  StringBuilder &operator<<(uint64_t value);
  StringBuilder &operator<<(int value) { return *this << int64_t(value); }
  StringBuilder &operator<<(uint32_t value) { return *this << int64_t(value); }

  /// Appends a number with up to `digits` (at most 17) significant digits, the
  /// trailing zeros left away: "0.25", "-1e-07", "nan".
  StringBuilder &number(double value, int digits = 6);

  /// Appends a list of dimensions such as "[1,28,?]"; -1 is unknown.
  StringBuilder &shape(const int64_t *dims, int64_t rank);

  Text text() const { return {data ? data : "", size}; }
  /// The text with a zero at its end; valid until the next change.
  const char *c_str();
  void clear() { size = 0; }

private:
  /// Makes room for `more` bytes and a final zero.
  bool reserve(int64_t more);

  char *data = nullptr;
  int64_t size = 0;
  int64_t capacity = 0;
};

} // namespace systole::rt

#endif // SYSTOLE_RUNTIME_SRC_TEXT_H
