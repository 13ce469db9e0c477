//===- KernelBench.cpp - Reference kernels against their bounds -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Prints, for matrix products of M, N, K from 64 to 1024 and for layers of
// known networks: cycles in which the array streams against the least, DRAM
// bytes against the least, and the cycles of a first-order model (hw-sim/
// model/CycleEstimate.h; not the machine's timing) against the bound
//
//   1.03 max(M ceil(N/R) ceil(K/R), bytes / width) + 3 latency + 12 R
//
// Usage: systole-bench-kernels [--all] MACHINE.yaml...
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/kernels/Kernels.h"
#include "hw-sim/model/CycleEstimate.h"
#include "hw-sim/model/MachineFile.h"
#include <algorithm>
#include <cstdio>
#include <cstring>

using namespace systole;
using namespace systole::sim;

namespace {
/// A kernel's figures beside the least that are possible.
struct Figures {
  double streaming, leastStreaming, bytes, leastBytes, cycles, bound, macs;

  double utilisation(const Machine &machine) const {
    return macs / (cycles * machine.lanes() * machine.lanes());
  }
};
} // namespace

/// The most common case: int8, a bias, a scale for all.
static ProductSpec productOf(const DramPicture &input, int64_t columns,
                             const Taps &taps) {
  ProductSpec spec;
  spec.input = input;
  spec.columns = columns;
  spec.taps = taps;
  spec.weights.resize(taps.height * taps.width * input.channels * columns);
  spec.bias.resize(columns);
  spec.requantization.shifts = {-8};
  return spec;
}

static std::optional<Figures> figuresOf(const Machine &machine,
                                        const ProductSpec &spec) {
  std::string problem;
  MaybeImage image = makeProduct(machine, spec, problem);
  if (!image) {
    fprintf(stderr, "%s\n", problem.c_str());
    return std::nullopt;
  }
  ProgramEstimate estimate = estimateProgram(machine, image->program);
  int64_t lanes = machine.lanes();
  DramPicture output = {spec.taps.outHeight(spec.input.height),
                        spec.taps.outWidth(spec.input.width), spec.columns,
                        spec.input.layout, 1};
  double taps = spec.taps.height * spec.taps.width;
  double rows = double(output.height) * output.width;
  Figures figures;
  figures.streaming = estimate.streaming;
  // Either channels or whole windows fill the array's rows.
  double depth = std::min<double>(taps * spec.input.blocks(lanes),
                                  ceilDiv(taps * spec.input.channels, lanes));
  figures.leastStreaming = rows * ceilDiv(spec.columns, lanes) * depth;
  figures.bytes = estimate.counts.bytesRead + estimate.counts.bytesWritten;
  figures.leastBytes = double(spec.input.bytes(lanes)) + output.bytes(lanes) +
                       spec.weights.size() + 4.0 * spec.columns;
  figures.cycles = estimate.cycles;
  double latency = machine.dram.readLatency + machine.dram.rowMiss;
  figures.bound = 1.03 * std::max(figures.leastStreaming,
                                  figures.leastBytes / machine.dram.width) +
                  3 * latency + 12 * lanes;
  figures.macs = rows * spec.columns * taps * spec.input.channels;
  return figures;
}

static void print(const Machine &machine, const char *name, const Figures &f) {
  printf("%-8s %-28s streaming %9.0f (x %.3f)  DRAM bytes %9.0f (x %.3f)  "
         "model %9.0f cycles, bound %9.0f, utilisation %5.1f %%\n",
         machine.name.c_str(), name, f.streaming,
         f.streaming / f.leastStreaming, f.bytes, f.bytes / f.leastBytes,
         f.cycles, f.bound, 100 * f.utilisation(machine));
}

/// The 125 products of the architecture's sweep.
static void sweep(const Machine &machine, bool printsAll) {
  std::vector<double> utilisations;
  unsigned inBound = 0, once = 0;
  double worst = 0, traffic = 0, streaming = 0;
  for (int64_t m = 64; m <= 1024; m *= 2)
    for (int64_t n = 64; n <= 1024; n *= 2)
      for (int64_t k = 64; k <= 1024; k *= 2) {
        auto figures = figuresOf(
            machine, productOf({1, m, k, Layout::Blocks, 1}, n, Taps()));
        if (!figures)
          continue;
        char name[64];
        snprintf(name, sizeof name, "gemm %d x %d x %d", int(m), int(n),
                 int(k));
        if (printsAll)
          print(machine, name, *figures);
        inBound += figures->cycles <= figures->bound;
        // The program is not an operand.
        once += figures->bytes < 1.1 * figures->leastBytes;
        worst = std::max(worst, figures->cycles / figures->bound);
        traffic = std::max(traffic, figures->bytes / figures->leastBytes);
        streaming =
            std::max(streaming, figures->streaming / figures->leastStreaming);
        utilisations.push_back(figures->utilisation(machine));
      }
  std::sort(utilisations.begin(), utilisations.end());
  printf("%-8s gemm sweep: %u of %zu within the bound (worst x %.3f), median "
         "utilisation %.1f %%, streaming at most x %.3f, operands once in %u, "
         "DRAM bytes at most x %.2f\n",
         machine.name.c_str(), inBound, utilisations.size(), worst,
         100 * utilisations[utilisations.size() / 2], streaming, once, traffic);
}

static void layers(const Machine &machine) {
  auto window = [](int64_t kernel, int64_t stride) {
    int64_t pad = kernel / 2;
    return Taps{kernel, kernel, stride, stride, 1, 1, pad, pad, pad, pad};
  };
  const struct {
    const char *name;
    DramPicture input;
    int64_t columns;
    Taps taps;
  } cases[] = {
      {"conv1 7x7 3-64 224", {224, 224, 3, Layout::Rows, 1}, 64, window(7, 2)},
      {"conv 3x3 64-64 56", {56, 56, 64, Layout::Blocks, 1}, 64, window(3, 1)},
      {"conv 3x3/2 128-128 56",
       {56, 56, 128, Layout::Blocks, 1},
       128,
       window(3, 2)},
      {"conv 1x1 256-64 56",
       {56, 56, 256, Layout::Blocks, 1},
       64,
       window(1, 1)},
      {"conv 3x3 256-256 14",
       {14, 14, 256, Layout::Blocks, 1},
       256,
       window(3, 1)},
      {"conv 3x3 512-512 7", {7, 7, 512, Layout::Blocks, 1}, 512, window(3, 1)},
  };
  for (const auto &layer : cases)
    if (auto figures = figuresOf(
            machine, productOf(layer.input, layer.columns, layer.taps)))
      print(machine, layer.name, *figures);
}

int main(int argc, char **argv) {
  bool printsAll = false;
  for (int i = 1; i < argc; ++i) {
    if (!strcmp(argv[i], "--all")) {
      printsAll = true;
      continue;
    }
    std::vector<FileProblem> problems;
    std::optional<Machine> machine = loadMachine(argv[i], problems);
    for (const FileProblem &problem : problems)
      fprintf(stderr, "%s\n", problem.text().c_str());
    if (!machine)
      return 1;
    sweep(*machine, printsAll);
    layers(*machine);
  }
}
