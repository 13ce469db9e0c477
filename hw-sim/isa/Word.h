//===- Word.h - The 128 bits of an instruction ------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Bit 0 is the lowest bit of the first byte in memory.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_ISA_WORD_H
#define SYSTOLE_HWSIM_ISA_WORD_H

#include <cstdint>

namespace systole::isa {

/// Bytes of an instruction in memory.
inline constexpr unsigned kInstructionBytes = 16;

/// An instruction as it lies in memory.
struct Word {
  uint64_t low = 0, high = 0;

  /// `width` bits, 1 to 48, from bit `offset` on.
  uint64_t bits(unsigned offset, unsigned width) const {
    uint64_t value = offset >= 64 ? high >> (offset - 64) : low >> offset;
    if (offset < 64 && offset + width > 64)
      value |= high << (64 - offset);
    return value & mask(width);
  }

  /// Overwrites these bits by the low ones of `value`.
  void setBits(unsigned offset, unsigned width, uint64_t value) {
    value &= mask(width);
    if (offset >= 64) {
      high = (high & ~(mask(width) << (offset - 64))) | value << (offset - 64);
      return;
    }
    low = (low & ~(mask(width) << offset)) | value << offset;
    if (offset + width > 64) {
      high = (high & ~(mask(width) >> (64 - offset))) | value >> (64 - offset);
    }
  }

  /// From and to kInstructionBytes bytes, on any machine.
  static Word load(const uint8_t *bytes) {
    Word word;
    for (unsigned i = 0; i < 8; ++i) {
      word.low |= uint64_t(bytes[i]) << (8 * i);
      word.high |= uint64_t(bytes[i + 8]) << (8 * i);
    }
    return word;
  }
  void store(uint8_t *bytes) const {
    for (unsigned i = 0; i < 8; ++i) {
      bytes[i] = static_cast<uint8_t>(low >> (8 * i));
      bytes[i + 8] = static_cast<uint8_t>(high >> (8 * i));
    }
  }

  bool operator==(const Word &o) const {
    return low == o.low && high == o.high;
  }
  bool operator!=(const Word &o) const { return !(*this == o); }

private:
  static uint64_t mask(unsigned width) { return (uint64_t(1) << width) - 1; }
};

/// The low `width` bits of `value` as a signed number.
inline int32_t signExtend(uint64_t value, unsigned width) {
  uint64_t sign = uint64_t(1) << (width - 1);
  return static_cast<int32_t>(static_cast<int64_t>((value ^ sign) - sign));
}

} // namespace systole::isa

#endif // SYSTOLE_HWSIM_ISA_WORD_H
