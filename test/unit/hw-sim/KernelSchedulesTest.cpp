//===- KernelSchedulesTest.cpp - Which ways reference kernels take --------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rings, slices, windows, tiles on chip: where they are to be used they are,
// and compute what plain loops compute; nothing is moved twice; what does not
// fit is said.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/CycleEstimate.h"
#include "test/unit/hw-sim/KernelTesting.h"

using namespace systole::isa;
using namespace systole::sim;

/// Lines of a program that contain all of these texts.
static int64_t countLines(const Image &image,
                          std::initializer_list<const char *> texts) {
  int64_t count = 0;
  for (const Word &word : image.program) {
    std::string line = disassemble(word);
    bool hasAll = true;
    for (const char *text : texts)
      hasAll &= line.find(text) != std::string::npos;
    count += hasAll;
  }
  return count;
}

/// A product without padding and zero points.
static ProductSpec plainProduct(const DramPicture &input, int64_t columns,
                                int64_t kernel) {
  ProductSpec spec;
  spec.input = input;
  spec.columns = columns;
  spec.taps.height = spec.taps.width = kernel;
  spec.weights.resize(kernel * kernel * input.channels * columns, 1);
  return spec;
}

/// A convolution whose picture is larger than the scratchpad: a ring of rows
/// loads each once, in tiny memories with tiles of all K, or of some.
TEST(KernelSchedulesTest, RingsOfRows) {
  Machine machine = changedMachine("mxu-8", {{"scratchpad.bytes", "4096"},
                                             {"weights.bytes", "2048"},
                                             {"accumulators.rows", "64"}});
  for (Layout layout : {Layout::Rows, Layout::Blocks})
    for (int64_t stride : {1, 2})
      for (int64_t channels : {8, 13}) {
        Chance chance{Random(uint64_t(channels)), machine};
        ProductSpec spec = plainProduct({40, 12, channels, layout, 1}, 11, 3);
        spec.taps.strideY = stride;
        spec.taps.top = spec.taps.bottom = spec.taps.left = 1;
        spec.weights = chance.bytes(spec.weights.size());
        spec.requantization = chance.requantization(11, 9 * channels);
        std::string problem;
        std::optional<Image> image = makeProduct(machine, spec, problem);
        ASSERT_TRUE(image) << problem;
        // With more channels a ring leaves no room for a second band; with a
        // stride neighbours share one row of three, which may be loaded twice.
        EXPECT_TRUE(channels > 8 || stride > 1 ||
                    countLines(*image, {"set.mm.ring"}) > 0)
            << int(layout) << " " << stride;
        expectProduct(chance, spec, spec.weights, {}, 3);
      }
}

/// Depthwise and pooling slide a ring over each group of channels.
TEST(KernelSchedulesTest, RingsOfChannelGroups) {
  Machine machine =
      changedMachine("mxu-8", {{"scratchpad.bytes", "2048"},
                               {"depthwise.accumulator_rows", "64"}});
  for (bool isDepthwise : {false, true}) {
    Chance chance{Random(5), machine};
    DramPicture picture = {40, 10, 20, Layout::Blocks, 1};
    Taps taps = {3, 3, 1, 1, 1, 1, 1, 1, 1, 1};
    Values input = randomValues(chance.random, picture, false);
    PoolSpec pool = {picture, taps, false, false, true};
    DepthwiseSpec depthwise;
    depthwise.input = picture;
    depthwise.taps = taps;
    depthwise.weights = chance.bytes(9 * 20);
    depthwise.requantization = chance.requantization(20, 9);
    std::string problem;
    std::optional<Image> image =
        isDepthwise ? makeDepthwise(machine, depthwise, problem)
                    : makePool(machine, pool, problem);
    ASSERT_TRUE(image) << problem;
    EXPECT_GT(countLines(*image, {isDepthwise ? "set.dw.ring" : "set.vx.ring"}),
              0);
    expectKernel(machine, image, problem,
                 {{"x", bytesOf(input, picture, machine.lanes())}},
                 isDepthwise ? depthwiseOracle(depthwise, input)
                             : poolOracle(pool, input),
                 picture, 3);
  }
}

/// A kernel whose taps alone overflow the weight memory is cut by taps.
TEST(KernelSchedulesTest, KernelsLargerThanTheWeightMemory) {
  Machine machine = changedMachine("mxu-8", {{"weights.bytes", "1024"}});
  for (int64_t kernel : {5, 17}) {
    Chance chance{Random(uint64_t(kernel)), machine};
    ProductSpec spec = plainProduct({18, 18, 9, Layout::Blocks, 1}, 10, kernel);
    spec.taps.top = spec.taps.right = 2;
    spec.weights = chance.bytes(spec.weights.size());
    spec.requantization = chance.requantization(10, kernel * kernel * 9);
    expectProduct(chance, spec, spec.weights, {}, 3);
  }
}

TEST(KernelSchedulesTest, WaysThatAreTaken) {
  Machine machine = machineOf("mxu-8");
  std::string problem;
  auto lines = [&](const ProductSpec &spec,
                   std::initializer_list<const char *> texts) {
    std::optional<Image> image = makeProduct(machine, spec, problem);
    EXPECT_TRUE(image) << problem;
    return image ? countLines(*image, texts) : 0;
  };
  DramPicture image3 = {32, 32, 3, Layout::Rows, 1};
  DramPicture matrix = {1, 100, 100, Layout::Rows, 1};
  EXPECT_GT(lines(plainProduct(image3, 8, 5), {"ld.window"}), 0);
  EXPECT_EQ(lines(plainProduct(image3, 8, 1), {"ld.window"}), 0);
  ProductSpec spec = plainProduct(matrix, 50, 1);
  EXPECT_EQ(lines(spec, {"ld.tiles"}), 0);
  spec.weights.clear();
  spec.weightSource = WeightSource::Rows;
  EXPECT_GT(lines(spec, {"ld.tiles"}), 0);
  EXPECT_EQ(lines(spec, {"ld.tiles", "transpose"}), 0);
  spec.weightSource = WeightSource::Transposed;
  EXPECT_GT(lines(spec, {"ld.tiles", "transpose"}), 0);
  EXPECT_GT(lines(plainProduct({1, 64, 4096, Layout::Blocks, 1}, 8, 1),
                  {"mm", "accumulate"}),
            0);
  spec = plainProduct(matrix, 50, 1);
  spec.isRaw = true;
  EXPECT_EQ(lines(spec, {"to=accumulators"}), 0);
  EXPECT_EQ(lines(spec, {"vx"}), 0);
  EXPECT_GT(lines(spec, {"st from=accumulators"}), 0);
  spec.bias.resize(50);
  EXPECT_GT(lines(spec, {"to=accumulators"}), 0);
}

/// What operands take is read once where they fit, and the array streams no
/// more than it must.
TEST(KernelSchedulesTest, NothingIsDoneTwice) {
  Machine machine = machineOf("mxu-16");
  const DramPicture inputs[] = {{1, 256, 256, Layout::Blocks, 1},
                                {1, 1024, 64, Layout::Rows, 1},
                                {28, 28, 64, Layout::Blocks, 1}};
  for (const DramPicture &input : inputs) {
    ProductSpec spec = plainProduct(input, 64, input.height > 1 ? 3 : 1);
    std::string problem;
    std::optional<Image> image = makeProduct(machine, spec, problem);
    ASSERT_TRUE(image) << problem;
    ProgramEstimate estimate = estimateProgram(machine, image->program);
    int64_t rows =
        spec.taps.outHeight(input.height) * spec.taps.outWidth(input.width);
    int64_t taps = spec.taps.height * spec.taps.width;
    EXPECT_EQ(estimate.streaming, rows * 4 * taps * input.channels / 16);
    EXPECT_EQ(estimate.counts.bytesRead,
              image->programBytes() + input.bytes(16) + spec.weights.size());
    EXPECT_EQ(estimate.counts.bytesWritten, uint64_t(rows) * 64);
    EXPECT_LT(estimate.cycles, 1.1 * estimate.streaming + 3 * 124 + 12 * 16);
  }
}

/// Six words are too few, and so is a weight memory without a column.
TEST(KernelSchedulesTest, WhatDoesNotFitIsSaid) {
  Machine machine = machineOf("mxu-8");
  std::string problem;
  machine.scratchpad.bytes = 5 * 8;
  machine.scratchpad.banks = 1;
  EXPECT_FALSE(makeAdd(machine, {{1, 9, 9, Layout::Rows, 1}, {}, {}}, problem));
  EXPECT_NE(problem.find("less than six words"), std::string::npos);
  machine = machineOf("mxu-8");
  DepthwiseSpec depthwise;
  depthwise.input = {9, 9, 8, Layout::Rows, 1};
  depthwise.taps.height = depthwise.taps.width = 9;
  depthwise.weights.resize(81 * 8);
  EXPECT_FALSE(makeDepthwise(machine, depthwise, problem));
  EXPECT_EQ(problem, "a depthwise window of 81 taps does not fit machine "
                     "'mxu-8'");
  machine.parameters.bytes = 64;
  ProductSpec spec = plainProduct({1, 8, 8, Layout::Rows, 1}, 8, 1);
  spec.requantization.multipliers.resize(8);
  spec.requantization.shifts.resize(8);
  EXPECT_FALSE(makeProduct(machine, spec, problem));
  EXPECT_NE(problem.find("no tile fits"), std::string::npos);
  machine = machineOf("mxu-8");
  machine.dram.bytes = 8192;
  spec = plainProduct({1, 64, 64, Layout::Rows, 1}, 64, 1);
  EXPECT_FALSE(makeProduct(machine, spec, problem));
  EXPECT_NE(problem.find("the machine has 8192 bytes of DRAM"),
            std::string::npos);
}

/// What no instruction can say is refused, at the limit and not before.
TEST(KernelSchedulesTest, LimitsOfInstructions) {
  Machine machine = machineOf("mxu-8");
  auto problemOf = [&](const DramPicture &picture, const Taps &taps) {
    std::string problem;
    bool isMade =
        makePool(machine, {picture, taps, false, true, false}, problem)
            .has_value();
    EXPECT_EQ(isMade, problem.empty());
    return problem;
  };
  DramPicture large = {300, 300, 1, Layout::Rows, 1};
  Taps taps;
  taps.height = 256;
  taps.strideX = 32;
  taps.dilationX = 256;
  EXPECT_EQ(problemOf(large, taps), "");
  taps.height = 257;
  EXPECT_EQ(problemOf(large, taps), "taps in a column: 257, not 1 to 256");
  taps.height = 1;
  taps.strideX = 33;
  EXPECT_EQ(problemOf(large, taps), "a horizontal stride: 33, not 1 to 32");
  taps.strideX = 1;
  taps.dilationX = 257;
  EXPECT_EQ(problemOf(large, taps), "a horizontal dilation: 257, not 1 to 256");
  taps.dilationX = 256;
  taps.width = 3;
  EXPECT_EQ(problemOf(large, taps),
            "columns of outputs: -212, not 1 to 1048576");
  EXPECT_NE(problemOf({1, 65537, 1, Layout::Rows, 1}, Taps()), "");
  EXPECT_NE(problemOf({65536, 65536, 1, Layout::Rows, 1}, Taps()), "");
  ProductSpec spec = plainProduct({1, 8, 8, Layout::Rows, 1}, 8, 1);
  spec.taps.strideY = 33;
  std::string problem;
  EXPECT_FALSE(makeProduct(machine, spec, problem));
  EXPECT_EQ(problem, "a vertical stride: 33, not 1 to 32");
}
