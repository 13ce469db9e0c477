//===- FunctionalBench.cpp - How fast the functional engine multiplies ----===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Prints GMAC/s on one core of whole programs (load, multiply, requantise,
// store) on every preset, for each way of executing that this host has. Status
// 1 if the fastest is below the 5 GMAC/s that the engine must reach.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/isa/Assembly.h"
#include "hw-sim/model/Counts.h"
#include "hw-sim/model/Host.h"
#include "hw-sim/model/MachineFile.h"
#include "hw-sim/model/functional/FunctionalDevice.h"
#include <cstdio>
#include <ctime>

using namespace systole;

/// What the engine must reach, in GMAC/s.
static constexpr double kLimit = 5.0;
/// Processor time that a figure is taken over, in seconds.
static constexpr double kLength = 0.3;

namespace {
struct Case {
  const char *name;
  std::string program;
};
} // namespace

/// A block's work, with the settings before it; `words` words of input, `tiles`
/// tiles, `rows` rows of accumulators, in `width` columns.
static std::string blockOf(const sim::Machine &machine, const std::string &mm,
                           unsigned words, unsigned tiles, unsigned rows) {
  auto text = [](uint64_t n) { return std::to_string(n); };
  uint64_t lanes = machine.lanes();
  std::string vx = "set.vx.pitch x=1\nset.vx.target x=1\n"
                   "set.vx.stages bias=first combine=scale\n"
                   "set.vx.result rounding=double multiplier=1234567890 "
                   "shift=-9 zero_point=3 low=-128 high=127\n"
                   "vx width=" +
                   text(rows) + " target=" + text(words) +
                   " wait0=2 signal0=3\n";
  return "ld length=" + text(words * lanes) +
         " linear signal0=0\n"
         "ld to=weights length=" +
         text(tiles * lanes * lanes) + " linear signal1=1\n" + mm + vx +
         "st source=" + text(words) + " length=" + text(rows * lanes) +
         " offset=16777216 linear wait0=3\n";
}

/// A 256 x 2R x 16R matrix product, and a 3 x 3 convolution of 16 x 16 pixels
/// from 4R to 2R channels.
static std::vector<Case> casesOf(const sim::Machine &machine) {
  return {{"gemm 256 x 16R x 2R",
           blockOf(machine,
                   "set.mm.pitch x=1 channel=256\n"
                   "set.mm.window channels=16\nset.mm.weights columns=2\n"
                   "mm width=256 wait0=0 wait1=1 signal0=2\n",
                   256 * 16, 32, 512)},
          {"conv 3x3, 16x16, 4R to 2R",
           blockOf(machine,
                   "set.mm.pitch x=1 y=16 channel=256\n"
                   "set.mm.window kernel_x=3 kernel_y=3 channels=4 edged\n"
                   "set.mm.edge left=1 top=1 right=17 bottom=17\n"
                   "set.mm.weights columns=2\n"
                   "mm source=-17 width=16 height=16 wait0=0 wait1=1 "
                   "signal0=2\n",
                   256 * 4, 72, 512)}};
}

/// GMAC/s; 0 after a message if the program does not run.
static double speedOf(const sim::Machine &machine, const sim::Kernels &kernels,
                      const Case &test) {
  std::vector<isa::AssemblyProblem> problems;
  std::vector<isa::Word> words = isa::assemble(test.program, problems);
  for (const isa::AssemblyProblem &problem : problems)
    fprintf(stderr, "line %u: %s\n", problem.line, problem.message.c_str());
  std::optional<isa::Image> image = sim::imageOf(machine, words);
  sim::FunctionalDevice device(machine, 1, kernels);
  sim::loadImage(*image, device);
  uint64_t macs = 0;
  device.observe([&](uint64_t, const isa::Configuration &configuration,
                     const isa::Instruction &instruction) {
    if (instruction.format == isa::Format::Matmul)
      macs += sim::countsOf(machine, configuration, instruction).macs();
  });
  clock_t start = clock();
  double seconds = 0;
  do {
    sim::Outcome outcome =
        device.run(image->programAddress, image->program.size());
    if (!outcome.isDone()) {
      fprintf(stderr, "instruction %u: %s\n", unsigned(outcome.index),
              outcome.message.c_str());
      return 0;
    }
    seconds = double(clock() - start) / CLOCKS_PER_SEC;
  } while (seconds < kLength);
  return double(macs) / seconds / 1e9;
}

int main(int argc, char **argv) {
  bool isFastEnough = true;
  for (int i = 1; i < argc; ++i) {
    std::vector<sim::FileProblem> problems;
    std::optional<sim::Machine> machine = sim::loadMachine(argv[i], problems);
    for (const sim::FileProblem &problem : problems)
      fprintf(stderr, "%s\n", problem.text().c_str());
    if (!machine)
      return 1;
    for (const Case &test : casesOf(*machine)) {
      printf("%-8s %-26s", machine->name.c_str(), test.name);
      double speed = 0;
      for (const sim::Kernels *kernels : sim::supportedKernels()) {
        speed = speedOf(*machine, *kernels, test);
        printf("  %s %.2f", kernels->name, speed);
      }
      printf("  GMAC/s\n");
      isFastEnough &= speed >= kLimit;
    }
  }
  return isFastEnough ? 0 : 1;
}
