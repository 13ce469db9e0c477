//===- RandomProgramTest.cpp - Random programs ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What makes, breaks, counts and shrinks programs. That engines agree on them
// is tried by systole-dv (test/hw-sim/random.test, test/nightly/machine.sh).
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/RandomProgram.h"
#include "SimTesting.h"
#include "hw-sim/checker/Checker.h"
#include "hw-sim/dv/Campaign.h"
#include "hw-sim/dv/DiffCampaign.h"
#include "hw-sim/dv/Shrink.h"
#include "hw-sim/model/Dispatch.h"
#include "hw-sim/model/cycle/CycleDevice.h"

using namespace systole::isa;
using namespace systole::sim;

static CheckReport check(const Machine &machine, uint64_t address,
                         const std::vector<Word> &words) {
  return checkProgram(machine, ProgramView{address, words});
}

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

TEST(RandomProgramTest, LegalOnEveryMachine) {
  for (const Machine &machine : testMachines())
    for (uint64_t seed = 0; seed < 10; ++seed) {
      Mix mix = seed % 2 ? Mix::Crowd : Mix::Meetings;
      RandomProgram program = makeLegalProgram(machine, seed, mix);
      EXPECT_EQ(check(machine, program.address, program.words).text(), "")
          << machine.name << ", seed " << seed;
      EXPECT_GE(program.works, 20u);
    }
}

TEST(RandomProgramTest, CrowdsKeepEnginesBusyAndCompeting) {
  for (const char *name : {"mxu-8", "mxu-16"}) {
    Machine machine = machineOf(name);
    FunctionalDevice functional(machine, 0);
    CycleDevice cycle(machine, 0);
    DiffCampaign campaign(machine,
                          {{"functional", &functional}, {"cycle", &cycle}});
    for (uint64_t seed = 0; seed < 120; ++seed)
      campaign.add(seed);
    EXPECT_EQ(campaign.failure(), nullptr);
    const Activity &activity = campaign.activity();
    EXPECT_GE(activity.crowded * 2, activity.cycles) << name;
    EXPECT_GE(activity.banks.delayed * 20, activity.banks.served) << name;
  }
}

TEST(RandomProgramTest, FollowFromTheSeed) {
  Machine machine = machineOf("mxu-8");
  RandomProgram first = makeLegalProgram(machine, 5);
  RandomProgram again = makeLegalProgram(machine, 5);
  EXPECT_EQ(listing(first.words), listing(again.words));
  EXPECT_EQ(first.address, again.address);
  EXPECT_NE(listing(first.words), listing(makeLegalProgram(machine, 6).words));
}

TEST(RandomProgramTest, IllegalOnesStopWhereTheySay) {
  Machine machine = machineOf("mxu-8");
  std::array<unsigned, kFaultCount> seen = {};
  for (uint64_t seed = 0; seed < 120; ++seed) {
    RandomProgram program = makeIllegalProgram(machine, seed);
    CheckReport report = check(machine, program.address, program.words);
    ASSERT_EQ(report.problems.size(), 1u) << report.text();
    EXPECT_EQ(report.problems[0].fault, program.fault) << "seed " << seed;
    EXPECT_EQ(report.problems[0].instruction, program.faultIndex);
    ++seen[unsigned(program.fault)];
  }
  // All that dispatch decides.
  for (Fault fault : {Fault::Opcode, Fault::Field, Fault::Extent,
                      Fault::Program, Fault::Overlap, Fault::Semaphore})
    EXPECT_GT(seen[unsigned(fault)], 3u) << unsigned(fault);
}

TEST(RandomProgramTest, CampaignTellsWhatItTried) {
  Machine machine = changedMachine("mxu-8", {{"queue", "1"}});
  CampaignOptions options;
  options.programs = 12;
  options.mutantOrders = 4;
  Campaign campaign(machine, options);
  campaign.run();
  EXPECT_EQ(campaign.differences(), 0u) << campaign.text(0);
  EXPECT_GE(campaign.meanInstructions(), 40);
  EXPECT_LE(campaign.meanCycles(), 5000);
  EXPECT_EQ(campaign.text(0).substr(0, 37),
            "12 programs on mxu-8, 0 differences\n ");
}

//===----------------------------------------------------------------------===//
// Mutants
//===----------------------------------------------------------------------===//

TEST(MutantsTest, DropPairsThatBelongTogether) {
  std::vector<Word> words = wordsOf("sync engine=ld signal0=3 signal1=4\n"
                                    "sync engine=ld signal1=3\n"
                                    "sync engine=mm wait0=4 wait1=3\n"
                                    "sync engine=mm wait0=3");
  auto pairs = countPairs(words);
  EXPECT_EQ(pairs[3], 2u);
  EXPECT_EQ(pairs[4], 1u);
  std::vector<Word> second = words;
  dropPair(second, 3, 1);
  EXPECT_EQ(listing(second), "sync signal0=3 signal1=4\nsync\n"
                             "sync engine=mm wait0=4 wait1=3\n"
                             "sync engine=mm\n");
  dropPair(words, 3, 0);
  EXPECT_EQ(listing(words), "sync signal1=4\nsync signal1=3\n"
                            "sync engine=mm wait0=4\n"
                            "sync engine=mm wait0=3\n");
}

TEST(MutantsTest, DropPairsOfInstructions) {
  std::vector<Word> words = wordsOf("sync engine=ld signal0=3 signal1=4\n"
                                    "sync engine=ld signal1=3\n"
                                    "sync engine=mm wait0=4 wait1=3\n"
                                    "sync engine=mm wait0=3");
  dropPairsOf(words, 2, 3);
  EXPECT_EQ(listing(words), "sync\nsync signal1=3\nsync engine=mm\n"
                            "sync engine=mm wait0=3\n");
}

TEST(MutantsTest, ChangeOneThing) {
  RandomProgram program = makeLegalProgram(machineOf("mxu-8"), 1);
  for (MutantKind kind : kMutantKinds)
    for (uint64_t seed = 0; seed < 50; ++seed) {
      Randomness random(seed);
      auto mutant = mutate(kind, program.words, random);
      if (!mutant)
        continue;
      ASSERT_EQ(mutant->size(), program.words.size());
      unsigned changed = 0;
      for (size_t i = 0; i < mutant->size(); ++i)
        changed += (*mutant)[i] != program.words[i];
      EXPECT_EQ(changed, kind == MutantKind::DropPair ? 2u : 1u);
    }
}

//===----------------------------------------------------------------------===//
// Shrinking
//===----------------------------------------------------------------------===//

TEST(ShrinkTest, LeavesOnlyWhatMatters) {
  Machine machine = machineOf("mxu-8");
  // Two instructions and a field each, however long the program is.
  auto poolsThree = [&](const std::vector<Word> &words) {
    Dispatcher dispatcher(machine, 1 << 20, words.size() * kInstructionBytes);
    for (const Word &word : words) {
      Instruction instruction;
      if (dispatcher.dispatch(word, instruction))
        return false;
      if (instruction.format == Format::Vector &&
          dispatcher.configuration().vx.stages.pool == Pool::Max &&
          instruction.as<Vector>().width >= 3)
        return true;
    }
    return false;
  };
  unsigned tried = 0;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    std::vector<Word> words = makeLegalProgram(machine, seed).words;
    if (!poolsThree(words))
      continue;
    ++tried;
    EXPECT_EQ(listing(shrink(words, poolsThree)),
              "set.vx.stages pool=max\nvx width=3\n");
  }
  EXPECT_GE(tried, 3u);
}

TEST(ShrinkTest, ReachesFarValuesInFewSteps) {
  unsigned tries = 0;
  auto isLarge = [&](const std::vector<Word> &words) {
    ++tries;
    Instruction instruction;
    return words.size() == 1 && !decode(words[0], instruction) &&
           instruction.format == Format::SetVxRescale &&
           instruction.as<Rescale>().multiplier >= 1000003;
  };
  std::vector<Word> words = wordsOf("set.vx.rescale multiplier=1500000000");
  EXPECT_EQ(listing(shrink(words, isLarge)),
            "set.vx.rescale multiplier=1000003\n");
  EXPECT_LT(tries, 300u);
}

TEST(ShrinkTest, RacesTakeTwoInstructions) {
  Machine machine = changedMachine("mxu-8", {{"scratchpad.bytes", "4096"},
                                             {"weights.bytes", "1024"},
                                             {"parameters.bytes", "1024"}});
  auto hasRace = [&](const std::vector<Word> &words) {
    CheckReport report = check(machine, 1 << 20, words);
    return !report.isClean() && report.problems.back().kind == CheckKind::Race;
  };
  unsigned tried = 0;
  for (uint64_t seed = 0; seed < 60 && tried < 3; ++seed) {
    std::vector<Word> words = makeLegalProgram(machine, seed).words;
    Randomness random(seed);
    auto mutant = mutate(MutantKind::DropPair, words, random);
    if (!mutant || !hasRace(*mutant))
      continue;
    ++tried;
    std::vector<Word> least = shrink(*mutant, hasRace);
    unsigned works = 0;
    for (const Word &word : least) {
      Instruction instruction;
      EXPECT_FALSE(decode(word, instruction));
      works += !instruction.isSetting();
    }
    EXPECT_EQ(works, 2u) << listing(least);
  }
  EXPECT_EQ(tried, 3u);
}

//===----------------------------------------------------------------------===//
// Coverage
//===----------------------------------------------------------------------===//

TEST(CoverageTest, CountsWhatIsThere) {
  Machine machine = machineOf("mxu-8");
  Coverage coverage(machine);
  EXPECT_EQ(coverage.leastHits(), 0u);
  coverage.add(1 << 20, wordsOf("ld length=11 linear offset=2044 target=2048 "
                                "signal0=5\n"
                                "set.vx.stages source=int8 combine=scale\n"
                                "set.vx.result rounding=single\n"
                                "set.vx.ring limit=2048 size=1\n"
                                "vx source=2048 target=2048 wait0=5\n"
                                "mm source=2049\n"
                                "vx.reduce wait0=9\n"
                                "st"));
  std::map<std::string, uint64_t> hits;
  for (const Coverage::Bin &bin : coverage.bins())
    if (bin.hits > 0)
      hits[bin.group + " " + bin.name] = bin.hits;
  // What the fault at vx.reduce stops is not counted.
  EXPECT_EQ(hits.count("opcode vx.reduce") + hits.count("opcode st"), 0u);
  for (const char *bin :
       {"opcode ld", "mode ld linear=1", "alignment ld within a beat",
        "alignment ld part of a word", "alignment ld over DRAM rows",
        "bank 1 written by ld", "bank 0 read by vx", "pair ld -> vx", "depth 1",
        "semaphore number 5", "rounding scale single", "window vx wrapped ring",
        "in place source", "sign mm source=positive",
        "overlap scratchpad write after write ld -> vx",
        "overlap scratchpad read after write ld -> mm"})
    EXPECT_EQ(hits[bin], 1u) << bin;
  EXPECT_EQ(hits.count("window vx straight ring"), 0u);
  EXPECT_NE(coverage.text(1).find("below 1: opcode st, 0"), std::string::npos);
}
