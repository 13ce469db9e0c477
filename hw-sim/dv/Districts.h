//===- Districts.h - Who may use which part of a memory ---------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each memory is cut into districts, so that no engine writes where another one
// is at work: instructions of all engines run beside each other without waiting.
// Those of the scratchpad lie in one bank often, for which they then compete.
//
// When the districts change hands, what an engine wrote is what another one
// reads, and instructions have to wait for each other once.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_DISTRICTS_H
#define SYSTOLE_HWSIM_DV_DISTRICTS_H

#include "hw-sim/dv/Randomness.h"
#include "hw-sim/model/Machine.h"
#include <array>

namespace systole::sim {

/// Units of a memory, the last one not included.
struct UnitRange {
  int64_t begin, end;
};

class Districts {
public:
  /// `dram`: the bytes that are used of it.
  Districts(const Machine &machine, Randomness &random, UnitRange dram);

  /// Cuts anew, and gives each district to somebody.
  void change();

  /// Where an engine may read, or write, in a memory.
  UnitRange of(isa::Memory memory, isa::Engine engine, bool isWrite) const;

private:
  void cutBanks();

  /// At most: of the scratchpad, one that VX reads and writes, one that LD
  /// writes, one that all others read.
  static constexpr unsigned kMost = 3;

  const Machine &machine;
  Randomness &random;
  UnitRange dram;
  std::array<std::array<UnitRange, kMost>, isa::kMemoryCount> ranges = {};
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_DISTRICTS_H
