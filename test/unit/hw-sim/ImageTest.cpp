//===- ImageTest.cpp - Program images -------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Round trips, every byte damaged, every length cut, and machines that cannot
// run them.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/isa/Image.h"
#include "HwSimTesting.h"
#include "hw-sim/isa/ImageFormat.h"
#include <algorithm>

using namespace systole::isa;
using namespace systole::sim;

/// An image with something in every section.
static Image sample() {
  Machine machine = machineOf("mxu-16");
  Image image;
  image.machine = machine.name;
  image.requirements = resultText(machine);
  image.programAddress = 4096;
  std::vector<AssemblyProblem> problems;
  image.program = assemble("set.ld.base index=1 address=65536\n"
                           "ld base=1 length=256 signal0=0\n"
                           "set.vx.result rounding=float\n"
                           "dw wait0=0 signal0=1\n"
                           "set.st.base address=131072\n"
                           "st length=64 wait0=1\n",
                           problems);
  EXPECT_TRUE(problems.empty());
  image.constants = {{8192, {1, 2, 3}}, {16384, {}}};
  image.tensors = {
      {"input", Tensor::Role::Input, Element::Int8, {1, 16, 16}, 65536},
      {"a name/with:signs", Tensor::Role::Output, Element::Int32, {16}, 131072},
      {"scalar", Tensor::Role::Output, Element::Float32, {}, 0},
      {"empty", Tensor::Role::Input, Element::UInt8, {4, 0}, 5}};
  image.relocations = {{0, 0, 0}, {4, 1, 64}};
  image.nodes = {{0, "conv1", "Conv"}, {3, "conv2/depthwise"}, {5, ""}};
  return image;
}

static std::string problemOf(const std::vector<uint8_t> &bytes,
                             Checksum checksum = Checksum::Check) {
  std::string problem;
  std::optional<Image> image =
      readImage(bytes.data(), bytes.size(), problem, checksum);
  EXPECT_EQ(image.has_value(), problem.empty());
  return problem;
}

TEST(ImageTest, RoundTrip) {
  for (const Image &image : {sample(), Image()}) {
    std::vector<uint8_t> bytes = writeImage(image);
    std::string problem;
    std::optional<Image> read = readImage(bytes.data(), bytes.size(), problem);
    ASSERT_TRUE(read) << problem;
    EXPECT_TRUE(*read == image);
    EXPECT_EQ(writeImage(*read), bytes);
  }
}

TEST(ImageTest, WhatFollowsFromAnImage) {
  Image image = sample();
  EXPECT_EQ(image.nodeOf(0), "conv1");
  EXPECT_EQ(image.nodeOf(2), "conv1");
  EXPECT_EQ(image.nodeOf(3), "conv2/depthwise");
  EXPECT_EQ(image.nodeOf(5), "");
  EXPECT_EQ(Image().nodeOf(7), "");
  EXPECT_EQ(image.capabilities(),
            uint32_t(kNeedsDepthwise | kNeedsFloatRounding));
  std::vector<Word> moved = image.relocated({0x1000, 0x2000, 0, 0});
  EXPECT_EQ(disassemble(moved[0]), "set.ld.base index=1 address=4096");
  EXPECT_EQ(disassemble(moved[4]), "set.st.base address=8256");
  EXPECT_EQ(moved[1], image.program[1]);
  EXPECT_EQ(image.tensors[0].bytes(), 256u);
  EXPECT_EQ(image.tensors[2].bytes(), 4u);
  EXPECT_EQ(image.tensors[3].bytes(), 0u);
}

TEST(ImageTest, EveryFlippedBitIsRefused) {
  std::vector<uint8_t> bytes = writeImage(sample());
  for (size_t i = 0; i < bytes.size(); ++i)
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::vector<uint8_t> damaged = bytes;
      damaged[i] ^= 1 << bit;
      EXPECT_NE(problemOf(damaged), "") << i << " " << bit;
    }
}

TEST(ImageTest, EveryTruncationIsRefused) {
  std::vector<uint8_t> bytes = writeImage(sample());
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_NE(problemOf({bytes.begin(), bytes.begin() + size}), "") << size;
  bytes.push_back(0);
  EXPECT_NE(problemOf(bytes), "");
}

TEST(ImageTest, DamageBehindTheChecksumDoesNoHarm) {
  std::vector<uint8_t> bytes = writeImage(sample());
  unsigned accepted = 0, refused = 0;
  for (size_t i = 0; i < bytes.size(); ++i)
    for (uint8_t value : {0, 1, 127, 128, 255}) {
      std::vector<uint8_t> damaged = bytes;
      damaged[i] = value;
      ++(problemOf(damaged, Checksum::Ignore).empty() ? accepted : refused);
    }
  // Constants and addresses may have any value; counts and sizes may not.
  EXPECT_GT(accepted, 100u);
  EXPECT_GT(refused, 100u);
}

TEST(ImageTest, MessagesSayWhatIsWrong) {
  std::vector<uint8_t> bytes = writeImage(sample());
  auto changed = [&](size_t at, uint8_t value) {
    std::vector<uint8_t> copy = bytes;
    copy[at] = value;
    return problemOf(copy);
  };
  EXPECT_EQ(changed(kMagicAt, 'X'), "this is no program image");
  EXPECT_EQ(changed(kVersionAt, 9),
            "the image has version 9, this program reads version 1");
  EXPECT_NE(changed(kInstructionSetAt, 99).find("instructions of version 99"),
            std::string::npos);
  EXPECT_NE(changed(kCoresAt, 2).find("2 cores"), std::string::npos);
  EXPECT_NE(changed(bytes.size() - 1, bytes.back() ^ 1).find("checksum"),
            std::string::npos);
  bytes.pop_back();
  EXPECT_NE(problemOf(bytes).find("cut off"), std::string::npos);
}

/// Damage that a wrong checksum would hide; sizes have no slack.
TEST(ImageTest, LengthsAreExact) {
  Image image = sample();
  std::vector<uint8_t> bytes = writeImage(image);
  bytes.push_back(0);
  uint64_t size = bytes.size();
  for (unsigned i = 0; i < 8; ++i)
    bytes[kFileBytesAt + i] = uint8_t(size >> (8 * i));
  EXPECT_EQ(problemOf(bytes, Checksum::Ignore),
            "the image contradicts itself: bytes behind the last section");
  // A rank beyond the limit, where it is read.
  bytes = writeImage(image);
  const uint8_t rank[] = {3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0};
  auto at = std::search(bytes.begin(), bytes.end(), rank, rank + sizeof rank);
  ASSERT_NE(at, bytes.end());
  for (uint8_t many : {4, 17, 200}) {
    *at = many;
    EXPECT_NE(problemOf(bytes, Checksum::Ignore), "") << int(many);
  }
}

TEST(ImageTest, ContradictionsAreAllNamed) {
  Image image = sample();
  image.relocations.push_back({1, 9, 0});
  image.relocations.push_back({0, 0, uint64_t(1) << 48});
  image.nodes.push_back({5, "twice"});
  image.nodes.push_back({6, "behind"});
  image.tensors.push_back({"huge",
                           Tensor::Role::Input,
                           Element::Int8,
                           {uint64_t(1) << 40, uint64_t(1) << 40},
                           1});
  image.constants.push_back({uint64_t(1) << 48, {1}});
  image.programAddress = uint64_t(1) << 48;
  EXPECT_EQ(checkImage(image).size(), 10u);
  EXPECT_TRUE(checkImage(sample()).empty());
}

TEST(ImageTest, EveryContradictionAlone) {
  auto only = [](auto change) {
    Image image = sample();
    change(image);
    std::vector<std::string> problems = checkImage(image);
    EXPECT_EQ(problems.size(), 1u);
    return problems.empty() ? "" : problems.front();
  };
  EXPECT_EQ(only([](Image &image) { image.tensors[1].name = "scalar"; }),
            "output 'scalar' is there twice");
  EXPECT_EQ(only([](Image &image) { image.tensors[0].shape.assign(17, 1); }),
            "input 'input' has more than 16 dimensions");
  // A product of 0 must not hide it.
  EXPECT_EQ(only([](Image &image) {
              image.tensors[0].shape = {0, uint64_t(1) << 63};
            }),
            "input 'input' lies beyond the address space");
  EXPECT_EQ(only([](Image &image) {
              std::swap(image.relocations[0], image.relocations[1]);
            }),
            "relocation of instruction 0 behind that of 4");
  EXPECT_EQ(only([](Image &image) { image.nodes[1] = {3, "conv1", "Conv"}; }),
            "node 'conv1' begins at instruction 3, where the same node was "
            "before");
  EXPECT_EQ(only([](Image &image) { image.nodes[0].name = ""; }),
            "node '' begins at instruction 0, and has an operator, but no "
            "name");
  EXPECT_EQ(only([](Image &image) { image.requirements.pop_back(); }),
            "the requirements are no lines");
}

TEST(ImageTest, NodesAreAppendedWhereTheyChange) {
  Image image;
  for (const char *name : {"", "", "a", "a", "b", "", "", "a"})
    appendNode(image, {uint32_t(image.program.size()), name}),
        image.program.push_back({});
  EXPECT_TRUE(image.nodes ==
              (std::vector<SourceNode>{{2, "a"}, {4, "b"}, {5, ""}, {7, "a"}}));
  EXPECT_TRUE(checkImage(image).empty());
}

TEST(ImageTest, MachinesRefuseWhatTheyCannotRun) {
  Image image = sample();
  auto unmet = [&](const Machine &machine) {
    return unmetRequirements(machine, image.requirements, image.capabilities());
  };
  Machine machine = machineOf("mxu-16");
  EXPECT_TRUE(unmet(machine).empty());
  EXPECT_TRUE(unmetRequirements(machine, "", 0).empty());
  EXPECT_FALSE(unmetRequirements(machine, "array=8\n", 0).empty());
  // Timing does not matter, capacities do.
  machine.dram.readLatency = 400;
  EXPECT_TRUE(unmet(machine).empty());
  machine.scratchpad.bytes /= 2;
  machine.depthwise.multipliersPerLane = 0;
  std::vector<std::string> problems = unmet(machine);
  ASSERT_EQ(problems.size(), 3u);
  EXPECT_EQ(problems[0], "the program was made for scratchpad.bytes=262144, "
                         "machine 'mxu-16' has scratchpad.bytes=131072");
  EXPECT_NE(problems[2].find("uses the depthwise engine"), std::string::npos);
}
