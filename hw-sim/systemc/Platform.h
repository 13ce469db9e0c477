//===- Platform.h - Host, interconnect, memory, matrix unit -----*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The least TLM-2.0 platform around an accelerator: addresses below the size of
// DRAM are memory, kRegisterBase and up the accelerator's registers.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_SYSTEMC_PLATFORM_H
#define SYSTOLE_HWSIM_SYSTEMC_PLATFORM_H

#include "hw-sim/model/DramTiming.h"
#include "hw-sim/systemc/Accelerator.h"
#include <tlm_utils/simple_target_socket.h>

namespace systole::sc {

/// Behind any DRAM: addresses have 48 bits.
inline constexpr uint64_t kRegisterBase = uint64_t(1) << 48;

/// DRAM. Blocking accesses take no time: they are the host's, and loosely timed
/// ones. Non-blocking ones are timed by DramTiming and complete at once, with
/// the time of their last beat as delay.
class Memory : public sc_core::sc_module {
public:
  tlm_utils::simple_target_socket<Memory> socket;

  Memory(sc_core::sc_module_name name, const sim::Machine &machine,
         uint64_t seed, sc_core::sc_time period)
      : sc_module(name), socket("socket"), bytes(machine.dram.bytes, seed),
        machine(machine), period(period), timing(machine) {
    socket.register_b_transport(this, &Memory::access);
    socket.register_nb_transport_fw(this, &Memory::request);
    socket.register_transport_dbg(this, &Memory::debug);
  }

  /// What is in it, for a debugger.
  sim::Dram &dram() { return bytes; }
  /// All rows are closed, cycles count from here on.
  void restart() {
    timing = sim::DramTiming(machine);
    begin = sc_core::sc_time_stamp();
  }

private:
  void access(tlm::tlm_generic_payload &payload, sc_core::sc_time &);
  unsigned debug(tlm::tlm_generic_payload &payload);
  tlm::tlm_sync_enum request(tlm::tlm_generic_payload &payload,
                             tlm::tlm_phase &phase, sc_core::sc_time &delay);

  sim::Dram bytes;
  const sim::Machine &machine;
  sc_core::sc_time period, begin;
  sim::DramTiming timing;
};

/// Hands transactions on, by their address, without delay.
class Interconnect : public sc_core::sc_module {
public:
  tlm_utils::simple_target_socket_tagged<Interconnect> host, accelerator;
  tlm_utils::simple_initiator_socket<Interconnect> memory, registers;

  explicit Interconnect(sc_core::sc_module_name name);

private:
  void forward(int from, tlm::tlm_generic_payload &payload,
               sc_core::sc_time &delay);
  tlm::tlm_sync_enum request(int from, tlm::tlm_generic_payload &payload,
                             tlm::tlm_phase &phase, sc_core::sc_time &delay);
  unsigned debug(int from, tlm::tlm_generic_payload &payload);
};

/// Rings the doorbell when it is told to, waits, and pauses the simulation.
class Host : public sc_core::sc_module {
public:
  SC_HAS_PROCESS(Host);
  tlm_utils::simple_initiator_socket<Host> socket;

  Host(sc_core::sc_module_name name, sc_core::sc_event &done)
      : sc_module(name), socket("socket"), done(done) {
    SC_THREAD(work);
  }

  /// To be followed by sc_start().
  void start(uint64_t address, uint64_t count) {
    program = address;
    size = count;
    go.notify(sc_core::SC_ZERO_TIME);
  }

private:
  void work();
  void write(uint64_t address, uint64_t value);

  sc_core::sc_event &done;
  sc_core::sc_event go;
  uint64_t program = 0, size = 0;
};

/// All of them, connected.
class Platform : public sc_core::sc_module {
public:
  Platform(sc_core::sc_module_name name, Accelerator &accelerator,
           const sim::Machine &machine, uint64_t seed, sc_core::sc_time period)
      : sc_module(name), memory("memory", machine, seed, period),
        interconnect("interconnect"), host("host", accelerator.done) {
    host.socket.bind(interconnect.host);
    accelerator.dram.bind(interconnect.accelerator);
    interconnect.memory.bind(memory.socket);
    interconnect.registers.bind(accelerator.registers);
  }

  Memory memory;
  Interconnect interconnect;
  Host host;
};

} // namespace systole::sc

#endif // SYSTOLE_HWSIM_SYSTEMC_PLATFORM_H
