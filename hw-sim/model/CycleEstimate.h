//===- CycleEstimate.h - About how long programs take -----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A first-order model: no bank conflicts, DRAM always at its width. Good enough
// to see how long a random program is and whether a schedule overlaps; not the
// machine's timing.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLEESTIMATE_H
#define SYSTOLE_HWSIM_MODEL_CYCLEESTIMATE_H

#include "hw-sim/model/Counts.h"

namespace systole::sim {

/// About the cycles that an instruction takes: work, and what an instruction
/// that waits for it waits longer.
struct CycleEstimate {
  int64_t work, latency;
};
CycleEstimate estimateCycles(const Machine &machine,
                             const isa::Configuration &configuration,
                             const isa::Instruction &instruction);

/// What a legal program takes as a whole.
struct ProgramEstimate {
  /// From the doorbell to done, and those in which MM streams.
  int64_t cycles = 0, streaming = 0;
  Counts counts;
};
ProgramEstimate estimateProgram(const Machine &machine,
                                const std::vector<isa::Word> &program);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_CYCLEESTIMATE_H
