//===- Load.h - LD, cycle by cycle ------------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// load.sv.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_LOAD_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_LOAD_H

#include "hw-sim/model/cycle/Control.h"
#include "hw-sim/model/cycle/TileCopier.h"
#include "hw-sim/model/cycle/Walkers.h"
#include "hw-sim/model/cycle/WindowPacker.h"

namespace systole::sim::cycle {

class Load {
public:
  using LdEntry = Entry<isa::LdConfig>;

  /// Writes in the order of isa::LoadTarget.
  struct Ports {
    std::array<BankPort *, isa::kLoadTargetCount> writes;
    BankPort *tiles;
    DramRequests *dram;
  };
  Load(const Machine &machine, const Timing &timing, const Ports &ports);

  bool mayStart(const LdEntry &entry) const;
  bool isDone(uint64_t) const { return done; }
  /// `entry` is what starts, or null.
  bool clock(uint64_t now, const LdEntry *entry);

private:
  struct Run {
    bool isLast;
    isa::LoadTarget to;
    int64_t chip;
  };
  /// What happens in a cycle.
  struct Step {
    bool wordReady, unitReady, rowEnd, tileReady, packedReady, headPop;
  };
  Step step() const;
  void start(const LdEntry &entry);
  BankPort &writePort() const { return *ports.writes[unsigned(target)]; }
  uint8_t bankOf(isa::LoadTarget to, int64_t chip) const;
  bool clockReader(const Step &now);
  bool clockEnds();
  bool clockWriter(const Step &now);
  bool isWriterIdle() const;

  Ports ports;
  BankOf bankOfWord, bankOfRow;
  RunWalker walker;
  /// Where the runs that are walked over go.
  isa::LoadTarget to = isa::LoadTarget::Scratchpad;
  uint64_t length = 0;
  Fifo<Run> runs;
  RunReader reader;
  TileCopier tiles;
  WindowPacker windows;
  /// An ld.window has started in the cycle before.
  const LdEntry *startingWindows = nullptr;
  LdEntry windowsEntry;
  int64_t windowWord = 0;
  /// Instructions whose runs have not all been written.
  unsigned copies = 0;

  /// Within a run: words of an accumulator row, padding behind the run's end.
  bool padding = false, inside = false;
  unsigned quarter = 0;
  int64_t chip = 0;
  /// The port that was written last, and whether by an instruction's last word;
  /// writes of each target that are not acknowledged.
  isa::LoadTarget target = isa::LoadTarget::Scratchpad;
  bool lastWrite = false;
  std::array<unsigned, isa::kLoadTargetCount> inFlight = {};
  /// An instruction's last write is under way: its target, and writes there
  /// that are not acknowledged.
  isa::LoadTarget closingTarget = isa::LoadTarget::Scratchpad;
  unsigned closingWrites = 0;
  bool closing = false, done = false;
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_LOAD_H
