//===- Store.h - ST, cycle by cycle -----------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// store.sv.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_STORE_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_STORE_H

#include "hw-sim/model/Timing.h"
#include "hw-sim/model/cycle/BankMemory.h"
#include "hw-sim/model/cycle/Control.h"
#include "hw-sim/model/cycle/RunReader.h"
#include "hw-sim/model/cycle/Walkers.h"

namespace systole::sim::cycle {

class Store {
public:
  using StEntry = Entry<isa::StConfig>;

  /// Ports in the order of isa::StoreSource.
  struct Ports {
    std::array<BankPort *, isa::kStoreSourceCount> reads;
    DramRequests *dram;
  };
  Store(const Machine &machine, const Timing &timing, const Ports &ports);

  bool mayStart(const StEntry &entry) const {
    return !walker.valid() && !reading && !isAsking() &&
           (entry.work.as<isa::Store>().from == from || free == mostWords);
  }
  bool isDone(uint64_t) const { return done; }
  /// `entry` is what starts, or null.
  bool clock(uint64_t now, const StEntry *entry);

private:
  /// Of a word that was read.
  using Tag = BytePacker::Piece;
  struct Run {
    uint64_t dram;
    bool isLast;
  };
  bool isAsking() const { return port().valid; }
  BankPort &port() const { return *ports.reads[unsigned(from)]; }
  void start(const StEntry &entry);
  bool clockReads(bool wordPop);
  bool clockRequests(bool beatPop, bool requestEnd);
  bool endsRequest() const;
  uint8_t bank() const;

  Ports ports;
  BankOf bankOfWord, bankOfRow, bankOfDepthwise;
  unsigned lanes, width, mostWords;
  uint64_t rowBeats;

  /// The instruction whose runs are read.
  isa::StoreSource from = isa::StoreSource::Scratchpad;
  uint64_t length = 0;
  RunWalker walker;
  /// Within a run: bytes that are left, the word or row, the word of a row.
  bool reading = false;
  uint64_t left = 0;
  int64_t chip = 0;
  unsigned quarter = 0, startByte = 0;

  /// Words that may still be asked for.
  unsigned free;
  Fifo<Tag> tags;
  CountFifo words;
  BytePacker packer;
  /// Where runs go; within one, the beat and its number in its request.
  Fifo<Run> runs;
  bool inside = false;
  uint64_t beat = 0;
  unsigned beats = 0;
  /// Of each request under way: whether the instruction ends with it.
  Fifo<bool> lasts;
  bool done = false;
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_STORE_H
