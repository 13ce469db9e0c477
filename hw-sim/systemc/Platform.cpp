//===- Platform.cpp - Host, interconnect, memory, matrix unit -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/systemc/Platform.h"

using namespace sc_core;

namespace systole::sc {

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

unsigned Memory::debug(tlm::tlm_generic_payload &payload) {
  uint64_t address = payload.get_address(), count = payload.get_data_length();
  uint8_t *data = payload.get_data_ptr();
  const uint8_t *enables = payload.get_byte_enable_ptr();
  if (!bytes.contains(address, count))
    return 0;
  if (payload.is_read()) {
    bytes.read(address, data, count);
  } else if (!enables) {
    bytes.write(address, data, count);
  } else {
    for (uint64_t i = 0; i < count; ++i)
      if (enables[i % payload.get_byte_enable_length()])
        bytes.write(address + i, data + i, 1);
  }
  return static_cast<unsigned>(count);
}

void Memory::access(tlm::tlm_generic_payload &payload, sc_time &) {
  payload.set_response_status(debug(payload) == payload.get_data_length()
                                  ? tlm::TLM_OK_RESPONSE
                                  : tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

tlm::tlm_sync_enum Memory::request(tlm::tlm_generic_payload &payload,
                                   tlm::tlm_phase &, sc_time &delay) {
  auto *extension = payload.get_extension<RequesterExtension>();
  auto requester = extension
                       ? static_cast<sim::DramRequester>(extension->requester)
                       : sim::DramRequester::Load;
  uint64_t cycle = (sc_time_stamp() + delay - begin) / period;
  uint64_t last = timing.accept(cycle, requester, payload.get_address(),
                                payload.get_data_length());
  // The last beat of a row may reach behind the end of DRAM: its bytes are
  // nothing.
  uint64_t count = payload.get_data_length();
  uint64_t room = bytes.size() - payload.get_address();
  if (payload.is_read() && count > room) {
    memset(payload.get_data_ptr() + room, 0, count - room);
    payload.set_data_length(static_cast<unsigned>(room));
  }
  access(payload, delay);
  payload.set_data_length(static_cast<unsigned>(count));
  // The bus serves requests in the order in which they were accepted, so that
  // what is moved now and what is moved in the last beat are the same.
  delay += period * double(last - cycle);
  return tlm::TLM_COMPLETED;
}

//===----------------------------------------------------------------------===//
// Interconnect
//===----------------------------------------------------------------------===//

Interconnect::Interconnect(sc_module_name name)
    : sc_module(name), host("host"), accelerator("accelerator"),
      memory("memory"), registers("registers") {
  int number = 0;
  for (auto *socket : {&host, &accelerator}) {
    socket->register_b_transport(this, &Interconnect::forward, number);
    socket->register_nb_transport_fw(this, &Interconnect::request, number);
    socket->register_transport_dbg(this, &Interconnect::debug, number);
    ++number;
  }
}

void Interconnect::forward(int, tlm::tlm_generic_payload &payload,
                           sc_time &delay) {
  uint64_t address = payload.get_address();
  if (address < kRegisterBase)
    return memory->b_transport(payload, delay);
  payload.set_address(address - kRegisterBase);
  registers->b_transport(payload, delay);
  payload.set_address(address);
}

tlm::tlm_sync_enum Interconnect::request(int, tlm::tlm_generic_payload &payload,
                                         tlm::tlm_phase &phase,
                                         sc_time &delay) {
  return memory->nb_transport_fw(payload, phase, delay);
}

unsigned Interconnect::debug(int, tlm::tlm_generic_payload &payload) {
  return payload.get_address() < kRegisterBase ? memory->transport_dbg(payload)
                                               : 0;
}

//===----------------------------------------------------------------------===//
// Host
//===----------------------------------------------------------------------===//

void Host::write(uint64_t address, uint64_t value) {
  tlm::tlm_generic_payload payload;
  payload.set_command(tlm::TLM_WRITE_COMMAND);
  payload.set_address(address);
  payload.set_data_ptr(reinterpret_cast<uint8_t *>(&value));
  payload.set_data_length(8);
  payload.set_streaming_width(8);
  sc_time delay = SC_ZERO_TIME;
  socket->b_transport(payload, delay);
  if (payload.is_response_error())
    SC_REPORT_ERROR(name(), "the accelerator refuses a register");
}

void Host::work() {
  while (true) {
    wait(go);
    write(kRegisterBase + kProgram, program);
    write(kRegisterBase + kCount, size);
    write(kRegisterBase + kDoorbell, 1);
    wait(done);
    sc_pause();
  }
}

} // namespace systole::sc
