//===- main.cpp - The matrix unit in somebody's platform ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A host of our own beside a memory and an interconnect: it writes a program
// and six bytes, rings the doorbell, and looks whether the six bytes have been
// copied. The accelerator is loosely timed; another one is another line.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/isa/Assembly.h"
#include "hw-sim/isa/Formats.h"
#include "hw-sim/model/CycleEstimate.h"
#include "hw-sim/model/MachineFile.h"
#include "hw-sim/model/functional/FunctionalDevice.h"
#include "hw-sim/systemc/ModelAccelerator.h"
#include "hw-sim/systemc/Platform.h"
#include <iostream>

using namespace systole;

static const char kProgram[] =
    "ld target=3 length=6 linear signal0=0\n"
    "st source=3 length=6 offset=64 linear wait0=0\n";
static constexpr uint64_t kProgramAt = 4096;

/// Stands for a processor's bus interface.
class MyHost : public sc_core::sc_module {
public:
  SC_HAS_PROCESS(MyHost);
  tlm_utils::simple_initiator_socket<MyHost> socket;

  MyHost(sc_core::sc_module_name name, sc_core::sc_event &done)
      : sc_module(name), socket("socket"), done(done) {
    SC_THREAD(work);
  }

  int right = 0;
  uint64_t fault = 0;

private:
  void transport(tlm::tlm_command command, uint64_t address, void *data,
                 unsigned count) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(static_cast<uint8_t *>(data));
    payload.set_data_length(count);
    payload.set_streaming_width(count);
    sc_core::sc_time delay;
    socket->b_transport(payload, delay);
    sc_assert(payload.is_response_ok());
    wait(delay);
  }
  void write(uint64_t address, uint64_t value) {
    transport(tlm::TLM_WRITE_COMMAND, address, &value, sizeof value);
  }

  void work() {
    std::vector<isa::AssemblyProblem> problems;
    uint64_t at = kProgramAt, count = 0;
    for (const isa::Word &word : isa::assemble(kProgram, problems)) {
      uint8_t bytes[isa::kInstructionBytes];
      word.store(bytes);
      transport(tlm::TLM_WRITE_COMMAND, at, bytes, sizeof bytes);
      at += sizeof bytes;
      ++count;
    }
    uint8_t operands[8] = {2, 3, 5, 7, 11, 13, 17, 19}, results[6] = {};
    transport(tlm::TLM_WRITE_COMMAND, 0, operands, sizeof operands);
    write(sc::kRegisterBase + sc::kProgram, kProgramAt);
    write(sc::kRegisterBase + sc::kCount, count);
    write(sc::kRegisterBase + sc::kDoorbell, 1);
    wait(done);
    transport(tlm::TLM_READ_COMMAND, sc::kRegisterBase + sc::kFault, &fault,
              sizeof fault);
    transport(tlm::TLM_READ_COMMAND, 64, results, sizeof results);
    for (int i = 0; i < 6; ++i)
      right += results[i] == operands[i];
    sc_core::sc_stop();
  }

  sc_core::sc_event &done;
};

int sc_main(int argc, char **argv) {
  std::vector<sim::FileProblem> problems;
  std::optional<sim::Machine> machine =
      sim::loadMachine(argc > 1 ? argv[1] : "", problems);
  for (const sim::FileProblem &problem : problems)
    std::cerr << problem.text() << "\n";
  if (!machine)
    return 2;
  sc_core::sc_time period(1, sc_core::SC_NS);
  sc::ModelAccelerator mxu(
      "mxu", std::make_unique<sim::FunctionalDevice>(*machine, /*seed=*/1),
      [&](const std::vector<isa::Word> &program) -> uint64_t {
        return sim::estimateProgram(*machine, program).cycles;
      },
      period);
  sc::Memory memory("memory", *machine, /*seed=*/1, period);
  sc::Interconnect interconnect("interconnect");
  MyHost host("host", mxu.done);
  host.socket.bind(interconnect.host);
  mxu.dram.bind(interconnect.accelerator);
  interconnect.memory.bind(memory.socket);
  interconnect.registers.bind(mxu.registers);
  sc_core::sc_start();
  std::cout << "fault " << isa::nameOf(static_cast<isa::Fault>(host.fault))
            << ", " << host.right << " of 6 bytes right\n";
  return host.right == 6 ? 0 : 1;
}
