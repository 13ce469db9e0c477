//===- Campaign.h - Many random programs ------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is tried with each seed:
// - a legal program: the checker accepts it, and random orders leave the
//   functional engine's memories;
// - an illegal one: checker, functional engine and random orders stop at the
//   instruction, and with the fault, that it was made with;
// - a mutant of each kind: the checker rejects it, or random orders leave the
//   functional engine's memories.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_CAMPAIGN_H
#define SYSTOLE_HWSIM_DV_CAMPAIGN_H

#include "hw-sim/dv/Coverage.h"
#include "hw-sim/dv/Mutants.h"
#include "hw-sim/dv/RandomProgram.h"

namespace systole::sim {

struct CampaignOptions {
  uint64_t programs = 100, seed = 0;
  /// Random orders for each legal program, and for each mutant.
  unsigned orders = 2, mutantOrders = 20;
  /// One in how many mutants that are rejected for a race is run all the same,
  /// to see whether the race shows; 0: none.
  unsigned shown = 10;
};

/// What became of the mutants of one kind.
struct MutantTally {
  uint64_t made = 0, faults = 0, races = 0, accepted = 0;
  /// Of the races: how many were run, and how many of these differed.
  uint64_t run = 0, differed = 0;
};

class Campaign {
public:
  Campaign(const Machine &machine, const CampaignOptions &options);

  void run();

  uint64_t differences() const { return failures.size(); }
  const Coverage &coverage() const { return bins; }
  const MutantTally &tallyOf(MutantKind kind) const {
    return tallies[unsigned(kind)];
  }
  uint64_t illegalOf(isa::Fault fault) const {
    return illegal[unsigned(fault)];
  }
  double meanInstructions() const { return double(words) / options.programs; }
  double meanWorks() const { return double(works) / options.programs; }
  double meanCycles() const { return double(cycles) / options.programs; }
  /// Each difference, with the least program that shows it; then a summary.
  std::string text(uint64_t wantedHits) const;

private:
  void tryLegal(uint64_t seed);
  void tryIllegal(uint64_t seed);
  void tryMutant(MutantKind kind, const RandomProgram &program, uint64_t seed);
  void fail(uint64_t seed, const std::string &what,
            const RandomProgram &program);

  const Machine &machine;
  CampaignOptions options;
  Coverage bins;
  std::vector<std::string> failures;
  std::array<MutantTally, std::size(kMutantKinds)> tallies = {};
  std::array<uint64_t, isa::kFaultCount> illegal = {};
  uint64_t words = 0, works = 0;
  int64_t cycles = 0;
};

/// A program's lines, as the assembler reads them.
std::string listing(const std::vector<isa::Word> &program);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_CAMPAIGN_H
