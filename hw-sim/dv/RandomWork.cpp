//===- RandomWork.cpp - Random working instructions -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which instruction, and where. Transfers are in RandomTransfers.cpp, MM, DW
// and VX in RandomPictures.cpp.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/RandomWork.h"
#include "hw-sim/isa/Formats.h"
#include "hw-sim/model/Dispatch.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

//===----------------------------------------------------------------------===//
// Fields
//===----------------------------------------------------------------------===//

/// Any value, but also small ones and extremes.
static int64_t randomValue(const FieldInfo &field, Randomness &random) {
  int64_t low = field.minimum, high = field.maximum;
  bool isClosed = field.choices || field.kind == Kind::Flag;
  switch (isClosed ? 0 : random.pick(0, 3)) {
  case 0:
    return random.pick(low, high);
  case 1:
    return random.of({low, high});
  case 2:
    return std::clamp<int64_t>(random.pick(-4, 4), low, high);
  default:
    return std::clamp<int64_t>(random.pick(-130, 130), low, high);
  }
}

Instruction randomInstruction(Format format, Randomness &random) {
  Word word = infoOf(format).empty();
  for (const FieldInfo &field : infoOf(format).payload())
    field.set(word, randomValue(field, random));
  Instruction instruction;
  decode(word, instruction);
  return instruction;
}

int32_t RandomWork::stride(int64_t run) {
  switch (random.pick(0, 4)) {
  case 0:
    return 0;
  case 1:
    return random.pick(-2 * run - 2, -1);
  case 2:
    return random.pick(1, 2 * run + 2);
  case 3:
    return -run;
  default:
    return run;
  }
}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

const RandomWork::Sizes &RandomWork::sizesOf(Mix mix) {
  // Meetings are many in a few thousand cycles. What runs in a crowd lasts.
  static const Sizes kSizes[] = {
      {6, 3, 6, 2, 3},
      {24, 6, 5, 4, 6},
  };
  return kSizes[unsigned(mix)];
}

RandomWork::RandomWork(const Machine &machine, Randomness &random, Mix mix,
                       UnitRange dram)
    : machine(machine), random(random), mix(mix), sizes(sizesOf(mix)),
      dram(dram), districts(machine, random, dram) {
  for (unsigned i = 0; i < kMemoryCount; ++i) {
    Memory memory = static_cast<Memory>(i);
    int64_t units = machine.unitsOf(memory);
    if (units == 0)
      continue;
    for (unsigned n = 0; n < 3; ++n)
      favourites[i].push_back(random.pick(0, units - 1));
    if (memory != Memory::Dram)
      continue;
    for (int64_t &favourite : favourites[i])
      favourite = dram.begin + favourite % (dram.end - dram.begin);
    // One near the end of a DRAM row.
    favourites[i][0] -= favourites[i][0] % int64_t(machine.dram.rowBytes);
  }
}

std::optional<RandomWork::Span> RandomWork::spanOf(const Work &work,
                                                   Memory memory, bool isWrite,
                                                   unsigned nth) const {
  for (const OperandAccess &operand :
       operandsOf(machine, work.configuration, work.instruction)) {
    if (operand.memory != memory || operand.isWrite != isWrite || nth-- > 0)
      continue;
    if (std::optional<Extent> extent = extentOf(operand))
      return Span{extent->first, extent->last};
    return std::nullopt;
  }
  return std::nullopt;
}

int64_t RandomWork::placeNearFavourite(Memory memory, Span span, int64_t low,
                                       int64_t high) {
  int64_t favourite = random.of(favourites[unsigned(memory)]);
  int64_t near = memory == Memory::Dram ? 64 : 8;
  return std::clamp(favourite - span.low + random.pick(-near, near), low, high);
}

std::optional<int64_t> RandomWork::place(const Work &work, Memory memory,
                                         bool isWrite, Span span) {
  UnitRange range{0, int64_t(machine.unitsOf(memory))};
  if (mix == Mix::Crowd)
    range = districts.of(memory, work.instruction.engine(), isWrite);
  else if (memory == Memory::Dram)
    range = dram;
  int64_t low = range.begin - span.low, high = range.end - 1 - span.high;
  if (low > high)
    return std::nullopt;
  // Anywhere, or at an end.
  if (random.oneIn(5))
    return random.pick(low, high);
  if (random.oneIn(8))
    return random.of({low, high, std::clamp<int64_t>(0, low, high)});
  return mix == Mix::Crowd ? random.pick(low, high)
                           : placeNearFavourite(memory, span, low, high);
}

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

/// How often each working instruction is tried, of all of them.
static const std::pair<Format, int> kShares[] = {
    {Format::Load, 22},   {Format::LoadWindow, 9}, {Format::LoadTiles, 8},
    {Format::Matmul, 20}, {Format::Depthwise, 14}, {Format::Vector, 34},
    {Format::Reduce, 10}, {Format::LoadTable, 4},  {Format::Store, 26},
    {Format::Sync, 3},
};

static Format pickFormat(Randomness &random, std::optional<Engine> engine) {
  auto shareOf = [&](Format format, int share) {
    return !engine || infoOf(format).engine == int(*engine) ? share : 0;
  };
  int total = 0;
  for (auto [format, share] : kShares)
    total += shareOf(format, share);
  int at = random.pick(0, total - 1);
  for (auto [format, share] : kShares)
    if ((at -= shareOf(format, share)) < 0)
      return format;
  return Format::Sync;
}

bool RandomWork::fill(Work &work) {
  switch (work.instruction.format) {
  case Format::Load:
    return fillLoad(work);
  case Format::LoadWindow:
    return fillLoadWindow(work);
  case Format::LoadTiles:
    return fillLoadTiles(work);
  case Format::Matmul:
    return fillMatmul(work);
  case Format::Depthwise:
    return fillDepthwise(work);
  case Format::Vector:
    return fillVector(work);
  case Format::Reduce:
    return fillReduce(work);
  case Format::LoadTable:
    return fillLoadTable(work);
  case Format::Store:
    return fillStore(work);
  default:
    return true;
  }
}

Work RandomWork::next(const Configuration &now, std::optional<Engine> engine) {
  while (true) {
    Work work{now, randomInstruction(pickFormat(random, engine), random)};
    if (work.instruction.engine() == Engine::Dw && !machine.hasDepthwise())
      continue;
    if (fill(work) &&
        illegalFields(machine, work.configuration, work.instruction).empty())
      return work;
  }
}

} // namespace systole::sim
