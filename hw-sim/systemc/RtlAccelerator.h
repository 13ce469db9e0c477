//===- RtlAccelerator.h - The RTL as a SystemC module -----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `verilator --sc` makes of hw-sim/rtl, its DRAM pins as transactions.
// Pins are looked at and set at the falling edge of the clock, which thus is
// what the C++ bench (hw-sim/sim-rtl/RtlModel.cpp) calls a cycle.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_SYSTEMC_RTLACCELERATOR_H
#define SYSTOLE_HWSIM_SYSTEMC_RTLACCELERATOR_H

#include "hw-sim/sim-rtl/RunObserver.h"
#include "hw-sim/systemc/Accelerator.h"
#include <deque>
#include <memory>

namespace systole::sc {

class RtlAccelerator : public Accelerator {
public:
  SC_HAS_PROCESS(RtlAccelerator);

  RtlAccelerator(sc_core::sc_module_name name, const sim::Machine &machine,
                 sc_core::sc_time period);
  ~RtlAccelerator() override;

  void peek(isa::Memory memory, uint64_t address, uint8_t *to,
            uint64_t count) const override;
  void reset(uint64_t seed) override;

protected:
  void begin(uint64_t address, uint64_t count) override;

private:
  struct Core;
  /// A request whose beats have not all been at the pins.
  struct Request {
    uint8_t requester;
    uint64_t beats, completion;
    std::vector<uint8_t> data;
  };
  /// What happens at the next falling edge: two cycles of reset, one behind it,
  /// the doorbell, and cycles until the core is done.
  enum class Phase { Idle, Reset, Reset2, Release, Doorbell, Run };

  void fall();
  void cycle();
  void request();
  std::vector<isa::Word> readProgram();
  void answer();

  sim::Machine machine;
  sc_core::sc_clock clock;
  std::unique_ptr<Core> core;
  Phase phase = Phase::Idle;
  uint64_t program = 0, size = 0, now = 0;
  std::deque<Request> requests;
  /// Of the next write: bytes, and 0xff for those that are written.
  std::vector<uint8_t> beats, enables;
  sim::RunObserver observer;
};

} // namespace systole::sc

#endif // SYSTOLE_HWSIM_SYSTEMC_RTLACCELERATOR_H
