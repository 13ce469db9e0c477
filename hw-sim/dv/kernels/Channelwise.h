//===- Channelwise.h - Operations that leave channels apart -----*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For groups of channel blocks, for tiles. A ring of rows loads every input
// once; rectangles, where rows are too long for the scratchpad, load what
// neighbours share twice.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_KERNELS_CHANNELWISE_H
#define SYSTOLE_HWSIM_DV_KERNELS_CHANNELWISE_H

#include "hw-sim/dv/kernels/Choice.h"
#include "hw-sim/dv/kernels/Drain.h"

namespace systole::sim {

/// What is free to choose, and what it gives.
struct ChannelPlan {
  Tile tile;
  int64_t blocks = 0, outputSlots = 0;
  InputPlan input;
  /// Outputs, input.
  std::vector<Region> regions;
  /// The first tile and the last are cut in so many: work begins when little
  /// is loaded, and little is drained and stored when it has ended.
  int64_t firstCuts = 1, lastCuts = 1;
  double cycles = 0;
};

/// What an engine can do at once, and how fast.
struct EngineLimits {
  /// Outputs of a tile in all channel blocks, rows and columns of a tile,
  /// channel blocks.
  int64_t outputs, height, width, blocks;
  /// Taps in a cycle.
  int64_t taps;
};

/// The plans that promise most, the best first; none if no tile fits.
std::vector<ChannelPlan> planChannels(const Machine &machine,
                                      const Geometry &geometry,
                                      const EngineLimits &limits);

/// Programs that may be run on the cycle engine to choose one.
inline constexpr size_t kMaxChannelPrograms = 24;

/// The picture of outputs, 8 bits each.
DramPicture outputOf(const Geometry &geometry);

/// All of a window but `edged`, which the view knows.
void setWindow(const Taps &taps, int64_t blocks, isa::Window &window);

/// Calls work(tile, view, first block, blocks) for all there is, in order.
template <typename Work>
static void forEachTile(Kernel &kernel, const Geometry &geometry,
                        const ChannelPlan &plan, Work work) {
  std::unique_ptr<InputBuffer> input =
      makeInputBuffer(kernel, geometry, plan.input, kInput,
                      plan.regions.back().first, false, 0);
  std::vector<Tile> tiles =
      tilesOf(geometry.outHeight(), geometry.outWidth(), plan.tile);
  int64_t blocks = geometry.input.blocks(kernel.lanes());
  for (auto [first, count] : piecesOf(blocks, plan.blocks))
    for (const Tile &tile : tiles) {
      bool isFirst = first == 0 && &tile == &tiles.front();
      bool isLast = first + count == blocks && &tile == &tiles.back();
      int64_t cuts = isLast ? plan.lastCuts : isFirst ? plan.firstCuts : 1;
      std::vector<Tile> parts = cutTile(tile, cuts, !isLast);
      Slice slice = {0,     0,    geometry.taps.height, geometry.taps.width,
                     first, count};
      for (const Tile &part : parts)
        work(part, input->view(tile, part, slice), first, count);
    }
}

/// The fastest of the programs that make(plan) gives for plans and cuts.
template <typename Make>
static MaybeImage chooseChannels(const Machine &machine,
                                 const std::vector<ChannelPlan> &plans,
                                 Make make) {
  Choice<const ChannelPlan *> choice(machine);
  for (const ChannelPlan &plan : plans)
    for (auto [first, last] :
         {std::pair(1, 1), {1, 2}, {2, 2}, {2, 3}, {2, 4}, {3, 3}, {3, 4}}) {
      ChannelPlan cut = plan;
      cut.firstCuts = first;
      cut.lastCuts = last;
      MaybeImage image = make(cut);
      if (!image)
        return std::nullopt;
      choice.offer(&plan, std::move(*image), kMaxChannelPrograms);
    }
  return choice.take();
}

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_KERNELS_CHANNELWISE_H
