//===- DiffCampaign.h - Random programs on several engines ------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `systole diff --random`: every fourth program is an illegal one. The first
// divergence is shown with the least program that has it.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_DIFFCAMPAIGN_H
#define SYSTOLE_HWSIM_DV_DIFFCAMPAIGN_H

#include "hw-sim/dv/Comparison.h"
#include "hw-sim/dv/Coverage.h"
#include "hw-sim/dv/RandomProgram.h"

namespace systole::sim {

/// How busy a machine was, over all programs.
struct Activity {
  uint64_t cycles = 0;
  /// Those in which at least three engines had an instruction between start and
  /// retirement.
  uint64_t crowded = 0;
  BankCounts banks;

  void add(const RunRecord &record);
};

class DiffCampaign {
public:
  /// `only`: mnemonics of working instructions, all if there are none; others
  /// become `sync` with their tokens, so that the order stays.
  DiffCampaign(const Machine &machine, std::vector<NamedDevice> engines,
               std::vector<std::string> only = {});

  /// A program that diverges, and where it does so.
  struct Failure {
    uint64_t seed;
    RandomProgram program;
    Divergence divergence;
  };

  /// Tries the program of a seed.
  void add(uint64_t seed);
  /// The first of them; null: none has diverged.
  const Failure *failure() const { return first ? &*first : nullptr; }
  /// The same divergence in as few instructions as can be.
  Failure shrunk(const Failure &failure);

  uint64_t programs() const { return count; }
  uint64_t differences() const { return memoryDifferences; }
  uint64_t timingDifferences() const { return timeDifferences; }
  const Activity &activity() const { return active; }
  const Coverage &coverage() const { return bins; }

  /// What a program is run with.
  static Workload workloadOf(const RandomProgram &program, uint64_t seed);

private:
  std::vector<Divergence> run(const RandomProgram &program, uint64_t seed);
  bool isFair(const RandomProgram &program) const;

  const Machine &machine;
  Comparison comparison;
  std::vector<std::string> only;
  Coverage bins;
  Activity active;
  std::optional<Failure> first;
  uint64_t count = 0, memoryDifferences = 0, timeDifferences = 0;
};

/// The program of a seed of `systole diff --random`.
RandomProgram diffProgram(const Machine &machine, uint64_t seed);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_DIFFCAMPAIGN_H
