//===- Transfers.cpp - ld, ld.window, ld.tiles and st ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Copies between DRAM and the memories on chip.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/Extents.h"
#include "hw-sim/model/functional/Execute.h"
#include <algorithm>
#include <cstring>

using namespace systole::isa;

namespace systole::sim {

//===----------------------------------------------------------------------===//
// Runs
//===----------------------------------------------------------------------===//

/// Calls `visit` with the DRAM byte and the word or row where each run starts.
template <typename Config, typename Work, typename Visit>
static void forEachRun(const Config &config, const Work &work, int64_t onChip,
                       Visit visit) {
  int64_t dram = int64_t(config.base[work.base].address) + work.offset;
  if (work.linear)
    return visit(dram, onChip);
  const Steps &step = config.steps;
  const Strides &stride = config.strides;
  for (int64_t i2 = 0; i2 < config.shape.count2; ++i2)
    for (int64_t i1 = 0; i1 < config.shape.count1; ++i1)
      for (int64_t i0 = 0; i0 < config.shape.count0; ++i0)
        visit(dram + i0 * step.step0 + i1 * step.step1 + i2 * step.step2,
              onChip + i0 * stride.stride0 + i1 * stride.stride1 +
                  i2 * stride.stride2);
}

void load(const Machine &machine, const LdConfig &config, const Load &work,
          Memories &memories) {
  Memory memory = memoryOf(work.to);
  int64_t length = work.length, unit = machine.unitBytes(memory);
  forEachRun(config, work, work.target, [&](int64_t from, int64_t at) {
    uint8_t *to = memories.at(memory, at);
    memories.dram.read(from, to, length);
    if (length % unit != 0)
      memset(to + length, work.fill, unit - length % unit);
  });
}

void store(const Machine &, const StConfig &config, const Store &work,
           Memories &memories) {
  Memory memory = memoryOf(work.from);
  forEachRun(config, work, work.source, [&](int64_t to, int64_t at) {
    memories.dram.write(to, memories.at(memory, at), work.length);
  });
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

void loadWindows(const Machine &machine, const LdConfig &config,
                 const LoadWindow &work, Memories &memories) {
  const isa::Picture &picture = config.picture;
  const Kernel &kernel = config.kernel;
  int64_t dram = int64_t(config.base[work.base].address) + work.offset;
  int64_t words = windowWords(machine, config), channels = picture.channels;
  for (int64_t i = 0; i < work.rows; ++i)
    for (int64_t j = 0; j < kernel.columns; ++j) {
      uint8_t *to = memories.at(Memory::Scratchpad,
                                work.target + (i * kernel.columns + j) * words);
      memset(to, picture.fill, words * machine.lanes());
      for (int64_t ky = 0; ky < kernel.kernelY; ++ky)
        for (int64_t kx = 0; kx < kernel.kernelX; ++kx) {
          int64_t row = work.row + i * kernel.strideY + ky;
          int64_t column = kernel.column + j * kernel.strideX + kx;
          if (row >= 0 && row < picture.height && column >= 0 &&
              column < picture.width)
            memories.dram.read(dram + row * picture.pitch + column * channels,
                               to, channels);
          to += channels;
        }
    }
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

void loadTiles(const Machine &machine, const LdConfig &config,
               const LoadTiles &work, Memories &memories) {
  int64_t lanes = machine.lanes(), rows = work.rows;
  const TilePitch &pitch = config.tilePitch;
  /// Lane `lane` of block `block` of row `row` of the source.
  auto source = [&](int64_t row, int64_t block, int64_t lane) -> uint8_t {
    if (row >= rows)
      return work.fill;
    return memories.at(Memory::Scratchpad, work.source + row * pitch.row +
                                               block * pitch.block)[lane];
  };
  for (int64_t t = 0; t * lanes < rows; ++t)
    for (int64_t b = 0; b < work.blocks; ++b)
      for (int64_t k = 0; k < lanes; ++k) {
        uint8_t *word = memories.at(
            Memory::Weights,
            work.target + lanes * (t * pitch.rowTile + b * pitch.blockTile) +
                k);
        for (int64_t n = 0; n < lanes; ++n)
          word[n] = work.transpose ? source(t * lanes + n, b, k)
                                   : source(t * lanes + k, b, n);
      }
}

} // namespace systole::sim
