//===- Accounting.cpp - Where the cycles of a program went ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/Accounting.h"
#include <numeric>

using namespace systole::isa;

namespace systole::sim {

const char *nameOf(Cause cause) {
  static constexpr const char *kNames[kCauses] = {
      "busy",    "weights",        "bank_conflict", "wait_vx", "wait_dw",
      "wait_st", "dram_bandwidth", "dram_latency",  "wait_ld", "config",
      "fetch",   "drain",          "idle"};
  return kNames[unsigned(cause)];
}

const char *nameOf(Slot slot) {
  static constexpr const char *kNames[kSlots] = {"useful", "pad_k", "pad_n",
                                                 "pad_m"};
  return kNames[unsigned(slot)];
}

uint64_t Accounting::cycles() const {
  return std::accumulate(causes.begin(), causes.end(), uint64_t(0));
}

void Accounting::add(const Accounting &o) {
  for (unsigned i = 0; i < kCauses; ++i)
    causes[i] += o.causes[i];
  for (unsigned i = 0; i < kSlots; ++i)
    slots[i] += o.slots[i];
}

void addSlots(Accounting &to, uint64_t lanes, uint64_t padK, uint64_t padN,
              uint64_t cycles) {
  // A product that is padding both ways counts as one of K.
  to.of(Slot::PadK) += cycles * padK * lanes;
  to.of(Slot::PadN) += cycles * (lanes - padK) * padN;
  to.of(Slot::Useful) += cycles * (lanes - padK) * (lanes - padN);
}

Ledger::Ledger(const std::vector<Word> &program) {
  if (program.empty())
    return;
  owners.clear();
  for (uint32_t index = 0; index < program.size(); ++index) {
    Instruction instruction;
    if (decode(program[index], instruction) || instruction.isSetting())
      continue;
    Engine engine = instruction.engine();
    if (engine == Engine::Mm || engine == Engine::Dw || engine == Engine::Vx)
      owners.push_back(index);
  }
  if (owners.empty())
    owners.push_back(uint32_t(program.size() - 1));
  isRetired.assign(program.size(), false);
  ofInstruction.assign(program.size(), Accounting());
}

Accounting Ledger::total() const {
  Accounting all;
  for (const Accounting &one : ofInstruction)
    all.add(one);
  return all;
}

} // namespace systole::sim
