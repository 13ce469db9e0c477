//===- ReferenceKernelsTest.cpp - Reference kernels against plain loops ---===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random shapes, zero points, types and roundings on the presets and three odd
// machines. The static checker accepts each program, the functional engine
// gives what KernelOracle.h gives, a random order the same memories.
//
//===----------------------------------------------------------------------===//

#include "test/unit/hw-sim/KernelTesting.h"

using namespace systole::isa;
using namespace systole::sim;

/// Kernels of each kind on each machine; the nightly run asks for more.
static int64_t kernelCount() {
  const char *text = getenv("SYSTOLE_SIM_KERNELS");
  return text ? atoll(text) : 6;
}

/// Calls test(chance, seed) with many seeds on every machine.
template <typename Test>
static void onAllMachines(Test test) {
  for (const Machine &machine : testMachines())
    for (int64_t i = 0; i < kernelCount(); ++i) {
      uint64_t seed = 1000 * machine.lanes() + i;
      SCOPED_TRACE(machine.name + ", " + std::to_string(machine.lanes()) +
                   " lanes, seed " + std::to_string(seed));
      Chance chance{Random(seed), machine};
      test(chance, seed);
      if (testing::Test::HasFatalFailure())
        return;
    }
}

TEST(ReferenceKernelsTest, MatrixProducts) {
  onAllMachines([](Chance &chance, uint64_t seed) {
    ProductSpec spec;
    int64_t depth = chance.size(300);
    spec.input = chance.picture(1, depth);
    spec.input.width = chance.size(200);
    spec.columns = chance.size(200);
    spec.weights = chance.bytes(depth * spec.columns);
    fillProduct(chance, spec);
    expectProduct(chance, spec, spec.weights, {}, seed);
  });
}

TEST(ReferenceKernelsTest, Convolutions) {
  onAllMachines([](Chance &chance, uint64_t seed) {
    ProductSpec spec;
    spec.input = chance.picture(14, chance.size(60));
    spec.taps = chance.taps(spec.input, 4);
    spec.columns = chance.size(70);
    spec.weights = chance.bytes(spec.taps.height * spec.taps.width *
                                spec.input.channels * spec.columns);
    fillProduct(chance, spec);
    expectProduct(chance, spec, spec.weights, {}, seed);
  });
}

/// As of an image: few channels, in rows, no dilation: packed windows.
TEST(ReferenceKernelsTest, SmallChannelCounts) {
  onAllMachines([](Chance &chance, uint64_t seed) {
    ProductSpec spec;
    spec.input = chance.picture(20, chance.random.in(1, 4));
    spec.input.layout = Layout::Rows;
    spec.taps = chance.taps(spec.input, 7);
    spec.taps.dilationX = spec.taps.dilationY = 1;
    spec.columns = chance.size(40);
    spec.weights = chance.bytes(spec.taps.height * spec.taps.width *
                                spec.input.channels * spec.columns);
    fillProduct(chance, spec);
    expectProduct(chance, spec, spec.weights, {}, seed);
  });
}

/// Both operands are inputs; the second in either order.
TEST(ReferenceKernelsTest, ActivationsAsWeights) {
  onAllMachines([](Chance &chance, uint64_t seed) {
    ProductSpec spec;
    int64_t depth = chance.size(200);
    spec.input = chance.picture(1, depth);
    spec.input.width = chance.size(150);
    spec.columns = chance.size(150);
    spec.weightSource =
        seed % 2 ? WeightSource::Transposed : WeightSource::Rows;
    fillProduct(chance, spec);
    std::vector<uint8_t> weights = chance.bytes(depth * spec.columns);
    bool isTransposed = spec.weightSource == WeightSource::Transposed;
    DramPicture matrix = {1, depth, spec.columns, spec.input.layout, 1};
    if (isTransposed)
      std::swap(matrix.width, matrix.channels);
    Values values(1, matrix.width, matrix.channels);
    for (int64_t k = 0; k < depth; ++k)
      for (int64_t n = 0; n < spec.columns; ++n)
        (isTransposed ? values(0, n, k) : values(0, k, n)) =
            weights[k * spec.columns + n];
    expectProduct(chance, spec, weights,
                  {{"w", bytesOf(values, matrix, chance.lanes)}}, seed);
  });
}

TEST(ReferenceKernelsTest, DepthwiseConvolutions) {
  onAllMachines([](Chance &chance, uint64_t seed) {
    DepthwiseSpec spec;
    spec.input = chance.picture(16, chance.size(200));
    spec.taps = chance.taps(spec.input, 5);
    int64_t taps = spec.taps.height * spec.taps.width;
    spec.inputType = chance.quantity();
    spec.unsignedWeights = chance.random.oneIn(2);
    spec.weights = chance.bytes(taps * spec.input.channels);
    spec.weightZeroPoints =
        chance.zeroPoints(spec.unsignedWeights, spec.input.channels);
    spec.bias = chance.biases(spec.input.channels);
    spec.requantization = chance.requantization(spec.input.channels, taps);
    Values input =
        randomValues(chance.random, spec.input, spec.inputType.isUnsigned);
    Values expected = depthwiseOracle(spec, input);
    DramPicture output = {expected.height, expected.width, expected.channels,
                          spec.input.layout, 1};
    std::string problem;
    std::optional<Image> image = makeDepthwise(chance.machine, spec, problem);
    expectKernel(chance.machine, image, problem,
                 {{"x", bytesOf(input, spec.input, chance.lanes)}}, expected,
                 output, seed);
  });
}

TEST(ReferenceKernelsTest, Pooling) {
  onAllMachines([](Chance &chance, uint64_t seed) {
    PoolSpec spec;
    spec.input = chance.picture(16, chance.size(200));
    spec.taps = chance.taps(spec.input, 5);
    if (chance.random.oneIn(4)) { // of the whole picture
      spec.taps = Taps();
      spec.taps.height = spec.input.height;
      spec.taps.width = spec.input.width;
    }
    spec.isMax = chance.random.oneIn(2);
    spec.isUnsigned = chance.random.oneIn(2);
    spec.countsOutside = chance.random.oneIn(2);
    Values input = randomValues(chance.random, spec.input, spec.isUnsigned);
    Values expected = poolOracle(spec, input);
    DramPicture output = {expected.height, expected.width, expected.channels,
                          spec.input.layout, 1};
    std::string problem;
    std::optional<Image> image = makePool(chance.machine, spec, problem);
    expectKernel(chance.machine, image, problem,
                 {{"x", bytesOf(input, spec.input, chance.lanes)}}, expected,
                 output, seed);
  });
}

TEST(ReferenceKernelsTest, Additions) {
  onAllMachines([](Chance &chance, uint64_t seed) {
    AddSpec spec;
    spec.input = chance.picture(12, chance.size(100));
    spec.type = chance.quantity();
    spec.addition = chance.addition();
    Values left = randomValues(chance.random, spec.input, spec.type.isUnsigned);
    Values right =
        randomValues(chance.random, spec.input, spec.addition.type.isUnsigned);
    Values expected = left;
    for (size_t i = 0; i < left.at.size(); ++i)
      expected.at[i] =
          added(spec.addition, left.at[i], spec.type.zeroPoint, right.at[i]);
    std::string problem;
    std::optional<Image> image = makeAdd(chance.machine, spec, problem);
    expectKernel(chance.machine, image, problem,
                 {{"x", bytesOf(left, spec.input, chance.lanes)},
                  {"r", bytesOf(right, spec.input, chance.lanes)}},
                 expected, spec.input, seed);
  });
}
