//===- RandomPictures.cpp - Random instructions of MM, DW and VX ----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/RandomWork.h"
#include "hw-sim/isa/Formats.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

//===----------------------------------------------------------------------===//
// MM and DW
//===----------------------------------------------------------------------===//

/// Input, weights, zero points and accumulators of a block.
template <typename Config>
bool RandomWork::placeStream(Work &work, Config &config, Memory target) {
  Stream &stream = work.instruction.as<Stream>();
  stream.width = random.pick(1, sizes.width);
  stream.height = random.pick(1, sizes.height);
  if (std::abs(int64_t(config.pitch.x)) == int64_t(machine.wordsPerBank())) {
    stream.width = 2;
    stream.height = random.pick(1, 2 * sizes.width);
  }
  stream.zeroPoint =
      stream.unsignedInput ? random.pick(0, 255) : random.pick(-128, 127);
  if (!placePicture(work, config, stream, Memory::Scratchpad) ||
      !placeAt(work, stream.weights, Memory::Weights, false) ||
      !placeAt(work, stream.target, target, true))
    return false;
  return !config.weights.zeroPoints ||
         placeAt(work, config.weights.zeroPointWord, Memory::Weights, false, 1);
}

/// Neighbours in a row of the picture lie in two banks: those who wait for one
/// of them wait for a cycle only, but often.
void RandomWork::alternateBanks(MmConfig &config) {
  Window &window = config.window;
  window.kernelX = window.kernelY = window.strideX = 1;
  window.edged = false;
  config.ring = {};
  int32_t words = machine.wordsPerBank();
  config.pitch = {random.oneIn(2) ? words : -words, stride(1), stride(20)};
}

bool RandomWork::fillMatmul(Work &work) {
  MmConfig &config = work.configuration.mm;
  if (changes())
    changePicture(config, 4);
  if (mix == Mix::Crowd && changes())
    alternateBanks(config);
  if (changes()) {
    config.weights =
        randomInstruction(Format::SetMmWeights, random).as<ArrayWeights>();
    config.weights.columns = random.pick(1, 2);
    config.weights.padK %= machine.lanes();
    config.weights.padN %= machine.lanes();
  }
  const Window &window = config.window;
  if (int64_t(window.kernelX) * window.kernelY * window.channels *
          config.weights.columns >
      sizes.tiles)
    return false;
  return placeStream(work, config, Memory::Accumulators);
}

bool RandomWork::fillDepthwise(Work &work) {
  DwConfig &config = work.configuration.dw;
  if (changes())
    changePicture(config, 9);
  if (changes()) {
    config.weights =
        randomInstruction(Format::SetDwWeights, random).as<LaneWeights>();
    config.weights.padN %= machine.lanes();
  }
  return placeStream(work, config, Memory::Depthwise);
}

//===----------------------------------------------------------------------===//
// VX
//===----------------------------------------------------------------------===//

/// Mostly values that leave something of what is rescaled: where everything
/// saturates, a wrong byte would not show.
void RandomWork::changeRescale(Rescale &rescale) {
  rescale = randomInstruction(Format::SetVxRescale, random).as<Rescale>();
  if (random.oneIn(4))
    return;
  rescale.low = random.of({-128, -128, 0, -32768});
  rescale.high = random.of({127, 255, 32767});
  rescale.zeroPoint = random.pick(-8, 8);
  switch (rescale.rounding) {
  case Rounding::Double:
    rescale.multiplier = random.pick(1 << 30, INT32_MAX);
    rescale.shift = random.pick(-14, 2);
    break;
  case Rounding::Single:
    rescale.multiplier = random.pick(1, 1 << 15);
    rescale.shift = random.pick(8, 24);
    break;
  case Rounding::Float:
    // 2^-14 to 2.
    rescale.multiplier =
        uint32_t(random.pick(113, 127)) << 23 | random.pick(0, (1 << 23) - 1);
    break;
  case Rounding::None:
    break;
  }
}

void RandomWork::changeStages(VxConfig &config) {
  config.stages = randomInstruction(Format::SetVxStages, random).as<Stages>();
  config.scale = randomInstruction(Format::SetVxScale, random).as<Scale>();
  changeRescale(config.rescale);
  changeRescale(config.result);
  Stages &stages = config.stages;
  if (config.rescale.perColumn)
    config.result.perColumn = false;
  if (stages.bias == Bias::Product && (stages.combine == Combine::None ||
                                       stages.combine == Combine::RowMultiply))
    stages.bias = Bias::First;
}

/// Where outputs and operands lie, one behind another.
void RandomWork::changeOutputs(VxConfig &config) {
  config.target = randomInstruction(Format::SetVxTarget, random).as<Target>();
  config.operand =
      randomInstruction(Format::SetVxOperand, random).as<Operand>();
  auto setPitches = [&](auto &layout, int64_t words) {
    layout.x = stride(words);
    layout.y = stride(5 * words);
    layout.channel = stride(12 * words);
  };
  setPitches(config.target, wordsOf(config.target.element));
  setPitches(config.operand, wordsOf(config.operand.element));
}

/// Whether the outputs lie apart from all that is read, but for the source
/// where it is in place on purpose.
bool RandomWork::isTargetApart(const Work &work, bool isInPlace) const {
  std::optional<Span> target = spanOf(work, Memory::Scratchpad, true);
  for (unsigned nth = isInPlace; nth < 2; ++nth) {
    std::optional<Span> read = spanOf(work, Memory::Scratchpad, false, nth);
    if (read && read->low <= target->high && target->low <= read->high)
      return false;
  }
  return true;
}

/// Whether no output is written twice, so that it may be read in place: each
/// distance, the smallest first, reaches over what lies within it.
template <typename Payload>
static bool areApart(const VxConfig &config, const Payload &payload,
                     int64_t words) {
  std::vector<std::pair<int64_t, int64_t>> loops = {
      {std::abs(int64_t(config.target.x)), payload.width},
      {std::abs(int64_t(config.target.y)), payload.height},
      {std::abs(int64_t(config.target.channel)), config.window.channels}};
  std::sort(loops.begin(), loops.end());
  int64_t span = words;
  for (auto [distance, count] : loops) {
    if (count > 1 && distance < span)
      return false;
    span += count > 1 ? distance * (count - 1) : 0;
  }
  return true;
}

/// Somewhere, or sometimes where the source lies.
template <typename Payload>
RandomWork::TargetPlace RandomWork::placeTarget(Work &work, Payload &payload) {
  VxConfig &config = work.configuration.vx;
  const Window &window = config.window;
  VectorSource source = config.stages.source;
  int64_t words =
      std::is_same_v<Payload, Reduce> ? 1 : wordsOf(config.target.element);
  bool canBeInPlace = memoryOf(source) == Memory::Scratchpad &&
                      wordsOf(source) == words && !window.edged &&
                      config.ring.size == 0 &&
                      window.kernelX * window.kernelY == 1;
  if (canBeInPlace && random.oneIn(2)) {
    config.target.x = config.pitch.x * int32_t(window.strideX);
    config.target.y = config.pitch.y * int32_t(window.strideY);
    config.target.channel = config.pitch.channel;
    payload.target = payload.source;
    return areApart(config, payload, words) ? TargetPlace::InPlace
                                            : TargetPlace::None;
  }
  for (unsigned i = 0; i < 4; ++i)
    if (placeAt(work, payload.target, Memory::Scratchpad, true) &&
        isTargetApart(work, false))
      return TargetPlace::Apart;
  return TargetPlace::None;
}

/// Somewhere, or sometimes where the target lies.
bool RandomWork::placeOperand(Work &work, Vector &payload, TargetPlace target) {
  VxConfig &config = work.configuration.vx;
  if (!usesOperand(config))
    return true;
  int64_t words = wordsOf(config.target.element);
  if (wordsOf(config.operand.element) == words &&
      areApart(config, payload, words) && random.oneIn(2)) {
    config.operand.x = config.target.x;
    config.operand.y = config.target.y;
    config.operand.channel = config.target.channel;
    payload.operand = payload.target;
    return true;
  }
  unsigned nth = memoryOf(config.stages.source) == Memory::Scratchpad;
  for (unsigned i = 0; i < 4; ++i)
    if (placeAt(work, payload.operand, Memory::Scratchpad, false, nth) &&
        isTargetApart(work, target == TargetPlace::InPlace))
      return true;
  return false;
}

bool RandomWork::fillVector(Work &work) {
  VxConfig &config = work.configuration.vx;
  Vector &vector = work.instruction.as<Vector>();
  if (changes()) {
    changePicture(config, 4);
    changeStages(config);
    if (config.stages.pool == Pool::None)
      config.window.kernelX = config.window.kernelY = 1;
  }
  if (changes())
    changeOutputs(config);
  if (config.stages.combine == Combine::RowMultiply)
    config.operand.element = OperandType::Row;
  Memory memory = memoryOf(config.stages.source);
  if (machine.unitsOf(memory) == 0)
    return false;
  vector.width = random.pick(1, sizes.width);
  vector.height = random.pick(1, sizes.height);
  // Operands are placed last, apart from the target or upon it.
  vector.operand = 0;
  Combine combine = config.stages.combine;
  config.stages.combine = Combine::None;
  TargetPlace target = TargetPlace::None;
  if (placePicture(work, config, vector, memory))
    target = placeTarget(work, vector);
  config.stages.combine = combine;
  return target != TargetPlace::None && placeOperand(work, vector, target) &&
         placeAt(work, vector.parameters, Memory::Parameters, false);
}

bool RandomWork::fillReduce(Work &work) {
  VxConfig &config = work.configuration.vx;
  Reduce &reduce = work.instruction.as<Reduce>();
  if (changes())
    changePicture(config, 4);
  if (changes())
    changeStages(config);
  if (changes())
    changeOutputs(config);
  Stages &stages = config.stages;
  stages.bias = Bias::None;
  stages.pool = Pool::None;
  stages.combine = Combine::None;
  stages.lookup = Lookup::None;
  Memory memory = memoryOf(stages.source);
  if (machine.unitsOf(memory) == 0)
    return false;
  reduce.width = random.pick(1, 4);
  reduce.height = random.pick(1, 3);
  reduce.pad %= machine.lanes();
  return placePicture(work, config, reduce, memory) &&
         placeTarget(work, reduce) != TargetPlace::None;
}

} // namespace systole::sim
