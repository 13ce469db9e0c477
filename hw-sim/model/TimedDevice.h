//===- TimedDevice.h - A machine that knows its cycles ----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What RTL, cycle engine and SystemC say about a run beyond its outcome.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_TIMEDDEVICE_H
#define SYSTOLE_HWSIM_MODEL_TIMEDDEVICE_H

#include "hw-sim/model/Accounting.h"
#include "hw-sim/model/Device.h"
#include <optional>

namespace systole::sim {

/// When an instruction started, and retired; in cycles from the doorbell on.
struct InstructionTimes {
  uint32_t index;
  isa::Engine engine;
  uint64_t start, retire;

  bool operator==(const InstructionTimes &o) const {
    return index == o.index && engine == o.engine && start == o.start &&
           retire == o.retire;
  }
};

/// Requests at the banks of all memories on chip, and those of them that lost
/// their bank to another client at least once.
struct BankCounts {
  uint64_t served = 0, delayed = 0;

  bool operator==(const BankCounts &o) const {
    return served == o.served && delayed == o.delayed;
  }
};

/// A run, cycle by cycle.
struct RunRecord {
  /// From the doorbell to done.
  uint64_t cycles = 0;
  /// Working instructions in the order in which they retired; of those that
  /// retired in one cycle, in the order of their engines.
  std::vector<InstructionTimes> times;
  /// Causes and slots, in total and for each instruction.
  Ledger ledger;
  /// What hardware itself has counted, if it did: the ledger's total.
  std::optional<Accounting> counters;
  BankCounts banks;
  /// Beats of DRAM times its width.
  uint64_t bytesRead = 0, bytesWritten = 0;
};

class TimedDevice : public Device {
public:
  /// Of the last run.
  virtual const RunRecord &record() const = 0;
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_TIMEDDEVICE_H
