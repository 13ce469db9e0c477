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

#include "hw-sim/dv/kernels/Drain.h"

namespace systole::sim {

/// What is free to choose, and what it gives.
struct ChannelPlan {
  Tile tile;
  int64_t blocks = 0, outputSlots = 0;
  InputPlan input;
  /// Outputs, input.
  std::vector<Region> regions;
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

/// The best plan, or nothing if no tile fits.
std::optional<ChannelPlan> planChannels(const Machine &machine,
                                        const Geometry &geometry,
                                        const EngineLimits &limits);

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
  for (auto [first, count] :
       piecesOf(geometry.input.blocks(kernel.lanes()), plan.blocks))
    for (const Tile &tile :
         tilesOf(geometry.outHeight(), geometry.outWidth(), plan.tile)) {
      Slice slice = {0,     0,    geometry.taps.height, geometry.taps.width,
                     first, count};
      work(tile, input->view(tile, slice), first, count);
    }
}

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_KERNELS_CHANNELWISE_H
