//===- FunctionalDevice.cpp - Programs in program order -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Fetch, dispatch, execute.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/functional/FunctionalDevice.h"
#include "hw-sim/model/Dispatch.h"
#include <cstring>

using namespace systole::isa;

namespace systole::sim {

FunctionalDevice::FunctionalDevice(const Machine &machine, uint64_t seed,
                                   const Kernels &kernels)
    : description(machine), state(machine, seed), kernels(kernels) {}

void FunctionalDevice::peek(Memory memory, uint64_t address, uint8_t *to,
                            uint64_t count) const {
  memcpy(to, state.memories.at(memory, 0) + address, count);
}

Outcome FunctionalDevice::run(uint64_t address, uint64_t count) {
  constexpr uint64_t kMost = UINT64_MAX / kInstructionBytes;
  if (count > kMost || !dram().contains(address, count * kInstructionBytes))
    return {Fault::Extent, 0,
            "the program does not lie in the machine's " +
                std::to_string(dram().size()) + " bytes of DRAM"};
  state.table = {};
  Dispatcher dispatcher(description, address, count * kInstructionBytes);
  for (uint64_t index = 0; index < count; ++index) {
    uint8_t bytes[kInstructionBytes];
    dram().read(address + index * kInstructionBytes, bytes, sizeof bytes);
    Instruction instruction;
    if (auto problem = dispatcher.dispatch(Word::load(bytes), instruction))
      return {problem->fault, index, problem->message};
    const Configuration &configuration = dispatcher.configuration();
    if (!instruction.isSetting())
      execute(kernels, description, configuration, instruction, state);
    if (observer)
      observer(index, configuration, instruction);
  }
  return {Fault::None, count, ""};
}

} // namespace systole::sim
