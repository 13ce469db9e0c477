//===- History.cpp - Who touched what, and the races in it ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/checker/History.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

/// Stretches that are kept of a race: enough for a message.
static constexpr size_t kMaxStretches = 1024;

/// Adds a stretch, joined with the last one where they touch.
static void append(Stretches &stretches, int64_t first, int64_t last) {
  if (!stretches.empty() && stretches.back().first <= first &&
      first <= stretches.back().second + 1)
    stretches.back().second = std::max(stretches.back().second, last);
  else if (stretches.size() < kMaxStretches)
    stretches.push_back({first, last});
}

History::History(const Machine &machine) : machine(machine) {
  for (unsigned i = 0; i < kMemoryCount; ++i)
    if (Memory memory = static_cast<Memory>(i); memory != Memory::Dram)
      units[i].resize(machine.unitsOf(memory));
}

void History::add(const Configuration &configuration,
                  const Instruction &instruction) {
  Order next = order.add(instruction.engine(), instruction.tokens);
  uint32_t place = orders.size();
  orders.push_back(next);
  places[next.engine].push_back(place);
  for (const OperandAccess &operand :
       operandsOf(machine, configuration, instruction))
    if (operand.memory == Memory::Dram)
      for (const StridedSet &bytes : stridedSetsOf(operand))
        touchDram(place, operand.isWrite, bytes);
    else
      forEachAccess(operand,
                    [&](const Access &access) { touchOnChip(place, access); });
}

bool History::report(const Race &race, int64_t first, int64_t last) {
  Stretches &stretches = found[race];
  append(stretches, first, last);
  return stretches.size() < kMaxStretches;
}

//===----------------------------------------------------------------------===//
// On chip
//===----------------------------------------------------------------------===//

/// The engines whose last access is not over.
static unsigned unfinished(const Clock &accesses, const Order &order) {
  unsigned engines = 0;
  for (unsigned i = 0; i < kEngineCount; ++i)
    engines |= unsigned(accesses[i] > order.before[i]) << i;
  // An engine's own accesses are in order; this one's are the instruction's.
  return engines & ~(1u << order.engine);
}

void History::touchOnChip(uint32_t place, const Access &access) {
  const Order &now = orders[place];
  std::vector<Unit> &memory = units[static_cast<unsigned>(access.memory)];
  auto reportAll = [&](const Clock &accesses, bool areWrites, int64_t unit) {
    unsigned engines = unfinished(accesses, now);
    for (unsigned i = 0; i < kEngineCount; ++i)
      if (engines >> i & 1)
        report({placeOf(i, accesses[i]), place, access.memory, areWrites,
                access.isWrite},
               unit, unit);
  };
  for (int64_t i = access.first; i < access.first + access.count; ++i) {
    Unit &unit = memory[i];
    if (unfinished(unit.writes, now))
      reportAll(unit.writes, true, i);
    if (access.isWrite && unfinished(unit.reads, now))
      reportAll(unit.reads, false, i);
    (access.isWrite ? unit.writes : unit.reads)[now.engine] = now.number;
  }
}

//===----------------------------------------------------------------------===//
// DRAM
//===----------------------------------------------------------------------===//

void History::touchDram(uint32_t place, bool isWrite, const StridedSet &bytes) {
  const Order &now = orders[place];
  auto compare = [&](unsigned engine, const std::vector<Transfer> &transfers,
                     bool areWrites) {
    // Backwards, up to the first that is over: so are all before it.
    for (size_t i = transfers.size(); i-- > 0;) {
      const Transfer &other = transfers[i];
      if (other.number <= now.before[engine])
        return;
      Race race{placeOf(engine, other.number), place, Memory::Dram, areWrites,
                isWrite};
      StridedSet::intersect(other.bytes, bytes,
                            [&](int64_t first, int64_t last) {
                              return report(race, first, last);
                            });
    }
  };
  for (unsigned i = 0; i < kEngineCount; ++i) {
    if (i == now.engine)
      continue;
    compare(i, dramWrites[i], true);
    if (isWrite)
      compare(i, dramReads[i], false);
  }
  (isWrite ? dramWrites : dramReads)[now.engine].push_back({bytes, now.number});
}

} // namespace systole::sim
