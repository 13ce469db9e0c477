//===- TransfersTest.cpp - ld, ld.window, ld.tiles and st -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Copies, packed windows and tiles against plain loops; see
// InstructionTesting.h.
//
//===----------------------------------------------------------------------===//

#include "test/unit/hw-sim/InstructionTesting.h"

using namespace systole::isa;
using namespace systole::sim;

using TransfersTest = InstructionsTest;
INSTANTIATE_TEST_SUITE_P(Machines, TransfersTest, everyMachine());

/// A picture in DRAM, channels last, into words; and out again, its axes
/// swapped.
TEST_P(TransfersTest, LoadAndStore) {
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
TEST_P(TransfersTest, LoadWindow) {
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
TEST_P(TransfersTest, LoadTiles) {
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
