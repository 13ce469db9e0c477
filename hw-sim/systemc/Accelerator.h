//===- Accelerator.h - The matrix unit as a SystemC module ------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a platform sees of the unit, however it is modelled: a target socket
// with a few registers, an initiator socket to DRAM, and an event when a
// program is over. docs/hardware/systemc.md puts one into a platform.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_SYSTEMC_ACCELERATOR_H
#define SYSTOLE_HWSIM_SYSTEMC_ACCELERATOR_H

#include "hw-sim/model/TimedDevice.h"
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

namespace systole::sc {

/// Byte offsets of the registers, 64 bits each.
enum Register : uint64_t {
  /// Where the program lies in DRAM, and its instructions.
  kProgram = 0x00,
  kCount = 0x08,
  /// A write of anything starts it; reads 1 while it runs.
  kDoorbell = 0x10,
  /// How the last program ended: isa::Fault, and Outcome::index.
  kFault = 0x18,
  kIndex = 0x20,
  /// What it took; 0 where the model has no clock.
  kCycles = 0x28,
  kRegistersEnd = 0x30
};

/// Who asks DRAM, as an extension of a transaction: the order in which requests
/// are accepted and their latency depend on it.
struct RequesterExtension : tlm::tlm_extension<RequesterExtension> {
  /// sim::DramRequester.
  uint8_t requester = 0;

  tlm_extension_base *clone() const override {
    return new RequesterExtension(*this);
  }
  void copy_from(const tlm_extension_base &o) override {
    *this = static_cast<const RequesterExtension &>(o);
  }
};

class Accelerator : public sc_core::sc_module {
public:
  tlm_utils::simple_target_socket<Accelerator> registers;
  tlm_utils::simple_initiator_socket<Accelerator> dram;
  /// Notified when a program is over.
  sc_core::sc_event done;

  /// Of the last program.
  const sim::Outcome &outcome() const { return ended; }
  const sim::RunRecord &record() const { return last; }

  /// For debugging, beside simulated time: memories on chip.
  virtual void peek(isa::Memory memory, uint64_t address, uint8_t *to,
                    uint64_t count) const = 0;
  /// Makes the memories on chip the pattern of `seed`.
  virtual void reset(uint64_t seed) = 0;

protected:
  Accelerator(sc_core::sc_module_name name, sc_core::sc_time period)
      : sc_module(name), registers("registers"), dram("dram"), period(period) {
    registers.register_b_transport(this, &Accelerator::access);
  }

  /// The doorbell was rung; to be answered by finish() some time.
  virtual void begin(uint64_t address, uint64_t count) = 0;
  void finish(const sim::Outcome &outcome, sim::RunRecord record) {
    ended = outcome;
    last = std::move(record);
    values[kFault / 8] = uint64_t(outcome.fault);
    values[kIndex / 8] = outcome.index;
    values[kCycles / 8] = last.cycles;
    values[kDoorbell / 8] = 0;
    done.notify(sc_core::SC_ZERO_TIME);
  }

  /// Of the machine's clock.
  sc_core::sc_time period;

private:
  void access(tlm::tlm_generic_payload &payload, sc_core::sc_time &);

  std::array<uint64_t, kRegistersEnd / 8> values = {};
  sim::Outcome ended;
  sim::RunRecord last;
};

inline void Accelerator::access(tlm::tlm_generic_payload &payload,
                                sc_core::sc_time &) {
  uint64_t at = payload.get_address();
  if (at % 8 != 0 || at >= kRegistersEnd || payload.get_data_length() != 8 ||
      payload.get_byte_enable_ptr())
    return payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  uint64_t &value = values[at / 8];
  if (payload.is_read()) {
    memcpy(payload.get_data_ptr(), &value, 8);
  } else if (at > kDoorbell || values[kDoorbell / 8] != 0) {
    // Results are not written, and nothing while a program runs.
    return payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
  } else {
    memcpy(&value, payload.get_data_ptr(), 8);
    if (at == kDoorbell) {
      value = 1;
      begin(values[kProgram / 8], values[kCount / 8]);
    }
  }
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

} // namespace systole::sc

#endif // SYSTOLE_HWSIM_SYSTEMC_ACCELERATOR_H
