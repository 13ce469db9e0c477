//===- systole-rtl.cpp - Holds the RTL against the functional engine ------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/checker/Checker.h"
#include "hw-sim/dv/Campaign.h"
#include "hw-sim/dv/Comparison.h"
#include "hw-sim/dv/DiffCampaign.h"
#include "hw-sim/dv/Shrink.h"
#include "hw-sim/isa/Formats.h"
#include "hw-sim/model/MachineFile.h"
#include "hw-sim/model/cycle/CycleDevice.h"
#include "hw-sim/sim-rtl/RtlBuild.h"
#include "hw-sim/sim-rtl/RtlTrial.h"
#include "hw-sim/sim-rtl/TimingPackage.h"
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <tuple>

using namespace systole::isa;
using namespace systole::sim;

static const char kUsage[] =
    R"(usage: systole-rtl random --machine=FILE [options]
       systole-rtl timing --machine=FILE [options]
       systole-rtl times --machine=FILE [--seed=N]
       systole-rtl build --machine=FILE
       systole-rtl package --machine=FILE

random   runs random programs, legal and illegal, on RTL and functional engine
         and compares memories and faults
  --programs=N   how many of each kind (20)
  --seed=N       of the first; the others follow (0)
  --only=A,B     instructions that are kept; others become sync
  --no-shrink    the first difference is not made smaller, which takes minutes
  --quick-build  a simulator that is soon there, but slow
timing   runs such programs on RTL and cycle engine, with and without skipping,
         and compares memories, faults, and every cycle
times    start and retire cycle of every instruction of a random program
build    makes the simulator, if it is not there, and prints where it is
package  prints what the RTL needs to know of the machine, as SystemVerilog
)";

namespace {
struct Arguments {
  std::string verb, machine, only;
  uint64_t programs = 20, seed = 0;
  bool isQuick = false, shrinks = true;
};
} // namespace

static int refuse(const std::string &message) {
  fprintf(stderr, "systole-rtl: error: %s\n", message.c_str());
  return 2;
}

/// What is wrong with an argument, or "".
static std::string readArgument(const std::string &argument, Arguments &to) {
  if (argument.compare(0, 2, "--") != 0 && to.verb.empty()) {
    to.verb = argument;
    return "";
  }
  for (auto [text, place, value] :
       {std::tuple("--quick-build", &to.isQuick, true),
        std::tuple("--no-shrink", &to.shrinks, false)})
    if (argument == text) {
      *place = value;
      return "";
    }
  size_t equals = argument.find('=');
  std::string name = argument.substr(0, equals);
  std::string value =
      equals == std::string::npos ? "" : argument.substr(equals + 1);
  for (auto [text, place] :
       {std::pair("--machine", &to.machine), std::pair("--only", &to.only)})
    if (name == text) {
      *place = value;
      return "";
    }
  for (auto [text, place] :
       {std::pair("--programs", &to.programs), std::pair("--seed", &to.seed)})
    if (name == text) {
      char *end = nullptr;
      *place = strtoull(value.c_str(), &end, 10);
      return value.empty() || *end ? "'" + argument + "' wants a number" : "";
    }
  return "unknown option '" + argument + "'; see --help";
}

/// Working instructions that are not in `only` become `sync`, with their
/// tokens: the order between engines stays.
static void keepOnly(const std::string &only, RandomProgram &program) {
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
    sync.tokens = instruction.tokens;
    sync.payload = Sync{instruction.engine()};
    word = encode(sync);
  }
}

/// The least program that still differs, and how. Legal ones stay legal.
static std::string shrunk(const Machine &machine, RandomProgram program,
                          uint64_t seed, RtlDevice &rtl) {
  bool isLegal = program.fault == Fault::None;
  auto differs = [&](const std::vector<Word> &words) {
    RandomProgram candidate = program;
    candidate.words = words;
    if (isLegal &&
        !checkProgram(machine, ProgramView{program.address, words}).isClean())
      return std::string();
    return RtlTrial(machine, candidate, seed, rtl).difference();
  };
  program.words = shrink(program.words, [&](const std::vector<Word> &words) {
    return !differs(words).empty();
  });
  return listing(program.words) + differs(program.words) + "\n";
}

static int random(const Machine &machine, const Arguments &arguments,
                  RtlDevice &rtl) {
  uint64_t differences = 0, cycles = 0;
  double seconds = 0;
  for (uint64_t i = 0; i < 2 * arguments.programs; ++i) {
    uint64_t seed = arguments.seed + i / 2;
    RandomProgram program = i % 2 ? makeIllegalProgram(machine, seed)
                                  : makeLegalProgram(machine, seed);
    keepOnly(arguments.only, program);
    auto begin = std::chrono::steady_clock::now();
    RtlTrial trial(machine, program, seed, rtl);
    seconds +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
            .count();
    cycles += rtl.record().cycles;
    if (trial.difference().empty())
      continue;
    ++differences;
    printf("error: seed %llu: %s\n", static_cast<unsigned long long>(seed),
           trial.difference().c_str());
    // Shrinking takes a while; one example is enough.
    fflush(stdout);
    if (differences == 1 && arguments.shrinks)
      fputs(shrunk(machine, program, seed, rtl).c_str(), stdout);
  }
  printf("%llu programs on %s, %llu differences\n"
         "  %llu cycles, %.0f kcycle/s with the functional engine\n",
         static_cast<unsigned long long>(2 * arguments.programs),
         machine.name.c_str(), static_cast<unsigned long long>(differences),
         static_cast<unsigned long long>(cycles), cycles / seconds / 1000);
  return differences != 0;
}

static int times(const Machine &machine, const Arguments &arguments,
                 RtlDevice &rtl) {
  RandomProgram program = makeLegalProgram(machine, arguments.seed);
  RtlTrial trial(machine, program, arguments.seed, rtl);
  puts("instruction,engine,start,retire");
  for (const InstructionTimes &one : rtl.record().times)
    printf("%u,%s,%llu,%llu\n", one.index, nameOf(one.engine),
           static_cast<unsigned long long>(one.start),
           static_cast<unsigned long long>(one.retire));
  return !trial.difference().empty();
}

/// Compares the cycle engine, with and without skipping, with the RTL.
static int timing(const Machine &machine, const Arguments &arguments,
                  RtlDevice &rtl) {
  CycleDevice cycle(machine, arguments.seed), slow(machine, arguments.seed,
                                                   /*skips=*/false);
  Comparison engines(
      {{"rtl", &rtl}, {"cycle", &cycle}, {"cycle --no-skip", &slow}});
  uint64_t differences = 0, cycles = 0;
  for (uint64_t i = 0; i < 2 * arguments.programs; ++i) {
    uint64_t seed = arguments.seed + i / 2;
    RandomProgram program = i % 2 ? makeIllegalProgram(machine, seed)
                                  : makeLegalProgram(machine, seed);
    keepOnly(arguments.only, program);
    std::vector<Divergence> found =
        engines.run(DiffCampaign::workloadOf(program, seed));
    cycles += rtl.record().cycles;
    differences += !found.empty();
    for (const Divergence &one : found)
      printf("error: seed %llu%s: %s and %s%s%s: %s\n",
             static_cast<unsigned long long>(seed), i % 2 ? ", illegal" : "",
             one.reference.c_str(), one.engine.c_str(),
             one.instruction ? ", instruction " : "",
             one.instruction ? std::to_string(*one.instruction).c_str() : "",
             one.text.c_str());
  }
  printf("%llu programs on %s, %llu differences\n"
         "  %llu cycles\n",
         static_cast<unsigned long long>(2 * arguments.programs),
         machine.name.c_str(), static_cast<unsigned long long>(differences),
         static_cast<unsigned long long>(cycles));
  return differences != 0;
}

int main(int argc, char **argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--help") {
      fputs(kUsage, stdout);
      return 0;
    }
    if (std::string problem = readArgument(argv[i], arguments);
        !problem.empty())
      return refuse(problem);
  }
  bool isPackage = arguments.verb == "package";
  bool isBuild = arguments.verb == "build";
  if (!isPackage && !isBuild && arguments.verb != "random" &&
      arguments.verb != "times" && arguments.verb != "timing")
    return refuse("the verb is random, timing, times, build or package; see "
                  "--help");
  std::vector<FileProblem> problems;
  std::optional<Machine> machine = loadMachine(arguments.machine, problems);
  for (const FileProblem &problem : problems)
    fprintf(stderr, "%s\n", problem.text().c_str());
  if (!machine)
    return 2;
  if (isPackage) {
    fputs((printParameters(*machine) + timingPackage(*machine)).c_str(),
          stdout);
    return 0;
  }
  std::string problem;
  RtlBuildOptions options = defaultRtlBuild();
  options.isQuick = arguments.isQuick;
  std::optional<std::string> library = buildRtl(*machine, options, problem);
  if (library && isBuild)
    return puts(library->c_str()) < 0;
  std::unique_ptr<RtlDevice> rtl;
  if (library)
    rtl = RtlDevice::open(*machine, arguments.seed, *library, problem);
  if (!rtl)
    return refuse(problem);
  if (arguments.verb == "timing")
    return timing(*machine, arguments, *rtl);
  return arguments.verb == "times" ? times(*machine, arguments, *rtl)
                                   : random(*machine, arguments, *rtl);
}
