//===- RandomTransfers.cpp - Random instructions of LD and ST -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/RandomWork.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

/// Length, shape and strides.
template <typename Config, typename Transfer>
void RandomWork::changeTransfer(Config &config, Transfer &transfer,
                                Memory memory) {
  int64_t unit = machine.unitBytes(memory);
  transfer.linear = random.oneIn(3);
  transfer.length =
      random.oneIn(2) ? unit * random.pick(1, 3) : random.pick(1, 3 * unit);
  if (transfer.linear || !changes())
    return;
  int64_t units = (transfer.length + unit - 1) / unit;
  config.shape.count0 = random.pick(1, 2 * sizes.runs);
  config.shape.count1 = random.pick(1, sizes.runs);
  config.shape.count2 = random.pick(1, sizes.runs);
  config.strides = {stride(units), stride(4 * units), stride(8 * units)};
  int64_t length = transfer.length;
  config.steps = {stride(length), stride(4 * length), stride(8 * length)};
}

/// Base register and offset.
template <typename Config, typename Transfer>
bool RandomWork::placeInDram(const Work &work, Config &config,
                             Transfer &transfer, bool isWrite) {
  transfer.offset = 0;
  uint64_t &base = config.base[transfer.base].address;
  std::optional<Span> span = spanOf(work, Memory::Dram, isWrite);
  if (!span)
    return true;
  Span fromBase{span->low - int64_t(base), span->high - int64_t(base)};
  std::optional<int64_t> at = place(work, Memory::Dram, isWrite, fromBase);
  if (!at)
    return false;
  // Rows above the first tap's may not be read: an address below 0 can be.
  if (*at < 0)
    return false;
  if (*at < int64_t(base) || *at - int64_t(base) > UINT32_MAX || changes())
    base = *at - random.pick(0, std::min<int64_t>(*at, UINT32_MAX));
  transfer.offset = *at - base;
  return true;
}

bool RandomWork::fillLoad(Work &work) {
  Load &load = work.instruction.as<Load>();
  LdConfig &config = work.configuration.ld;
  Memory memory = memoryOf(load.to);
  changeTransfer(config, load, memory);
  return placeAt(work, load.target, memory, true) &&
         placeInDram(work, config, load, false);
}

bool RandomWork::fillStore(Work &work) {
  Store &store = work.instruction.as<Store>();
  StConfig &config = work.configuration.st;
  Memory memory = memoryOf(store.from);
  if (machine.unitsOf(memory) == 0)
    return false;
  changeTransfer(config, store, memory);
  return placeAt(work, store.source, memory, false) &&
         placeInDram(work, config, store, true);
}

bool RandomWork::fillLoadWindow(Work &work) {
  LoadWindow &load = work.instruction.as<LoadWindow>();
  LdConfig &config = work.configuration.ld;
  Picture &picture = config.picture;
  Kernel &kernel = config.kernel;
  if (changes()) {
    picture.height = random.pick(1, 6);
    picture.width = random.pick(1, 9);
    picture.channels = random.pick(1, 4);
    picture.pitch = stride(picture.width * picture.channels);
    picture.fill = random.pick(0, 255);
    int64_t most = std::min<int64_t>(machine.window.kernel, 4);
    kernel.kernelX = random.pick(1, most);
    kernel.kernelY = random.pick(1, most);
    kernel.strideX = random.pick(1, 3);
    kernel.strideY = random.pick(1, 5);
    kernel.column = random.pick(-4, picture.width);
    kernel.columns = random.pick(1, 4);
  }
  load.row = random.pick(-5, picture.height);
  load.rows = random.pick(1, 3);
  return placeAt(work, load.target, Memory::Scratchpad, true) &&
         placeInDram(work, config, load, false);
}

bool RandomWork::fillLoadTiles(Work &work) {
  LoadTiles &load = work.instruction.as<LoadTiles>();
  TilePitch &pitch = work.configuration.ld.tilePitch;
  load.rows = random.pick(1, machine.lanes() + 3);
  load.blocks = random.pick(1, 2);
  if (changes()) {
    pitch.row = stride(load.blocks);
    pitch.block = stride(1);
    pitch.rowTile = random.pick(0, 3);
    pitch.blockTile = random.pick(0, 2);
  }
  return placeAt(work, load.source, Memory::Scratchpad, false) &&
         placeAt(work, load.target, Memory::Weights, true);
}

bool RandomWork::fillLoadTable(Work &work) {
  return placeAt(work, work.instruction.as<LoadTable>().source,
                 Memory::Parameters, false);
}

} // namespace systole::sim
