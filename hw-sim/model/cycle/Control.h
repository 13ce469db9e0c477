//===- Control.h - Both ends of every instruction ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// engine_control.sv and semaphores.sv.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_CONTROL_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_CONTROL_H

#include "hw-sim/isa/Instruction.h"
#include "hw-sim/model/cycle/Channels.h"

namespace systole::sim::cycle {

/// A working instruction in a queue, with the configuration that it sees.
template <typename Config>
struct Entry {
  uint32_t index = 0;
  /// A bit for each semaphore.
  uint16_t waits = 0, signals = 0;
  isa::Instruction work;
  Config config;

  bool isSync() const { return work.format == isa::Format::Sync; }
};

class Semaphores {
public:
  /// A bit for each counter that is 0, that is 15.
  uint16_t missing() const { return zeros; }
  uint16_t full() const { return fulls; }

  /// What engines take and give becomes visible two cycles later.
  void take(uint16_t semaphores) { nextTakes |= semaphores; }
  void give(uint16_t semaphores) { nextGives |= semaphores; }
  bool clock();

private:
  std::array<uint8_t, isa::kSemaphores> counts = {};
  uint16_t zeros = 0xffff, fulls = 0;
  uint16_t takes = 0, gives = 0, nextTakes = 0, nextGives = 0;
};

class EngineControl {
public:
  explicit EngineControl(unsigned inFlight) : flights(inFlight) {}

  /// Whether the head of the queue starts in this cycle.
  template <typename Config>
  bool mayStart(const Entry<Config> &entry, const Semaphores &semaphores,
                bool engineReady) const {
    return !(entry.waits & semaphores.missing()) && flights.ready() &&
           !settles && (entry.isSync() || engineReady);
  }
  /// Whether the oldest instruction retires in this cycle.
  bool mayRetire(const Semaphores &semaphores) const {
    return flights.valid() && (flights.head().isSync || done != 0) &&
           !(flights.head().signals & semaphores.full()) && !gave;
  }

  struct Flight {
    uint32_t index;
    uint64_t start;
    uint16_t signals;
    bool isSync;
  };
  /// Precondition: mayRetire().
  const Flight &oldest() const { return flights.head(); }
  /// Something has started that has not retired.
  bool isBusy() const { return flying != 0; }
  bool isIdle() const { return flying == 0 && !settles && !gave; }

  /// `flight` is what starts, if something does. `isDone`: the engine has
  /// finished one.
  bool clock(bool starts, const Flight &flight, bool retires, bool isDone) {
    done += isDone;
    if (retires && !flights.head().isSync)
      --done;
    flying += starts;
    flying -= retires;
    bool moved = settles | gave | isDone;
    settles = starts;
    gave = retires;
    return flights.clock(starts, retires, flight) || moved;
  }

private:
  Fifo<Flight> flights;
  /// One has started, one has retired in the cycle before.
  bool settles = false, gave = false;
  /// Done and not retired; started and not retired.
  unsigned done = 0, flying = 0;
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_CONTROL_H
