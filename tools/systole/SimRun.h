//===- SimRun.h - What a simulated run amounted to --------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Work follows from the program, time from an engine's record of a run; both
// are told by source node. All reports are made of this.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_SIMRUN_H
#define SYSTOLE_TOOLS_SYSTOLE_SIMRUN_H

#include "hw-sim/isa/Image.h"
#include "hw-sim/model/Counts.h"
#include "hw-sim/model/TimedDevice.h"

namespace systole::driver {

/// A node of the source model.
struct SimNode {
  std::string name, op;
  sim::Counts counts;
  /// Where the engine has a clock.
  sim::Accounting accounting;
};

/// A run, or the program before it.
struct SimRun {
  /// Nothing has run: nodes have their work, no time. Precondition: the program
  /// raises no fault.
  SimRun(const sim::Machine &machine, const isa::Image &image,
         std::string engine);
  /// Adds when everything happened.
  void addRecord(const sim::RunRecord &record);

  sim::Counts total() const;
  /// Cycles; 0 without a clock.
  uint64_t cycles() const { return record ? record->cycles : 0; }
  /// MACs by what the array could do in `cycles`.
  double utilisation(uint64_t macs, uint64_t cycles) const;
  /// The same of DRAM's data bus.
  double dramUtilisation() const;
  /// The node of an instruction.
  const SimNode &nodeOf(uint32_t instruction) const {
    return nodes[places[instruction]];
  }

  const sim::Machine &machine;
  const isa::Image &image;
  std::string engine;
  /// In the order in which they first appear; instructions of none under "".
  std::vector<SimNode> nodes;
  /// Of each instruction, the place of its node.
  std::vector<uint32_t> places;
  std::optional<sim::RunRecord> record;
  sim::Accounting accounting;
  double seconds = 0;
};

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_SIMRUN_H
