//===- Hash.h - A checksum of bytes -----------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Fingerprints and checksums. Every step is a bijection of the state, so that
// one changed byte always changes the result. Not for secrets.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_ISA_HASH_H
#define SYSTOLE_HWSIM_ISA_HASH_H

#include <cstddef>
#include <cstdint>

namespace systole::isa {

/// Hash of `size` bytes, eight at a time, going on from `state`.
inline uint64_t hashBytes(const void *data, size_t size,
                          uint64_t state = 0xcbf29ce484222325) {
  const auto *bytes = static_cast<const uint8_t *>(data);
  for (size_t i = 0; i < size; i += 8) {
    uint64_t word = 0;
    for (size_t j = 0; j < 8 && i + j < size; ++j)
      word |= uint64_t(bytes[i + j]) << (8 * j);
    state = (state ^ word) * 0x9e3779b97f4a7c15;
    state ^= state >> 32;
  }
  return (state ^ size) * 0x9e3779b97f4a7c15;
}

} // namespace systole::isa

#endif // SYSTOLE_HWSIM_ISA_HASH_H
