//===- ImageFormat.h - The image file's layout ------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What reader and writer share. All numbers are little-endian.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_ISA_IMAGEFORMAT_H
#define SYSTOLE_HWSIM_ISA_IMAGEFORMAT_H

#include "hw-sim/isa/Hash.h"
#include "hw-sim/isa/Image.h"

namespace systole::isa {

inline constexpr char kImageMagic[8] = {'S', 'Y', 'S', 'T', 'M', 'X', 'U', 26};
inline constexpr uint32_t kImageVersion = 1;
inline constexpr uint32_t kCores = 1;

/// Offsets in the header; kHeaderBytes is where the table of sections begins.
enum HeaderOffset : size_t {
  kMagicAt = 0,
  kVersionAt = 8,
  kInstructionSetAt = 12,
  kChecksumAt = 16,
  kFileBytesAt = 24,
  kFingerprintAt = 32,
  kCoresAt = 40,
  kCapabilitiesAt = 44,
  kHeaderBytes = 48
};

/// Sections, each there once and in this order.
enum class Section : uint32_t {
  Machine,
  Program,
  Constants,
  Tensors,
  Relocations,
  Nodes
};
inline constexpr unsigned kSectionCount = 6;
/// An entry of the table: offset and size of a section.
inline constexpr size_t kSectionEntryBytes = 16;
inline constexpr size_t kSectionsBegin =
    kHeaderBytes + kSectionCount * kSectionEntryBytes;

/// Of all bytes but the checksum itself.
inline uint64_t imageChecksum(const uint8_t *bytes, size_t size) {
  size_t behind = kChecksumAt + sizeof(uint64_t);
  return hashBytes(bytes + behind, size - behind,
                   hashBytes(bytes, kChecksumAt));
}

/// Most dimensions of a tensor, bytes of a name or text.
inline constexpr uint32_t kMaxRank = 16, kMaxTextBytes = 1 << 16;

} // namespace systole::isa

#endif // SYSTOLE_HWSIM_ISA_IMAGEFORMAT_H
