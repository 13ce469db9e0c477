//===- SystemcDevice.h - A SystemC platform as a device ---------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each platform is a simulation of its own: SystemC keeps what belongs to one
// in a context, of which there may be several as long as one at a time is the
// current one. It is never ended, as modules may not die before the process.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_SYSTEMC_SYSTEMCDEVICE_H
#define SYSTOLE_HWSIM_SYSTEMC_SYSTEMCDEVICE_H

#include "hw-sim/systemc/Platform.h"
#include <memory>

namespace systole::sc {

/// Makes the accelerator of a platform.
using MakeAccelerator = std::function<Accelerator *(const sim::Machine &machine,
                                                    sc_core::sc_time period)>;

/// `Base` is sim::Device, or sim::TimedDevice where the accelerator has a
/// clock.
template <typename Base>
class SystemcDevice : public Base {
public:
  SystemcDevice(const sim::Machine &machine, uint64_t seed,
                const MakeAccelerator &make)
      : description(machine), context(new sc_core::sc_simcontext) {
    Current current(context);
    sc_core::sc_time period(1, sc_core::SC_NS);
    accelerator = make(description, period);
    platform =
        new Platform("platform", *accelerator, description, seed, period);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    reset(seed);
  }

  const sim::Machine &machine() const override { return description; }
  sim::Dram &dram() override { return platform->memory.dram(); }
  void reset(uint64_t seed) override {
    dram() = sim::Dram(description.dram.bytes, seed);
    accelerator->reset(seed);
  }
  void peek(isa::Memory memory, uint64_t address, uint8_t *to,
            uint64_t count) const override {
    accelerator->peek(memory, address, to, count);
  }
  sim::Outcome run(uint64_t address, uint64_t count) override {
    if (count > UINT32_MAX || address >= dram().size())
      return {isa::Fault::Extent, 0, "the program does not lie in DRAM"};
    Current current(context);
    platform->memory.restart();
    platform->host.start(address, count);
    sc_core::sc_start();
    return accelerator->outcome();
  }

protected:
  Accelerator *accelerator = nullptr;

private:
  /// Makes a context the current one while it lives.
  struct Current {
    explicit Current(sc_core::sc_simcontext *context)
        : before(sc_core::sc_curr_simcontext) {
      sc_core::sc_curr_simcontext = context;
    }
    ~Current() { sc_core::sc_curr_simcontext = before; }
    sc_core::sc_simcontext *before;
  };

  sim::Machine description;
  sc_core::sc_simcontext *context;
  Platform *platform = nullptr;
};

class LooseDevice final : public SystemcDevice<sim::Device> {
public:
  using SystemcDevice::SystemcDevice;
};

class ExactDevice final : public SystemcDevice<sim::TimedDevice> {
public:
  using SystemcDevice::SystemcDevice;
  const sim::RunRecord &record() const override {
    return accelerator->record();
  }
};

} // namespace systole::sc

#endif // SYSTOLE_HWSIM_SYSTEMC_SYSTEMCDEVICE_H
