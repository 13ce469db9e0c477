//===- RtlDevice.cpp - The machine in SystemVerilog as a device -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/sim-rtl/RtlDevice.h"
#include "hw-sim/isa/Formats.h"
#include <dlfcn.h>
#include <fstream>

using namespace systole::isa;

namespace systole::sim {

std::unique_ptr<RtlDevice> RtlDevice::open(const Machine &machine,
                                           uint64_t seed,
                                           const std::string &library,
                                           std::string &problem) {
  // Never closed: code of the model may run until the process ends.
  void *handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  auto factory =
      handle ? reinterpret_cast<RtlModelFactory>(dlsym(handle, kRtlModelSymbol))
             : nullptr;
  if (!factory) {
    problem = "cannot load the simulator of the RTL: " + std::string(dlerror());
    return nullptr;
  }
  std::unique_ptr<RtlDevice> device(new RtlDevice(machine, seed));
  device->model.reset(factory(device->description, device->memory));
  device->reset(seed);
  return device;
}

void RtlDevice::reset(uint64_t seed) {
  memory = Dram(memory.size(), seed);
  for (unsigned i = 0; i < kMemoryCount; ++i) {
    Memory chip = static_cast<Memory>(i);
    if (chip != Memory::Dram)
      fillBanks(model->banks(chip), chip, seed);
  }
}

void RtlDevice::peek(Memory memory, uint64_t address, uint8_t *to,
                     uint64_t count) const {
  peekBanks(model->banks(memory), address, to, count);
}

/// What one looks at first: when instructions start and retire, DRAM's port.
static constexpr const char *kShown[] = {
    "clk_i",           "rst_ni",        "start_i",          "done_o",
    "fault_o",         "started_o",     "retired_o",        "started_index_o",
    "retired_index_o", "dram_valid_o",  "dram_requester_o", "dram_addr_o",
    "dram_beats_o",    "dram_answer_i", "dram_last_i"};

std::string RtlDevice::trace(const std::string &path, uint64_t first,
                             uint64_t last) {
  std::string name = path.substr(0, path.rfind('.')) + ".gtkw";
  std::ofstream file(name);
  file << "[dumpfile] \"" << path << "\"\n[timestart] " << 2 * first
       << "\n[sst_expanded] 1\n";
  for (const char *signal : kShown)
    file << "TOP.mxu." << signal << "\n";
  if (!file.flush() || !std::ofstream(path))
    return "cannot write '" + path + "' and '" + name + "'";
  model->trace(path.c_str(), first, last);
  return "";
}

/// The program, as far as it lies in DRAM.
static std::vector<Word> programAt(const Dram &dram, uint64_t address,
                                   uint64_t count) {
  std::vector<Word> program;
  if (!dram.contains(address, count * kInstructionBytes))
    return program;
  uint8_t bytes[kInstructionBytes];
  for (uint64_t i = 0; i < count; ++i) {
    dram.read(address + i * kInstructionBytes, bytes, kInstructionBytes);
    program.push_back(Word::load(bytes));
  }
  return program;
}

Outcome RtlDevice::run(uint64_t address, uint64_t count) {
  constexpr uint64_t kMost = UINT32_MAX;
  if (count > kMost || address >= memory.size())
    return {Fault::Extent, 0, "the program does not lie in DRAM"};
  last = model->run(address, count, Ledger(programAt(memory, address, count)));
  std::string message = last.fault == Fault::None
                            ? ""
                            : std::string("the hardware stopped with fault ") +
                                  nameOf(last.fault);
  return {last.fault, last.index, message};
}

} // namespace systole::sim
