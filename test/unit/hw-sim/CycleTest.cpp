//===- CycleTest.cpp - The cycle engine by itself -------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What holds without the RTL. That every cycle is the RTL's is tried by
// systole diff (test/hw-sim/diff.test, test/nightly/diff.test).
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/cycle/CycleDevice.h"
#include "SimTesting.h"
#include "hw-sim/dv/Comparison.h"
#include "hw-sim/dv/DiffCampaign.h"
#include "hw-sim/isa/Assembly.h"

using namespace systole::isa;
using namespace systole::sim;

/// Legal programs for even numbers, illegal ones for odd.
static RandomProgram programOf(const Machine &machine, uint64_t number) {
  return number % 2 ? makeIllegalProgram(machine, number)
                    : makeLegalProgram(machine, number);
}

static std::vector<Word> assembled(const std::string &text) {
  std::vector<AssemblyProblem> problems;
  std::vector<Word> words = assemble(text, problems);
  EXPECT_TRUE(problems.empty());
  return words;
}

TEST(CycleTest, SkippingChangesNothing) {
  for (const Machine &machine : testMachines()) {
    CycleDevice fast(machine, 1), slow(machine, 1, /*skips=*/false);
    Comparison engines({{"slow", &slow}, {"fast", &fast}});
    for (uint64_t i = 0; i < 6; ++i) {
      RandomProgram program = programOf(machine, i);
      for (const Divergence &one :
           engines.run(DiffCampaign::workloadOf(program, i)))
        ADD_FAILURE() << machine.name << ", program " << i << ": " << one.text;
    }
  }
}

TEST(CycleTest, CausesAndSlotsSumUp) {
  for (const Machine &machine : testMachines()) {
    CycleDevice device(machine, 1);
    for (uint64_t i = 0; i < 6; ++i) {
      RandomProgram program = programOf(machine, i);
      storeProgram(program, device.dram());
      device.run(program.address, program.words.size());
      const RunRecord &record = device.record();
      Accounting all = record.ledger.total();
      uint64_t products = 0;
      for (uint64_t slot : all.slots)
        products += slot;
      EXPECT_EQ(all.cycles(), record.cycles) << machine.name << " " << i;
      EXPECT_EQ(products,
                all.of(Cause::Busy) * machine.lanes() * machine.lanes());
    }
  }
}

/// By hand from docs/hardware/timing.md. FETCH: its request is at the register
/// in cycle 2, at the pins in 4; the beat comes 124 later (latency and row
/// miss), is in the queue's register in 131 and a word in 132. Dispatch: looks
/// at it in 133, checks until 147, pushes in 148; the queue's head is there in
/// 150. LD: a run in 151, the request in 153, at the pins in 155, the beat in
/// 279, a word in 283, written in 285, acknowledged in 286, done in 288;
/// retired in 289; both ends are reported a cycle later. Dispatch knows of it
/// in 291.
TEST(CycleTest, OneLoadByHand) {
  struct {
    const char *latency;
    uint64_t start, retire, cycles;
  } cases[] = {{"100", 151, 290, 292}, {"400", 451, 890, 892}};
  for (const auto &[latency, start, retire, cycles] : cases) {
    Machine machine =
        changedMachine("mxu-16", {{"dram.read_latency", latency}});
    for (bool skips : {false, true}) {
      CycleDevice device(machine, 1, skips);
      run(device, assembled("ld length=16 linear\n"), 1);
      const RunRecord &record = device.record();
      std::vector<InstructionTimes> times = {{0, Engine::Ld, start, retire}};
      EXPECT_EQ(record.times, times);
      EXPECT_EQ(record.cycles, cycles);
      EXPECT_EQ(record.bytesRead, 32u);
      EXPECT_EQ(record.banks.served, 1u);
    }
  }
}

/// The doorbell's cycle, one in which dispatch finds nothing to do, and done.
TEST(CycleTest, NoInstructions) {
  CycleDevice device(machineOf("mxu-8"), 1);
  EXPECT_TRUE(device.run(0, 0).isDone());
  EXPECT_EQ(device.record().cycles, 2u);
  EXPECT_TRUE(device.record().times.empty());
}

/// A program that does not lie in DRAM never begins.
TEST(CycleTest, ProgramOutsideDram) {
  Machine machine = machineOf("mxu-8");
  CycleDevice device(machine, 1);
  EXPECT_EQ(device.run(machine.dram.bytes - 8, 1).fault, Fault::Extent);
  EXPECT_EQ(device.run(0, UINT64_MAX).fault, Fault::Extent);
  EXPECT_TRUE(device.record().times.empty());
}
