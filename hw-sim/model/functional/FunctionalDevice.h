//===- FunctionalDevice.h - Programs in program order -----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The functional engine: an instruction at a time, no time at all. What it
// leaves in the memories is what every other engine must leave there.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_FUNCTIONAL_FUNCTIONALDEVICE_H
#define SYSTOLE_HWSIM_MODEL_FUNCTIONAL_FUNCTIONALDEVICE_H

#include "hw-sim/model/Device.h"
#include "hw-sim/model/functional/Kernels.h"
#include <functional>

namespace systole::sim {

class FunctionalDevice : public Device {
public:
  /// Called after each instruction or setting: its index, the configuration,
  /// itself.
  using Observer = std::function<void(uint64_t, const isa::Configuration &,
                                      const isa::Instruction &)>;

  /// Untouched memory is the pattern of `seed`.
  FunctionalDevice(const Machine &machine, uint64_t seed,
                   const Kernels &kernels = fastestKernels());

  const Machine &machine() const override { return description; }
  void reset(uint64_t seed) override {
    state.memories = Memories(description, seed);
  }
  Dram &dram() override { return state.memories.dram; }
  void peek(isa::Memory memory, uint64_t address, uint8_t *to,
            uint64_t count) const override;
  Outcome run(uint64_t address, uint64_t count) override;

  const Memories &memories() const { return state.memories; }
  Memories &memories() { return state.memories; }
  void observe(Observer function) { observer = std::move(function); }

private:
  Machine description;
  State state;
  const Kernels &kernels;
  Observer observer;
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_FUNCTIONAL_FUNCTIONALDEVICE_H
