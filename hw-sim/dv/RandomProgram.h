//===- RandomProgram.h - Random programs ------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For comparing engines with each other: legal programs without races, and
// illegal ones of which it is known where and why they stop.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_RANDOMPROGRAM_H
#define SYSTOLE_HWSIM_DV_RANDOMPROGRAM_H

#include "hw-sim/model/Memories.h"

namespace systole::sim {

/// What a program is to try.
enum class Mix : uint8_t {
  /// Small blocks that are close together: instructions meet in all ways.
  Meetings,
  /// Long blocks of all engines beside each other, competing for banks.
  Crowd
};

struct RandomProgram {
  /// Where it lies in DRAM.
  uint64_t address = 0;
  std::vector<isa::Word> words;
  /// The fault that it ends with, and the instruction that raises it.
  isa::Fault fault = isa::Fault::None;
  uint64_t faultIndex = 0;
  /// Working instructions, and about the cycles that they take; of a legal
  /// program.
  unsigned works = 0;
  int64_t cycles = 0;
};

/// The same machine, seed and mix give the same program. Precondition: 1 MiB of
/// DRAM, which every machine has.
RandomProgram makeLegalProgram(const Machine &machine, uint64_t seed,
                               Mix mix = Mix::Meetings);

/// A legal program, up to somewhere; there an instruction that faults.
RandomProgram makeIllegalProgram(const Machine &machine, uint64_t seed,
                                 Mix mix = Mix::Meetings);

/// Puts a program into DRAM.
void storeProgram(const RandomProgram &program, Dram &dram);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_RANDOMPROGRAM_H
