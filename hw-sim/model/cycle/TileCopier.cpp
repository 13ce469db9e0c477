//===- TileCopier.cpp - ld.tiles, cycle by cycle --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/cycle/TileCopier.h"

namespace systole::sim::cycle {

TileCopier::TileCopier(const Machine &machine, BankPort &port)
    : port(port), bankOf(machine.wordsPerBank()), lanes(machine.lanes()),
      tags(2 * lanes), words(2 * lanes) {}

void TileCopier::start(const isa::LoadTiles &work,
                       const isa::TilePitch &tilePitch) {
  blocks = work.blocks;
  pitch = tilePitch;
  reading = true;
  lane = block = outBlock = 0;
  rowsLeft = outRowsLeft = work.rows;
  rowAddress = blockAddress = tileAddress = work.source;
}

/// To the next row of the tile, or the next tile.
void TileCopier::stepSource() {
  rowAddress += pitch.row;
  if (++lane != lanes)
    return;
  lane = 0;
  blockAddress += pitch.block;
  if (++block == blocks) {
    block = 0;
    reading = rowsLeft > lanes;
    rowsLeft -= lanes;
    tileAddress += int64_t(lanes) * pitch.row;
    blockAddress = tileAddress;
  }
  rowAddress = blockAddress;
}

bool TileCopier::clockReads(bool tileWritten, bool &arrives) {
  bool step = reading && (lane != 0 || claimed != 2) && port.isFree();
  bool isFill = int64_t(lane) >= rowsLeft;
  bool claims = step && lane == 0;
  bool answered = port.hasWord();
  arrives = tags.valid() && (tags.head() || words.valid());
  bool wordPop = arrives && !tags.head();
  port.request(step && !isFill, bankOf(uint64_t(rowAddress)));
  bool moved = tags.clock(step, arrives, isFill);
  moved |= words.clock(answered, wordPop);
  if (step)
    stepSource();
  claimed += claims;
  claimed -= tileWritten;
  return moved || port.valid;
}

bool TileCopier::clock(bool wordReady) {
  bool fetch = full != 0 && (!fetched || wordReady);
  bool tileWritten = fetch && outLane == lanes - 1;
  bool fetchLast =
      tileWritten && outBlock + 1 == blocks && outRowsLeft <= int64_t(lanes);
  bool arrives = false;
  bool moved = clockReads(tileWritten, arrives);
  bool tileArrived = arrives && inLane == lanes - 1;
  if (arrives)
    inLane = tileArrived ? 0 : inLane + 1;
  full += tileArrived;
  full -= tileWritten;
  if (fetch) {
    outLane = tileWritten ? 0 : outLane + 1;
    fetchedLast = fetchLast;
  }
  if (tileWritten && ++outBlock == blocks) {
    outBlock = 0;
    outRowsLeft -= lanes;
  }
  bool wasFetched = fetched;
  fetched = fetch || (fetched && !wordReady);
  return moved || fetch || wasFetched;
}

} // namespace systole::sim::cycle
