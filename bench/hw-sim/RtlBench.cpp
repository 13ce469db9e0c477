//===- RtlBench.cpp - What kernels take on RTL and cycle engine -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs reference kernels on the Verilated machine, or on the cycle engine, and
// prints bound, cycles and their ratio (KernelCases.h), and the engine's speed.
// Status 1 if a kernel takes more cycles than it may.
//
//===----------------------------------------------------------------------===//

#include "KernelCases.h"
#include "hw-sim/isa/Assembly.h"
#include "hw-sim/model/Host.h"
#include "hw-sim/model/cycle/CycleDevice.h"
#include "hw-sim/sim-rtl/RtlBuild.h"
#include "hw-sim/sim-rtl/RtlDevice.h"
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>

using namespace systole;
using namespace systole::sim;

static const char kUsage[] =
    R"(usage: systole-bench-rtl [--all|--sweep|--layers] [--only=NAME] [--times]
                        [--cycle] MACHINE.yaml...

Cycles of reference kernels on the RTL against their bounds: 12 matrix products
  --cycle      on the cycle engine, which comes to the same cycles sooner
  --all        all 125, and the layers
  --sweep      all 125
  --layers     convolutions and depthwise convolutions
  --only=NAME  cases with NAME in their names
  --times      start and retire cycle of each instruction, too
)";

namespace {
/// What was run, and what it came to.
struct Summary {
  unsigned cases = 0, within = 0;
  std::vector<double> utilisations;
  double cycles = 0, seconds = 0;
};
} // namespace

/// The program, with start and retire of each working instruction.
static void printTimes(const isa::Image &image, const RunRecord &record) {
  std::vector<std::pair<uint64_t, uint64_t>> times(image.program.size());
  for (const InstructionTimes &one : record.times)
    times[one.index] = {one.start, one.retire};
  for (size_t i = 0; i < times.size(); ++i)
    printf("%5zu %8llu %8llu  %s\n", i,
           static_cast<unsigned long long>(times[i].first),
           static_cast<unsigned long long>(times[i].second),
           isa::disassemble(image.program[i]).c_str());
}

/// A line for a case; whether it could be run.
static bool measure(const Machine &machine, TimedDevice &device,
                    const KernelCase &test, bool printsTimes,
                    Summary &summary) {
  std::string problem;
  MaybeImage image = test.make(problem);
  if (!image) {
    fprintf(stderr, "%s: %s\n", test.name.c_str(), problem.c_str());
    return false;
  }
  device.dram() = Dram(machine.dram.bytes, 0);
  loadImage(*image, device);
  clock_t begin = clock();
  Outcome outcome = device.run(image->programAddress, image->program.size());
  summary.seconds += double(clock() - begin) / CLOCKS_PER_SEC;
  if (!outcome.isDone()) {
    fprintf(stderr, "%s: instruction %llu: %s\n", test.name.c_str(),
            static_cast<unsigned long long>(outcome.index),
            outcome.message.c_str());
    return false;
  }
  if (printsTimes)
    printTimes(*image, device.record());
  double cycles = device.record().cycles, bound = test.bound(machine);
  bool isWithin = cycles <= test.limit(machine);
  double utilisation = test.macs / (cycles * test.macsPerCycle);
  printf("%-8s %-24s bound %9.0f  cycles %9.0f  ratio %.4f  utilisation "
         "%5.1f %%%s\n",
         machine.name.c_str(), test.name.c_str(), bound, cycles, cycles / bound,
         100 * utilisation, isWithin ? "" : "  over");
  fflush(stdout);
  ++summary.cases;
  summary.within += isWithin;
  summary.utilisations.push_back(utilisation);
  summary.cycles += cycles;
  return true;
}

/// All cases on a machine; whether each stays within its bound.
static bool measureAll(const Machine &machine, TimedDevice &device,
                       const std::vector<KernelCase> &cases, bool printsTimes) {
  Summary summary;
  bool allRun = true;
  for (const KernelCase &test : cases)
    allRun &= measure(machine, device, test, printsTimes, summary);
  if (!summary.cases)
    return allRun;
  std::vector<double> &all = summary.utilisations;
  std::sort(all.begin(), all.end());
  printf("%-8s %u of %u within their limits, median utilisation %.1f %%, %.0f "
         "cycles at %.0f kcycle/s\n",
         machine.name.c_str(), summary.within, summary.cases,
         100 * all[all.size() / 2], summary.cycles,
         summary.cycles / summary.seconds / 1000);
  return allRun && summary.within == summary.cases;
}

static std::unique_ptr<TimedDevice> open(const Machine &machine, bool onCycle,
                                         std::string &problem) {
  if (onCycle)
    return std::make_unique<CycleDevice>(machine, 0);
  auto begin = std::chrono::steady_clock::now();
  std::optional<std::string> library =
      buildRtl(machine, defaultRtlBuild(), problem);
  std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - begin;
  printf("%-8s simulator made, or found, in %.1f s\n", machine.name.c_str(),
         seconds.count());
  return library ? RtlDevice::open(machine, 0, *library, problem) : nullptr;
}

namespace {
/// What the command line asks for.
struct Options {
  bool sweep = false, layers = false, printsTimes = false, onCycle = false;
  std::string only;
};
} // namespace

static std::vector<KernelCase> casesOf(const Machine &machine,
                                       const Options &options) {
  std::vector<KernelCase> cases;
  auto append = [&](std::vector<KernelCase> more) {
    for (KernelCase &test : more)
      if (test.name.find(options.only) != std::string::npos)
        cases.push_back(std::move(test));
  };
  if (options.sweep)
    append(gemmSweep(machine));
  else if (!options.layers)
    append(gemmSelection(machine));
  if (options.layers) {
    append(convolutionCases(machine));
    append(depthwiseCases(machine));
  }
  return cases;
}

int main(int argc, char **argv) {
  Options options;
  bool isWithin = true;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument == "--help") {
      fputs(kUsage, stdout);
      return 0;
    }
    bool isFlag = true;
    if (argument == "--all")
      options.sweep = options.layers = true;
    else if (argument == "--sweep")
      options.sweep = true;
    else if (argument == "--layers")
      options.layers = true;
    else if (argument == "--times")
      options.printsTimes = true;
    else if (argument == "--cycle")
      options.onCycle = true;
    else if (argument.compare(0, 7, "--only=") == 0)
      options.only = argument.substr(7);
    else
      isFlag = false;
    if (isFlag)
      continue;
    std::optional<Machine> machine = openMachine(argv[i]);
    if (!machine)
      return 2;
    std::string problem;
    std::unique_ptr<TimedDevice> device =
        open(*machine, options.onCycle, problem);
    if (!device) {
      fprintf(stderr, "%s\n", problem.c_str());
      return 2;
    }
    isWithin &= measureAll(*machine, *device, casesOf(*machine, options),
                           options.printsTimes);
  }
  return isWithin ? 0 : 1;
}
