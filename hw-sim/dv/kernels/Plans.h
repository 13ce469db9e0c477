//===- Plans.h - How a product is cut to fit --------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The loops of a product, from the outside:
//
//   for slabs of tiles, groups of columns, tiles of the slab, slices of K
//
// All sizes are free, and each choice is judged by the cycles of a first-order
// model: the array's, or DRAM's where they are more; what has to be loaded
// before the array can start; what is drained and stored when it has ended. The
// best few become programs, of which hw-sim/model/CycleEstimate.h chooses.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_KERNELS_PLANS_H
#define SYSTOLE_HWSIM_DV_KERNELS_PLANS_H

#include "hw-sim/dv/kernels/Buffers.h"

namespace systole::sim {

/// A region of the scratchpad.
struct Region {
  int64_t first = 0, words = 0;
};

/// Regions of the given sizes at the scratchpad's end, in banks of their own
/// where that leaves half of it; in the last one the rest, from word 0 on. So
/// what MM reads, what VX and ST use, and what LD writes do not meet.
std::vector<Region> splitScratchpad(const Machine &machine,
                                    const std::vector<int64_t> &words);

/// Sizes that cut `whole` into about equal pieces, the largest first.
std::vector<int64_t> pieceSizes(int64_t whole);

/// Cuts `whole` into pieces of `size`: first and size of each.
std::vector<std::pair<int64_t, int64_t>> piecesOf(int64_t whole, int64_t size);

/// Tiles of a picture of outputs, row by row.
std::vector<Tile> tilesOf(int64_t height, int64_t width, const Tile &largest);

/// A tile in up to `count` tiles of some of its rows, or of its only row, each
/// half as large as the one before; `grows`: as the one behind.
std::vector<Tile> cutTile(const Tile &tile, int64_t count, bool grows);

/// Words that LD moves if every tile's input is loaded once.
double inputWords(const Geometry &geometry, const InputPlan &plan,
                  const Tile &largest, int64_t lanes);

struct ProductPlan {
  /// The largest.
  Tile tile;
  /// Column blocks of a group; tiles of a slab.
  int64_t columns = 0, slab = 1;
  std::vector<Slice> slices;
  /// Windows: the slices' channels are packed windows.
  InputPlan input;
  /// Words of the weights of a group and slice at most, and how many fit.
  int64_t weightWords = 0, weightSlots = 0;
  /// The scratchpad: outputs, the addition's operands, activations that become
  /// weights, input; output (and operand) slots.
  std::vector<Region> regions;
  int64_t outputSlots = 0;
  /// Cycles by the model.
  double cycles = 0;
};

/// Words of the parameter memory that a column block takes: 0, 4 or 9.
int64_t parameterWords(bool hasBias, const Requantization &requantization);

/// The plans that promise most, the best first; none, with the reason in
/// `problem`, if nothing fits.
std::vector<ProductPlan> planProduct(const Machine &machine,
                                     const ProductSpec &spec,
                                     std::string &problem);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_KERNELS_PLANS_H
