//===- FunctionalTest.cpp - Programs on the functional engine -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Small whole programs whose results follow by hand, and what a fault leaves
// behind. Each instruction by itself: InstructionTesting.h.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/isa/Assembly.h"
#include "hw-sim/model/MachineFile.h"
#include "test/unit/hw-sim/SimTesting.h"

using namespace systole::isa;
using namespace systole::sim;

/// A matrix product with requantisation: C = (A B + bias) / 2, A 2 x 8, B 8
/// x 8.
static const char *kGemm =
    "ld target=0 length=16 linear signal0=0\n"
    "ld to=weights offset=64 length=64 linear\n"
    "ld to=parameters offset=256 length=32 linear "
    "signal1=1\n"
    "set.mm.pitch x=1\n"
    "mm width=2 wait0=0 wait1=1 signal0=2\n"
    "set.vx.pitch x=1\n"
    "set.vx.target x=1\n"
    "set.vx.stages bias=first combine=scale\n"
    "set.vx.result rounding=single multiplier=1 shift=1 "
    "low=-128 high=127\n"
    "vx width=2 target=100 wait0=2 signal0=3\n"
    "st source=100 length=16 offset=512 linear wait0=3\n";

TEST(FunctionalTest, MatrixProduct) {
  FunctionalDevice device(machineOf("mxu-8"), 1);
  uint8_t a[16], b[64], bias[32] = {};
  for (unsigned i = 0; i < 16; ++i)
    a[i] = uint8_t(int(i) - 8);
  for (unsigned i = 0; i < 64; ++i)
    b[i] = uint8_t(int(i % 7) - 3);
  for (unsigned i = 0; i < 8; ++i)
    bias[4 * i] = uint8_t(10 * i);
  device.dram().write(0, a, sizeof a);
  device.dram().write(64, b, sizeof b);
  device.dram().write(256, bias, sizeof bias);

  Outcome outcome = run(device, kGemm);
  EXPECT_TRUE(outcome.isDone()) << outcome.message;
  EXPECT_EQ(outcome.index, 11u);

  uint8_t c[16];
  device.dram().read(512, c, sizeof c);
  for (int m = 0; m < 2; ++m)
    for (int n = 0; n < 8; ++n) {
      int sum = 10 * n;
      for (int k = 0; k < 8; ++k)
        sum += (8 * m + k - 8) * ((8 * k + n) % 7 - 3);
      // Half up.
      int half = (sum + 1) >> 1;
      EXPECT_EQ(int8_t(c[8 * m + n]), std::min(std::max(half, -128), 127));
    }
}

/// Whatever comes before the fault has happened, nothing from it on has.
TEST(FunctionalTest, FaultLeavesWhatCameBefore) {
  Machine machine = machineOf("mxu-8");
  const std::string faults[] = {
      ".word 0x00000000000000000000000000000000\n",
      "mm wait0=4\n",
      "ld target=16383 length=9 linear\n",
      "st length=1 offset=524288 linear\n",
  };
  const Fault expected[] = {Fault::Opcode, Fault::Semaphore, Fault::Extent,
                            Fault::Program};
  const std::string before = "ld target=5 length=24 linear\n"
                             "st source=6 length=3 offset=77 linear\n";
  FunctionalDevice good(machine, 3);
  EXPECT_TRUE(run(good, before).isDone());
  for (unsigned i = 0; i < 4; ++i) {
    FunctionalDevice bad(machine, 3);
    std::string rest = faults[i] + "st source=9 length=3 offset=99 linear\n";
    Outcome outcome = run(bad, before + rest);
    EXPECT_EQ(outcome.fault, expected[i]) << outcome.message;
    EXPECT_EQ(outcome.index, 2u);
    EXPECT_NE(outcome.message, "");
    // Only the program itself differs.
    auto difference = firstDifference(good.memories(), bad.memories());
    ASSERT_TRUE(difference);
    EXPECT_EQ(difference->memory, Memory::Dram) << difference->text(machine);
    EXPECT_GE(difference->address, kProgramAddress);
  }
}

TEST(FunctionalTest, ProgramOutsideDram) {
  FunctionalDevice device(machineOf("mxu-8"), 1);
  uint64_t size = device.dram().size();
  for (auto [address, count] : {std::pair<uint64_t, uint64_t>(size - 16, 2),
                                {size + 16, 1},
                                {0, UINT64_MAX},
                                {UINT64_MAX, 1}}) {
    Outcome outcome = device.run(address, count);
    EXPECT_EQ(outcome.fault, Fault::Extent);
    EXPECT_EQ(outcome.index, 0u);
  }
  EXPECT_TRUE(device.run(size, 0).isDone());
}

/// Configuration and table are zero again at the next doorbell.
TEST(FunctionalTest, DoorbellResets) {
  FunctionalDevice device(machineOf("mxu-8"), 1);
  EXPECT_TRUE(run(device, "vx.table\nset.ld.base index=0 address=64\n"
                          "sync engine=ld signal0=1\n")
                  .isDone());
  EXPECT_TRUE(run(device, "set.vx.stages source=int8 lookup=result\n"
                          "vx target=3\nld length=8 linear\n")
                  .isDone());
  uint8_t word[8], dram[8];
  device.peek(Memory::Scratchpad, 3 * 8, word, sizeof word);
  for (uint8_t byte : word)
    EXPECT_EQ(byte, 0);
  device.peek(Memory::Scratchpad, 0, word, sizeof word);
  device.dram().read(0, dram, sizeof dram);
  EXPECT_TRUE(std::equal(word, word + 8, dram));
  // Nor do tokens survive.
  EXPECT_EQ(run(device, "mm wait0=1").fault, Fault::Semaphore);
}

//===----------------------------------------------------------------------===//
// Memories
//===----------------------------------------------------------------------===//

TEST(MemoriesTest, DramAcrossPages) {
  Dram dram(1 << 20, 7), other(1 << 20, 7);
  std::vector<uint8_t> bytes(3 * Dram::kPageBytes), back(bytes.size());
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = uint8_t(i * 31 + i / 251);
  dram.write(12345, bytes.data(), bytes.size());
  dram.read(12345, back.data(), back.size());
  EXPECT_EQ(bytes, back);
  EXPECT_EQ(dram.writtenPages(),
            (std::vector<uint64_t>{0, Dram::kPageBytes, 2 * Dram::kPageBytes,
                                   3 * Dram::kPageBytes}));
  // Around the write, and byte by byte, the pattern is what it was.
  for (uint64_t at : {0ul, 12344ul, 12345 + bytes.size()}) {
    uint8_t l, r;
    dram.read(at, &l, 1);
    other.read(at, &r, 1);
    EXPECT_EQ(l, r);
  }
}

TEST(MemoriesTest, PatternDependsOnSeedMemoryAndAddress) {
  Machine machine = machineOf("mxu-8");
  EXPECT_FALSE(firstDifference(Memories(machine, 5), Memories(machine, 5)));
  Memories changed(machine, 5);
  *changed.at(Memory::Depthwise, 3) ^= 1;
  auto difference = firstDifference(changed, Memories(machine, 5));
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->text(machine).substr(0, 24),
            "depthwise row 3, byte 0:");
  EXPECT_TRUE(firstDifference(Memories(machine, 5), Memories(machine, 6)));
}
