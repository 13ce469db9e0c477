//===- Depthwise.cpp - Depthwise convolutions -----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/kernels/Channelwise.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

/// The most taps of a window.
static constexpr int64_t kMaxTaps = 64;

namespace {
class DepthwiseKernel {
public:
  DepthwiseKernel(const Machine &machine, const DepthwiseSpec &spec,
                  const Geometry &geometry, const ChannelPlan &plan);

  MaybeImage run(std::string &problem);

private:
  std::vector<uint8_t> packLanes() const;
  Slots::Slot &weightsOf(int64_t first, int64_t count);
  void convolve(const Tile &tile, const View &view, int64_t first,
                int64_t count);

  const DepthwiseSpec &spec;
  const Geometry &geometry;
  const ChannelPlan &plan;
  Kernel kernel;
  int64_t lanes, blocks, taps;
  bool hasZeros;
  Slots weights, accumulators;
  std::unique_ptr<Drain> out;
};
} // namespace

DepthwiseKernel::DepthwiseKernel(const Machine &machine,
                                 const DepthwiseSpec &spec,
                                 const Geometry &geometry,
                                 const ChannelPlan &plan)
    : spec(spec), geometry(geometry), plan(plan), kernel(machine),
      lanes(machine.lanes()), blocks(spec.input.blocks(lanes)),
      taps(spec.taps.height * spec.taps.width),
      hasZeros(!spec.weightZeroPoints.empty()),
      weights(0, plan.blocks * (taps + hasZeros),
              std::min<int64_t>(machine.weightWords() /
                                    (plan.blocks * (taps + hasZeros)),
                                ceilDiv(blocks, plan.blocks))),
      accumulators(Slots::pingPong(machine.depthwise.accumulatorRows,
                                   plan.tile.size() * plan.blocks)) {
  DramPicture output = outputOf(geometry);
  kernel.addTensor("x", Tensor::Role::Input, kInput, spec.input,
                   elementOf(spec.inputType.isUnsigned));
  kernel.addTensor("y", Tensor::Role::Output, kInput, output,
                   elementOf(spec.requantization.low >= 0));
  kernel.addConstants(kWeights, packLanes());
  out = std::make_unique<Drain>(kernel,
                                DrainSpec{VectorSource::Depthwise, output,
                                          spec.bias, spec.requantization,
                                          std::nullopt, plan.blocks},
                                plan.regions[0], Region(), plan.outputSlots);
}

/// A word for each channel block and tap; behind them those of zero points.
std::vector<uint8_t> DepthwiseKernel::packLanes() const {
  int64_t channels = spec.input.channels;
  std::vector<uint8_t> bytes(blocks * (taps + hasZeros) * lanes);
  for (int64_t c = 0; c < channels; ++c) {
    int64_t block = c / lanes, lane = c % lanes;
    for (int64_t tap = 0; tap < taps; ++tap)
      bytes[(block * taps + tap) * lanes + lane] =
          spec.weights[tap * channels + c];
    if (hasZeros)
      bytes[(blocks * taps + block) * lanes + lane] =
          spec.weightZeroPoints[spec.weightZeroPoints.size() == 1 ? 0 : c];
  }
  return bytes;
}

Slots::Slot &DepthwiseKernel::weightsOf(int64_t first, int64_t count) {
  bool isNew = false;
  Slots::Slot &slot = weights.find({first, 0}, isNew);
  auto load = [&](int64_t word, int64_t words, int64_t target) {
    kernel.load(LoadTarget::Weights, kWeights,
                {word * lanes, 0, words * lanes, {}, {}, {}}, target,
                {&slot.part});
  };
  if (isNew)
    load(first * taps, count * taps, slot.first);
  if (isNew && hasZeros)
    load(blocks * taps + first, count, slot.first + count * taps);
  return slot;
}

void DepthwiseKernel::convolve(const Tile &tile, const View &view,
                               int64_t first, int64_t count) {
  Slots::Slot &slot = weightsOf(first, count);
  DwConfig &dw = kernel.schedule.config.dw;
  setWindow(spec.taps, count, dw.window);
  view.apply(dw);
  dw.weights.padN =
      std::max<int64_t>((first + count) * lanes - spec.input.channels, 0);
  dw.weights.unsignedWeights = spec.unsignedWeights;
  dw.weights.zeroPoints = hasZeros;
  dw.weights.zeroPointWord = hasZeros ? slot.first + count * taps : 0;
  Slots::Slot &rows = accumulators.next();
  Stream work;
  work.source = view.source;
  work.weights = slot.first;
  work.target = rows.first;
  work.width = tile.width;
  work.height = tile.height;
  work.zeroPoint = spec.inputType.zeroPoint;
  work.unsignedInput = spec.inputType.isUnsigned;
  Schedule::Parts reads = view.parts;
  reads.push_back(&slot.part);
  kernel.schedule.add(Format::Depthwise, work, reads, {&rows.part});
  out->drain({tile, first, count, rows.first, &rows.part});
}

MaybeImage DepthwiseKernel::run(std::string &problem) {
  forEachTile(kernel, geometry, plan,
              [&](const Tile &tile, const View &view, int64_t first,
                  int64_t count) { convolve(tile, view, first, count); });
  return kernel.finish("depthwise", "DepthwiseConv", problem);
}

MaybeImage makeDepthwise(const Machine &machine, const DepthwiseSpec &spec,
                         std::string &problem) {
  Geometry geometry = {spec.input, spec.taps};
  int64_t taps = spec.taps.height * spec.taps.width;
  problem = geometryProblem(geometry, machine.lanes());
  if (!machine.hasDepthwise())
    problem = "machine '" + machine.name + "' has no depthwise engine";
  if (!problem.empty())
    return std::nullopt;
  int64_t words = taps + !spec.weightZeroPoints.empty();
  int64_t parameters = parameterWords(!spec.bias.empty(), spec.requantization);
  int64_t rows = machine.depthwise.accumulatorRows;
  EngineLimits limits = {rows, rows, rows,
                         int64_t(machine.weightWords()) / words,
                         int64_t(machine.depthwise.multipliersPerLane)};
  if (parameters > 0)
    limits.blocks =
        std::min<int64_t>(limits.blocks, machine.parameterWords() / parameters);
  std::vector<ChannelPlan> plans = planChannels(machine, geometry, limits);
  if (plans.empty() || taps > kMaxTaps) {
    problem = "a depthwise window of " + std::to_string(taps) +
              " taps does not fit machine '" + machine.name + "'";
    return std::nullopt;
  }
  return chooseChannels(machine, plans, [&](const ChannelPlan &plan) {
    return DepthwiseKernel(machine, spec, geometry, plan).run(problem);
  });
}

} // namespace systole::sim
