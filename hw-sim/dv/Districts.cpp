//===- Districts.cpp - Who may use which part of a memory -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/Districts.h"

using namespace systole::isa;

namespace systole::sim {

namespace {
/// The districts of a memory: one for each engine that writes there, and one
/// for those that only read.
struct Plan {
  Memory memory;
  unsigned count;
  unsigned (*of)(Engine engine, bool isWrite);
};
} // namespace

/// In the order of isa::Memory.
static const Plan &planOf(Memory memory) {
  static const Plan kPlans[] = {
      {Memory::Dram, 2,
       [](Engine engine, bool) { return unsigned(engine == Engine::St); }},
      // VX works in place sometimes: it reads where it writes.
      {Memory::Scratchpad, 3,
       [](Engine engine, bool isWrite) {
         return engine == Engine::Vx ? 0u : isWrite ? 1u : 2u;
       }},
      {Memory::Weights, 2,
       [](Engine, bool isWrite) { return unsigned(isWrite); }},
      {Memory::Parameters, 2,
       [](Engine, bool isWrite) { return unsigned(isWrite); }},
      {Memory::Accumulators, 3,
       [](Engine engine, bool) {
         return engine == Engine::Mm ? 0u : engine == Engine::Ld ? 1u : 2u;
       }},
      {Memory::Depthwise, 2,
       [](Engine engine, bool) { return unsigned(engine == Engine::Dw); }},
  };
  for (const Plan &plan : kPlans)
    if (plan.memory == memory)
      return plan;
  return kPlans[0];
}

Districts::Districts(const Machine &machine, Randomness &random, UnitRange dram)
    : machine(machine), random(random), dram(dram) {
  change();
}

/// Cuts a range into parts of one size, in random order.
static void cut(UnitRange all, unsigned count, Randomness &random,
                UnitRange *parts) {
  std::vector<unsigned> order;
  for (unsigned i = 0; i < count; ++i)
    order.push_back(i);
  random.shuffle(order);
  int64_t units = all.end - all.begin;
  for (unsigned i = 0; i < count; ++i)
    parts[order[i]] = {all.begin + units * i / count,
                       all.begin + units * (i + 1) / count};
}

/// All in one bank but that of the readers, which has the next bank too: MM,
/// who goes first, leaves others a turn where it reads both by turns.
void Districts::cutBanks() {
  int64_t words = machine.wordsPerBank();
  int64_t first = random.pick(0, machine.scratchpad.banks - 2) * words;
  bool isAbove = random.oneIn(2);
  int64_t home = isAbove ? first : first + words;
  auto &parts = ranges[unsigned(Memory::Scratchpad)];
  int64_t third = words / 3;
  cut(isAbove ? UnitRange{home, home + 2 * third}
              : UnitRange{home + third, home + words},
      2, random, parts.data());
  parts[2] = isAbove ? UnitRange{home + 2 * third, home + 2 * words}
                     : UnitRange{home - words, home + third};
}

void Districts::change() {
  for (unsigned i = 0; i < kMemoryCount; ++i) {
    Memory memory = static_cast<Memory>(i);
    if (memory == Memory::Scratchpad && machine.scratchpad.banks > 1 &&
        !random.oneIn(6)) {
      cutBanks();
      continue;
    }
    UnitRange all{0, int64_t(machine.unitsOf(memory))};
    cut(memory == Memory::Dram ? dram : all, planOf(memory).count, random,
        ranges[i].data());
  }
}

UnitRange Districts::of(Memory memory, Engine engine, bool isWrite) const {
  return ranges[unsigned(memory)][planOf(memory).of(engine, isWrite)];
}

} // namespace systole::sim
