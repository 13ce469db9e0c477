//===- KernelTests.cpp - The fast loops and the plain ones -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Bit for bit: the vectorised loops of ContractionKernels.h and the
// definitions.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/ContractionKernels.h"
#include "gtest/gtest.h"
#include <random>

using namespace systole::graph;

namespace {
/// Numbers of mixed magnitude, so that the order of a sum shows in its bits.
std::vector<float> randomFloats(std::mt19937 &engine, int64_t count) {
  std::vector<float> numbers(count);
  for (float &number : numbers) {
    double scale = std::ldexp(1.0, static_cast<int>(engine() % 12) - 6);
    number = static_cast<float>(scale * (engine() / 2147483648.0 - 1.0));
  }
  return numbers;
}

/// A random convolution in NCHW (or NHWC), small.
ConvShape randomConv(std::mt19937 &engine) {
  auto pick = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(engine() % (high - low + 1));
  };
  ConvShape s;
  s.batch = pick(1, 2), s.groups = pick(1, 3);
  s.inChannels = pick(1, 5), s.outChannels = pick(1, 19);
  for (int d = 0; d < 2; ++d) {
    s.kernel.push_back(pick(1, 3)), s.strides.push_back(pick(1, 2));
    s.dilations.push_back(pick(1, 2)), s.padLow.push_back(pick(0, 2));
    int64_t extent = (s.kernel[d] - 1) * s.dilations[d] + 1;
    s.inSize.push_back(extent + pick(0, 6));
    s.outSize.push_back((s.inSize[d] + s.padLow[d] - extent) / s.strides[d] +
                        1);
  }
  int64_t channels = s.groups * s.inChannels,
          outputs = s.groups * s.outChannels;
  int64_t pixels = s.inSize[0] * s.inSize[1];
  int64_t outPixels = s.outSize[0] * s.outSize[1];
  bool last = engine() % 2;
  s.input = last ? ConvStrides{pixels * channels,
                               1,
                               {s.inSize[1] * channels, channels}}
                 : ConvStrides{pixels * channels, pixels, {s.inSize[1], 1}};
  s.output =
      last ? ConvStrides{outPixels * outputs,
                         1,
                         {s.outSize[1] * outputs, outputs}}
           : ConvStrides{outPixels * outputs, outPixels, {s.outSize[1], 1}};
  int64_t taps = s.kernel[0] * s.kernel[1];
  s.filter = {s.inChannels * taps, taps, {s.kernel[1], 1}};
  return s;
}

TEST(KernelTest, matmulFastEqualsPlain) {
  std::mt19937 engine(1);
  for (int round = 0; round < 50; ++round) {
    int64_t m = engine() % 9, n = engine() % 40, k = engine() % 50;
    std::vector<float> lhs = randomFloats(engine, m * k),
                       rhs = randomFloats(engine, k * n);
    std::vector<float> plain(m * n), fast(m * n);
    matmulPlain(lhs.data(), rhs.data(), plain.data(), m, n, k);
    matmulFast(lhs.data(), rhs.data(), fast.data(), m, n, k);
    ASSERT_EQ(plain, fast) << m << "x" << n << "x" << k;
  }
}

TEST(KernelTest, convFastEqualsPlain) {
  std::mt19937 engine(2);
  for (int round = 0; round < 50; ++round) {
    ConvShape s = randomConv(engine);
    int64_t outputs = s.groups * s.outChannels;
    std::vector<float> input = randomFloats(engine, s.batch * s.input.outer);
    std::vector<float> filter = randomFloats(engine, outputs * s.filter.outer);
    std::vector<float> bias = randomFloats(engine, outputs);
    std::vector<float> plain(s.batch * s.output.outer), fast(plain.size());
    std::vector<float> packed(filter.size()), sums(s.outChannels);
    const float *biasOrNot = round % 2 ? bias.data() : nullptr;
    convPlain(s, input.data(), filter.data(), biasOrNot, plain.data());
    convFast(s, input.data(), filter.data(), biasOrNot, fast.data(),
             packed.data(), sums.data());
    ASSERT_EQ(plain, fast) << "round " << round;
  }
}
} // namespace
