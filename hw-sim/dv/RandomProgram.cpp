//===- RandomProgram.cpp - Random programs --------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/RandomProgram.h"
#include "hw-sim/dv/ProgramBuilder.h"
#include "hw-sim/dv/RandomWork.h"
#include "hw-sim/model/CycleEstimate.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

/// Room for a program: it has some hundred instructions.
static constexpr int64_t kProgramRoom = 64 * 1024;

namespace {
/// Two regions of DRAM that do not meet.
struct Layout {
  int64_t data, program;
};
} // namespace

/// How large programs are; no more work is added behind `cycles`, estimated.
struct MixInfo {
  /// Bytes of DRAM that transfers use: few, so that they meet.
  int64_t dramBytes;
  int64_t leastWorks, mostWorks, cycles;
  /// See ProgramBuilder; one time in how many a burst of signals is added.
  int64_t calm, bursts;
  /// Of a crowd, in estimated cycles: the longest instruction, and about when
  /// districts change hands.
  int64_t longest, changes;
};
static const MixInfo &infoOf(Mix mix) {
  static const MixInfo kInfos[] = {
      {3 * 1024, 30, 80, 6000, 1, 60, INT64_MAX, 0},
      {12 * 1024, 60, 160, 5000, 10, 400, 400, 1500},
  };
  return kInfos[unsigned(mix)];
}

/// Somewhere, sometimes at the first or the last byte.
static Layout pickLayout(const Machine &machine, int64_t dramBytes,
                         Randomness &random) {
  int64_t bytes = machine.dram.bytes;
  int64_t last = bytes - dramBytes;
  int64_t data = random.of({int64_t(0), last, random.pick(0, last)});
  int64_t room = (bytes - kProgramRoom) / 64;
  while (true) {
    int64_t program = random.pick(0, room) * 64;
    if (program + kProgramRoom <= data || data + dramBytes <= program)
      return {data, program};
  }
}

RandomProgram makeLegalProgram(const Machine &machine, uint64_t seed, Mix mix) {
  const MixInfo &info = infoOf(mix);
  Randomness random(seed);
  Layout layout = pickLayout(machine, info.dramBytes, random);
  RandomWork work(machine, random, mix,
                  {layout.data, layout.data + info.dramBytes});
  ProgramBuilder builder(machine, random, info.calm);
  unsigned wanted = random.pick(info.leastWorks, info.mostWorks);
  int64_t nextChange = info.changes;
  while (builder.works() < wanted && builder.cycles() < info.cycles) {
    if (random.oneIn(info.bursts)) {
      builder.addBurst();
      continue;
    }
    std::optional<Engine> engine;
    if (mix == Mix::Crowd) {
      engine = builder.idlest();
      if (builder.cycles() >= nextChange) {
        work.changeDistricts();
        nextChange = builder.cycles() + random.pick(1, 2 * info.changes);
      }
    }
    Work next = work.next(builder.configuration(), engine);
    if (estimateCycles(machine, next.configuration, next.instruction).work <=
        info.longest)
      builder.add(next.configuration, next.instruction);
  }
  RandomProgram program;
  program.address = layout.program;
  program.words = builder.finish();
  program.works = builder.works();
  program.cycles = builder.cycles();
  return program;
}

void storeProgram(const RandomProgram &program, Dram &dram) {
  std::vector<uint8_t> bytes(program.words.size() * kInstructionBytes);
  for (size_t i = 0; i < program.words.size(); ++i)
    program.words[i].store(bytes.data() + i * kInstructionBytes);
  dram.write(program.address, bytes.data(), bytes.size());
}

} // namespace systole::sim
