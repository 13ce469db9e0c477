//===- DiffCampaign.cpp - Random programs on several engines --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/DiffCampaign.h"
#include "hw-sim/checker/Checker.h"
#include "hw-sim/dv/Shrink.h"
#include "hw-sim/isa/Formats.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

RandomProgram diffProgram(const Machine &machine, uint64_t seed) {
  Mix mix = seed % 3 == 0 ? Mix::Meetings : Mix::Crowd;
  return seed % 4 == 3 ? makeIllegalProgram(machine, seed, mix)
                       : makeLegalProgram(machine, seed, mix);
}

void Activity::add(const RunRecord &record) {
  cycles += record.cycles;
  banks.served += record.banks.served;
  banks.delayed += record.banks.delayed;
  // Instructions of an engine overlap: +1 and -1 at their ends, and an engine
  // is busy where its sum is above 0.
  struct End {
    uint64_t cycle;
    unsigned engine;
    int step;
  };
  std::vector<End> ends;
  for (const InstructionTimes &one : record.times) {
    ends.push_back({one.start, unsigned(one.engine), 1});
    ends.push_back({one.retire, unsigned(one.engine), -1});
  }
  std::sort(ends.begin(), ends.end(),
            [](const End &l, const End &r) { return l.cycle < r.cycle; });
  std::array<int, kEngineCount> depth = {};
  uint64_t before = 0;
  for (const End &end : ends) {
    auto busy = std::count_if(depth.begin(), depth.end(),
                              [](int one) { return one > 0; });
    crowded += busy >= 3 ? end.cycle - before : 0;
    before = end.cycle;
    depth[end.engine] += end.step;
  }
}

DiffCampaign::DiffCampaign(const Machine &machine,
                           std::vector<NamedDevice> engines,
                           std::vector<std::string> only)
    : machine(machine), comparison(std::move(engines)), only(std::move(only)),
      bins(machine) {}

/// Makes `sync` of all other working instructions.
static void keepOnly(const std::vector<std::string> &mnemonics,
                     RandomProgram &program) {
  for (Word &word : program.words) {
    Instruction instruction;
    if (decode(word, instruction) || instruction.isSetting())
      continue;
    std::string_view mnemonic = infoOf(instruction.format).mnemonic;
    if (std::find(mnemonics.begin(), mnemonics.end(), mnemonic) !=
        mnemonics.end())
      continue;
    Instruction sync;
    sync.tokens = instruction.tokens;
    sync.payload = Sync{instruction.engine()};
    word = encode(sync);
  }
}

Workload DiffCampaign::workloadOf(const RandomProgram &program, uint64_t seed) {
  return {program.address, program.words.size(),
          [&program, seed](Device &device, size_t) {
            device.reset(seed);
            storeProgram(program, device.dram());
          }};
}

std::vector<Divergence> DiffCampaign::run(const RandomProgram &program,
                                          uint64_t seed) {
  return comparison.run(workloadOf(program, seed));
}

void DiffCampaign::add(uint64_t seed) {
  RandomProgram program = diffProgram(machine, seed);
  if (!only.empty())
    keepOnly(only, program);
  std::vector<Divergence> found = run(program, seed);
  ++count;
  bins.add(program.address, program.words);
  if (const TimedDevice *timed = comparison.timed())
    active.add(timed->record());
  auto isTime = [](const Divergence &one) {
    return one.kind == Divergence::Kind::Time;
  };
  bool isTimeOnly = std::all_of(found.begin(), found.end(), isTime);
  memoryDifferences += !found.empty() && !isTimeOnly;
  timeDifferences += std::any_of(found.begin(), found.end(), isTime);
  if (!found.empty() && !first)
    first = Failure{seed, program, found[0]};
}

/// Whether engines have to agree on it: order does not matter up to its end, or
/// its first fault.
bool DiffCampaign::isFair(const RandomProgram &program) const {
  CheckReport report =
      checkProgram(machine, ProgramView{program.address, program.words});
  return std::all_of(report.problems.begin(), report.problems.end(),
                     [&](const CheckProblem &problem) {
                       return problem.kind == CheckKind::Fault &&
                              program.fault != Fault::None;
                     });
}

DiffCampaign::Failure DiffCampaign::shrunk(const Failure &failure) {
  Failure least = failure;
  auto divergence = [&](const std::vector<Word> &words) {
    RandomProgram candidate = failure.program;
    candidate.words = words;
    if (isFair(candidate))
      for (const Divergence &one : run(candidate, failure.seed))
        if (one.isSame(failure.divergence))
          return std::optional<Divergence>(one);
    return std::optional<Divergence>();
  };
  least.program.words =
      shrink(failure.program.words, [&](const std::vector<Word> &words) {
        return divergence(words).has_value();
      });
  if (auto one = divergence(least.program.words))
    least.divergence =
        comparison.locate(workloadOf(least.program, failure.seed), *one);
  return least;
}

} // namespace systole::sim
