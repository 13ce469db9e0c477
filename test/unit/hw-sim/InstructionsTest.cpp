//===- InstructionsTest.cpp - Each instruction against plain loops --------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tensors as a framework means them (padded arrays, channels last, sizes that
// no block divides), laid out for the machine, against the instruction that
// computes the same, on presets and odd machines, on the plain path and the
// fastest one.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/functional/Numerics.h"
#include "test/unit/hw-sim/NumericsOracle.h"
#include "test/unit/hw-sim/SimTesting.h"
#include <cmath>
#include <cstdarg>

using namespace systole::isa;
using namespace systole::sim;

namespace {
/// height x width x channels values.
struct Image3 {
  int64_t height, width, channels;
  std::vector<int32_t> values;

  Image3(int64_t height, int64_t width, int64_t channels)
      : height(height), width(width), channels(channels),
        values(height * width * channels) {}
  int32_t &at(int64_t y, int64_t x, int64_t c) {
    return values[(y * width + x) * channels + c];
  }
};

class InstructionsTest : public ::testing::TestWithParam<int> {
protected:
  InstructionsTest()
      : machine(testMachines()[GetParam() / 2]),
        device(machine, 99, GetParam() % 2 ? fastestKernels() : plainKernels()),
        random(GetParam() + 1), lanes(machine.lanes()) {}

  void runText(const char *format, ...) {
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    Outcome outcome = run(device, text);
    ASSERT_TRUE(outcome.isDone())
        << outcome.index << ": " << outcome.message << "\n"
        << text;
  }
  uint8_t *word(Memory memory, int64_t at) {
    return device.memories().at(memory, at);
  }
  int32_t accumulator(Memory memory, int64_t row, int64_t lane) {
    int32_t value;
    memcpy(&value, word(memory, row) + 4 * lane, 4);
    return value;
  }
  int64_t blocksOf(int64_t channels) { return (channels + lanes - 1) / lanes; }
  int32_t byte(bool isUnsigned) {
    return int32_t(isUnsigned ? random.in(0, 255) : random.in(-128, 127));
  }
  Image3 picture(int64_t height, int64_t width, int64_t channels,
                 bool isUnsigned) {
    Image3 image(height, width, channels);
    for (int32_t &value : image.values)
      value = byte(isUnsigned);
    return image;
  }
  /// Channel block c of pixel (y, x) at word first + (c * height + y) * width +
  /// x; lanes behind the last channel stay as they are.
  void place(Image3 &image, int64_t first) {
    for (int64_t y = 0; y < image.height; ++y)
      for (int64_t x = 0; x < image.width; ++x)
        for (int64_t c = 0; c < image.channels; ++c)
          word(Memory::Scratchpad,
               first + (c / lanes * image.height + y) * image.width +
                   x)[c % lanes] = uint8_t(image.at(y, x, c));
  }

  Machine machine;
  FunctionalDevice device;
  Random random;
  int64_t lanes;
};
} // namespace

INSTANTIATE_TEST_SUITE_P(Machines, InstructionsTest, ::testing::Range(0, 14));

//===----------------------------------------------------------------------===//
// Transfers
//===----------------------------------------------------------------------===//

/// A picture in DRAM, channels last, into words; and out again, its axes
/// swapped.
TEST_P(InstructionsTest, LoadAndStore) {
  int64_t height = random.in(2, 5), width = random.in(2, 6);
  int64_t channels = random.in(1, 2 * lanes + 1), blocks = blocksOf(channels);
  Image3 image = picture(height, width, channels, true);
  std::vector<uint8_t> bytes(image.values.begin(), image.values.end());
  device.dram().write(1000, bytes.data(), bytes.size());
  runText("set.ld.base index=5 address=900\n"
          "set.ld.shape count0=%d count1=%d\n"
          "set.ld.steps step0=%d step1=%d\nset.ld.strides stride0=%d "
          "stride1=%d\nld base=5 offset=100 target=3 length=%d fill=77\n"
          "set.st.shape count0=%d count1=%d\nset.st.steps step0=%d step1=%d\n"
          "set.st.strides stride0=%d stride1=%d\n"
          "st source=3 offset=20000 length=%d\n",
          int(width), int(height), int(channels), int(width * channels),
          int(blocks), int(width * blocks), int(channels), int(width),
          int(height), int(height * channels), int(channels), int(blocks),
          int(width * blocks), int(channels));
  for (int64_t y = 0; y < height; ++y)
    for (int64_t x = 0; x < width; ++x) {
      const uint8_t *at =
          word(Memory::Scratchpad, 3 + (y * width + x) * blocks);
      std::vector<uint8_t> out(channels);
      device.dram().read(20000 + (x * height + y) * channels, out.data(),
                         channels);
      for (int64_t c = 0; c < blocks * lanes; ++c)
        ASSERT_EQ(at[c], c < channels ? image.at(y, x, c) : 77);
      for (int64_t c = 0; c < channels; ++c)
        ASSERT_EQ(out[c], image.at(y, x, c));
    }
}

/// Packed windows of a padded picture.
TEST_P(InstructionsTest, LoadWindow) {
  int64_t height = random.in(4, 9), width = random.in(4, 9);
  int64_t channels = random.in(1, 4), kernel = random.in(1, 4);
  int64_t stride = random.in(1, 3), pad = random.in(0, 3);
  int64_t rows = (height + 2 * pad - kernel) / stride + 1;
  int64_t columns = (width + 2 * pad - kernel) / stride + 1;
  int64_t words = blocksOf(kernel * kernel * channels);
  Image3 image = picture(height, width, channels, true);
  std::vector<uint8_t> bytes(image.values.begin(), image.values.end());
  device.dram().write(4096, bytes.data(), bytes.size());
  runText("set.ld.picture height=%d width=%d channels=%d pitch=%d fill=9\n"
          "set.ld.kernel kernel_x=%d kernel_y=%d stride_x=%d stride_y=%d "
          "column=%d columns=%d\nld.window offset=4096 target=7 row=%d "
          "rows=%d\n",
          int(height), int(width), int(channels), int(width * channels),
          int(kernel), int(kernel), int(stride), int(stride), int(-pad),
          int(columns), int(-pad), int(rows));
  Image3 padded(height + 2 * pad, width + 2 * pad, channels);
  for (int64_t y = 0; y < padded.height; ++y)
    for (int64_t x = 0; x < padded.width; ++x)
      for (int64_t c = 0; c < channels; ++c)
        padded.at(y, x, c) =
            y >= pad && y < pad + height && x >= pad && x < pad + width
                ? image.at(y - pad, x - pad, c)
                : 9;
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j) {
      const uint8_t *at =
          word(Memory::Scratchpad, 7 + (i * columns + j) * words);
      for (int64_t k = 0; k < words * lanes; ++k) {
        int64_t c = k % channels, tap = k / channels;
        ASSERT_EQ(at[k], tap < kernel * kernel
                             ? padded.at(i * stride + tap / kernel,
                                         j * stride + tap % kernel, c)
                             : 9)
            << i << " " << j << " " << k;
      }
    }
}

/// A matrix, and its transpose, as tiles.
TEST_P(InstructionsTest, LoadTiles) {
  for (bool transpose : {false, true}) {
    int64_t rows = random.in(1, 2 * lanes), blocks = random.in(1, 2);
    int64_t rowTiles = blocksOf(rows);
    if (rowTiles * blocks * lanes > int64_t(machine.weightWords()))
      continue;
    Image3 matrix = picture(rows, 1, blocks * lanes, true);
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < blocks * lanes; ++c)
        word(Memory::Scratchpad, 2 + r * blocks + c / lanes)[c % lanes] =
            uint8_t(matrix.at(r, 0, c));
    runText("set.ld.tile_pitch row=%d block=1 row_tile=%d block_tile=1\n"
            "ld.tiles source=2 rows=%d blocks=%d fill=5 %s\n",
            int(blocks), int(blocks), int(rows), int(blocks),
            transpose ? "transpose" : "");
    for (int64_t t = 0; t < rowTiles; ++t)
      for (int64_t b = 0; b < blocks; ++b)
        for (int64_t k = 0; k < lanes; ++k)
          for (int64_t n = 0; n < lanes; ++n) {
            int64_t r = t * lanes + (transpose ? n : k);
            int64_t c = b * lanes + (transpose ? k : n);
            ASSERT_EQ(word(Memory::Weights, (t * blocks + b) * lanes + k)[n],
                      r < rows ? matrix.at(r, 0, c) : 5);
          }
  }
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

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
} // namespace

TEST_P(InstructionsTest, Matmul) {
  // Those that do not fit are drawn again.
  for (int round = 0; round < 6;) {
    Convolution conv(random, lanes);
    int64_t inBlocks = blocksOf(conv.in), outBlocks = blocksOf(conv.out);
    int64_t taps = conv.kernelY * conv.kernelX;
    int64_t tiles = outBlocks * taps * inBlocks;
    if (!conv.exists() ||
        tiles * lanes + outBlocks > int64_t(machine.weightWords()) ||
        inBlocks * conv.height * conv.width >
            int64_t(machine.scratchpadWords()))
      continue;
    ++round;
    Image3 image =
        picture(conv.height, conv.width, conv.in, conv.unsignedInput);
    Image3 weights = picture(taps, conv.in, conv.out, conv.unsignedWeights);
    std::vector<int32_t> zeros(conv.out);
    place(image, 0);
    for (int64_t n = 0; n < conv.out; ++n) {
      uint8_t *zero = word(Memory::Weights, tiles * lanes + n / lanes);
      zero[n % lanes] = uint8_t(byte(conv.unsignedWeights));
      if (conv.zeroPoints)
        zeros[n] = conv.unsignedWeights ? int32_t(zero[n % lanes])
                                        : int32_t(int8_t(zero[n % lanes]));
      for (int64_t tap = 0; tap < taps; ++tap)
        for (int64_t c = 0; c < conv.in; ++c) {
          int64_t tile = (n / lanes * taps + tap) * inBlocks + c / lanes;
          word(Memory::Weights, tile * lanes + c % lanes)[n % lanes] =
              uint8_t(weights.at(tap, c, n));
        }
    }
    std::string settings =
        conv.settings("mm", inBlocks) +
        "set.mm.weights columns=" + std::to_string(outBlocks) +
        " pad_k=" + std::to_string(inBlocks * lanes - conv.in) +
        " pad_n=" + std::to_string(outBlocks * lanes - conv.out) +
        (conv.unsignedWeights ? " unsigned_weights" : "") +
        (conv.zeroPoints ? " zero_points" : "") +
        " zero_point_word=" + std::to_string(tiles * lanes) + "\n";
    // The second adds to the first: everything twice.
    bool twice = random.oneIn(2);
    std::string work = conv.work("mm", "target=2");
    if (twice)
      work += conv.work("mm", "target=2 accumulate");
    runText("%s%s", settings.c_str(), work.c_str());
    for (int64_t y = 0; y < conv.outHeight; ++y)
      for (int64_t x = 0; x < conv.outWidth; ++x)
        for (int64_t n = 0; n < outBlocks * lanes; ++n) {
          int64_t sum = 0;
          for (int64_t ky = 0; ky < conv.kernelY && n < conv.out; ++ky)
            for (int64_t kx = 0; kx < conv.kernelX; ++kx)
              for (int64_t c = 0; c < conv.in; ++c)
                sum += conv.inputAt(image, y, x, ky, kx, c) *
                       (weights.at(ky * conv.kernelX + kx, c, n) - zeros[n]);
          int64_t row =
              2 + (n / lanes * conv.outHeight + y) * conv.outWidth + x;
          ASSERT_EQ(accumulator(Memory::Accumulators, row, n % lanes),
                    int32_t(twice ? 2 * sum : sum))
              << "pixel " << y << ", " << x << ", column " << n;
        }
  }
}

TEST_P(InstructionsTest, Depthwise) {
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

//===----------------------------------------------------------------------===//
// The vector engine
//===----------------------------------------------------------------------===//

/// Drains accumulators with bias, multiplier and shift of each column.
TEST_P(InstructionsTest, VectorDrain) {
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
TEST_P(InstructionsTest, VectorPool) {
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
TEST_P(InstructionsTest, VectorSoftmax) {
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
TEST_P(InstructionsTest, VectorProductAndSquares) {
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
