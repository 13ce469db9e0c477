//===- Drain.h - From accumulators to the output ----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// VX rescales a block of accumulators, and adds a second picture, into a slot
// of the scratchpad, from which ST writes it to DRAM.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_KERNELS_DRAIN_H
#define SYSTOLE_HWSIM_DV_KERNELS_DRAIN_H

#include "hw-sim/dv/kernels/Plans.h"

namespace systole::sim {

/// What is drained, and how.
struct DrainSpec {
  isa::VectorSource source;
  DramPicture output;
  std::vector<int32_t> bias;
  Requantization requantization;
  std::optional<Addition> addition;
  /// Column blocks of a block of accumulators, at most.
  int64_t columns;
};

/// Accumulators of a tile and of `columns` column blocks from `column` on:
/// column block n of output (y, x) is row first + (n * height + y) * width + x.
struct Block {
  Tile tile;
  int64_t column, columns, first;
  Part *part;

  Box box() const {
    return {tile.y, tile.x, column, tile.height, tile.width, columns};
  }
};

class Drain {
public:
  /// Makes constants of biases and scales, and settings of VX.
  Drain(Kernel &kernel, const DrainSpec &spec, Region output, Region operands,
        int64_t slots);

  void drain(const Block &block);

private:
  Slots::Slot *parametersOf(const Block &block);

  Kernel &kernel;
  DrainSpec spec;
  /// Parameter words of a column block.
  int64_t blockWords;
  Slots outputs, operands, parameters;
};

/// The fields of a rescaling.
isa::Rescale rescaleOf(const Requantization &requantization);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_KERNELS_DRAIN_H
