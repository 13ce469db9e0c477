//===- Depthwise.cpp - DW, cycle by cycle ---------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/cycle/Depthwise.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim::cycle {

/// From a group of taps to its products.
static constexpr unsigned kMultiply = 3;

Depthwise::Depthwise(const Machine &machine, const Timing &timing,
                     const Ports &ports)
    : ports(ports), bankOfWord(machine.wordsPerBank()),
      bankOfRow(machine.depthwise.accumulatorRows),
      memoryRead(timing.memoryRead),
      multipliers(std::max<uint64_t>(machine.depthwise.multipliersPerLane, 1)),
      // Each multiplier has a memory of its own.
      ringWords((timing.depthwiseWords + multipliers - 1) / multipliers *
                multipliers),
      tags(2 * kRoom), words{CountFifo(kRoom), CountFifo(kRoom)},
      weights(*ports.weights) {}

//===----------------------------------------------------------------------===//
// Starts
//===----------------------------------------------------------------------===//

/// Taps go down the columns of a window. Where windows share columns, a row of
/// windows is one strip.
void Depthwise::startReading(const Stream &work, const Window &window) {
  PictureLoops loops(current.config.pitch, window, work.width, work.height);
  if (shares) {
    loops.kx.count = (work.width - 1) * window.strideX + window.kernelX - 1;
    loops.x.count = 0;
  }
  walker.start({loops.ky, loops.kx, loops.x, loops.y, loops.channel, {}},
               window, current.config.edge, current.config.ring, work.source);
  room = ringWords;
  ahead = 0;
}

bool Depthwise::clockSetup() {
  if (setup == 0)
    return false;
  if (--setup != 0)
    return true;
  const Stream &work = current.work.as<Stream>();
  const Window &window = current.config.window;
  shares = window.dilationX == 1 && window.strideX <= window.kernelX;
  taps = window.kernelX * window.kernelY;
  passed = window.strideX * window.kernelY;
  startReading(work, window);
  hasWindows = true;
  left = taps;
  width = work.width - 1;
  height = work.height - 1;
  x = y = 0;
  blocksLeft = window.channels - 1;
  row = work.target;
  weights.start(taps + current.config.weights.zeroPoints, window.channels);
  return true;
}

//===----------------------------------------------------------------------===//
// Words
//===----------------------------------------------------------------------===//

/// The words in front come into the ring.
bool Depthwise::arrives() const {
  return tags.valid() && (!tags.head().awaited[0] || words[0].valid()) &&
         (!tags.head().awaited[1] || words[1].valid());
}

/// Two words where there are two, and room for both; with one multiplier one
/// is enough.
bool Depthwise::clockReads(bool arrives, unsigned passes) {
  bool step = walker.valid() && tags.ready() && ports.words[0]->isFree() &&
              ports.words[1]->isFree() && free[0] != 0 && free[1] != 0 &&
              room >= 2;
  Tag tag = {};
  std::array<uint8_t, 2> banks = {};
  for (unsigned i = 0; step && i < 2; ++i) {
    if (i == 1 && (multipliers == 1 || !walker.valid()))
      break;
    tag.hasSecond = i == 1;
    tag.awaited[i] = walker.isInside();
    if (tag.awaited[i])
      banks[i] = bankOfWord(walker.address());
    walker.step();
  }
  room += passes;
  room -= step + tag.hasSecond;
  bool hasSecond = arrives && tags.head().hasSecond;
  ahead += arrives + hasSecond;
  ahead -= passes;
  bool moved = step || arrives;
  for (unsigned i = 0; i < 2; ++i) {
    bool pop = arrives && tags.head().awaited[i];
    bool answered = ports.words[i]->hasWord();
    ports.words[i]->request(tag.awaited[i], banks[i]);
    free[i] += pop;
    free[i] -= tag.awaited[i];
    moved |= words[i].clock(answered, pop);
  }
  return tags.clock(step, arrives, tag) || moved;
}

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

/// The words of the next group are there, and its weights.
bool Depthwise::takes() const {
  unsigned needed = left <= multipliers ? taps : taps - left + multipliers;
  return hasWindows && weights.ready() && ahead >= needed;
}

/// Words that leave the ring: a window that is not the last of its row leaves
/// behind what the next one does not use.
unsigned Depthwise::clockGroups(bool take, Sum &sum, bool &endsBlock) {
  if (!take)
    return 0;
  if (left > multipliers) {
    left -= multipliers;
    return 0;
  }
  bool xLast = x == width, yLast = y == height;
  endsBlock = xLast && yLast;
  sum = {true, endsBlock && blocksLeft == 0,
         current.work.as<Stream>().accumulate, bankOfRow(row)};
  left = taps;
  ++row;
  x = xLast ? 0 : x + 1;
  if (xLast)
    y = yLast ? 0 : y + 1;
  if (endsBlock)
    hasWindows = blocksLeft-- != 0;
  return shares && !xLast ? passed : taps;
}

/// The old row is asked for with the last group's products, and the sum waits
/// for it.
bool Depthwise::clockSums(const Sum &sum) {
  const Sum add = stages[kMultiply + memoryRead - 1];
  bool moved = sum.valid || last || done;
  done = last;
  last = add.valid && add.endsAll;
  ports.rowWrites->request(add.valid, add.bank);
  const Sum &next = stages[kMultiply - 2];
  ports.rowReads->request(next.valid && next.accumulate, next.bank);
  for (unsigned i = stages.size() - 1; i > 0; --i) {
    moved |= stages[i - 1].valid;
    stages[i] = stages[i - 1];
  }
  stages[0] = sum;
  return moved || last;
}

bool Depthwise::clock(uint64_t, const DwEntry *entry) {
  Sum sum;
  bool endsBlock = false;
  bool take = takes(), arrive = arrives();
  unsigned passes = clockGroups(take, sum, endsBlock);
  busy &= !sum.endsAll;
  bool moved = clockSums(sum);
  moved |= clockReads(arrive, passes);
  moved |= weights.clock(endsBlock);
  moved |= clockSetup();
  if (entry) {
    busy = true;
    current = *entry;
    setup = kPictureSetupCycles;
  }
  return moved || take || entry;
}

} // namespace systole::sim::cycle
