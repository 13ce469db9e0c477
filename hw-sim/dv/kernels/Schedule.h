//===- Schedule.h - Hand-written order, counted tokens ----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Who writes a kernel says what follows what, and which parts of the memories
// each instruction reads and writes. From that follow settings (where the
// configuration changes) and tokens:
//
// 1. A part knows the last step of each engine that read it and wrote it.
// 2. A step waits for what it must be behind and is not behind already.
// 3. Each ordered pair of engines has one semaphore, since an engine asks
//    another one for later and later steps: the k-th signal is the k-th wait's.
//
// Nothing here looks at addresses: that the parts are true is proved by the
// static checker, byte by byte.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_KERNELS_SCHEDULE_H
#define SYSTOLE_HWSIM_DV_KERNELS_SCHEDULE_H

#include "hw-sim/checker/Ordering.h"

namespace systole::sim {

/// What is written and read as a whole: a slot of a buffer, a band of rows.
struct Part {
  /// The last step of each engine that read it, and that wrote it.
  Clock reads = {}, writes = {};
};

class Schedule {
public:
  using Parts = std::vector<Part *>;

  /// What the next step sees; kernels change it as they like.
  isa::Configuration config;

  /// Adds an instruction behind whoever wrote what it reads, and whoever read
  /// or wrote what it writes.
  void add(isa::Format format, isa::Payload payload, const Parts &reads,
           const Parts &writes);

  /// Settings, instructions, and `sync` where an instruction has more than two
  /// waits or signals.
  std::vector<isa::Instruction> finish() const;

private:
  /// A working instruction with the settings before it.
  struct Step {
    std::vector<isa::Instruction> settings;
    isa::Instruction instruction;
    std::vector<int8_t> waits, signals;
    /// What is over when a signal of it is given.
    Clock after = {};
  };
  /// What orders steps of engine `to` behind steps of engine `from`.
  struct Semaphore {
    unsigned from, to;
    /// Steps that wait, ascending.
    std::vector<size_t> waits = {};
  };

  void addSettings(isa::Engine engine, Step &step);
  void waitFor(unsigned from, unsigned to, uint32_t number, Step &step);
  int8_t semaphoreOf(unsigned from, unsigned to);
  void append(Step step);

  /// What the settings so far amount to.
  isa::Configuration current;
  std::vector<Step> steps;
  /// Of each engine: its steps, and what its next one is behind.
  std::array<std::vector<size_t>, isa::kEngineCount> issued;
  std::array<Clock, isa::kEngineCount> clocks = {};
  std::vector<Semaphore> semaphores;
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_KERNELS_SCHEDULE_H
