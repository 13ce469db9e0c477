//===- RunObserver.h - From pins to a record of a run -----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What starts and retires, cycle by cycle: the same for a Verilated machine in
// C++ and in SystemC, of which only the pins' types differ.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_SIMRTL_RUNOBSERVER_H
#define SYSTOLE_HWSIM_SIMRTL_RUNOBSERVER_H

#include "hw-sim/model/TimedDevice.h"
#include <deque>

namespace systole::sim {

/// The pins of a cycle; a bit, or a number, for each engine.
struct ObservedPins {
  uint32_t started = 0, retired = 0;
  std::array<uint32_t, isa::kEngineCount> startedIndex = {}, retiredIndex = {};
};

class RunObserver {
public:
  RunObserver() = default;
  /// `ledger` is that of the program.
  RunObserver(const Machine &machine, Ledger ledger) : lanes(machine.lanes()) {
    record.ledger = std::move(ledger);
  }

  /// Pins cause_o and steps_o, once the clock's edge behind a cycle is over.
  void account(uint32_t cause, uint64_t steps) {
    // As mm_steps_t: valid, pending, pad_k, pad_n, index.
    if (static_cast<Cause>(cause) == Cause::Busy)
      record.ledger.stream(uint32_t(steps), lanes, steps >> 38 & 63,
                           steps >> 32 & 63);
    else
      record.ledger.wait(static_cast<Cause>(cause));
  }

  void observe(uint64_t now, const ObservedPins &pins) {
    for (unsigned engine = 0; engine < isa::kEngineCount; ++engine) {
      if (pins.started >> engine & 1)
        flying[engine].push_back({pins.startedIndex[engine],
                                  static_cast<isa::Engine>(engine), now, 0});
      if (pins.retired >> engine & 1) {
        flying[engine].front().retire = now;
        record.ledger.retire(pins.retiredIndex[engine]);
        record.times.push_back(flying[engine].front());
        flying[engine].pop_front();
      }
    }
  }

  RunRecord record;

private:
  uint64_t lanes = 0;
  /// Started and not retired, by engine.
  std::array<std::deque<InstructionTimes>, isa::kEngineCount> flying;
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_SIMRTL_RUNOBSERVER_H
