//===- KernelTesting.h - Kernels made, run and compared ---------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_UNIT_HWSIM_KERNELTESTING_H
#define SYSTOLE_TEST_UNIT_HWSIM_KERNELTESTING_H

#include "hw-sim/checker/Checker.h"
#include "hw-sim/dv/RandomOrder.h"
#include "hw-sim/model/Host.h"
#include "test/unit/hw-sim/KernelOracle.h"
#include "test/unit/hw-sim/SimTesting.h"

namespace systole::sim {

using isa::Image;
using isa::Rounding;
using isa::Tensor;

//===----------------------------------------------------------------------===//
// Values and bytes
//===----------------------------------------------------------------------===//

inline Values randomValues(Random &random, const DramPicture &picture,
                           bool isUnsigned) {
  Values values(picture.height, picture.width, picture.channels);
  for (int32_t &value : values.at)
    value = valueOf(uint8_t(random.bits()), isUnsigned);
  return values;
}

/// Where a value of a picture lies.
inline int64_t placeOf(const DramPicture &p, int64_t lanes, int64_t y,
                       int64_t x, int64_t c) {
  if (p.layout == Layout::Rows)
    return (y * p.width + x) * p.channels + c;
  return ((c / lanes * p.height + y) * p.width + x) * lanes + c % lanes;
}

inline std::vector<uint8_t> bytesOf(const Values &values, const DramPicture &p,
                                    int64_t lanes) {
  // Lanes that mean nothing may hold anything.
  std::vector<uint8_t> bytes(p.bytes(lanes), 0x5a);
  for (int64_t y = 0; y < p.height; ++y)
    for (int64_t x = 0; x < p.width; ++x)
      for (int64_t c = 0; c < p.channels; ++c)
        bytes[placeOf(p, lanes, y, x, c)] = uint8_t(values(y, x, c));
  return bytes;
}

/// Where the bytes of an output are not those of `expected`, or "".
inline std::string difference(const Values &expected, const DramPicture &p,
                              int64_t lanes,
                              const std::vector<uint8_t> &bytes) {
  for (int64_t y = 0; y < p.height; ++y)
    for (int64_t x = 0; x < p.width; ++x)
      for (int64_t c = 0; c < p.channels; ++c)
        for (int64_t i = 0; i < p.elementBytes; ++i) {
          uint8_t wanted = uint8_t(uint32_t(expected(y, x, c)) >> (8 * i));
          int64_t at = placeOf(p, lanes, y, x, c) * p.elementBytes + i;
          if (bytes[at] != wanted)
            return "output " + std::to_string(y) + ", " + std::to_string(x) +
                   ", " + std::to_string(c) + ": byte " + std::to_string(i) +
                   " is " + std::to_string(bytes[at]) + ", not " +
                   std::to_string(wanted);
        }
  return "";
}

//===----------------------------------------------------------------------===//
// One kernel
//===----------------------------------------------------------------------===//

using Inputs = std::map<std::string, std::vector<uint8_t>>;

inline void fill(const Image &image, const Inputs &inputs, Device &device) {
  loadImage(image, device);
  for (const Tensor &tensor : image.tensors)
    if (tensor.role == Tensor::Role::Input) {
      ASSERT_EQ(inputs.at(tensor.name).size(), tensor.bytes());
      writeTensor(tensor, inputs.at(tensor.name).data(), device);
    }
}

/// Checks, runs and compares.
inline void expectKernel(const Machine &machine,
                         const std::optional<Image> &image,
                         const std::string &problem, const Inputs &inputs,
                         const Values &expected, const DramPicture &output,
                         uint64_t seed) {
  ASSERT_TRUE(image) << problem;
  CheckReport report = checkProgram(machine, *image);
  ASSERT_TRUE(report.isClean()) << report.text();
  ASSERT_TRUE(loadProblems(machine, *image).empty());
  FunctionalDevice functional(machine, seed);
  fill(*image, inputs, functional);
  Outcome outcome =
      functional.run(image->programAddress, image->program.size());
  ASSERT_TRUE(outcome.isDone()) << outcome.index << " " << outcome.message;
  const Tensor &y = image->tensors.back();
  std::vector<uint8_t> bytes(y.bytes());
  readTensor(y, bytes.data(), functional);
  ASSERT_EQ(difference(expected, output, machine.lanes(), bytes), "");
  if (seed % 3 != 0)
    return;
  RandomOrderDevice device(machine, seed, seed, fastestKernels());
  fill(*image, inputs, device);
  ASSERT_TRUE(
      device.run(image->programAddress, image->program.size()).isDone());
  auto different = firstDifference(functional.memories(), device.memories());
  ASSERT_FALSE(different) << different->text(machine);
}

//===----------------------------------------------------------------------===//
// Random operations
//===----------------------------------------------------------------------===//

/// What is random about a kernel, on one machine.
struct Chance {
  Random random;
  const Machine &machine;
  int64_t lanes = machine.lanes();

  /// Sizes around multiples of the array's, of which most are no multiples.
  int64_t size(int64_t most) {
    int64_t size =
        random.oneIn(3) ? random.in(1, 4) * lanes : random.in(1, 3 * lanes);
    return std::min(std::max<int64_t>(size + random.in(-1, 1), 1), most);
  }
  DramPicture picture(int64_t side, int64_t channels) {
    return {random.in(1, side), random.in(1, side), channels,
            random.oneIn(2) ? Layout::Rows : Layout::Blocks, 1};
  }
  Quantity quantity() {
    bool isUnsigned = random.oneIn(2);
    return {isUnsigned, valueOf(uint8_t(random.bits()), isUnsigned)};
  }
  std::vector<uint8_t> bytes(int64_t count) {
    std::vector<uint8_t> bytes(count);
    for (uint8_t &byte : bytes)
      byte = uint8_t(random.bits());
    return bytes;
  }
  std::vector<int32_t> biases(int64_t columns) {
    std::vector<int32_t> biases;
    if (!random.oneIn(3))
      for (int64_t n = 0; n < columns; ++n)
        biases.push_back(int32_t(random.bits()) >> random.in(8, 20));
    return biases;
  }
  std::vector<int32_t> zeroPoints(bool isUnsigned, int64_t columns) {
    std::vector<int32_t> zeros;
    for (int64_t n = random.of({int64_t(0), int64_t(1), columns}); n > 0; --n)
      zeros.push_back(valueOf(uint8_t(random.bits()), isUnsigned));
    return zeros;
  }
  /// Results that are spread over all values: about `terms` products.
  Requantization requantization(int64_t columns, int64_t terms) {
    Requantization r;
    r.rounding =
        random.of({Rounding::Double, Rounding::Single, Rounding::Float});
    r.multipliers.clear();
    r.shifts.clear();
    int64_t count = random.oneIn(2) ? columns : 1;
    int magnitude = 6;
    while (terms >>= 2)
      ++magnitude;
    for (int64_t n = 0; n < count; ++n) {
      bool isFloat = r.rounding == Rounding::Float;
      bool isSingle = r.rounding == Rounding::Single;
      r.multipliers.push_back(
          isFloat ? uint32_t((127 - magnitude) << 23 | random.in(0, 0x7fffff))
                  : uint32_t(random.in(1 << 30, INT32_MAX)));
      r.shifts.push_back(int8_t(isSingle ? 31 + magnitude : -magnitude));
    }
    Quantity type = quantity();
    r.zeroPoint = type.zeroPoint;
    r.low = type.lowest();
    r.high = type.highest();
    if (random.oneIn(3))
      r.low = std::min(r.zeroPoint, r.high - 1); // a ReLU
    return r;
  }
  Addition addition() {
    Addition a;
    a.type = quantity();
    a.result = requantization(1, 1);
    bool isFloat = a.result.rounding == Rounding::Float;
    auto factor = [&](int32_t exponent) {
      return isFloat ? uint32_t((127 + exponent) << 23 | random.in(0, 0x7fffff))
                     : uint32_t(random.in(1 << 30, INT32_MAX));
    };
    a.scale.multiplier0 = factor(0);
    a.scale.multiplier1 = factor(-1);
    a.result.multipliers = {factor(-1)};
    bool isSingle = a.result.rounding == Rounding::Single;
    a.scale.left = isFloat ? 0 : isSingle ? 10 : 20;
    a.scale.shift0 = a.scale.shift1 = isSingle ? 31 : 0;
    a.result.shifts = {int8_t(isSingle ? 41 : -20)};
    return a;
  }
  Taps taps(const DramPicture &picture, int64_t largest) {
    Taps t;
    do {
      t = {random.in(1, largest), random.in(1, largest), random.in(1, 3),
           random.in(1, 3),       random.in(1, 2),       random.in(1, 2),
           random.in(0, 2),       random.in(0, 2),       random.in(0, 2),
           random.in(0, 2)};
    } while (t.outHeight(picture.height) < 1 || t.outWidth(picture.width) < 1);
    return t;
  }
};

/// Weights, types and what becomes of the sums.
inline void fillProduct(Chance &chance, ProductSpec &spec) {
  Random &random = chance.random;
  int64_t terms = spec.taps.height * spec.taps.width * spec.input.channels;
  spec.inputType = chance.quantity();
  spec.unsignedWeights = random.oneIn(2);
  spec.weightZeroPoints = chance.zeroPoints(spec.unsignedWeights, spec.columns);
  spec.bias = chance.biases(spec.columns);
  spec.isRaw = random.oneIn(4);
  spec.requantization = chance.requantization(spec.columns, terms);
  if (!spec.isRaw && random.oneIn(3))
    spec.addition = chance.addition();
}

/// Makes, runs and compares; `weights` in the order of packed ones.
inline void expectProduct(Chance &chance, const ProductSpec &spec,
                          const std::vector<uint8_t> &weights, Inputs inputs,
                          uint64_t seed) {
  Values input =
      randomValues(chance.random, spec.input, spec.inputType.isUnsigned);
  DramPicture output = {spec.taps.outHeight(spec.input.height),
                        spec.taps.outWidth(spec.input.width), spec.columns,
                        spec.input.layout, spec.isRaw ? 4 : 1};
  Values addend = randomValues(chance.random, output,
                               spec.addition && spec.addition->type.isUnsigned);
  inputs["x"] = bytesOf(input, spec.input, chance.lanes);
  if (spec.addition)
    inputs["r"] = bytesOf(addend, output, chance.lanes);
  std::string problem;
  std::optional<Image> image = makeProduct(chance.machine, spec, problem);
  expectKernel(chance.machine, image, problem, inputs,
               productOracle(spec, input, weights, &addend), output, seed);
}

} // namespace systole::sim

#endif // SYSTOLE_TEST_UNIT_HWSIM_KERNELTESTING_H
