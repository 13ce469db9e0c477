//===- Depthwise.h - DW, cycle by cycle -------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// depthwise.sv.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_DEPTHWISE_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_DEPTHWISE_H

#include "hw-sim/model/Timing.h"
#include "hw-sim/model/cycle/BankMemory.h"
#include "hw-sim/model/cycle/Control.h"
#include "hw-sim/model/cycle/Walkers.h"

namespace systole::sim::cycle {

class Depthwise {
public:
  using DwEntry = Entry<isa::DwConfig>;

  struct Ports {
    BankPort *words, *weights, *rowReads, *rowWrites;
  };
  Depthwise(const Machine &machine, const Timing &timing, const Ports &ports);

  bool mayStart(const DwEntry &) const { return !busy; }
  bool isDone(uint64_t) const { return done; }
  /// `entry` is what starts, or null.
  bool clock(uint64_t now, const DwEntry *entry);

private:
  struct Tag {
    bool present, endsWindow, endsBlock, endsAll;
    uint8_t bank;
  };
  /// A finished sum on its way to its row.
  struct Sum {
    bool valid = false, endsAll = false;
    uint8_t bank = 0;
  };
  bool clockSetup();
  bool clockWeights(bool beginsBlock);
  bool clockReads(bool pop);
  bool clockSums(const Sum &sum);

  static constexpr unsigned kRoom = 8, kLoopKy = 1, kLoopY = 3, kLoopAll = 5;

  Ports ports;
  BankOf bankOfWord, bankOfRow;
  unsigned memoryRead;
  bool busy = false, done = false;
  DwEntry current;
  unsigned setup = 0;

  /// Words of a channel block: zero points, if it has some, and taps.
  bool hasZeroPoints = false, setupLate = false, asking = false, loaded = false;
  unsigned blockWords = 0, asked = 0, got = 0;

  PictureWalker walker;
  uint64_t row = 0;
  bool accumulate = false;
  unsigned free = kRoom;
  Fifo<Tag> tags;
  CountFifo words;
  /// Behind the multipliers, the youngest first.
  std::array<Sum, 8> stages = {};
  bool last = false;
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_DEPTHWISE_H
