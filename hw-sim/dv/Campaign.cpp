//===- Campaign.cpp - Many random programs --------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/Campaign.h"
#include "hw-sim/checker/Checker.h"
#include "hw-sim/dv/Shrink.h"
#include "hw-sim/dv/Trial.h"
#include "hw-sim/isa/Assembly.h"
#include "hw-sim/model/Dispatch.h"
#include <algorithm>
#include <cstdio>
#include <tuple>

using namespace systole::isa;

namespace systole::sim {

std::string listing(const std::vector<Word> &program) {
  std::string text;
  for (const Word &word : program)
    text += disassemble(word) + "\n";
  return text;
}

Campaign::Campaign(const Machine &machine, const CampaignOptions &options)
    : machine(machine), options(options), bins(machine) {}

static CheckReport check(const Machine &machine, const RandomProgram &program) {
  return checkProgram(machine, ProgramView{program.address, program.words});
}

void Campaign::fail(uint64_t seed, const std::string &what,
                    const RandomProgram &program) {
  failures.push_back("error: seed " + std::to_string(seed) + ": " + what +
                     "\n" + listing(program.words));
}

//===----------------------------------------------------------------------===//
// Trials
//===----------------------------------------------------------------------===//

/// How random orders of a program that the checker accepts differ from program
/// order, or "".
static std::string hiddenDifference(const Machine &machine,
                                    const RandomProgram &program, uint64_t seed,
                                    unsigned orders) {
  if (!check(machine, program).isClean())
    return "";
  return Trial(machine, program, seed).differenceInOrders(orders);
}

/// The program with the least words for which that is so.
static RandomProgram shrunk(const Machine &machine, RandomProgram program,
                            uint64_t seed, unsigned orders) {
  program.words = shrink(program.words, [&](const std::vector<Word> &words) {
    RandomProgram candidate = program;
    candidate.words = words;
    return !hiddenDifference(machine, candidate, seed, orders).empty();
  });
  return program;
}

void Campaign::tryLegal(uint64_t seed) {
  RandomProgram program = makeLegalProgram(machine, seed);
  words += program.words.size();
  works += program.works;
  cycles += program.cycles;
  bins.add(program.address, program.words);
  CheckReport report = check(machine, program);
  if (!report.isClean())
    return fail(seed, "a legal program is rejected: " + report.text(), program);
  std::string difference =
      hiddenDifference(machine, program, seed, options.orders);
  if (!difference.empty())
    fail(seed, "a legal program differs: " + difference,
         shrunk(machine, program, seed, options.orders));
  for (MutantKind kind : kMutantKinds)
    tryMutant(kind, program, seed);
}

void Campaign::tryIllegal(uint64_t seed) {
  RandomProgram program = makeIllegalProgram(machine, seed);
  ++illegal[unsigned(program.fault)];
  std::string expected = std::string(" instead of ") + nameOf(program.fault) +
                         " at " + std::to_string(program.faultIndex);
  CheckReport report = check(machine, program);
  if (report.problems.size() != 1 ||
      report.problems[0].fault != program.fault ||
      report.problems[0].instruction != program.faultIndex)
    return fail(seed, "the checker finds: " + report.text() + expected,
                program);
  Trial trial(machine, program, seed);
  if (trial.outcome().fault != program.fault ||
      trial.outcome().index != program.faultIndex)
    return fail(seed,
                "the functional engine stops with " +
                    std::string(nameOf(trial.outcome().fault)) + " at " +
                    std::to_string(trial.outcome().index) + expected,
                program);
  std::string difference = trial.differenceInOrders(1);
  if (!difference.empty())
    fail(seed, "an illegal program differs: " + difference, program);
}

/// The hulls of all that a program touches, up to its first fault.
static std::vector<Extent> extentsOf(const Machine &machine,
                                     const RandomProgram &program) {
  std::vector<Extent> all;
  Dispatcher dispatcher(machine, program.address,
                        program.words.size() * kInstructionBytes);
  for (const Word &word : program.words) {
    Instruction instruction;
    if (dispatcher.dispatch(word, instruction))
      break;
    for (const Extent &extent :
         extentsOf(machine, dispatcher.configuration(), instruction))
      all.push_back(extent);
  }
  return all;
}

/// A mutant that touches something else, or has less order; nothing if a few
/// attempts gave none.
static std::optional<RandomProgram> mutantOf(const Machine &machine,
                                             const RandomProgram &program,
                                             MutantKind kind,
                                             Randomness &random) {
  auto isSame = [](const Extent &l, const Extent &r) {
    return std::tie(l.memory, l.isWrite, l.first, l.last) ==
           std::tie(r.memory, r.isWrite, r.first, r.last);
  };
  std::vector<Extent> before = extentsOf(machine, program);
  for (unsigned attempt = 0; attempt < 20; ++attempt) {
    std::optional<std::vector<Word>> words =
        mutate(kind, program.words, random);
    if (!words)
      continue;
    RandomProgram mutant = program;
    mutant.words = *words;
    std::vector<Extent> after = extentsOf(machine, mutant);
    if (kind == MutantKind::DropPair ||
        !std::equal(before.begin(), before.end(), after.begin(), after.end(),
                    isSame))
      return mutant;
  }
  return std::nullopt;
}

void Campaign::tryMutant(MutantKind kind, const RandomProgram &program,
                         uint64_t seed) {
  Randomness random(seed ^ (uint64_t(kind) + 1) << 60);
  std::optional<RandomProgram> mutated =
      mutantOf(machine, program, kind, random);
  if (!mutated)
    return;
  const RandomProgram &mutant = *mutated;
  MutantTally &tally = tallies[unsigned(kind)];
  ++tally.made;
  CheckReport report = check(machine, mutant);
  if (report.isClean()) {
    ++tally.accepted;
    std::string difference =
        Trial(machine, mutant, seed).differenceInOrders(options.mutantOrders);
    if (!difference.empty())
      fail(seed,
           std::string("a mutant (") + nameOf(kind) +
               ") is accepted and differs: " + difference,
           shrunk(machine, mutant, seed, options.mutantOrders));
    return;
  }
  if (report.problems.back().kind == CheckKind::Fault) {
    ++tally.faults;
    return;
  }
  ++tally.races;
  if (options.shown > 0 && random.oneIn(options.shown)) {
    ++tally.run;
    tally.differed += !Trial(machine, mutant, seed)
                           .differenceInOrders(options.mutantOrders)
                           .empty();
  }
}

void Campaign::run() {
  for (uint64_t i = 0; i < options.programs; ++i) {
    tryLegal(options.seed + i);
    tryIllegal(options.seed + i);
  }
}

//===----------------------------------------------------------------------===//
// Report
//===----------------------------------------------------------------------===//

/// printf to a string.
template <typename... Args>
static std::string print(const char *format, Args... args) {
  char text[300];
  snprintf(text, sizeof text, format, args...);
  return text;
}

std::string Campaign::text(uint64_t wantedHits) const {
  using Number = unsigned long long;
  std::string result;
  for (const std::string &failure : failures)
    result += failure;
  result +=
      print("%llu programs on %s, %llu differences\n", Number(options.programs),
            machine.name.c_str(), Number(failures.size()));
  result +=
      print("  legal: mean %.0f instructions, %.0f of them working, about "
            "%.0f cycles; %u random orders each\n",
            meanInstructions(), meanWorks(), meanCycles(), options.orders);
  result += "  illegal:";
  for (unsigned i = 0; i < kFaultCount; ++i)
    if (illegal[i] > 0)
      result +=
          print(" %s %llu", nameOf(static_cast<Fault>(i)), Number(illegal[i]));
  result += "\n";
  for (MutantKind kind : kMutantKinds) {
    const MutantTally &tally = tallyOf(kind);
    result += print(
        "  mutants, %s: %llu, rejected for a race or balance %llu, for a fault "
        "%llu, accepted and harmless in %u orders %llu; of %llu races that "
        "were run, %llu showed\n",
        nameOf(kind), Number(tally.made), Number(tally.races),
        Number(tally.faults), options.mutantOrders, Number(tally.accepted),
        Number(tally.run), Number(tally.differed));
  }
  return result + "coverage: " + std::to_string(bins.bins().size()) +
         " bins, least " + std::to_string(bins.leastHits()) + " hits\n" +
         bins.text(wantedHits);
}

} // namespace systole::sim
