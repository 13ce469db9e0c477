//===- Depthwise.cpp - DW, cycle by cycle ---------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/cycle/Depthwise.h"

using namespace systole::isa;

namespace systole::sim::cycle {

/// From a start to the cycle in which all strides are multiplied.
static constexpr unsigned kSetupCycles = 5;
/// From a tap to its sum.
static constexpr unsigned kMultiply = 2;

Depthwise::Depthwise(const Machine &machine, const Timing &timing,
                     const Ports &ports)
    : ports(ports), bankOfWord(machine.wordsPerBank()),
      bankOfRow(machine.depthwise.accumulatorRows),
      memoryRead(timing.memoryRead), tags(2 * kRoom), words(kRoom) {}

bool Depthwise::clockSetup() {
  if (setup == 0)
    return false;
  if (--setup != 0)
    return true;
  const Stream &work = current.work.as<Stream>();
  const Window &window = current.config.window;
  PictureLoops loops(current.config.pitch, window, work.width, work.height);
  walker.start({loops.kx, loops.ky, loops.x, loops.y, loops.channel, {}},
               window, current.config.edge, current.config.ring, work.source);
  row = work.target;
  accumulate = work.accumulate;
  hasZeroPoints = current.config.weights.zeroPoints;
  blockWords = window.kernelX * window.kernelY + hasZeroPoints;
  return true;
}

bool Depthwise::clockWeights(bool beginsBlock) {
  bool ask = asking && ports.weights->isFree();
  bool answered = ports.weights->hasWord();
  bool moved = ask || answered || beginsBlock || ports.weights->valid;
  ports.weights->request(ask, 0);
  if (beginsBlock) {
    asking = true;
    loaded = false;
    asked = got = 0;
    return moved;
  }
  asked += ask;
  got += answered;
  asking = asking && asked != blockWords;
  loaded |= answered && got == blockWords;
  return moved;
}

bool Depthwise::clockReads(bool pop) {
  bool present = walker.valid() && walker.isInside();
  bool step = walker.valid() && tags.ready() && ports.words->isFree() &&
              (!present || free != 0);
  bool answered = ports.words->hasWord();
  bool popWord = pop && tags.head().present;
  Tag tag = {};
  uint8_t bank = step && present ? bankOfWord(walker.address()) : 0;
  ports.words->request(step && present, bank);
  if (step) {
    tag = {present, walker.areLast(kLoopKy), walker.areLast(kLoopY),
           walker.areLast(kLoopAll), bankOfRow(row)};
    row += tag.endsWindow;
    walker.step();
  }
  free -= step && present;
  free += popWord;
  bool moved = words.clock(answered, popWord);
  return tags.clock(step, pop, tag) || moved;
}

/// The old row is asked for with the last tap's operands, and the sum waits for
/// it.
bool Depthwise::clockSums(const Sum &sum) {
  const Sum add = stages[kMultiply + memoryRead - 1];
  bool wasDone = done;
  done = last;
  last = add.valid && add.endsAll;
  ports.rowWrites->request(add.valid, add.bank);
  bool moved = sum.valid || last || done || wasDone;
  for (const Sum &stage : stages)
    moved |= stage.valid;
  const Sum &next = stages[kMultiply - 2];
  ports.rowReads->request(next.valid && accumulate, next.bank);
  for (unsigned i = stages.size() - 1; i > 0; --i)
    stages[i] = stages[i - 1];
  stages[0] = sum;
  return moved;
}

bool Depthwise::clock(uint64_t, const DwEntry *entry) {
  bool pop = tags.valid() && (!tags.head().present || words.valid()) && loaded;
  bool takesBlock = pop && tags.head().endsBlock && !tags.head().endsAll;
  Sum sum;
  if (pop && tags.head().endsWindow)
    sum = {true, tags.head().endsAll, tags.head().bank};
  busy &= !done;
  bool moved = clockSums(sum);
  moved |= clockWeights(setupLate || takesBlock);
  moved |= clockReads(pop);
  setupLate = setup == 1;
  moved |= clockSetup() || setupLate;
  if (entry) {
    busy = true;
    current = *entry;
    setup = kSetupCycles;
  }
  return moved || entry;
}

} // namespace systole::sim::cycle
