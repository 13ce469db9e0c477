//===- CycleDevice.cpp - The cycle engine ---------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/cycle/CycleDevice.h"
#include "hw-sim/model/cycle/Core.h"

using namespace systole::isa;

namespace systole::sim {

Outcome CycleDevice::run(uint64_t address, uint64_t count) {
  // No program writes into itself: its words may be read at once.
  std::vector<Word> program;
  bool isInDram = count <= dram().size() / kInstructionBytes &&
                  dram().contains(address, count * kInstructionBytes);
  for (uint64_t i = 0; isInDram && i < count; ++i) {
    uint8_t bytes[kInstructionBytes];
    dram().read(address + i * kInstructionBytes, bytes, sizeof bytes);
    program.push_back(Word::load(bytes));
  }
  Outcome outcome = functional.run(address, count);
  last = cycle::Core(machine(), address, program, skips).run();
  return outcome;
}

} // namespace systole::sim
