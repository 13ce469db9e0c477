//===- RandomProgram.cpp - Random programs --------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/RandomProgram.h"
#include "hw-sim/dv/ProgramBuilder.h"
#include "hw-sim/dv/RandomWork.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

/// Bytes of DRAM that transfers use: few, so that they meet.
static constexpr int64_t kDramBytes = 3 * 1024;
/// Room for a program: it has some hundred instructions.
static constexpr int64_t kProgramRoom = 64 * 1024;
/// No more work is added behind this estimate.
static constexpr int64_t kMaxCycles = 6000;

namespace {
/// Two regions of DRAM that do not meet.
struct Layout {
  int64_t data, program;
};
} // namespace

/// Somewhere, sometimes at the first or the last byte.
static Layout pickLayout(const Machine &machine, Randomness &random) {
  int64_t bytes = machine.dram.bytes;
  int64_t last = bytes - kDramBytes;
  int64_t data = random.of({int64_t(0), last, random.pick(0, last)});
  int64_t room = (bytes - kProgramRoom) / 64;
  while (true) {
    int64_t program = random.pick(0, room) * 64;
    if (program + kProgramRoom <= data || data + kDramBytes <= program)
      return {data, program};
  }
}

RandomProgram makeLegalProgram(const Machine &machine, uint64_t seed) {
  Randomness random(seed);
  Layout layout = pickLayout(machine, random);
  RandomWork work(machine, random, layout.data, kDramBytes);
  ProgramBuilder builder(machine, random);
  unsigned wanted = random.pick(30, 80);
  while (builder.works() < wanted && builder.cycles() < kMaxCycles) {
    if (random.oneIn(60)) {
      builder.addBurst();
      continue;
    }
    Work next = work.next(builder.configuration());
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
