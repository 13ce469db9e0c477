//===- RtlDevice.h - The machine in SystemVerilog as a device ---*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The RTL engine: a Verilated machine, DRAM and its timing in C++.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_SIMRTL_RTLDEVICE_H
#define SYSTOLE_HWSIM_SIMRTL_RTLDEVICE_H

#include "hw-sim/sim-rtl/RtlModel.h"

namespace systole::sim {

class RtlDevice : public TimedDevice {
public:
  /// `library` is the machine's (RtlBuild.h). Untouched memory is the pattern
  /// of `seed`. Nothing, and why, if it cannot be loaded.
  static std::unique_ptr<RtlDevice> open(const Machine &machine, uint64_t seed,
                                         const std::string &library,
                                         std::string &problem);

  const Machine &machine() const override { return description; }
  void reset(uint64_t seed) override;
  Dram &dram() override { return memory; }
  void peek(isa::Memory memory, uint64_t address, uint8_t *to,
            uint64_t count) const override;
  Outcome run(uint64_t address, uint64_t count) override;

  /// See RtlModel::trace(). `path` gets a .gtkw beside it: which signals
  /// GTKWave shows at first. What is wrong, or "".
  std::string trace(const std::string &path, uint64_t first, uint64_t last);
  const RunRecord &record() const override { return last.record; }

private:
  RtlDevice(const Machine &machine, uint64_t seed)
      : description(machine), memory(machine.dram.bytes, seed) {}

  Machine description;
  Dram memory;
  std::unique_ptr<RtlModel> model;
  RtlOutcome last;
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_SIMRTL_RTLDEVICE_H
