//===- RtlDevice.cpp - The machine in SystemVerilog as a device -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/sim-rtl/RtlDevice.h"
#include "hw-sim/isa/Formats.h"
#include <cstring>
#include <dlfcn.h>

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
    uint64_t address = 0;
    if (chip == Memory::Dram)
      continue;
    for (const RtlBank &bank : model->banks(chip)) {
      fillPattern(seed, chip, address, bank.bytes, bank.count);
      address += bank.count;
    }
  }
}

void RtlDevice::peek(Memory memory, uint64_t address, uint8_t *to,
                     uint64_t count) const {
  uint64_t first = 0;
  for (const RtlBank &bank : model->banks(memory)) {
    uint64_t low = std::max(address, first);
    uint64_t high = std::min(address + count, first + bank.count);
    if (low < high)
      memcpy(to + (low - address), bank.bytes + (low - first), high - low);
    first += bank.count;
  }
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
  last = model->run(address, count,
                    Ledger(programAt(memory, address, count)));
  std::string message = last.fault == Fault::None
                            ? ""
                            : std::string("the hardware stopped with fault ") +
                                  nameOf(last.fault);
  return {last.fault, last.index, message};
}

} // namespace systole::sim
