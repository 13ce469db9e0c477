//===- VectorsTest.cpp - What vx is for -----------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Drains, pools, a softmax, a product and its squares; see
// InstructionTesting.h.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/functional/Numerics.h"
#include "test/unit/hw-sim/InstructionTesting.h"
#include "test/unit/hw-sim/NumericsOracle.h"
#include <cmath>

using namespace systole::isa;
using namespace systole::sim;

using VectorsTest = InstructionsTest;
INSTANTIATE_TEST_SUITE_P(Machines, VectorsTest, everyMachine());

/// Drains accumulators with bias, multiplier and shift of each column.
TEST_P(VectorsTest, VectorDrain) {
  const char *roundings[] = {"double", "single", "float"};
  for (int mode = 0; mode < 3; ++mode) {
    Image3 rows = picture(3, 4, lanes, false), parameters(3, 1, lanes);
    uint8_t *block = word(Memory::Parameters, 1);
    for (int64_t j = 0; j < lanes; ++j) {
      int32_t bias = int32_t(random.in(-3000, 3000));
      int32_t shift =
          int32_t(mode == 0 ? random.in(-12, 1) : random.in(38, 44));
      int32_t multiplier =
          int32_t(mode == 2 ? random.in(115, 122) << 23 | random.in(0, 0x7fffff)
                            : random.in(1 << 30, INT32_MAX));
      memcpy(block + 4 * j, &bias, 4);
      memcpy(block + 4 * lanes + 4 * j, &multiplier, 4);
      block[8 * lanes + j] = uint8_t(shift);
      parameters.at(0, 0, j) = bias;
      parameters.at(1, 0, j) = multiplier;
      parameters.at(2, 0, j) = shift;
      for (int64_t i = 0; i < 12; ++i) {
        int32_t value = int32_t(random.in(-60000, 60000));
        rows.at(i / 4, i % 4, j) = value;
        memcpy(word(Memory::Accumulators, 5 + i) + 4 * j, &value, 4);
      }
    }
    runText("set.vx.pitch x=1 y=4\nset.vx.target x=1 y=4\n"
            "set.vx.stages bias=first\nset.vx.rescale rounding=%s per_column "
            "zero_point=-7 low=-100 high=120\n"
            "vx source=5 target=20 parameters=1 width=4 height=3\n",
            roundings[mode]);
    for (int64_t i = 0; i < 12; ++i)
      for (int64_t j = 0; j < lanes; ++j) {
        int32_t x = rows.at(i / 4, i % 4, j) + parameters.at(0, 0, j);
        int32_t m = parameters.at(1, 0, j), s = parameters.at(2, 0, j);
        int64_t y = mode == 0   ? doubleOracle(x, m, s)
                    : mode == 1 ? singleOracle(x, m, s)
                                : floatOracle(x, uint32_t(m));
        ASSERT_EQ(int8_t(word(Memory::Scratchpad, 20 + i)[j]),
                  std::min<int64_t>(std::max<int64_t>(y - 7, -100), 120));
      }
  }
}

/// Max and average pooling of a padded picture, averages with and without the
/// padding.
TEST_P(VectorsTest, VectorPool) {
  for (const char *pool :
       {"pool=max", "pool=average", "pool=average count_outside"}) {
    int64_t size = random.in(3, 6), kernel = random.in(2, 3);
    int64_t stride = random.in(1, 2), pad = random.in(0, 1);
    int64_t out = (size + 2 * pad - kernel) / stride + 1;
    Image3 image = picture(size, size, lanes, false);
    place(image, 0);
    runText("set.vx.pitch x=1 y=%d\nset.vx.window edged kernel_x=%d "
            "kernel_y=%d stride_x=%d stride_y=%d\nset.vx.edge left=%d top=%d "
            "right=%d bottom=%d\nset.vx.target x=1 y=%d\n"
            "set.vx.stages source=int8 %s\n"
            "vx source=%d target=64 width=%d height=%d\n",
            int(size), int(kernel), int(kernel), int(stride), int(stride),
            int(pad), int(pad), int(pad + size), int(pad + size), int(out),
            pool, int(-pad * size - pad), int(out), int(out));
    for (int64_t y = 0; y < out; ++y)
      for (int64_t x = 0; x < out; ++x)
        for (int64_t c = 0; c < lanes; ++c) {
          int32_t best = INT32_MIN, sum = 0, count = 0;
          for (int64_t i = y * stride - pad; i < y * stride - pad + kernel; ++i)
            for (int64_t j = x * stride - pad; j < x * stride - pad + kernel;
                 ++j)
              if (i >= 0 && i < size && j >= 0 && j < size) {
                best = std::max(best, image.at(i, j, c));
                sum += image.at(i, j, c);
                ++count;
              }
          bool isMax = pool[5] == 'm', all = strlen(pool) > 12;
          ASSERT_EQ(int8_t(word(Memory::Scratchpad, 64 + y * out + x)[c]),
                    isMax
                        ? best
                        : int32_t(halfAway(sum, all ? kernel * kernel : count)))
              << pool;
        }
  }
}

/// Softmax as four walks: maximum, exponentials by table, sum with reciprocal,
/// product; each row is 3 blocks of which the last is cut.
TEST_P(VectorsTest, VectorSoftmax) {
  int64_t count = 2 * lanes + random.in(1, lanes);
  Image3 image = picture(4, 1, count, false);
  for (int64_t row = 0; row < 4; ++row)
    for (int64_t c = 0; c < count; ++c)
      word(Memory::Scratchpad, row * 3 + c / lanes)[c % lanes] =
          uint8_t(image.at(row, 0, c));
  int16_t table[256];
  for (int i = 0; i < 256; ++i)
    table[i] = int16_t(std::lround(2000 * std::exp(int8_t(i) / 24.0)));
  memcpy(word(Memory::Parameters, 0), table, sizeof table);
  int pad = int(3 * lanes - count);
  runText("vx.table source=0 entries=int16\n"
          // The maximum of each row at words 20 to 23.
          "set.vx.pitch x=3 y=1\nset.vx.window kernel_y=3\nset.vx.target x=1\n"
          "set.vx.stages source=int8\n"
          "vx.reduce target=20 width=4 reduction=max pad=%d\n"
          // Exponentials of the differences, 16 bits, from word 30 on.
          "set.vx.window\nset.vx.pitch x=3 y=1\n"
          "set.vx.target x=6 y=2 element=int16\n"
          "set.vx.operand x=1 element=row\n"
          "set.vx.stages source=int8 combine=subtract lookup=result\n"
          "set.vx.result low=-128 high=127\n"
          "vx target=30 operand=20 width=4 height=3\n"
          // Reciprocals of their sums at words 24 to 27.
          "set.vx.pitch x=6 y=2\nset.vx.window kernel_y=3\nset.vx.target x=1\n"
          "set.vx.stages source=int16\n"
          "vx.reduce source=30 target=24 width=4 reduction=sum "
          "apply=reciprocal pad=%d\n"
          // Products, in 1/256.
          "set.vx.window\nset.vx.target x=3 y=1\n"
          "set.vx.stages source=int16 combine=row_multiply\n"
          "set.vx.result shift=-8 zero_point=-128 low=-128 high=127\n"
          "vx source=30 target=60 operand=24 width=4 height=3\n",
          pad, pad);
  for (int64_t row = 0; row < 4; ++row) {
    int32_t most = INT32_MIN, sum = 0;
    for (int64_t c = 0; c < count; ++c)
      most = std::max(most, image.at(row, 0, c));
    auto power = [&](int64_t c) {
      return int32_t(
          table[uint8_t(std::max(image.at(row, 0, c) - most, -128))]);
    };
    for (int64_t c = 0; c < count; ++c)
      sum += power(c);
    uint32_t reciprocal = reciprocalOf(uint32_t(sum));
    for (int64_t c = 0; c < count; ++c) {
      Wide product = Wide(power(c)) * (reciprocal & 0xffff);
      Wide y = halfUp(product, powerOfTwo(int64_t(reciprocal >> 16) - 8)) - 128;
      int8_t got =
          int8_t(word(Memory::Scratchpad, 60 + row * 3 + c / lanes)[c % lanes]);
      ASSERT_EQ(got, int32_t(std::min<Wide>(y, 127)));
      ASSERT_NEAR(got + 128, 256.0 * power(c) / sum, 1.01);
    }
  }
}

/// A product of two operands with a bias, and the shifted sum of squares.
TEST_P(VectorsTest, VectorProductAndSquares) {
  Image3 left = picture(2, 3, lanes, false), right = picture(2, 3, lanes, true);
  place(left, 0);
  place(right, 40);
  std::vector<int32_t> bias(lanes);
  for (int64_t j = 0; j < lanes; ++j)
    bias[j] = int32_t(random.in(-1000000, 1000000));
  memcpy(word(Memory::Parameters, 2), bias.data(), 4 * lanes);
  runText("set.vx.pitch x=1 y=3\nset.vx.target x=2 y=6 element=int16\n"
          "set.vx.operand x=1 y=3 element=uint8 zero_point=100\n"
          "set.vx.stages source=int8 combine=multiply zero_point=-3 "
          "bias=product\nset.vx.result rounding=single multiplier=5 shift=9 "
          "low=-30000 high=30000\n"
          "vx target=80 operand=40 parameters=2 width=3 height=2\n"
          "set.vx.stages source=int16 zero_point=11\n"
          "set.vx.pitch x=2 y=6\nset.vx.target x=1 y=3\n"
          "vx.reduce source=80 target=100 width=3 height=2 "
          "reduction=squares shift=3 pad=1\n");
  for (int64_t i = 0; i < 6; ++i) {
    uint32_t squares = 0;
    for (int64_t j = 0; j < lanes; ++j) {
      int32_t t =
          (left.at(i / 3, i % 3, j) + 3) * (right.at(i / 3, i % 3, j) - 100) +
          bias[j];
      int64_t y = std::min<int64_t>(
          std::max<int64_t>(singleOracle(t, 5, 9), -30000), 30000);
      int16_t got;
      memcpy(&got, word(Memory::Scratchpad, 80 + 2 * i) + 2 * j, 2);
      ASSERT_EQ(got, y);
      int64_t v = int16_t(y - 11);
      if (j < lanes - 1)
        squares += uint32_t(int64_t(halfUp(v * v, 8)));
    }
    uint32_t got;
    memcpy(&got, word(Memory::Scratchpad, 100 + i), 4);
    ASSERT_EQ(got, squares);
    for (int64_t j = 4; j < lanes; ++j)
      ASSERT_EQ(word(Memory::Scratchpad, 100 + i)[j], 0);
  }
}
