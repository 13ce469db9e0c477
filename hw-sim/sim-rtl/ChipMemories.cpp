//===- ChipMemories.cpp - Memories within a Verilated machine -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiled together with what Verilator makes.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/sim-rtl/ChipMemories.h"
#include "verilated.h"
#include "verilated_syms.h"

using namespace systole::isa;

namespace systole::sim {

namespace {
/// The instance of bank_memory, and how many banks it has.
struct Place {
  const char *instance;
  uint64_t banks;
};
} // namespace

static Place placeOf(const Machine &machine, Memory memory) {
  switch (memory) {
  case Memory::Scratchpad:
    return {"u_scratchpad", machine.scratchpad.banks};
  case Memory::Weights:
    return {"u_weights", 1};
  case Memory::Parameters:
    return {"u_parameters", 1};
  case Memory::Accumulators:
    return {"u_accumulators", 2};
  case Memory::Depthwise:
    return {"u_depthwise", machine.hasDepthwise() ? 2u : 0u};
  case Memory::Dram:
    break;
  }
  return {"", 0};
}

std::vector<RtlBank> banksOf(const VerilatedContext &context,
                             const std::string &top, const Machine &machine,
                             Memory memory) {
  Place place = placeOf(machine, memory);
  std::vector<RtlBank> all;
  for (uint64_t bank = 0; bank < place.banks; ++bank) {
    std::string name = top + ".u_memories." + place.instance + ".gen_bank[" +
                       std::to_string(bank) + "].u_mem";
    const VerilatedScope *scope = context.scopeFind(name.c_str());
    VerilatedVar *variable = scope ? scope->varFind("mem") : nullptr;
    if (!variable)
      return {};
    all.push_back(
        {static_cast<uint8_t *>(variable->datap()),
         machine.unitsOf(memory) / place.banks * machine.unitBytes(memory)});
  }
  return all;
}

} // namespace systole::sim
