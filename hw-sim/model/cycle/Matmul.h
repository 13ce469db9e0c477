//===- Matmul.h - MM, cycle by cycle ----------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// matmul.sv.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_MATMUL_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_MATMUL_H

#include "hw-sim/model/cycle/Control.h"
#include "hw-sim/model/cycle/Walkers.h"
#include "hw-sim/model/cycle/WeightLoader.h"

namespace systole::sim::cycle {

class Matmul {
public:
  using MmEntry = Entry<isa::MmConfig>;

  struct Ports {
    BankPort *words, *weights, *rowReads, *rowWrites;
  };
  Matmul(const Machine &machine, const Timing &timing, const Ports &ports);

  bool mayStart(const MmEntry &) const {
    return loader.ready() && setup == 0 && !held;
  }
  bool isDone(uint64_t now) const {
    return firstDone != endDone && doneAt[firstDone % kDones] == now;
  }
  /// `entry` is what starts, or null. Steps are no news; everything else is.
  bool clock(uint64_t now, const MmEntry *entry);

  /// A step that it has taken.
  struct Step {
    uint32_t index;
    unsigned padK, padN;
  };
  /// Whether it takes a step in this cycle.
  bool steps() const;
  Step nextStep() const;
  /// An instruction has started that has not taken all its steps.
  bool hasSteps() const { return setup != 0 || held || walker.valid(); }

  /// From this cycle on, so often it only takes the next step of a tile.
  uint64_t quiet(uint64_t now) const;
  /// Precondition: quiet() is at least `cycles`, and nobody else is at the
  /// memories that it uses.
  void skip(uint64_t now, uint64_t cycles, BankCounts &counts);

private:
  static constexpr unsigned kDones = 32, kSums = 128;
  static constexpr unsigned kLoopX = 0, kLoopY = 1, kLoopChannel = 2,
                            kLoopKy = 4, kLoopColumns = 5;

  /// A row of sums on its way through the array.
  struct Sums {
    uint64_t step;
    bool starts;
    uint8_t bank;
  };
  bool clockStart(const MmEntry *entry);
  void take(uint64_t now);
  void sendSums(uint64_t now);
  void dropSums(uint64_t end, BankCounts &counts);

  Ports ports;
  BankOf bankOfWord, bankOfRow;
  unsigned operandDelay, readDelay, sumDelay;
  WeightLoader loader;
  /// What waits to be streamed: strides are multiplied; it is ready.
  unsigned setup = 0;
  bool held = false;
  MmEntry next;

  /// What streams.
  PictureWalker walker;
  uint32_t index = 0;
  isa::ArrayWeights weights;
  bool accumulate = false, firstTile = false;
  uint64_t sumsRow = 0, columnRow = 0;

  std::array<Sums, kSums> sums;
  unsigned readSums = 0, writtenSums = 0, endSums = 0;
  std::array<uint64_t, kDones> doneAt;
  unsigned firstDone = 0, endDone = 0;
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_MATMUL_H
