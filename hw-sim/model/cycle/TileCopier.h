//===- TileCopier.h - ld.tiles, cycle by cycle ------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// tile_copier.sv.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_TILECOPIER_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_TILECOPIER_H

#include "hw-sim/model/Machine.h"
#include "hw-sim/model/cycle/BankMemory.h"

namespace systole::sim::cycle {

class TileCopier {
public:
  TileCopier(const Machine &machine, BankPort &port);

  bool isIdle() const { return !reading && claimed == 0 && !fetched; }
  bool wordValid() const { return fetched; }
  /// Of the instruction.
  bool isLast() const { return fetchedLast; }

  void start(const isa::LoadTiles &work, const isa::TilePitch &pitch);
  bool clock(bool wordReady);

private:
  bool clockReads(bool tileWritten, bool &arrives);
  void stepSource();

  BankPort &port;
  BankOf bankOf;
  unsigned lanes, blocks = 1;
  isa::TilePitch pitch;
  /// Place in the source: lane in the tile, block, rows from the tile's first
  /// on; words.
  bool reading = false;
  unsigned lane = 0, block = 0;
  int64_t rowsLeft = 0, rowAddress = 0, blockAddress = 0, tileAddress = 0;
  /// What arrives: whether it is a row that does not exist.
  Fifo<bool> tags;
  CountFifo words;
  /// Tiles that have a place in the memories, that stand there as a whole.
  unsigned claimed = 0, full = 0;
  unsigned inLane = 0, outLane = 0, outBlock = 0;
  int64_t outRowsLeft = 0;
  bool fetched = false, fetchedLast = false;
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_TILECOPIER_H
