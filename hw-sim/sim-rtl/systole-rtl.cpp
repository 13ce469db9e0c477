//===- systole-rtl.cpp - Holds the RTL against the functional engine ------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/Campaign.h"
#include "hw-sim/checker/Checker.h"
#include "hw-sim/dv/RandomProgram.h"
#include "hw-sim/dv/Shrink.h"
#include "hw-sim/isa/Assembly.h"
#include "hw-sim/isa/Formats.h"
#include "hw-sim/model/Extents.h"
#include "hw-sim/model/MachineFile.h"
#include "hw-sim/model/functional/FunctionalDevice.h"
#include "hw-sim/sim-rtl/RtlDevice.h"
#include <chrono>
#include <cstdio>
#include <cstring>

using namespace systole::isa;
using namespace systole::sim;

static std::string only;

/// Working instructions of engines that are not in `only` become `sync`.
static void restrict(RandomProgram &program) {
  if (only.empty())
    return;
  for (Word &word : program.words) {
    Instruction instruction;
    if (decode(word, instruction) || instruction.isSetting())
      continue;
    std::string name = infoOf(instruction.format).mnemonic;
    if (("," + only + ",").find("," + name + ",") != std::string::npos)
      continue;
    Instruction sync;
    sync.format = Format::Sync;
    sync.tokens = instruction.tokens;
    sync.payload = Sync{instruction.engine()};
    word = encode(sync);
  }
}

/// The last instruction that writes `unit` of a memory, and its configuration.
static std::string lastWriter(const Machine &machine, const RandomProgram &program, uint64_t seed, Memory memory, int64_t unit) {
  FunctionalDevice functional(machine, seed);
  storeProgram(program, functional.dram());
  std::string text;
  functional.observe([&](uint64_t index, const Configuration &config, const Instruction &instruction) {
    bool writes = false;
    if (!instruction.isSetting())
      forEachAccess(machine, config, instruction, [&](const Access &access) {
        writes |= access.isWrite && access.memory == memory && access.first <= unit && unit < access.first + access.count;
      });
    if (!writes) return;
    const auto &s = config.vx.stages;
    char line[400];
    snprintf(line, sizeof line, " [src %d bias %d pool %d cnt %d comb %d look %d zp %d; resc %d pc %d sh %d; res %d pc %d sh %d; opnd %d tgt %d; ky %u kx %u edged %d ch %u; left %u]",
      (int)s.source, (int)s.bias, (int)s.pool, (int)s.countOutside, (int)s.combine, (int)s.lookup, (int)s.zeroPoint,
      (int)config.vx.rescale.rounding, (int)config.vx.rescale.perColumn, (int)config.vx.rescale.shift,
      (int)config.vx.result.rounding, (int)config.vx.result.perColumn, (int)config.vx.result.shift,
      (int)config.vx.operand.element, (int)config.vx.target.element, config.vx.window.kernelY, config.vx.window.kernelX, (int)config.vx.window.edged, config.vx.window.channels, (unsigned)config.vx.scale.left);
    text = std::to_string(index) + " " + disassemble(encode(instruction)) + line;
  });
  functional.run(program.address, program.words.size());
  return text;
}
int main(int argc, char **argv) {
  std::string machineFile, library;
  uint64_t programs = 100, seed = 0;
  bool illegal = false, verbose = false;
  for (int i = 1; i < argc; ++i) {
    std::string a = argv[i];
    auto value = [&](const char *n) -> const char * {
      return a.compare(0, strlen(n), n) == 0 ? argv[i] + strlen(n) : nullptr;
    };
    if (auto v = value("--machine=")) machineFile = v;
    else if (auto v = value("--library=")) library = v;
    else if (auto v = value("--programs=")) programs = strtoull(v, nullptr, 10);
    else if (auto v = value("--seed=")) seed = strtoull(v, nullptr, 10);
    else if (auto v = value("--only=")) only = v;
    else if (a == "--illegal") illegal = true;
    else if (a == "--verbose") verbose = true;
  }
  std::vector<FileProblem> problems;
  auto machine = loadMachine(machineFile, problems);
  uint64_t differences = 0, cycles = 0;
  double seconds = 0;
  for (uint64_t i = 0; i < programs; ++i) {
    RandomProgram program = illegal ? makeIllegalProgram(*machine, seed + i)
                                    : makeLegalProgram(*machine, seed + i);
    restrict(program);
    FunctionalDevice functional(*machine, seed + i);
    storeProgram(program, functional.dram());
    Outcome expected = functional.run(program.address, program.words.size());
    std::string problem;
    auto rtl = RtlDevice::open(*machine, seed + i, library, problem);
    if (!rtl) {
      fprintf(stderr, "%s\n", problem.c_str());
      return 2;
    }
    storeProgram(program, rtl->dram());
    if (verbose) {
      fputs(listing(program.words).c_str(), stdout);
      fflush(stdout);
    }
    auto begin = std::chrono::steady_clock::now();
    Outcome outcome = rtl->run(program.address, program.words.size());
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    cycles += rtl->times().cycles;
    Memories chip(*machine, seed + i);
    rtl->copyChipTo(chip);
    chip.dram = std::move(rtl->dram());
    auto difference = firstDifference(functional.memories(), chip);
    if (verbose)
      for (const auto &t : rtl->times().times)
        printf("%u %s %llu %llu\n", t.index, nameOf(t.engine),
               (unsigned long long)t.start, (unsigned long long)t.retire);
    if (difference)
      printf("  %s\n", lastWriter(*machine, program, seed + i, difference->memory, difference->memory == Memory::Dram ? difference->address : difference->address / machine->unitBytes(difference->memory)).c_str());
    if (outcome.fault != expected.fault || outcome.index != expected.index ||
        difference) {
      ++differences;
      printf("seed %llu: fault %s at %llu, expected %s at %llu (%s); %s\n",
             (unsigned long long)(seed + i), nameOf(outcome.fault),
             (unsigned long long)outcome.index, nameOf(expected.fault),
             (unsigned long long)expected.index, expected.message.c_str(),
             difference ? difference->text(*machine).c_str() : "memories agree");
    }
  }
  printf("%llu programs, %llu differences, %llu cycles, %.0f kcycle/s\n",
         (unsigned long long)programs, (unsigned long long)differences,
         (unsigned long long)cycles, cycles / seconds / 1000);
  return differences != 0;
}
