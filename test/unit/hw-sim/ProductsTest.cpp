//===- ProductsTest.cpp - mm and dw as convolutions -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Convolutions with padding, strides, dilations, zero points and sizes that no
// block divides; see InstructionTesting.h.
//
//===----------------------------------------------------------------------===//

#include "test/unit/hw-sim/InstructionTesting.h"

using namespace systole::isa;
using namespace systole::sim;

namespace {
/// A random convolution that fits into every test machine.
struct Convolution {
  int64_t height, width, in, out, kernelY, kernelX, strideY, strideX, dilationY,
      dilationX, padTop, padLeft, outHeight, outWidth;
  bool unsignedInput, unsignedWeights, zeroPoints;
  int32_t inputZero;

  Convolution(Random &random, int64_t lanes)
      : height(random.in(3, 6)), width(random.in(3, 6)),
        in(random.in(1, lanes + 3)), out(random.in(1, lanes + 3)),
        kernelY(random.in(1, 2)), kernelX(random.in(1, 3)),
        strideY(random.in(1, 2)), strideX(random.in(1, 3)),
        dilationY(random.in(1, 2)), dilationX(random.in(1, 2)),
        padTop(random.in(0, 2)), padLeft(random.in(0, 2)),
        unsignedInput(random.oneIn(2)), unsignedWeights(random.oneIn(2)),
        zeroPoints(random.oneIn(2)) {
    inputZero =
        int32_t(unsignedInput ? random.in(0, 255) : random.in(-128, 127));
    outHeight =
        (height + 2 * padTop - (kernelY - 1) * dilationY - 1) / strideY + 1;
    outWidth =
        (width + 2 * padLeft - (kernelX - 1) * dilationX - 1) / strideX + 1;
  }
  bool exists() const { return outHeight > 0 && outWidth > 0; }
  /// The input less its zero point, 0 where it is padded.
  int32_t inputAt(Image3 &image, int64_t y, int64_t x, int64_t ky, int64_t kx,
                  int64_t c) const {
    int64_t row = y * strideY + ky * dilationY - padTop;
    int64_t column = x * strideX + kx * dilationX - padLeft;
    if (row < 0 || row >= height || column < 0 || column >= width)
      return 0;
    return image.at(row, column, c) - inputZero;
  }
  /// The settings of mm or dw for a picture that starts at word 0.
  std::string settings(const char *engine, int64_t blocks) const {
    std::string e = std::string("set.") + engine + ".";
    auto text = [](const char *name, int64_t value) {
      return std::string(" ") + name + "=" + std::to_string(value);
    };
    return e + "pitch x=1" + text("y", width) +
           text("channel", height * width) + "\n" + e + "window edged" +
           text("kernel_x", kernelX) + text("kernel_y", kernelY) +
           text("stride_x", strideX) + text("stride_y", strideY) +
           text("dilation_x", dilationX) + text("dilation_y", dilationY) +
           text("channels", blocks) + "\n" + e + "edge" +
           text("left", padLeft) + text("right", padLeft + width) +
           text("top", padTop) + text("bottom", padTop + height) + "\n";
  }
  std::string work(const char *mnemonic, const char *flags) const {
    return std::string(mnemonic) +
           " source=" + std::to_string(-(padTop * width + padLeft)) +
           " width=" + std::to_string(outWidth) +
           " height=" + std::to_string(outHeight) +
           " zero_point=" + std::to_string(inputZero) +
           (unsignedInput ? " unsigned_input " : " ") + flags + "\n";
  }
};

/// Where things lie for mm: the input at word 0, tiles at weight word 0, the
/// weights' zero points behind them, accumulators from row 2 on.
struct MatmulPlan {
  int64_t inBlocks, outBlocks, taps, tiles;
};

class ProductsTest : public InstructionsTest {
protected:
  MatmulPlan planOf(const Convolution &conv) {
    int64_t inBlocks = blocksOf(conv.in), outBlocks = blocksOf(conv.out);
    int64_t taps = conv.kernelY * conv.kernelX;
    return {inBlocks, outBlocks, taps, outBlocks * taps * inBlocks};
  }
  bool doesFit(const Convolution &conv, const MatmulPlan &plan) {
    return conv.exists() &&
           plan.tiles * lanes + plan.outBlocks <=
               int64_t(machine.weightWords()) &&
           plan.inBlocks * conv.height * conv.width <=
               int64_t(machine.scratchpadWords());
  }
  /// Packs taps x in x out weights into tiles.
  void placeTiles(Image3 &weights, const MatmulPlan &plan) {
    for (int64_t tap = 0; tap < plan.taps; ++tap)
      for (int64_t c = 0; c < weights.width; ++c)
        for (int64_t n = 0; n < weights.channels; ++n) {
          int64_t tile =
              (n / lanes * plan.taps + tap) * plan.inBlocks + c / lanes;
          word(Memory::Weights, tile * lanes + c % lanes)[n % lanes] =
              uint8_t(weights.at(tap, c, n));
        }
  }
  /// Random zero points of `count` columns from weight word `at` on; what they
  /// are if the convolution uses them, else zeros.
  std::vector<int32_t> placeZeroPoints(const Convolution &conv, int64_t at,
                                       int64_t count) {
    std::vector<int32_t> zeros(count);
    for (int64_t n = 0; n < count; ++n) {
      int32_t zero = byte(conv.unsignedWeights);
      word(Memory::Weights, at + n / lanes)[n % lanes] = uint8_t(zero);
      zeros[n] = conv.zeroPoints ? zero : 0;
    }
    return zeros;
  }
  std::string weightSettings(const Convolution &conv, const MatmulPlan &plan) {
    return "set.mm.weights columns=" + std::to_string(plan.outBlocks) +
           " pad_k=" + std::to_string(plan.inBlocks * lanes - conv.in) +
           " pad_n=" + std::to_string(plan.outBlocks * lanes - conv.out) +
           (conv.unsignedWeights ? " unsigned_weights" : "") +
           (conv.zeroPoints ? " zero_points" : "") +
           " zero_point_word=" + std::to_string(plan.tiles * lanes) + "\n";
  }
};
} // namespace

INSTANTIATE_TEST_SUITE_P(Machines, ProductsTest, everyMachine());

/// One output of a convolution, modulo 2^32.
static int32_t outputOf(const Convolution &conv, Image3 &image, Image3 &weights,
                        const std::vector<int32_t> &zeros, int64_t y, int64_t x,
                        int64_t n) {
  int64_t sum = 0;
  for (int64_t ky = 0; ky < conv.kernelY && n < conv.out; ++ky)
    for (int64_t kx = 0; kx < conv.kernelX; ++kx)
      for (int64_t c = 0; c < conv.in; ++c)
        sum += conv.inputAt(image, y, x, ky, kx, c) *
               (weights.at(ky * conv.kernelX + kx, c, n) - zeros[n]);
  return int32_t(sum);
}

TEST_P(ProductsTest, Matmul) {
  // Those that do not fit are drawn again.
  for (int round = 0; round < 6;) {
    Convolution conv(random, lanes);
    MatmulPlan plan = planOf(conv);
    if (!doesFit(conv, plan))
      continue;
    ++round;
    Image3 image =
        picture(conv.height, conv.width, conv.in, conv.unsignedInput);
    Image3 weights =
        picture(plan.taps, conv.in, conv.out, conv.unsignedWeights);
    place(image, 0);
    placeTiles(weights, plan);
    std::vector<int32_t> zeros =
        placeZeroPoints(conv, plan.tiles * lanes, conv.out);
    // The second adds to the first: everything twice.
    bool twice = random.oneIn(2);
    std::string work = conv.work("mm", "target=2");
    if (twice)
      work += conv.work("mm", "target=2 accumulate");
    runText("%s%s%s", conv.settings("mm", plan.inBlocks).c_str(),
            weightSettings(conv, plan).c_str(), work.c_str());
    for (int64_t y = 0; y < conv.outHeight; ++y)
      for (int64_t x = 0; x < conv.outWidth; ++x)
        for (int64_t n = 0; n < plan.outBlocks * lanes; ++n) {
          int32_t sum = outputOf(conv, image, weights, zeros, y, x, n);
          int64_t row =
              2 + (n / lanes * conv.outHeight + y) * conv.outWidth + x;
          ASSERT_EQ(accumulator(Memory::Accumulators, row, n % lanes),
                    twice ? 2 * sum : sum)
              << "pixel " << y << ", " << x << ", column " << n;
        }
  }
}

TEST_P(ProductsTest, Depthwise) {
  // Those that do not fit are drawn again.
  for (int round = 0; round < 6;) {
    Convolution conv(random, lanes);
    int64_t blocks = blocksOf(conv.in), taps = conv.kernelY * conv.kernelX;
    if (!conv.exists() || blocks * conv.outHeight * conv.outWidth >
                              int64_t(machine.depthwiseRows()))
      continue;
    ++round;
    Image3 image =
        picture(conv.height, conv.width, conv.in, conv.unsignedInput);
    Image3 weights = picture(1, taps, conv.in, conv.unsignedWeights);
    std::vector<int32_t> zeros(conv.in);
    place(image, 0);
    for (int64_t c = 0; c < conv.in; ++c) {
      int32_t zero = byte(conv.unsignedWeights);
      word(Memory::Weights, 100 + c / lanes)[c % lanes] = uint8_t(zero);
      zeros[c] = conv.zeroPoints ? zero : 0;
      for (int64_t tap = 0; tap < taps; ++tap)
        word(Memory::Weights, c / lanes * taps + tap)[c % lanes] =
            uint8_t(weights.at(0, tap, c));
    }
    std::string settings =
        conv.settings("dw", blocks) + "set.dw.weights zero_point_word=100" +
        " pad_n=" + std::to_string(blocks * lanes - conv.in) +
        (conv.unsignedWeights ? " unsigned_weights" : "") +
        (conv.zeroPoints ? " zero_points" : "") + "\n";
    runText("%s%s", settings.c_str(), conv.work("dw", "").c_str());
    for (int64_t y = 0; y < conv.outHeight; ++y)
      for (int64_t x = 0; x < conv.outWidth; ++x)
        for (int64_t c = 0; c < blocks * lanes; ++c) {
          int32_t sum = 0;
          for (int64_t tap = 0; tap < taps && c < conv.in; ++tap)
            sum += conv.inputAt(image, y, x, tap / conv.kernelX,
                                tap % conv.kernelX, c) *
                   (weights.at(0, tap, c) - zeros[c]);
          int64_t row = (c / lanes * conv.outHeight + y) * conv.outWidth + x;
          ASSERT_EQ(accumulator(Memory::Depthwise, row, c % lanes), sum);
        }
  }
}
