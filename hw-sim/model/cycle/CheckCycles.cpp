//===- CheckCycles.cpp - How long dispatch checks an instruction ----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/cycle/CheckCycles.h"
#include "hw-sim/model/Extents.h"

using namespace systole::isa;

namespace systole::sim::cycle {
namespace {

/// Steps of each operand.
enum Steps : unsigned {
  kDram = 12,
  kChip = 7,
  kTilesFrom = 8,
  kTilesTo = 6,
  kLines = 8,
  kWindows = 9,
  kPicture = 12,
  kWeights = 8,
  kZeroPoints = 3,
  kSums = 5,
  kOutputs = 12,
  kSecond = 6,
  kParameters = 4,
  kTable = 3,
  kOverlap = 5
};

unsigned streamSteps(bool hasZeroPoints) {
  return kPicture + kWeights + (hasZeroPoints ? kZeroPoints : 0) + kSums;
}

unsigned vectorSteps(const VxConfig &config) {
  return kPicture + kOutputs + (usesOperand(config) ? kSecond : 0) +
         (parameterBlockWords(config) != 0 ? kParameters : 0) + kOverlap;
}

unsigned steps(const Configuration &configuration,
               const Instruction &instruction) {
  switch (instruction.format) {
  case Format::Load:
  case Format::Store:
    return kDram + kChip;
  case Format::LoadTiles:
    return kTilesFrom + kTilesTo;
  case Format::LoadWindow:
    return kLines + kWindows;
  case Format::Matmul:
    return streamSteps(configuration.mm.weights.zeroPoints);
  case Format::Depthwise:
    return streamSteps(configuration.dw.weights.zeroPoints);
  case Format::Vector:
    return vectorSteps(configuration.vx);
  case Format::Reduce:
    return kPicture + kOutputs + kOverlap;
  case Format::LoadTable:
    return kTable;
  default:
    return 0;
  }
}

} // namespace

unsigned checkCycles(const Configuration &configuration,
                     const Instruction &instruction) {
  return 1 + steps(configuration, instruction);
}

} // namespace systole::sim::cycle
