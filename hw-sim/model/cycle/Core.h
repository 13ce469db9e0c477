//===- Core.h - The machine, cycle by cycle ---------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// mxu.sv without data: the timing twin. Within a cycle the memories come first,
// which show their clients the cycle and read their registers; then each
// engine's control, the engine, and its queue; semaphores and dispatch last.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_CORE_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_CORE_H

#include "hw-sim/model/cycle/Depthwise.h"
#include "hw-sim/model/cycle/Dispatch.h"
#include "hw-sim/model/cycle/Load.h"
#include "hw-sim/model/cycle/Matmul.h"
#include "hw-sim/model/cycle/Store.h"
#include "hw-sim/model/cycle/Vector.h"

namespace systole::sim::cycle {

class Core {
public:
  /// The doorbell of a program that lies in DRAM from `address` on. `skips`:
  /// cycles in which only the array streams, or a clock runs, are not clocked
  /// one by one. Both outlive the core.
  Core(const Machine &machine, uint64_t address,
       const std::vector<isa::Word> &program, bool skips);

  /// Runs to the end. Precondition: not called before.
  RunRecord run();

private:
  /// An engine between its queue and its control.
  template <typename Config, typename Unit>
  struct Lane {
    Fifo<Entry<Config>> queue;
    EngineControl control;
    Unit unit;

    template <typename... Args>
    Lane(const Machine &machine, const Timing &timing, Args &&...args)
        : queue(machine.queue), control(timing.inFlight),
          unit(machine, timing, std::forward<Args>(args)...) {}
    bool isWaiting(const Semaphores &semaphores) const {
      return queue.valid() && (queue.head().waits & semaphores.missing());
    }
  };

  bool clock();
  bool clockMemories();
  template <isa::Engine engine, typename Config, typename Unit>
  bool clockLane(Lane<Config, Unit> &lane, const Config &config);
  template <typename Config>
  Entry<Config> makeEntry(isa::Engine engine, const Config &config);
  void skipQuiet();

  /// Bits of engines.
  unsigned awaited() const;
  unsigned thatLostBanks() const;
  unsigned busyEngines() const;
  Cause cause() const;
  void account(uint64_t cycles);

  const Machine &machine;
  Timing timing;
  bool skips;
  uint64_t now = 0;
  RunRecord record;

  DramPort dram;
  BankMemory<6, 2> scratchpad;
  BankMemory<2, 1> weights;
  BankMemory<1, 1> parameters;
  BankMemory<3, 2> accumulators;
  BankMemory<3, 1> depthwise;
  Semaphores semaphores;
  /// Who signals a semaphore.
  std::array<isa::Engine, isa::kSemaphores> signallers = {};

  Dispatch dispatch;
  Lane<isa::LdConfig, Load> ld;
  Lane<isa::MmConfig, Matmul> mm;
  Lane<isa::DwConfig, Depthwise> dw;
  Lane<isa::VxConfig, Vector> vx;
  Lane<isa::StConfig, Store> st;

  /// An instruction goes into a queue in this cycle; so many retire, and did in
  /// the cycle before.
  bool isPushed = false;
  unsigned retiring = 0, retired = 0;
  /// Of the record: instructions of whose end the ledger knows.
  size_t ended = 0;
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_CORE_H
