//===- Choice.cpp - The fastest of several programs -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/kernels/Choice.h"
#include "hw-sim/model/CycleEstimate.h"
#include "hw-sim/model/cycle/Core.h"

namespace systole::sim {

static double costOf(const Machine &machine, const ProgramEstimate &estimate,
                     double cycles) {
  double bytes = estimate.counts.bytesRead + estimate.counts.bytesWritten;
  return cycles + bytes / machine.dram.width;
}

double estimatedCost(const Machine &machine, const isa::Image &image) {
  ProgramEstimate estimate = estimateProgram(machine, image.program);
  return costOf(machine, estimate, estimate.cycles);
}

double measuredCost(const Machine &machine, const isa::Image &image) {
  RunRecord record =
      cycle::Core(machine, image.programAddress, image.program, true).run();
  return costOf(machine, estimateProgram(machine, image.program),
                record.cycles);
}

} // namespace systole::sim
