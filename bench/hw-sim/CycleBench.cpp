//===- CycleBench.cpp - The speed of the cycle engine ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Prints simulated cycles a second of processor time of the timing twin alone,
// for matrix products and convolutions: with skipping, and without. Status 1 if
// the sum of all runs with it is slower than the least.
//
// Usage: systole-bench-cycle [--least=MCYCLES_A_SECOND] MACHINE.yaml...
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/kernels/Kernels.h"
#include "hw-sim/model/MachineFile.h"
#include "hw-sim/model/cycle/Core.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

using namespace systole;
using namespace systole::sim;

namespace {
struct Case {
  const char *name;
  DramPicture input;
  int64_t columns;
  Taps taps;
};

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

static Taps window(int64_t kernel, int64_t stride) {
  int64_t pad = kernel / 2;
  return {kernel, kernel, stride, stride, 1, 1, pad, pad, pad, pad};
}

static const Case kCases[] = {
    {"gemm 64 x 64 x 64", {1, 64, 64, Layout::Blocks, 1}, 64, {}},
    {"gemm 256 x 256 x 256", {1, 256, 256, Layout::Blocks, 1}, 256, {}},
    {"gemm 1024 x 1024 x 64", {1, 1024, 64, Layout::Blocks, 1}, 1024, {}},
    {"conv 7x7/2 3-64 224", {224, 224, 3, Layout::Rows, 1}, 64, window(7, 2)},
    {"conv 3x3 64-64 56", {56, 56, 64, Layout::Blocks, 1}, 64, window(3, 1)},
    {"conv 1x1 256-64 56", {56, 56, 256, Layout::Blocks, 1}, 64, window(1, 1)},
    {"conv 3x3 512-512 7", {7, 7, 512, Layout::Blocks, 1}, 512, window(3, 1)}};

static Run timeOf(const Machine &machine, const isa::Image &image, bool skips) {
  std::clock_t begin = std::clock();
  RunRecord record =
      cycle::Core(machine, image.programAddress, image.program, skips).run();
  double seconds = double(std::clock() - begin) / CLOCKS_PER_SEC;
  return {record.cycles, seconds};
}

/// All kernels on a machine; the sum of the runs that skip.
static Run bench(const Machine &machine) {
  Run sum;
  for (const Case &one : kCases) {
    ProductSpec spec;
    spec.input = one.input;
    spec.columns = one.columns;
    spec.taps = one.taps;
    spec.weights.resize(one.taps.height * one.taps.width * one.input.channels *
                        one.columns);
    spec.bias.resize(one.columns);
    spec.requantization.shifts = {-8};
    std::string problem;
    MaybeImage image = makeProduct(machine, spec, problem);
    if (!image) {
      fprintf(stderr, "%s\n", problem.c_str());
      continue;
    }
    Run fast = timeOf(machine, *image, true);
    Run slow = timeOf(machine, *image, false);
    printf("%-8s %-22s %9llu cycles  %6.1f Mcycle/s  %6.1f without skipping\n",
           machine.name.c_str(), one.name,
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
    std::vector<FileProblem> problems;
    std::optional<Machine> machine = loadMachine(argv[i], problems);
    for (const FileProblem &problem : problems)
      fprintf(stderr, "%s\n", problem.text().c_str());
    if (!machine)
      return 1;
    sum.add(bench(*machine));
  }
  printf("all: %.1f Mcycle/s\n", sum.rate());
  return sum.rate() < least;
}
