//===- TimingTrial.cpp - One program's cycles on two engines --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/TimingTrial.h"
#include "hw-sim/isa/Formats.h"
#include <algorithm>
#include <map>

using namespace systole::isa;

namespace systole::sim {

/// `instruction 12 (ld) starts in cycle 45 instead of 44, and retires ...`.
static std::string textOf(const InstructionTimes &expected,
                          const InstructionTimes &times) {
  auto cycle = [](uint64_t got, uint64_t wanted) {
    std::string text = std::to_string(got);
    return got == wanted ? text
                         : text + " instead of " + std::to_string(wanted);
  };
  return "instruction " + std::to_string(expected.index) + " (" +
         nameOf(expected.engine) + ") starts in cycle " +
         cycle(times.start, expected.start) + " and retires in cycle " +
         cycle(times.retire, expected.retire);
}

/// The first cycle in which they differ.
static uint64_t divergence(const InstructionTimes &l,
                           const InstructionTimes &r) {
  return l.start != r.start ? std::min(l.start, r.start)
                            : std::min(l.retire, r.retire);
}

static std::string timesDifference(const RunRecord &expected,
                                   const RunRecord &record) {
  std::map<uint32_t, InstructionTimes> all;
  for (const InstructionTimes &one : record.times)
    all.emplace(one.index, one);
  std::string text;
  uint64_t earliest = UINT64_MAX;
  for (const InstructionTimes &one : expected.times) {
    auto found = all.find(one.index);
    if (found == all.end())
      return "instruction " + std::to_string(one.index) + " never retires";
    const InstructionTimes &times = found->second;
    if (times == one || divergence(one, times) >= earliest)
      continue;
    earliest = divergence(one, times);
    text = textOf(one, times);
  }
  if (text.empty() && expected.times.size() != record.times.size())
    return std::to_string(record.times.size()) +
           " instructions retire instead of " +
           std::to_string(expected.times.size());
  if (text.empty() && expected.times != record.times)
    return "instructions retire in another order";
  return text;
}

std::string timingDifference(const RunRecord &expected,
                             const RunRecord &record) {
  std::string text = timesDifference(expected, record);
  if (!text.empty())
    return text;
  if (record.cycles != expected.cycles)
    return std::to_string(record.cycles) + " cycles instead of " +
           std::to_string(expected.cycles);
  return "";
}

} // namespace systole::sim
