//===- CycleDevice.h - The cycle engine -------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Memories by the functional engine, time by the timing twin of the RTL: start
// and retire cycle of every instruction are the RTL's.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_CYCLEDEVICE_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_CYCLEDEVICE_H

#include "hw-sim/model/TimedDevice.h"
#include "hw-sim/model/functional/FunctionalDevice.h"

namespace systole::sim {

class CycleDevice : public TimedDevice {
public:
  /// Untouched memory is the pattern of `seed`. `skips`: cycles that are like
  /// the one before are not simulated one by one; results are the same.
  CycleDevice(const Machine &machine, uint64_t seed, bool skips = true)
      : functional(machine, seed), skips(skips) {}

  const Machine &machine() const override { return functional.machine(); }
  void reset(uint64_t seed) override { functional.reset(seed); }
  Dram &dram() override { return functional.dram(); }
  void peek(isa::Memory memory, uint64_t address, uint8_t *to,
            uint64_t count) const override {
    functional.peek(memory, address, to, count);
  }
  Outcome run(uint64_t address, uint64_t count) override;
  const RunRecord &record() const override { return last; }

private:
  FunctionalDevice functional;
  bool skips;
  RunRecord last;
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_CYCLEDEVICE_H
