//===- memory.cpp - memcpy and its kin ------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The functions that compilers call on their own account. Blocks of 16 bytes in
// registers of the baseline ISA, single bytes at the ends; on x86-64 the
// processor's own string instructions where they are fastest.
//
//===----------------------------------------------------------------------===//

#include <stddef.h>
#include <stdint.h>

// A test may include this file under other names.
#ifndef SYSTOLE_BUILTIN
#define SYSTOLE_BUILTIN extern "C" __attribute__((visibility("hidden"), used))
#endif

namespace {
/// 16 bytes at any address.
typedef uint8_t Block __attribute__((vector_size(16), aligned(1), may_alias));
/// From here on `rep movsb` wins.
[[maybe_unused]] constexpr size_t longCopy = 1024;
} // namespace

SYSTOLE_BUILTIN void *memcpy(void *__restrict to, const void *__restrict from,
                             size_t bytes) {
  char *target = static_cast<char *>(to);
  const char *source = static_cast<const char *>(from);
#if defined(__x86_64__)
  if (bytes >= longCopy) {
    __asm__ volatile("rep movsb"
                     : "+D"(target), "+S"(source), "+c"(bytes)
                     :
                     : "memory");
    return to;
  }
#endif
  for (; bytes >= 16; bytes -= 16, target += 16, source += 16)
    *reinterpret_cast<Block *>(target) =
        *reinterpret_cast<const Block *>(source);
  for (; bytes; --bytes)
    *target++ = *source++;
  return to;
}

SYSTOLE_BUILTIN void *memmove(void *to, const void *from, size_t bytes) {
  char *target = static_cast<char *>(to);
  const char *source = static_cast<const char *>(from);
  if (uintptr_t(target) - uintptr_t(source) >= bytes) {
    // Forwards is safe: no byte is written before it is read.
    for (; bytes >= 16; bytes -= 16, target += 16, source += 16)
      *reinterpret_cast<Block *>(target) =
          *reinterpret_cast<const Block *>(source);
    for (; bytes; --bytes)
      *target++ = *source++;
    return to;
  }
  while (bytes >= 16) {
    bytes -= 16;
    *reinterpret_cast<Block *>(target + bytes) =
        *reinterpret_cast<const Block *>(source + bytes);
  }
  while (bytes) {
    --bytes;
    target[bytes] = source[bytes];
  }
  return to;
}

SYSTOLE_BUILTIN void *memset(void *to, int value, size_t bytes) {
  char *target = static_cast<char *>(to);
#if defined(__x86_64__)
  if (bytes >= longCopy) {
    __asm__ volatile("rep stosb"
                     : "+D"(target), "+c"(bytes)
                     : "a"(value)
                     : "memory");
    return to;
  }
#endif
  Block block = Block{} + uint8_t(value);
  for (; bytes >= 16; bytes -= 16, target += 16)
    *reinterpret_cast<Block *>(target) = block;
  for (; bytes; --bytes)
    *target++ = char(value);
  return to;
}

SYSTOLE_BUILTIN int memcmp(const void *left, const void *right, size_t bytes) {
  auto *a = static_cast<const unsigned char *>(left);
  auto *b = static_cast<const unsigned char *>(right);
  for (; bytes; --bytes, ++a, ++b)
    if (*a != *b)
      return *a - *b;
  return 0;
}

SYSTOLE_BUILTIN int bcmp(const void *left, const void *right, size_t bytes) {
  return memcmp(left, right, bytes);
}

SYSTOLE_BUILTIN size_t strlen(const char *text) {
  const char *end = text;
  while (*end)
    ++end;
  return end - text;
}
