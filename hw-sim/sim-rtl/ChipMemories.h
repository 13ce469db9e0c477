//===- ChipMemories.h - Memories within a Verilated machine -----*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_SIMRTL_CHIPMEMORIES_H
#define SYSTOLE_HWSIM_SIMRTL_CHIPMEMORIES_H

#include "hw-sim/model/Memories.h"
#include <algorithm>
#include <cstring>

class VerilatedContext;

namespace systole::sim {

/// A part of a memory on chip, as the simulator keeps it: the words lie one
/// after the other, as bytes.
struct RtlBank {
  uint8_t *bytes;
  uint64_t count;
};

/// The banks of a memory on chip, in the order of their addresses; none if the
/// machine does not have it. `top` is the scope of module mxu: "TOP.mxu".
std::vector<RtlBank> banksOf(const VerilatedContext &context,
                             const std::string &top, const Machine &machine,
                             isa::Memory memory);

/// Copies bytes of a memory that lies in these banks.
inline void peekBanks(const std::vector<RtlBank> &banks, uint64_t address,
                      uint8_t *to, uint64_t count) {
  uint64_t first = 0;
  for (const RtlBank &bank : banks) {
    uint64_t low = std::max(address, first);
    uint64_t high = std::min(address + count, first + bank.count);
    if (low < high)
      memcpy(to + (low - address), bank.bytes + (low - first), high - low);
    first += bank.count;
  }
}

/// Fills them with the pattern of untouched memory.
inline void fillBanks(const std::vector<RtlBank> &banks, isa::Memory memory,
                      uint64_t seed) {
  uint64_t address = 0;
  for (const RtlBank &bank : banks) {
    fillPattern(seed, memory, address, bank.bytes, bank.count);
    address += bank.count;
  }
}

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_SIMRTL_CHIPMEMORIES_H
