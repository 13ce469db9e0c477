//===- Channelwise.cpp - Operations that leave channels apart -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/kernels/Channelwise.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

static void judge(const Machine &machine, const Geometry &geometry,
                  const EngineLimits &limits, ChannelPlan plan,
                  std::optional<ChannelPlan> &best) {
  int64_t lanes = machine.lanes(), blocks = geometry.input.blocks(lanes);
  double outputs = double(geometry.outHeight()) * geometry.outWidth() * blocks;
  double wordCycles =
      double(lanes) / std::min<int64_t>(machine.dram.width, lanes);
  double work = outputs * ceilDiv(geometry.taps.height * geometry.taps.width,
                                  limits.taps);
  double dram = (inputWords(geometry, plan.input, plan.tile, lanes) + outputs) *
                wordCycles;
  double steps = outputs / (plan.tile.size() * plan.blocks);
  bool overlaps = plan.input.overlaps && plan.outputSlots > 1;
  plan.cycles = (overlaps ? std::max(work, dram) : work + dram) +
                plan.input.words * wordCycles +
                plan.tile.size() * plan.blocks * (1 + wordCycles) + 8 * steps;
  if (!best || plan.cycles < best->cycles)
    best = plan;
}

std::optional<ChannelPlan> planChannels(const Machine &machine,
                                        const Geometry &geometry,
                                        const EngineLimits &limits) {
  std::optional<ChannelPlan> best;
  int64_t lanes = machine.lanes();
  auto tryTile = [&](const Tile &tile, int64_t blocks, int64_t slots) {
    ChannelPlan plan;
    plan.tile = tile;
    plan.blocks = blocks;
    plan.outputSlots = slots;
    int64_t words = slots * tile.size() * blocks;
    if (tile.height > limits.height || tile.width > limits.width ||
        blocks > limits.blocks || tile.size() * blocks > limits.outputs ||
        words >= int64_t(machine.scratchpadWords()))
      return;
    plan.regions = splitScratchpad(machine, {words});
    Slice slice = {0, 0, geometry.taps.height, geometry.taps.width, 0, blocks};
    Box box = geometry.reach(tile, slice);
    if (box.height > kMaxReach || box.width > kMaxReach)
      return;
    for (const InputPlan &input :
         inputPlans(geometry, tile, slice,
                    ceilDiv(geometry.input.blocks(lanes), blocks),
                    plan.regions.back().words, false, lanes)) {
      plan.input = input;
      judge(machine, geometry, limits, plan, best);
    }
  };
  for (int64_t height : pieceSizes(geometry.outHeight()))
    for (int64_t width : pieceSizes(geometry.outWidth()))
      for (int64_t blocks : pieceSizes(geometry.input.blocks(lanes)))
        for (int64_t slots : {2, 1})
          tryTile({0, 0, height, width}, blocks, slots);
  return best;
}

DramPicture outputOf(const Geometry &geometry) {
  return {geometry.outHeight(), geometry.outWidth(), geometry.input.channels,
          geometry.input.layout, 1};
}

void setWindow(const Taps &taps, int64_t blocks, Window &window) {
  window.kernelX = taps.width;
  window.kernelY = taps.height;
  window.strideX = taps.strideX;
  window.strideY = taps.strideY;
  window.dilationX = taps.dilationX;
  window.dilationY = taps.dilationY;
  window.channels = blocks;
}

} // namespace systole::sim
