//===- Drain.cpp - From accumulators to the output ------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/kernels/Drain.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

Rescale rescaleOf(const Requantization &requantization) {
  Rescale rescale;
  rescale.rounding = requantization.rounding;
  rescale.perColumn = requantization.isPerColumn();
  if (!rescale.perColumn) {
    rescale.multiplier = requantization.multipliers[0];
    rescale.shift = requantization.shifts[0];
  }
  rescale.zeroPoint = requantization.zeroPoint;
  rescale.low = requantization.low;
  rescale.high = requantization.high;
  return rescale;
}

/// The blocks of the parameter memory for all column blocks.
static std::vector<uint8_t> packParameters(const DrainSpec &spec,
                                           int64_t lanes) {
  const Requantization &r = spec.requantization;
  int64_t words = parameterWords(!spec.bias.empty(), r);
  int64_t columns = spec.output.channels;
  std::vector<uint8_t> bytes(words * lanes * ceilDiv(columns, lanes));
  auto put = [&](int64_t at, uint32_t value, unsigned count) {
    for (unsigned i = 0; i < count; ++i)
      bytes[at + i] = uint8_t(value >> (8 * i));
  };
  for (int64_t n = 0; n < columns && words > 0; ++n) {
    int64_t block = n / lanes * words * lanes, lane = n % lanes;
    if (!spec.bias.empty())
      put(block + 4 * lane, spec.bias[n], 4);
    if (words == 4)
      continue;
    put(block + 4 * lanes + 4 * lane, r.multipliers[n], 4);
    put(block + 8 * lanes + lane, uint8_t(r.shifts[n]), 1);
  }
  return bytes;
}

/// How many groups' parameters fit.
static int64_t parameterSlots(const Machine &machine, int64_t groupWords,
                              int64_t groups) {
  if (groupWords == 0)
    return 1;
  return std::min<int64_t>(machine.parameterWords() / groupWords, groups);
}

Drain::Drain(Kernel &kernel, const DrainSpec &spec, Region output,
             Region operandRegion, int64_t slots)
    : kernel(kernel), spec(spec),
      blockWords(parameterWords(!spec.bias.empty(), spec.requantization)),
      outputs(output.first, output.words / slots, slots),
      operands(operandRegion.first, operandRegion.words / slots, slots),
      parameters(0, blockWords * spec.columns,
                 parameterSlots(kernel.machine, blockWords * spec.columns,
                                ceilDiv(spec.output.blocks(kernel.lanes()),
                                        spec.columns))) {
  kernel.addConstants(kParameters, packParameters(spec, kernel.lanes()));
  VxConfig &vx = kernel.schedule.config.vx;
  vx.stages.source = spec.source;
  vx.stages.bias = spec.bias.empty() ? Bias::None : Bias::First;
  if (!spec.addition) {
    vx.stages.combine = Combine::Scale;
    vx.result = rescaleOf(spec.requantization);
    return;
  }
  vx.rescale = rescaleOf(spec.requantization);
  vx.stages.combine = Combine::Add;
  vx.stages.zeroPoint = spec.requantization.zeroPoint;
  vx.scale = spec.addition->scale;
  vx.result = rescaleOf(spec.addition->result);
  vx.operand.zeroPoint = spec.addition->type.zeroPoint;
  vx.operand.element =
      spec.addition->type.isUnsigned ? OperandType::Uint8 : OperandType::Int8;
}

/// Null if there are none.
Slots::Slot *Drain::parametersOf(const Block &block) {
  if (blockWords == 0)
    return nullptr;
  bool isNew = false;
  Slots::Slot &slot = parameters.find({block.column, 0}, isNew);
  int64_t bytes = blockWords * kernel.lanes();
  if (isNew)
    kernel.load(LoadTarget::Parameters, kParameters,
                {block.column * bytes, 0, block.columns * bytes, {}, {}, {}},
                slot.first, {&slot.part});
  return &slot;
}

void Drain::drain(const Block &block) {
  Box box = block.box();
  Pitch pitch = pitchOf(spec.output, box);
  Slots::Slot &out = outputs.next();
  Vector work;
  work.source = block.first;
  work.target = out.first;
  // Accumulators follow each other, whatever the tile: one row of outputs.
  work.width = block.tile.size();
  VxConfig &vx = kernel.schedule.config.vx;
  vx.pitch.x = 1;
  vx.pitch.channel = block.tile.size();
  vx.window.channels = block.columns;
  vx.target.x = pitch.x;
  vx.target.channel = pitch.channel;
  Schedule::Parts reads = {block.part};
  if (Slots::Slot *slot = parametersOf(block)) {
    work.parameters = slot->first;
    reads.push_back(&slot->part);
  }
  if (spec.addition) {
    Slots::Slot &operand = operands.next();
    for (const Transfer &transfer :
         transfersOf(spec.output, box, kernel.lanes(), pitch))
      kernel.load(LoadTarget::Scratchpad, kOperand, transfer, operand.first,
                  {&operand.part});
    vx.operand.x = pitch.x;
    vx.operand.channel = pitch.channel;
    work.operand = operand.first;
    reads.push_back(&operand.part);
  }
  kernel.schedule.add(Format::Vector, work, reads, {&out.part});
  for (const Transfer &transfer :
       transfersOf(spec.output, box, kernel.lanes(), pitch))
    kernel.store(StoreSource::Scratchpad, transfer, out.first, {&out.part});
}

} // namespace systole::sim
