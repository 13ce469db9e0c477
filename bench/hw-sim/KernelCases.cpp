//===- KernelCases.cpp - Kernels whose bounds are known -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelCases.h"
#include "hw-sim/model/MachineFile.h"
#include <algorithm>
#include <cstdio>

using namespace systole::isa;

namespace systole::sim {

double KernelCase::least(const Machine &machine) const {
  return std::max(compute, bytes / machine.dram.width);
}

double KernelCase::bound(const Machine &machine) const {
  double latency = machine.dram.readLatency + machine.dram.rowMiss;
  return 1.03 * least(machine) + 3 * latency + 12 * machine.lanes();
}

double KernelCase::limit(const Machine &machine) const {
  if (leastUtilisation > 0)
    return macs / (leastUtilisation * macsPerCycle);
  return slack > 0 ? slack * least(machine) : bound(machine);
}

std::optional<Machine> openMachine(const char *path) {
  std::vector<FileProblem> problems;
  std::optional<Machine> machine = loadMachine(path, problems);
  for (const FileProblem &problem : problems)
    fprintf(stderr, "%s\n", problem.text().c_str());
  return machine;
}

/// The most common product: int8, a bias, a scale for all.
static KernelCase productCase(const Machine &machine, std::string name,
                              const DramPicture &input, int64_t columns,
                              const Taps &taps) {
  ProductSpec spec;
  spec.input = input;
  spec.columns = columns;
  spec.taps = taps;
  spec.weights.resize(taps.height * taps.width * input.channels * columns);
  spec.bias.resize(columns);
  spec.requantization.shifts = {-8};

  int64_t lanes = machine.lanes();
  DramPicture output = {taps.outHeight(input.height),
                        taps.outWidth(input.width), columns, input.layout, 1};
  int64_t window = taps.height * taps.width;
  double pixels = double(output.height) * output.width;
  // Either channels or whole windows fill the array's rows.
  int64_t depth = std::min(window * input.blocks(lanes),
                           ceilDiv(window * input.channels, lanes));
  KernelCase result;
  result.name = std::move(name);
  result.compute = pixels * ceilDiv(columns, lanes) * depth;
  result.bytes = double(input.bytes(lanes)) + output.bytes(lanes) +
                 spec.weights.size() + 4.0 * columns;
  result.macs = pixels * columns * window * input.channels;
  result.macsPerCycle = double(lanes) * lanes;
  result.make = [machine, spec = std::move(spec)](std::string &problem) {
    return makeProduct(machine, spec, problem);
  };
  return result;
}

static KernelCase depthwiseCase(const Machine &machine, std::string name,
                                const DramPicture &input, const Taps &taps) {
  DepthwiseSpec spec;
  spec.input = input;
  spec.taps = taps;
  int64_t window = taps.height * taps.width, lanes = machine.lanes();
  spec.weights.resize(window * input.channels);
  spec.bias.resize(input.channels);
  spec.requantization.shifts = {-4};

  DramPicture output = {taps.outHeight(input.height),
                        taps.outWidth(input.width), input.channels,
                        input.layout, 1};
  double pixels = double(output.height) * output.width;
  int64_t multipliers = machine.depthwise.multipliersPerLane;
  KernelCase result;
  result.name = std::move(name);
  result.compute = pixels * input.blocks(lanes) * ceilDiv(window, multipliers);
  result.bytes = double(input.bytes(lanes)) + output.bytes(lanes) +
                 spec.weights.size() + 4.0 * input.channels;
  result.macs = pixels * window * input.channels;
  result.macsPerCycle = double(lanes) * multipliers;
  result.slack = 1.1;
  result.make = [machine, spec = std::move(spec)](std::string &problem) {
    return makeDepthwise(machine, spec, problem);
  };
  return result;
}

KernelCase gemmCase(const Machine &machine, int64_t m, int64_t n, int64_t k) {
  return productCase(machine,
                     "gemm " + std::to_string(m) + " x " + std::to_string(n) +
                         " x " + std::to_string(k),
                     {1, m, k, Layout::Blocks, 1}, n, Taps());
}

std::vector<KernelCase> gemmSweep(const Machine &machine) {
  std::vector<KernelCase> cases;
  for (int64_t m = 64; m <= 1024; m *= 2)
    for (int64_t n = 64; n <= 1024; n *= 2)
      for (int64_t k = 64; k <= 1024; k *= 2)
        cases.push_back(gemmCase(machine, m, n, k));
  return cases;
}

std::vector<KernelCase> gemmSelection(const Machine &machine) {
  // Corners that end soon, and each dimension alone.
  static constexpr int64_t kShapes[12][3] = {
      {64, 64, 64},   {64, 64, 128},  {128, 64, 64},  {64, 128, 64},
      {64, 64, 1024}, {1024, 64, 64}, {64, 1024, 64}, {128, 128, 128},
      {256, 64, 256}, {64, 256, 256}, {256, 256, 64}, {256, 256, 256}};
  std::vector<KernelCase> cases;
  for (const auto &[m, n, k] : kShapes)
    cases.push_back(gemmCase(machine, m, n, k));
  return cases;
}

/// A square kernel with as much padding as keeps the size at stride 1.
static Taps square(int64_t kernel, int64_t stride) {
  int64_t pad = kernel / 2;
  return {kernel, kernel, stride, stride, 1, 1, pad, pad, pad, pad};
}

std::vector<KernelCase> convolutionCases(const Machine &machine) {
  const struct {
    const char *name;
    DramPicture input;
    int64_t columns;
    Taps taps;
    double leastUtilisation;
  } kLayers[] = {
      // Windows of 147 fill the rows of 32 lanes less well than those of 16.
      {"conv 7x7/2 3-64 224",
       {224, 224, 3, Layout::Rows, 1},
       64,
       square(7, 2),
       machine.lanes() > 16 ? 0.80 : 0.85},
      {"conv 3x3 64-64 56",
       {56, 56, 64, Layout::Blocks, 1},
       64,
       square(3, 1),
       0.96},
      {"conv 3x3/2 128-128 56",
       {56, 56, 128, Layout::Blocks, 1},
       128,
       square(3, 2),
       0},
      {"conv 1x1 256-64 56",
       {56, 56, 256, Layout::Blocks, 1},
       64,
       square(1, 1),
       0},
      {"conv 3x3 256-256 14",
       {14, 14, 256, Layout::Blocks, 1},
       256,
       square(3, 1),
       0},
      {"conv 3x3 512-512 7",
       {7, 7, 512, Layout::Blocks, 1},
       512,
       square(3, 1),
       0},
  };
  std::vector<KernelCase> cases;
  for (const auto &layer : kLayers) {
    cases.push_back(productCase(machine, layer.name, layer.input, layer.columns,
                                layer.taps));
    cases.back().leastUtilisation = layer.leastUtilisation;
  }
  return cases;
}

std::vector<KernelCase> depthwiseCases(const Machine &machine) {
  const struct {
    const char *name;
    DramPicture input;
    Taps taps;
  } kLayers[] = {
      {"depthwise 3x3 128 56", {56, 56, 128, Layout::Blocks, 1}, square(3, 1)},
      {"depthwise 3x3 192 28", {28, 28, 192, Layout::Blocks, 1}, square(3, 1)},
      {"depthwise 3x3 576 14", {14, 14, 576, Layout::Blocks, 1}, square(3, 1)},
      {"depthwise 3x3/2 96 112",
       {112, 112, 96, Layout::Blocks, 1},
       square(3, 2)},
      {"depthwise 5x5 120 28", {28, 28, 120, Layout::Blocks, 1}, square(5, 1)},
  };
  std::vector<KernelCase> cases;
  for (const auto &layer : kLayers)
    cases.push_back(
        depthwiseCase(machine, layer.name, layer.input, layer.taps));
  return cases;
}

} // namespace systole::sim
