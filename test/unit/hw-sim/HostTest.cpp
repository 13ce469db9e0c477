//===- HostTest.cpp - What a host and tools see of a machine --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Images in DRAM, all faults of a program, counts, estimates, messages.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/Host.h"
#include "hw-sim/model/CycleEstimate.h"
#include "hw-sim/model/Dispatch.h"
#include "hw-sim/model/cycle/CycleDevice.h"
#include "test/unit/hw-sim/SimTesting.h"

using namespace systole::isa;
using namespace systole::sim;

/// An image of one instruction at byte 4096.
static Image imageAt4096(const Machine &machine) {
  Image image;
  image.requirements = resultText(machine);
  image.programAddress = 4096;
  image.program = wordsOf("ld length=16 linear");
  return image;
}

TEST(HostTest, NothingMayLieOnTheProgramOrOutsideDram) {
  Machine machine = machineOf("mxu-8");
  uint64_t end = machine.dram.bytes;
  auto problemsWith = [&](uint64_t address, uint64_t bytes) {
    Image image = imageAt4096(machine);
    image.tensors = {
        {"x", Tensor::Role::Output, Element::Int8, {bytes}, address}};
    std::vector<std::string> asTensor = loadProblems(machine, image);
    image.tensors.clear();
    image.constants = {{address, std::vector<uint8_t>(bytes)}};
    EXPECT_EQ(loadProblems(machine, image).size(), asTensor.size());
    return asTensor;
  };
  EXPECT_TRUE(problemsWith(4095, 1).empty());
  EXPECT_TRUE(problemsWith(4112, 1).empty());
  EXPECT_TRUE(problemsWith(4100, 0).empty());
  EXPECT_TRUE(problemsWith(end - 5, 5).empty());
  EXPECT_EQ(problemsWith(4095, 2),
            std::vector<std::string>{"output 'x' (2 bytes at 4095) lies on top "
                                     "of the program (16 bytes at 4096)"});
  EXPECT_EQ(problemsWith(4111, 1).size(), 1u);
  EXPECT_EQ(problemsWith(0, 5000).size(), 1u);
  EXPECT_EQ(problemsWith(end - 5, 6),
            std::vector<std::string>{"output 'x' (6 bytes at " +
                                     std::to_string(end - 5) +
                                     ") lies outside the machine's " +
                                     std::to_string(end) + " bytes of DRAM"});
  Image image = imageAt4096(machine);
  image.programAddress = end - 15;
  ASSERT_EQ(loadProblems(machine, image).size(), 1u);
  EXPECT_NE(loadProblems(machine, image)[0].find("the program"),
            std::string::npos);
}

TEST(HostTest, BareProgramsLieAtTheEnd) {
  Machine machine = machineOf("mxu-8");
  machine.dram.bytes = 1000; // no multiple of an instruction
  std::optional<Image> image = imageOf(machine, std::vector<Word>(3));
  ASSERT_TRUE(image);
  EXPECT_EQ(image->programAddress, 944u);
  EXPECT_EQ(image->machine, "mxu-8");
  EXPECT_EQ(image->requirements, resultText(machine));
  EXPECT_TRUE(imageOf(machine, std::vector<Word>(62)));
  EXPECT_FALSE(imageOf(machine, std::vector<Word>(63)));
}

TEST(HostTest, AllFaultsOfAProgram) {
  Machine machine = machineOf("mxu-8");
  std::vector<ProgramFault> faults =
      findFaults(machine, 4096,
                 wordsOf("ld target=16384 linear signal0=1\n"
                         "mm wait0=1\n" // the token is counted all the same
                         "mm wait0=2\n"
                         "set.vx.stages bias=first\n"
                         "vx.reduce\n"
                         "st linear offset=4096\n"));
  ASSERT_EQ(faults.size(), 4u);
  EXPECT_EQ(faults[0].instruction, 0u);
  EXPECT_EQ(faults[0].problem.fault, Fault::Extent);
  EXPECT_EQ(faults[1].instruction, 2u);
  EXPECT_EQ(faults[1].problem.fault, Fault::Semaphore);
  EXPECT_EQ(faults[2].instruction, 4u);
  EXPECT_EQ(faults[2].problem.fault, Fault::Field);
  EXPECT_EQ(faults[3].instruction, 5u);
  EXPECT_EQ(faults[3].problem.fault, Fault::Program);
}

TEST(HostTest, DifferencesNameTheirPlace) {
  Machine machine = machineOf("mxu-8");
  auto textOf = [&](Memory memory, uint64_t address) {
    return Difference{memory, address, 0x12, 0xab}.text(machine);
  };
  EXPECT_EQ(textOf(Memory::Dram, 77), "dram byte 77: 0x12 and 0xab");
  EXPECT_EQ(textOf(Memory::Scratchpad, 29),
            "scratchpad word 3, byte 5: 0x12 and 0xab");
  EXPECT_EQ(textOf(Memory::Accumulators, 66),
            "accumulators row 2, byte 2: 0x12 and 0xab");
  EXPECT_EQ(textOf(Memory::Depthwise, 31),
            "depthwise row 0, byte 31: 0x12 and 0xab");
  EXPECT_EQ(textOf(Memory::Weights, 8),
            "weights word 1, byte 0: 0x12 and 0xab");
}

TEST(HostTest, TheFirstDifferenceOfEachMemory) {
  Machine machine = machineOf("mxu-8");
  for (unsigned i = 0; i < kMemoryCount; ++i) {
    auto memory = static_cast<Memory>(i);
    Memories left(machine, 1), right(machine, 1);
    EXPECT_FALSE(firstDifference(left, right));
    for (uint64_t at : {900u, 700u}) { // the later one first
      uint8_t byte = 0;
      if (memory == Memory::Dram) {
        left.dram.read(at, &byte, 1);
        byte ^= 0xff;
        right.dram.write(at, &byte, 1);
      } else {
        right.at(memory, 0)[at] ^= 0xff;
      }
    }
    auto difference = firstDifference(left, right);
    ASSERT_TRUE(difference) << nameOf(memory);
    EXPECT_EQ(difference->memory, memory);
    EXPECT_EQ(difference->address, 700u);
    EXPECT_EQ(difference->left ^ difference->right, 0xff);
  }
}

/// Every multiplication that carries something, every byte of DRAM.
TEST(HostTest, Counts) {
  Machine machine = machineOf("mxu-8");
  std::vector<Counts> counts;
  FunctionalDevice device(machine, 1);
  device.observe([&](uint64_t index, const Configuration &configuration,
                     const Instruction &instruction) {
    EXPECT_EQ(index, counts.size());
    counts.push_back(countsOf(machine, configuration, instruction));
  });
  Outcome outcome = run(device, "set.mm.window kernel_x=3 channels=2\n"
                                "set.mm.weights columns=2 pad_k=3 pad_n=1\n"
                                "mm width=4 height=5\n"
                                "set.dw.window kernel_y=2 channels=3\n"
                                "set.dw.weights pad_n=5\n"
                                "dw width=4 height=6\n"
                                "set.ld.shape count0=3 count2=2\n"
                                "ld length=9\n"
                                "ld length=9 linear\n"
                                "set.st.shape count1=4\n"
                                "st length=5\n");
  ASSERT_TRUE(outcome.isDone()) << outcome.message;
  ASSERT_EQ(counts.size(), 11u);
  EXPECT_EQ(counts[2].arrayMacs, 20u * 3 * (16 - 3) * (16 - 1));
  EXPECT_EQ(counts[2].depthwiseMacs, 0u);
  EXPECT_EQ(counts[5].depthwiseMacs, 24u * 2 * (24 - 5));
  EXPECT_EQ(counts[7].bytesRead, 16u + 6 * 9);
  EXPECT_EQ(counts[8].bytesRead, 16u + 9);
  EXPECT_EQ(counts[10].bytesRead, 16u);
  EXPECT_EQ(counts[10].bytesWritten, 4u * 5);
  Counts sum;
  for (const Counts &one : counts)
    sum.add(one);
  EXPECT_EQ(sum.bytesRead, 11u * 16 + 54 + 9);
  EXPECT_EQ(sum.bytesWritten, 20u);
  EXPECT_EQ(sum.macs(), counts[2].arrayMacs + counts[5].depthwiseMacs);
}

/// Engines overlap, unless a semaphore or a full queue holds one back.
TEST(HostTest, Estimates) {
  Machine machine = machineOf("mxu-8");
  auto cyclesOf = [&](const std::string &text) {
    return estimateProgram(machine, wordsOf(text)).cycles;
  };
  std::string mm = "set.mm.window channels=64\nmm width=512 signal0=0\n";
  std::string vx = "set.vx.window channels=64 kernel_x=64\nvx width=8";
  int64_t alone = cyclesOf("set.mm.window channels=64\nmm width=512\n");
  EXPECT_EQ(estimateProgram(machine, wordsOf(mm)).streaming, 64 * 512);
  EXPECT_GT(alone, 64 * 512);
  EXPECT_LT(alone, 64 * 512 + 200);
  EXPECT_LT(cyclesOf(mm + vx), alone + 100);
  EXPECT_GT(cyclesOf(mm + vx + " wait0=0"), alone + 64 * 64 * 8);
  // Nine in a queue of eight: the tenth instruction comes late.
  std::string many;
  for (int i = 0; i < 9; ++i)
    many += "mm width=512\n";
  EXPECT_GT(cyclesOf(many + vx), 9 * 512);
  EXPECT_GT(cyclesOf("ld length=100000 linear"), 100000 / 8);
}

/// The estimate of one instruction is near what the cycle engine takes: within
/// 30 cycles, or a quarter.
TEST(HostTest, EstimatesOfSingleInstructions) {
  Machine machine = machineOf("mxu-8");
  for (const char *text :
       {"sync", "mm width=512", "mm width=3",
        "set.mm.weights columns=3\nmm width=20",
        "set.dw.window kernel_x=3 channels=2\ndw width=4",
        "set.dw.window kernel_x=2\ndw width=400", "vx width=8 height=3",
        "vx width=100", "set.vx.stages pool=average\nvx width=40",
        "set.vx.target element=int16 x=2\nvx width=100", "set.vx.window channels=2\nvx.reduce width=8",
        "vx.table", "ld length=64 linear",
        "set.ld.shape count0=10\nld length=9", "ld length=20000 linear",
        "ld.tiles rows=9 blocks=2", "st length=64 linear offset=4096"}) {
    CycleDevice device(machine, 1);
    Outcome outcome = run(device, text);
    ASSERT_TRUE(outcome.isDone()) << text << ": " << outcome.message;
    auto cycles = static_cast<double>(device.record().cycles);
    auto estimate =
        static_cast<double>(estimateProgram(machine, wordsOf(text)).cycles);
    EXPECT_NEAR(estimate, cycles, std::max(30.0, cycles / 4)) << text;
  }
}

/// Numbers that no file can say are refused all the same.
TEST(HostTest, MachinesMadeByHandAreChecked) {
  Machine machine = machineOf("mxu-8");
  machine.array = 6;
  machine.queue = 0;
  std::vector<MachineProblem> problems = checkMachine(machine);
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].key, "array");
  EXPECT_EQ(problems[0].message,
            "is 6, but must be a multiple of 4 from 4 to 64");
  EXPECT_EQ(problems[1].key, "queue");
  std::vector<std::string> unmet =
      unmetRequirements(machine, "", kAllCapabilities + 1);
  ASSERT_EQ(unmet.size(), 1u);
  EXPECT_EQ(unmet[0], "the program needs what no machine of this version has");
}
