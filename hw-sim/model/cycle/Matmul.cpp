//===- Matmul.cpp - MM, cycle by cycle ------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/cycle/Matmul.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim::cycle {

Matmul::Matmul(const Machine &machine, const Timing &timing, const Ports &ports)
    : ports(ports), bankOfWord(machine.wordsPerBank()),
      bankOfRow(machine.accumulators.rows), operandDelay(timing.memoryRead + 2),
      // Rows are asked for so that they come together with their sums.
      readDelay(operandDelay + timing.arrayLatency - timing.memoryRead - 1),
      sumDelay(operandDelay + timing.arrayLatency),
      loader(machine, timing, operandDelay, *ports.weights) {}

//===----------------------------------------------------------------------===//
// Starts
//===----------------------------------------------------------------------===//

/// The loader begins at once; the streamer follows when strides are multiplied
/// and the instruction before has streamed.
bool Matmul::clockStart(const MmEntry *entry) {
  bool moved = setup != 0;
  bool isReady = held || setup == 1;
  setup -= setup != 0;
  held = isReady;
  if (isReady && !walker.valid()) {
    const Stream &work = next.work.as<Stream>();
    const Window &window = next.config.window;
    PictureLoops loops(next.config.pitch, window, work.width, work.height);
    PictureLoop columns = {next.config.weights.columns - 1};
    walker.start({loops.x, loops.y, loops.channel, loops.kx, loops.ky, columns},
                 window, next.config.edge, next.config.ring, work.source);
    index = next.index;
    weights = next.config.weights;
    accumulate = work.accumulate;
    firstTile = true;
    sumsRow = columnRow = work.target;
    held = false;
    moved = true;
  }
  if (entry) {
    next = *entry;
    setup = kPictureSetupCycles;
    loader.start(entry->config);
  }
  return moved || entry;
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

/// Only the first step of a tile waits, for its weights.
bool Matmul::steps() const {
  return walker.valid() && (loader.hasTile() || !walker.areFirst(kLoopY));
}

Matmul::Step Matmul::nextStep() const {
  return {index, walker.leftOf(kLoopChannel) == 0 ? weights.padK : 0,
          walker.leftOf(kLoopColumns) == 0 ? weights.padN : 0};
}

/// One step: its row of sums sets out, and the walker goes on.
void Matmul::take(uint64_t now) {
  sums[endSums++ % kSums] = {now, firstTile && !accumulate, bankOfRow(sumsRow)};
  if (walker.areLast(kLoopY)) {
    bool columnEnds = walker.areLast(kLoopKy);
    if (walker.areLast(kLoopColumns))
      // Behind the row's last stage, at the memory, and acknowledged.
      doneAt[endDone++ % kDones] = now + sumDelay + 2;
    ++sumsRow;
    if (columnEnds)
      columnRow = sumsRow;
    else
      sumsRow = columnRow;
    firstTile = columnEnds;
  } else {
    ++sumsRow;
  }
  walker.step();
}

/// Old rows are asked for, new ones written.
void Matmul::sendSums(uint64_t now) {
  const Sums &reads = sums[readSums % kSums];
  bool read = readSums != endSums && reads.step + readDelay == now;
  ports.rowReads->request(read && !reads.starts, reads.bank);
  readSums += read;
  const Sums &writes = sums[writtenSums % kSums];
  bool write = writtenSums != endSums && writes.step + sumDelay == now;
  ports.rowWrites->request(write, writes.bank);
  writtenSums += write;
}

bool Matmul::clock(uint64_t now, const MmEntry *entry) {
  bool isStep = steps();
  bool takesTile = isStep && walker.areFirst(kLoopY);
  bool present = isStep && walker.isInside();
  firstDone += isDone(now);
  ports.words->request(present, present ? bankOfWord(walker.address()) : 0);
  sendSums(now);
  bool moved = loader.clock(takesTile);
  if (isStep) {
    moved |= walker.areLast(kLoopY);
    take(now);
  }
  return clockStart(entry) || moved || takesTile;
}

//===----------------------------------------------------------------------===//
// Steady state
//===----------------------------------------------------------------------===//

uint64_t Matmul::quiet(uint64_t now) const {
  uint64_t cycles = UINT64_MAX;
  if (firstDone != endDone)
    cycles = doneAt[firstDone % kDones] - now;
  if (!walker.valid())
    return cycles;
  if (walker.areFirst(kLoopY))
    return 0;
  // The last step of a tile is not skipped.
  uint64_t rows = walker.leftOf(kLoopY);
  uint64_t steps = rows * (walker.countOf(kLoopX) + 1) + walker.leftOf(kLoopX);
  return std::min(cycles, steps);
}

/// Leaves out rows that reach their memories before `end`.
void Matmul::dropSums(uint64_t end, BankCounts &counts) {
  for (; readSums != endSums && sums[readSums % kSums].step + readDelay < end;
       ++readSums)
    counts.served += !sums[readSums % kSums].starts;
  for (; writtenSums != endSums &&
         sums[writtenSums % kSums].step + sumDelay < end;
       ++writtenSums)
    ++counts.served;
}

void Matmul::skip(uint64_t now, uint64_t cycles, BankCounts &counts) {
  uint64_t end = now + cycles;
  dropSums(end, counts);
  if (!walker.valid())
    return;
  bool starts = firstTile && !accumulate;
  for (; now != end; ++now, ++sumsRow) {
    counts.served += walker.isInside();
    walker.step();
    if (now + sumDelay < end)
      counts.served += starts ? 1 : 2;
    else
      sums[endSums++ % kSums] = {now, starts, bankOfRow(sumsRow)};
  }
  dropSums(end, counts);
}

} // namespace systole::sim::cycle
