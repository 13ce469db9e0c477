//===- Pictures.h - Pictures in DRAM, tiles of them -------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A matrix is a picture of one row: its rows are the picture's columns, its
// columns the channels.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_KERNELS_PICTURES_H
#define SYSTOLE_HWSIM_DV_KERNELS_PICTURES_H

#include "hw-sim/isa/Instruction.h"

namespace systole::sim {

inline int64_t ceilDiv(int64_t l, int64_t r) { return (l + r - 1) / r; }

/// The order of a picture's bytes in DRAM.
enum class Layout {
  /// [height][width][channels], as frameworks have it.
  Rows,
  /// [blocks of R channels][height][width][R]: runs are long whatever a tile
  /// has of the channels.
  Blocks
};

struct DramPicture {
  int64_t height = 1, width = 1, channels = 1;
  Layout layout = Layout::Rows;
  int64_t elementBytes = 1;

  int64_t blocks(int64_t lanes) const { return ceilDiv(channels, lanes); }
  /// Dimensions in DRAM, without a height of 1.
  std::vector<uint64_t> shape(int64_t lanes) const;
  int64_t bytes(int64_t lanes) const;
};

/// Rows, columns and channel blocks of a picture.
struct Box {
  int64_t y, x, block, height, width, blocks;

  int64_t size() const { return height * width * blocks; }
};

/// A transfer of runs, as LD and ST have it.
struct Transfer {
  /// Bytes from the picture's first; units from the place on chip; bytes.
  int64_t offset, place, length;
  isa::Shape shape;
  isa::Steps steps;
  isa::Strides strides;
};

/// How a box lies on chip so that its runs in DRAM are long: units (words of R
/// bytes, rows of R int32) between neighbours.
isa::Pitch pitchOf(const DramPicture &picture, const Box &box);

/// What brings a box to chip, or back: one transfer, or two where the last
/// channel block is not full and lies apart.
std::vector<Transfer> transfersOf(const DramPicture &picture, const Box &box,
                                  int64_t lanes, const isa::Pitch &pitch);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_KERNELS_PICTURES_H
