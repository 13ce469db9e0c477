//===- ScheduleTest.cpp - Waits and signals of hand-written orders --------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/kernels/Schedule.h"
#include "hw-sim/checker/Checker.h"
#include "test/unit/hw-sim/SimTesting.h"

using namespace systole::isa;
using namespace systole::sim;

static std::string textOf(const Schedule &schedule) {
  std::string text;
  for (const Instruction &instruction : schedule.finish())
    text += disassemble(encode(instruction)) + "\n";
  return text;
}

/// Of an engine, reading and writing these parts.
static void add(Schedule &schedule, Engine engine, const Schedule::Parts &reads,
                const Schedule::Parts &writes) {
  schedule.add(Format::Sync, Sync{engine}, reads, writes);
}

/// Reader behind writer, writer behind reader; an engine needs no token for its
/// own order, nor two for what it knows.
TEST(ScheduleTest, TokensWhereTheyAreNeeded) {
  Schedule schedule;
  Part a, b;
  add(schedule, Engine::Ld, {}, {&a});
  add(schedule, Engine::Ld, {&a}, {&b});
  add(schedule, Engine::Mm, {&a, &b}, {});
  add(schedule, Engine::Mm, {&b}, {});
  add(schedule, Engine::Ld, {}, {&b});
  EXPECT_EQ(textOf(schedule), "sync\n"
                              "sync signal0=0\n"
                              "sync engine=mm wait0=0\n"
                              "sync engine=mm signal0=1\n"
                              "sync wait0=1\n");
}

/// VX is behind MM, and MM behind LD: one wait of ST does for all three.
TEST(ScheduleTest, OneWaitForAWholeChain) {
  Schedule schedule;
  Part a, b, c;
  add(schedule, Engine::Ld, {}, {&a});
  add(schedule, Engine::Mm, {&a}, {&b});
  add(schedule, Engine::Vx, {&b}, {&c});
  add(schedule, Engine::St, {&a, &b, &c}, {});
  EXPECT_EQ(textOf(schedule), "sync signal0=0\n"
                              "sync engine=mm wait0=0 signal0=1\n"
                              "sync engine=vx wait0=1 signal0=2\n"
                              "sync engine=st wait0=2\n");
}

TEST(ScheduleTest, TwoWaitsFitIntoAnInstruction) {
  Schedule schedule;
  Part a, b;
  add(schedule, Engine::Ld, {}, {&a});
  add(schedule, Engine::Vx, {}, {&b});
  add(schedule, Engine::Mm, {&a, &b}, {});
  EXPECT_EQ(textOf(schedule), "sync signal0=0\n"
                              "sync engine=vx signal0=1\n"
                              "sync engine=mm wait0=0 wait1=1\n");
}

TEST(ScheduleTest, MoreThanTwoWaitsAndSignals) {
  Schedule schedule;
  Part a, b, c, d;
  add(schedule, Engine::Ld, {}, {&a});
  add(schedule, Engine::Mm, {&a}, {&b});
  add(schedule, Engine::Dw, {&a}, {&c});
  add(schedule, Engine::Vx, {&a}, {&d});
  add(schedule, Engine::St, {&b, &c, &d}, {});
  EXPECT_EQ(textOf(schedule), "sync signal0=0 signal1=1\n"
                              "sync signal0=2\n"
                              "sync engine=mm wait0=0 signal0=3\n"
                              "sync engine=dw wait0=1 signal0=4\n"
                              "sync engine=vx wait0=2 signal0=5\n"
                              "sync engine=st wait0=3 wait1=4\n"
                              "sync engine=st wait0=5\n");
}

/// Many loads, of which each is waited for much later: a counter holds 15.
TEST(ScheduleTest, NoSixteenthToken) {
  for (unsigned loads : {15u, 16u, 40u}) {
    Schedule schedule;
    std::vector<Part> parts(loads);
    for (Part &part : parts)
      add(schedule, Engine::Ld, {}, {&part});
    for (Part &part : parts)
      add(schedule, Engine::Mm, {&part}, {});
    std::vector<Word> words;
    for (const Instruction &instruction : schedule.finish())
      words.push_back(encode(instruction));
    Machine machine = machineOf("mxu-8");
    CheckReport report = checkProgram(machine, ProgramView{4096, words});
    EXPECT_TRUE(report.isClean()) << report.text();
    // The sixteenth wait has to find another signal.
    EXPECT_EQ(words.size() > 2 * loads, loads > 15) << loads;
  }
}

TEST(ScheduleTest, SettingsWhereTheyChange) {
  Schedule schedule;
  Part a;
  schedule.config.ld.base[3].address = 64;
  schedule.config.mm.pitch.x = 2;
  add(schedule, Engine::Ld, {}, {&a});
  add(schedule, Engine::Ld, {}, {&a});
  schedule.config.ld.shape.count0 = 5;
  add(schedule, Engine::Ld, {}, {&a});
  EXPECT_EQ(textOf(schedule), "set.ld.base index=3 address=64\n"
                              "sync\n"
                              "sync\n"
                              "set.ld.shape count0=5\n"
                              "sync\n");
}
