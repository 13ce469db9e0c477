//===- InstructionTesting.h - Instructions on tensors -----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tensors as a framework means them (channels last, sizes that no block
// divides), laid out for the machine: each instruction must compute what plain
// loops over them compute, on presets and odd machines, on the plain path and
// the fastest one.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_UNIT_HWSIM_INSTRUCTIONTESTING_H
#define SYSTOLE_TEST_UNIT_HWSIM_INSTRUCTIONTESTING_H

#include "test/unit/hw-sim/SimTesting.h"
#include <cstdarg>

namespace systole::sim {

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
  uint8_t *word(isa::Memory memory, int64_t at) {
    return device.memories().at(memory, at);
  }
  int32_t accumulator(isa::Memory memory, int64_t row, int64_t lane) {
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
          word(isa::Memory::Scratchpad,
               first + (c / lanes * image.height + y) * image.width +
                   x)[c % lanes] = uint8_t(image.at(y, x, c));
  }

  Machine machine;
  FunctionalDevice device;
  Random random;
  int64_t lanes;
};

/// Instances for a suite: every test machine, plain and fast.
inline auto everyMachine() {
  return ::testing::Range(0, 2 * int(testMachines().size()));
}

} // namespace systole::sim

#endif // SYSTOLE_TEST_UNIT_HWSIM_INSTRUCTIONTESTING_H
