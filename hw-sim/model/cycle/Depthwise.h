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
#include "hw-sim/model/cycle/DepthwiseWeights.h"
#include "hw-sim/model/cycle/Walkers.h"

namespace systole::sim::cycle {

class Depthwise {
public:
  using DwEntry = Entry<isa::DwConfig>;

  struct Ports {
    std::array<BankPort *, 2> words;
    BankPort *weights, *rowReads, *rowWrites;
  };
  Depthwise(const Machine &machine, const Timing &timing, const Ports &ports);

  bool mayStart(const DwEntry &) const { return !busy; }
  bool isDone(uint64_t) const { return done; }
  /// `entry` is what starts, or null.
  bool clock(uint64_t now, const DwEntry *entry);

private:
  /// One or two words, and which of them are inside the picture.
  struct Tag {
    bool hasSecond;
    std::array<bool, 2> awaited;
  };
  /// A finished sum on its way to its row.
  struct Sum {
    bool valid = false, endsAll = false, accumulate = false;
    uint8_t bank = 0;
  };
  bool clockSetup();
  void startReading(const isa::Stream &work, const isa::Window &window);
  bool arrives() const;
  bool takes() const;
  bool clockReads(bool arrives, unsigned passes);
  unsigned clockGroups(bool take, Sum &sum, bool &endsBlock);
  bool clockSums(const Sum &sum);

  static constexpr unsigned kRoom = 8;

  Ports ports;
  BankOf bankOfWord, bankOfRow;
  unsigned memoryRead, multipliers, ringWords;
  bool busy = false, done = false;
  DwEntry current;
  unsigned setup = 0;

  PictureWalker walker;
  std::array<unsigned, 2> free = {kRoom, kRoom};
  Fifo<Tag> tags;
  std::array<CountFifo, 2> words;
  /// Of the ring: words that may be asked for; that are there.
  unsigned room = 0, ahead = 0;

  /// Windows beside each other share columns: words of a window, and of what
  /// the next one leaves behind.
  bool shares = false;
  unsigned taps = 0, passed = 0;
  /// Which group of which window is next: taps that are left; places less one.
  bool hasWindows = false;
  unsigned left = 0, width = 0, height = 0, x = 0, y = 0, blocksLeft = 0;
  uint64_t row = 0;
  DepthwiseWeights weights;
  /// Behind the ring, the youngest first.
  std::array<Sum, 8> stages = {};
  bool last = false;
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_DEPTHWISE_H
