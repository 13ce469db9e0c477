//===- Memories.h - What a machine remembers --------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The memories on chip and DRAM, as bytes. Every engine model has one of these,
// or, where the memories on chip are RTL, its DRAM alone. What nobody wrote is
// a pattern that depends on a seed and the address only: two models with the
// same seed agree everywhere, and with two seeds a read of what was never
// written shows.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_MEMORIES_H
#define SYSTOLE_HWSIM_MODEL_MEMORIES_H

#include "hw-sim/model/Machine.h"
#include <functional>
#include <memory>
#include <unordered_map>

namespace systole::sim {

/// Fills `count` bytes from `address` on with the pattern of untouched memory.
void fillPattern(uint64_t seed, isa::Memory memory, uint64_t address,
                 uint8_t *to, uint64_t count);

/// Up to a terabyte of bytes, of which only written pages take room.
class Dram {
public:
  static constexpr uint64_t kPageBytes = 64 * 1024;

  /// Fills the page at an address, as far as there is DRAM.
  using Loader = std::function<void(uint64_t address, uint8_t *to)>;

  Dram(uint64_t bytes, uint64_t seed) : bytes(bytes), seed(seed) {}
  /// What lies elsewhere: a page is loaded when it is first touched.
  Dram(uint64_t bytes, Loader loader)
      : bytes(bytes), seed(0), loader(std::move(loader)) {}

  uint64_t size() const { return bytes; }
  /// Whether `count` bytes from `address` on exist.
  bool contains(uint64_t address, uint64_t count) const {
    return address <= bytes && count <= bytes - address;
  }
  /// Precondition of both: contains(address, count).
  void read(uint64_t address, uint8_t *to, uint64_t count) const;
  void write(uint64_t address, const uint8_t *from, uint64_t count);

  /// First addresses of the pages that were written, or loaded, ascending.
  std::vector<uint64_t> writtenPages() const;

private:
  /// The page, made if it is not there.
  uint8_t *make(uint64_t page) const;

  uint64_t bytes, seed;
  Loader loader;
  /// By address / kPageBytes.
  mutable std::unordered_map<uint64_t, std::unique_ptr<uint8_t[]>> pages;
};

/// All memories of a machine.
class Memories {
public:
  /// Bytes behind the end of each memory on chip that exist, and mean nothing,
  /// so that vector code may read whole vectors.
  static constexpr uint64_t kSlack = 64;

  Memories(const Machine &machine, uint64_t seed);

  /// The bytes of word or row `unit`, and all behind it. Not for DRAM.
  uint8_t *at(isa::Memory memory, int64_t unit) {
    Chip &chip = chips[static_cast<unsigned>(memory)];
    return chip.bytes.data() + unit * chip.unitBytes;
  }
  const uint8_t *at(isa::Memory memory, int64_t unit) const {
    return const_cast<Memories *>(this)->at(memory, unit);
  }
  /// Bytes of a memory on chip.
  uint64_t bytesOf(isa::Memory memory) const {
    return chips[static_cast<unsigned>(memory)].bytes.size() - kSlack;
  }

  Dram dram;

private:
  struct Chip {
    std::vector<uint8_t> bytes;
    int64_t unitBytes = 0;
  };
  std::array<Chip, isa::kMemoryCount> chips;
};

/// The first byte in which two states of a machine differ.
struct Difference {
  isa::Memory memory;
  /// In bytes, also on chip.
  uint64_t address;
  uint8_t left, right;

  /// "scratchpad word 3, byte 5: 0x12 and 0x34".
  std::string text(const Machine &machine) const;
};
std::optional<Difference> firstDifference(const Dram &left, const Dram &right);
std::optional<Difference> firstDifference(const Memories &left,
                                          const Memories &right);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_MEMORIES_H
