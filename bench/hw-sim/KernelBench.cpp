//===- KernelBench.cpp - Reference kernels against their bounds -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Prints, for the cases of KernelCases.h: cycles in which the array streams
// against the least, DRAM bytes against the least, and the cycles of the
// first-order model that plans kernels (hw-sim/model/CycleEstimate.h; not the
// machine's timing) against the bound.
//
// Usage: systole-bench-kernels [--all] MACHINE.yaml...
//
//===----------------------------------------------------------------------===//

#include "KernelCases.h"
#include "hw-sim/model/CycleEstimate.h"
#include <algorithm>
#include <cstdio>
#include <cstring>

using namespace systole;
using namespace systole::sim;

namespace {
/// What the model says of a kernel, of the least that is possible.
struct Figures {
  double streaming, bytes, cycles, utilisation;
};
} // namespace

static std::optional<Figures> figuresOf(const Machine &machine,
                                        const KernelCase &test) {
  std::string problem;
  MaybeImage image = test.make(problem);
  if (!image) {
    fprintf(stderr, "%s: %s\n", test.name.c_str(), problem.c_str());
    return std::nullopt;
  }
  ProgramEstimate estimate = estimateProgram(machine, image->program);
  double bytes = estimate.counts.bytesRead + estimate.counts.bytesWritten;
  double cycles = estimate.cycles;
  return Figures{estimate.streaming / test.compute, bytes / test.bytes, cycles,
                 test.macs / (cycles * test.macsPerCycle)};
}

static void print(const Machine &machine, const KernelCase &test,
                  const Figures &f) {
  printf("%-8s %-24s streaming x %.3f of %9.0f  DRAM bytes x %.3f of %9.0f  "
         "model %9.0f cycles, bound %9.0f, utilisation %5.1f %%\n",
         machine.name.c_str(), test.name.c_str(), f.streaming, test.compute,
         f.bytes, test.bytes, f.cycles, test.bound(machine),
         100 * f.utilisation);
}

/// The 125 products of the architecture's sweep.
static void sweep(const Machine &machine, bool printsAll) {
  std::vector<double> utilisations;
  unsigned inBound = 0, once = 0;
  double worst = 0, traffic = 0, streaming = 0;
  for (const KernelCase &test : gemmSweep(machine)) {
    std::optional<Figures> figures = figuresOf(machine, test);
    if (!figures)
      continue;
    if (printsAll)
      print(machine, test, *figures);
    double bound = test.bound(machine);
    inBound += figures->cycles <= bound;
    // The program is not an operand.
    once += figures->bytes < 1.1;
    worst = std::max(worst, figures->cycles / bound);
    traffic = std::max(traffic, figures->bytes);
    streaming = std::max(streaming, figures->streaming);
    utilisations.push_back(figures->utilisation);
  }
  if (utilisations.empty())
    return;
  std::sort(utilisations.begin(), utilisations.end());
  printf("%-8s gemm sweep: %u of %zu within the bound (worst x %.3f), median "
         "utilisation %.1f %%, streaming at most x %.3f, operands once in %u, "
         "DRAM bytes at most x %.2f\n",
         machine.name.c_str(), inBound, utilisations.size(), worst,
         100 * utilisations[utilisations.size() / 2], streaming, once, traffic);
}

int main(int argc, char **argv) {
  bool printsAll = false;
  for (int i = 1; i < argc; ++i) {
    if (!strcmp(argv[i], "--all")) {
      printsAll = true;
      continue;
    }
    std::optional<Machine> machine = openMachine(argv[i]);
    if (!machine)
      return 1;
    sweep(*machine, printsAll);
    for (const KernelCase &test : convolutionCases(*machine))
      if (std::optional<Figures> figures = figuresOf(*machine, test))
        print(*machine, test, *figures);
  }
}
