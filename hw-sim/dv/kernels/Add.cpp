//===- Add.cpp - Additions of two pictures --------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Both pictures are the same bytes in the same order, so what they are does not
// matter: a row of words is cut into pieces, double-buffered, each operand in
// banks of its own.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/kernels/Drain.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

/// Outputs of one instruction.
static constexpr int64_t kMaxWidth = 4096;

/// Words of a piece: few enough that two of each of three fit, that loading the
/// first and storing the last take little, and that there are 16 of them.
static int64_t pieceWords(const Machine &machine, int64_t words) {
  int64_t fitting = std::max<int64_t>(machine.scratchpadWords() / 6, 1);
  int64_t few = std::max<int64_t>(ceilDiv(words, 16), machine.lanes());
  return std::min({fitting, few, kMaxWidth});
}

MaybeImage makeAdd(const Machine &machine, const AddSpec &spec,
                   std::string &problem) {
  problem = geometryProblem({spec.input, Taps()}, machine.lanes());
  if (machine.scratchpadWords() < 6)
    problem = "the scratchpad of machine '" + machine.name +
              "' holds less than six words";
  if (!problem.empty())
    return std::nullopt;
  Kernel kernel(machine);
  kernel.addTensor("x", Tensor::Role::Input, kInput, spec.input,
                   elementOf(spec.type.isUnsigned));
  kernel.addTensor("r", Tensor::Role::Input, kOperand, spec.input,
                   elementOf(spec.addition.type.isUnsigned));
  kernel.addTensor("y", Tensor::Role::Output, kInput, spec.input,
                   elementOf(spec.addition.result.low >= 0));
  VxConfig &vx = kernel.schedule.config.vx;
  vx.stages.source =
      spec.type.isUnsigned ? VectorSource::Uint8 : VectorSource::Int8;
  vx.stages.combine = Combine::Add;
  vx.stages.zeroPoint = spec.type.zeroPoint;
  vx.operand.element =
      spec.addition.type.isUnsigned ? OperandType::Uint8 : OperandType::Int8;
  vx.operand.zeroPoint = spec.addition.type.zeroPoint;
  vx.scale = spec.addition.scale;
  vx.result = rescaleOf(spec.addition.result);
  vx.pitch.x = vx.target.x = vx.operand.x = 1;
  int64_t lanes = kernel.lanes(), bytes = spec.input.bytes(lanes);
  int64_t words = pieceWords(machine, ceilDiv(bytes, lanes));
  std::vector<Region> regions =
      splitScratchpad(machine, {2 * words, 2 * words});
  Slots outputs(regions[0].first, words, 2), right(regions[1].first, words, 2),
      left(regions[2].first, words, 2);
  for (auto [first, size] : piecesOf(bytes, words * lanes)) {
    Transfer transfer = {first, 0, size, {}, {}, {}};
    Slots::Slot &l = left.next(), &r = right.next(), &out = outputs.next();
    kernel.load(LoadTarget::Scratchpad, kInput, transfer, l.first, {&l.part});
    kernel.load(LoadTarget::Scratchpad, kOperand, transfer, r.first, {&r.part});
    Vector work;
    work.source = l.first;
    work.operand = r.first;
    work.target = out.first;
    work.width = ceilDiv(size, lanes);
    kernel.schedule.add(Format::Vector, work, {&l.part, &r.part}, {&out.part});
    kernel.store(StoreSource::Scratchpad, transfer, out.first, {&out.part});
  }
  return kernel.finish("add", "Add", problem);
}

} // namespace systole::sim
