//===- RandomOrderTest.cpp - Any order that the rules allow ---------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/RandomOrder.h"
#include "SimTesting.h"
#include "hw-sim/isa/Formats.h"
#include <set>

using namespace systole::isa;
using namespace systole::sim;

/// How many different memories many random orders of a program leave.
static size_t countResults(const Machine &machine, const std::string &text) {
  std::set<std::vector<uint8_t>> results;
  for (uint64_t order = 0; order < 60; ++order) {
    RandomOrderDevice device(machine, 7, order);
    EXPECT_TRUE(run(device, text).isDone());
    std::vector<uint8_t> bytes(2 * 512);
    device.peek(Memory::Scratchpad, 0, bytes.data(), 512);
    device.dram().read(4096, bytes.data() + 512, 512);
    results.insert(bytes);
  }
  return results.size();
}

TEST(RandomOrderTest, RacesShow) {
  Machine machine = machineOf("mxu-8");
  std::string load = "ld length=512 linear";
  std::string store = "st length=512 linear offset=4096";
  EXPECT_EQ(countResults(machine, load + " signal0=0\n" + store + " wait0=0"),
            1u);
  // Before, behind, and with a part of the bytes.
  EXPECT_GT(countResults(machine, load + "\n" + store), 2u);
  EXPECT_GT(countResults(machine, store + "\n" + load), 2u);
}

TEST(RandomOrderTest, LegalProgramsEndWithFullCountersAndShortQueues) {
  // Each side may be as far ahead as semaphores let it.
  std::string text;
  for (unsigned round = 0; round < 3; ++round) {
    for (unsigned i = 0; i < 15; ++i)
      text += "sync engine=ld signal0=3\n";
    for (unsigned i = 0; i < 15; ++i)
      text += "sync engine=vx wait1=3\n";
  }
  for (const char *queue : {"1", "2", "64"}) {
    Machine machine = changedMachine("mxu-8", {{"queue", queue}});
    EXPECT_EQ(countResults(machine, text), 1u);
  }
}

TEST(RandomOrderTest, StopsAtFaultsWithAllBeforeThemDone) {
  std::string text = "ld length=32 linear signal0=0\n"
                     "st length=32 linear offset=4096 wait0=0\n"
                     "mm source=-1\n"
                     "st length=32 linear offset=4096 source=77";
  Machine machine = machineOf("mxu-8");
  FunctionalDevice functional(machine, 7);
  Outcome expected = run(functional, text);
  for (uint64_t order = 0; order < 20; ++order) {
    RandomOrderDevice device(machine, 7, order);
    Outcome outcome = run(device, text);
    EXPECT_EQ(outcome.fault, Fault::Extent);
    EXPECT_EQ(outcome.index, 2u);
    EXPECT_EQ(outcome.message, expected.message);
    EXPECT_FALSE(firstDifference(functional.memories(), device.memories()));
  }
  RandomOrderDevice device(machine, 7, 0);
  EXPECT_EQ(device.run(machine.dram.bytes - 8, 1).fault, Fault::Extent);
  EXPECT_EQ(device.run(0, UINT64_MAX).fault, Fault::Extent);
}
