//===- CycleBench.cpp - The speed of the cycle engine ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Prints simulated cycles a second of processor time of the timing twin alone,
// for matrix products and convolutions: with skipping, and without; of several
// rounds the best, since others may use the host. Status 1 if the sum of all
// runs with skipping is slower than the least.
//
// Usage: systole-bench-cycle [--least=MCYCLES_A_SECOND] MACHINE.yaml...
//
//===----------------------------------------------------------------------===//

#include "KernelCases.h"
#include "hw-sim/model/cycle/Core.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

using namespace systole;
using namespace systole::sim;

static constexpr unsigned kRounds = 3;

namespace {
struct Run {
  uint64_t cycles = 0;
  double seconds = 0;

  double rate() const { return cycles / seconds / 1e6; }
  void add(const Run &o) {
    cycles += o.cycles;
    seconds += o.seconds;
  }
};
} // namespace

/// Short and long products, and convolutions.
static std::vector<KernelCase> casesOf(const Machine &machine) {
  std::vector<KernelCase> cases = {gemmCase(machine, 64, 64, 64),
                                   gemmCase(machine, 256, 256, 256),
                                   gemmCase(machine, 1024, 1024, 64)};
  for (KernelCase &test : convolutionCases(machine))
    cases.push_back(std::move(test));
  return cases;
}

static Run timeOf(const Machine &machine, const isa::Image &image, bool skips) {
  Run best;
  for (unsigned round = 0; round < kRounds; ++round) {
    std::clock_t begin = std::clock();
    RunRecord record =
        cycle::Core(machine, image.programAddress, image.program, skips).run();
    double seconds = double(std::clock() - begin) / CLOCKS_PER_SEC;
    if (round == 0 || seconds < best.seconds)
      best = {record.cycles, seconds};
  }
  return best;
}

/// All kernels on a machine; the sum of the runs that skip.
static Run bench(const Machine &machine) {
  Run sum;
  for (const KernelCase &test : casesOf(machine)) {
    std::string problem;
    MaybeImage image = test.make(problem);
    if (!image) {
      fprintf(stderr, "%s\n", problem.c_str());
      continue;
    }
    Run fast = timeOf(machine, *image, true);
    Run slow = timeOf(machine, *image, false);
    printf("%-8s %-22s %9llu cycles  %6.1f Mcycle/s  %6.1f without skipping\n",
           machine.name.c_str(), test.name.c_str(),
           static_cast<unsigned long long>(fast.cycles), fast.rate(),
           slow.rate());
    sum.add(fast);
  }
  return sum;
}

int main(int argc, char **argv) {
  double least = 0;
  Run sum;
  for (int i = 1; i < argc; ++i) {
    if (!strncmp(argv[i], "--least=", 8)) {
      least = atof(argv[i] + 8);
      continue;
    }
    std::optional<Machine> machine = openMachine(argv[i]);
    if (!machine)
      return 1;
    sum.add(bench(*machine));
  }
  printf("all: %.1f Mcycle/s\n", sum.rate());
  return sum.rate() < least;
}
