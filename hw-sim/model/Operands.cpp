//===- Operands.cpp - The operands of an instruction as loops -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One function for each kind of instruction, each a transcription of Isa.td.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/Operands.h"
#include "hw-sim/model/Extents.h"

using namespace systole::isa;

namespace systole::sim {

using Operands = std::vector<OperandAccess>;

static int64_t ceilDiv(int64_t l, int64_t r) { return (l + r - 1) / r; }

/// `count` units from `first` on.
static Affine runOf(int64_t first, int64_t count) {
  Affine affine{first};
  affine.run = count;
  return affine;
}

//===----------------------------------------------------------------------===//
// What settings mean
//===----------------------------------------------------------------------===//

bool usesOperand(const VxConfig &config) {
  Combine combine = config.stages.combine;
  return combine != isa::Combine::None && combine != isa::Combine::Scale;
}

/// Whether step 6 of vx rescales.
static bool usesResult(const VxConfig &config) {
  Combine combine = config.stages.combine;
  return combine != isa::Combine::None && combine != isa::Combine::RowMultiply;
}

int64_t parameterBlockWords(const VxConfig &config) {
  bool perColumn =
      (config.rescale.perColumn && config.rescale.rounding != Rounding::None) ||
      (config.result.perColumn && config.result.rounding != Rounding::None &&
       usesResult(config));
  // Biases: 4 bytes a column; multipliers: 4; shifts: 1.
  if (perColumn)
    return 4 + 4 + 1;
  return config.stages.bias != Bias::None ? 4 : 0;
}

int64_t wordsOf(VectorSource source) {
  return source == VectorSource::Int16 ? 2 : 1;
}
int64_t wordsOf(OperandType type) { return type == OperandType::Int16 ? 2 : 1; }
int64_t wordsOf(TargetType type) { return type == TargetType::Int16 ? 2 : 1; }

Memory memoryOf(VectorSource source) {
  if (source == VectorSource::Accumulators)
    return Memory::Accumulators;
  return source == VectorSource::Depthwise ? Memory::Depthwise
                                           : Memory::Scratchpad;
}
Memory memoryOf(LoadTarget target) {
  switch (target) {
  case LoadTarget::Scratchpad:
    return Memory::Scratchpad;
  case LoadTarget::Weights:
    return Memory::Weights;
  case LoadTarget::Parameters:
    return Memory::Parameters;
  case LoadTarget::Accumulators:
    return Memory::Accumulators;
  }
  return Memory::Scratchpad;
}
Memory memoryOf(StoreSource source) {
  if (source == StoreSource::Scratchpad)
    return Memory::Scratchpad;
  return source == StoreSource::Accumulators ? Memory::Accumulators
                                             : Memory::Depthwise;
}

int64_t windowWords(const Machine &machine, const LdConfig &config) {
  return ceilDiv(int64_t(config.kernel.kernelX) * config.kernel.kernelY *
                     config.picture.channels,
                 machine.lanes());
}

//===----------------------------------------------------------------------===//
// Transfers
//===----------------------------------------------------------------------===//

/// Both sides of ld and st: runs in DRAM and on chip.
template <typename Config, typename Work>
static void addTransfer(const Machine &machine, const Config &config,
                        const Work &work, Memory memory, int64_t onChip,
                        bool isLoad, Operands &operands) {
  Affine dram =
      runOf(config.base[work.base].address + work.offset, work.length);
  Affine chip = runOf(onChip, ceilDiv(work.length, machine.unitBytes(memory)));
  if (!work.linear) {
    const Shape &n = config.shape;
    const Steps &s = config.steps;
    const Strides &t = config.strides;
    dram.loops = {
        {{n.count0, s.step0}, {n.count1, s.step1}, {n.count2, s.step2}}};
    chip.loops = {
        {{n.count0, t.stride0}, {n.count1, t.stride1}, {n.count2, t.stride2}}};
  }
  operands.push_back({Memory::Dram, !isLoad, dram});
  operands.push_back({memory, isLoad, chip});
}

static void addWindow(const Machine &machine, const LdConfig &config,
                      const LoadWindow &work, Operands &operands) {
  const isa::Picture &picture = config.picture;
  LineReads lines;
  lines.base = config.base[work.base].address + work.offset;
  lines.pitch = picture.pitch;
  lines.bytes = int64_t(picture.width) * picture.channels;
  lines.row = work.row;
  lines.rows = work.rows;
  lines.stride = config.kernel.strideY;
  lines.reach = config.kernel.kernelY;
  lines.height = picture.height;
  operands.push_back({Memory::Dram, false, lines});
  operands.push_back(
      {Memory::Scratchpad, true,
       runOf(work.target, work.rows * windowWords(machine, config) *
                              config.kernel.columns)});
}

static void addTiles(const Machine &machine, const LdConfig &config,
                     const LoadTiles &work, Operands &operands) {
  int64_t lanes = machine.lanes();
  Affine source{work.source};
  source.loops[0] = {work.rows, config.tilePitch.row};
  source.loops[1] = {work.blocks, config.tilePitch.block};
  operands.push_back({Memory::Scratchpad, false, source});
  Affine target = runOf(work.target, lanes);
  target.loops[0] = {ceilDiv(work.rows, lanes),
                     lanes * config.tilePitch.rowTile};
  target.loops[1] = {work.blocks, lanes * config.tilePitch.blockTile};
  operands.push_back({Memory::Weights, true, target});
}

//===----------------------------------------------------------------------===//
// MM, DW and VX
//===----------------------------------------------------------------------===//

/// What mm and dw have in common: input, weights, zero points, accumulators.
/// `blocks` blocks of outputs with `words` weight words each.
template <typename Config>
static void addStream(const Config &config, const Stream &work, Memory target,
                      int64_t blocks, int64_t words, Operands &operands) {
  PictureView picture(config, work);
  operands.push_back({Memory::Scratchpad, false, PictureReads{picture, 1}});
  operands.push_back(
      {Memory::Weights, false, runOf(work.weights, blocks * words)});
  if (config.weights.zeroPoints)
    operands.push_back(
        {Memory::Weights, false, runOf(config.weights.zeroPointWord, blocks)});
  Affine rows = runOf(work.target, blocks * picture.outputs());
  if (work.accumulate)
    operands.push_back({target, false, rows});
  operands.push_back({target, true, rows});
}

/// Places of vx that have a word, or two, for each output.
template <typename Pitches, typename Work>
static Affine outputs(const VxConfig &config, const Work &work, int64_t first,
                      const Pitches &pitches, int64_t run) {
  Affine affine = runOf(first, run);
  affine.loops = {{{work.width, pitches.x},
                   {work.height, pitches.y},
                   {config.window.channels, pitches.channel}}};
  return affine;
}

template <typename Work>
static void addSource(const VxConfig &config, const Work &work,
                      Operands &operands) {
  operands.push_back(
      {memoryOf(config.stages.source), false,
       PictureReads{PictureView(config, work), wordsOf(config.stages.source)}});
}

static void addVector(const VxConfig &config, const Vector &work,
                      Operands &operands) {
  addSource(config, work, operands);
  operands.push_back({Memory::Scratchpad, true,
                      outputs(config, work, work.target, config.target,
                              wordsOf(config.target.element))});
  if (usesOperand(config))
    operands.push_back({Memory::Scratchpad, false,
                        outputs(config, work, work.operand, config.operand,
                                wordsOf(config.operand.element))});
  if (int64_t words = parameterBlockWords(config))
    operands.push_back(
        {Memory::Parameters, false,
         runOf(work.parameters, words * config.window.channels)});
}

Operands operandsOf(const Machine &machine, const Configuration &configuration,
                    const Instruction &instruction) {
  Operands operands;
  const auto &[ld, mm, dw, vx, st] = configuration;
  int64_t lanes = machine.lanes();
  switch (instruction.format) {
  case Format::Load: {
    const Load &work = instruction.as<Load>();
    addTransfer(machine, ld, work, memoryOf(work.to), work.target, true,
                operands);
    break;
  }
  case Format::Store: {
    const Store &work = instruction.as<Store>();
    addTransfer(machine, st, work, memoryOf(work.from), work.source, false,
                operands);
    break;
  }
  case Format::LoadWindow:
    addWindow(machine, ld, instruction.as<LoadWindow>(), operands);
    break;
  case Format::LoadTiles:
    addTiles(machine, ld, instruction.as<LoadTiles>(), operands);
    break;
  case Format::Matmul:
    addStream(
        mm, instruction.as<Stream>(), Memory::Accumulators, mm.weights.columns,
        lanes * mm.window.channels * mm.window.kernelX * mm.window.kernelY,
        operands);
    break;
  case Format::Depthwise:
    addStream(dw, instruction.as<Stream>(), Memory::Depthwise,
              dw.window.channels, dw.window.kernelX * dw.window.kernelY,
              operands);
    break;
  case Format::Vector:
    addVector(vx, instruction.as<Vector>(), operands);
    break;
  case Format::Reduce: {
    const Reduce &work = instruction.as<Reduce>();
    addSource(vx, work, operands);
    operands.push_back({Memory::Scratchpad, true,
                        outputs(vx, work, work.target, vx.target, 1)});
    break;
  }
  case Format::LoadTable: {
    const LoadTable &work = instruction.as<LoadTable>();
    int64_t bytes = work.entries == TableType::Int16 ? 512 : 256;
    operands.push_back(
        {Memory::Parameters, false, runOf(work.source, ceilDiv(bytes, lanes))});
    break;
  }
  default:
    break;
  }
  return operands;
}

} // namespace systole::sim
