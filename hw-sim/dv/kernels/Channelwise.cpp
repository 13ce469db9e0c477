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

/// Plans of which programs are made.
static constexpr size_t kMaxPlans = 12;
/// What dispatch takes for an instruction, and an engine beside its work.
static constexpr double kIssueCycles = 16, kTileCycles = 20;
/// In how many pieces the last tile is drained, about.
static constexpr double kCutShare = 4;

/// Of plans that differ little only the best.
static void keep(const ChannelPlan &plan, std::vector<ChannelPlan> &best) {
  auto isAlike = [&](const ChannelPlan &other) {
    return other.tile.height == plan.tile.height &&
           other.tile.width == plan.tile.width && other.blocks == plan.blocks &&
           other.input.kind == plan.input.kind;
  };
  auto alike = std::find_if(best.begin(), best.end(), isAlike);
  if (alike != best.end()) {
    if (alike->cycles <= plan.cycles)
      return;
    best.erase(alike);
  }
  auto place = std::upper_bound(best.begin(), best.end(), plan,
                                [](const ChannelPlan &l, const ChannelPlan &r) {
                                  return l.cycles < r.cycles;
                                });
  best.insert(place, plan);
  if (best.size() > kMaxPlans)
    best.pop_back();
}

static void judge(const Machine &machine, const Geometry &geometry,
                  const EngineLimits &limits, ChannelPlan plan,
                  std::vector<ChannelPlan> &best) {
  int64_t lanes = machine.lanes(), blocks = geometry.input.blocks(lanes);
  double outputs = double(geometry.outHeight()) * geometry.outWidth() * blocks;
  double wordCycles =
      double(lanes) / std::min<int64_t>(machine.dram.width, lanes);
  const Taps &t = geometry.taps;
  bool isApart = plan.input.pitch >= int64_t(machine.wordsPerBank());
  double work = outputs * std::max<double>(
                              ceilDiv(t.height * t.width, limits.taps),
                              double(t.height * std::min(t.width, t.strideX)) /
                                  (isApart ? 2 : 1));
  double dram = (inputWords(geometry, plan.input, plan.tile, lanes) + outputs) *
                wordCycles;
  // A band, and a tile with its settings, tokens and both ends.
  double groups = ceilDiv(blocks, plan.blocks);
  double loads = plan.input.kind == InputPlan::Bands
                     ? groups * ceilDiv(geometry.input.height, plan.input.rows)
                     : 0;
  double tiles = outputs / (plan.tile.size() * plan.blocks);
  double issue = kIssueCycles * (loads + 4 * tiles);
  bool overlaps = plan.input.overlaps && plan.outputSlots > 1;
  double busiest = std::max({work + kTileCycles * tiles, dram, issue});
  // The first tile and the last will be cut.
  plan.cycles = (overlaps ? busiest : work + dram) +
                plan.input.words * wordCycles +
                plan.tile.size() * plan.blocks * (1 + wordCycles) / kCutShare;
  keep(plan, best);
}

std::vector<ChannelPlan> planChannels(const Machine &machine,
                                      const Geometry &geometry,
                                      const EngineLimits &limits) {
  std::vector<ChannelPlan> best;
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
         inputPlans(machine, geometry, tile, slice,
                    ceilDiv(geometry.input.blocks(lanes), blocks),
                    plan.regions.back().words, false)) {
      plan.input = input;
      judge(machine, geometry, limits, plan, best);
    }
  };
  for (int64_t height : pieceSizes(geometry.outHeight()))
    for (int64_t width : pieceSizes(geometry.outWidth()))
      for (int64_t blocks : pieceSizes(geometry.input.blocks(lanes)))
        // LD goes before ST at DRAM: results wait on chip while it runs ahead.
        for (int64_t slots : {8, 4, 2, 1})
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
