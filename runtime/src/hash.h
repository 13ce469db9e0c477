//===- hash.h - The hash of a weights file ---------------------- -*- C++
//-*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The compiler writes it into the module, the runtime checks the file by it. It
// notices damage and the wrong file; it is no defence against an attacker.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_HASH_H
#define SYSTOLE_RUNTIME_SRC_HASH_H

#include <stdint.h>

namespace systole::rt {

/// The step of FNV-1a on words of eight bytes (little endian, the last one
/// filled up with zeros), with the high bits brought down. Goes on from `state`
/// if what came before had a multiple of eight bytes.
inline uint64_t hashBytes(const void *data, int64_t bytes,
                          uint64_t state = 0xcbf29ce484222325u) {
  auto *next = static_cast<const unsigned char *>(data);
  auto step = [&](uint64_t word) {
    state = (state ^ word) * 0x100000001b3u;
    state ^= state >> 32;
  };
  int64_t i = 0;
  for (; i + 8 <= bytes; i += 8) {
    uint64_t word;
    __builtin_memcpy(&word, next + i, 8);
    step(word);
  }
  uint64_t last = 0;
  for (int64_t j = i; j < bytes; ++j)
    last |= uint64_t(next[j]) << (8 * (j - i));
  if (i < bytes)
    step(last);
  return state;
}

} // namespace systole::rt

#endif // SYSTOLE_RUNTIME_SRC_HASH_H
