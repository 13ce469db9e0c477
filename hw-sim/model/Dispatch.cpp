//===- Dispatch.cpp - Which instructions fault ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The faults in their order of precedence: opcode, field, extent, program,
// overlap, semaphore.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/Dispatch.h"
#include "hw-sim/isa/Formats.h"
#include "hw-sim/model/Operands.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

/// Taps whose weights DW holds.
static constexpr int64_t kMaxDepthwiseTaps = 64;
/// Words, rows or taps that an instruction may walk over. Memories bound mm and
/// dw; loops with a stride of zero would go on for years.
static constexpr int64_t kMaxSteps = int64_t(1) << 24;

//===----------------------------------------------------------------------===//
// Fields
//===----------------------------------------------------------------------===//

static std::string padProblem(const Machine &machine, const char *name,
                              uint64_t pad) {
  if (pad < machine.lanes())
    return "";
  return "'" + std::string(name) + "' is " + std::to_string(pad) +
         ", but the machine has " + std::to_string(machine.lanes()) + " lanes";
}

static std::string streamProblem(const Stream &work) {
  int32_t low = work.unsignedInput ? 0 : -128;
  if (work.zeroPoint >= low && work.zeroPoint <= low + 255)
    return "";
  return "'zero_point' is " + std::to_string(work.zeroPoint) +
         ", which no input of this type can be";
}

static std::string depthwiseProblem(const Machine &machine,
                                    const DwConfig &config,
                                    const Stream &work) {
  int64_t taps = PictureView(config, work).taps();
  if (taps > kMaxDepthwiseTaps)
    return "the kernel has " + std::to_string(taps) + " taps, more than " +
           std::to_string(kMaxDepthwiseTaps);
  std::string problem = padProblem(machine, "pad_n", config.weights.padN);
  return problem.empty() ? streamProblem(work) : problem;
}

static std::string matmulProblem(const Machine &machine, const MmConfig &config,
                                 const Stream &work) {
  for (auto [name, pad] : {std::pair("pad_k", config.weights.padK),
                           std::pair("pad_n", config.weights.padN)})
    if (std::string problem = padProblem(machine, name, pad); !problem.empty())
      return problem;
  return streamProblem(work);
}

static std::string windowProblem(const Machine &machine,
                                 const LdConfig &config) {
  uint64_t kernel = std::max(config.kernel.kernelX, config.kernel.kernelY);
  uint64_t line = uint64_t(config.picture.width) * config.picture.channels;
  if (kernel > machine.window.kernel)
    return "the kernel has " + std::to_string(kernel) +
           " rows or columns, the machine window.kernel = " +
           std::to_string(machine.window.kernel);
  if (line > machine.window.lineBytes)
    return "a row has " + std::to_string(line) +
           " bytes, the machine window.line_bytes = " +
           std::to_string(machine.window.lineBytes);
  return "";
}

/// Holds the product of `counts` against kMaxSteps.
static std::string stepsProblem(std::initializer_list<int64_t> counts) {
  int64_t steps = 1;
  for (int64_t count : counts)
    if ((steps *= count) > kMaxSteps)
      return "it takes more than " + std::to_string(kMaxSteps) + " steps";
  return "";
}

template <typename Config, typename Work>
static std::string transferProblem(const Machine &machine, const Config &config,
                                   const Work &work) {
  if (work.linear)
    return "";
  return stepsProblem({config.shape.count0, config.shape.count1,
                       config.shape.count2,
                       1 + int64_t(work.length) / int64_t(machine.lanes())});
}

/// Windows that vx walks over.
template <typename Work>
static std::string windowSteps(const VxConfig &config, const Work &work) {
  return stepsProblem({work.width, work.height, config.window.channels,
                       PictureView(config, work).taps()});
}

static std::string vectorProblem(const VxConfig &config) {
  const Stages &stages = config.stages;
  if (stages.pool == Pool::None &&
      config.window.kernelX * config.window.kernelY > 1)
    return "the window has several taps and nothing pools them";
  if (config.rescale.perColumn && config.result.perColumn)
    return "both rescalings are per column";
  if (stages.combine == Combine::RowMultiply &&
      config.operand.element != OperandType::Row)
    return "the operand of row_multiply is not of type row";
  if (stages.bias == Bias::Product && (stages.combine == Combine::None ||
                                       stages.combine == Combine::RowMultiply))
    return "a bias on the product needs a result that is rescaled";
  return "";
}

static std::string reduceProblem(const Machine &machine, const VxConfig &config,
                                 const Reduce &work) {
  const Stages &stages = config.stages;
  if (stages.bias != Bias::None || stages.lookup != Lookup::None ||
      stages.pool != Pool::None || stages.combine != Combine::None)
    return "'stages' has a bias, lookup, pool or combine";
  return padProblem(machine, "pad", work.pad);
}

std::string illegalFields(const Machine &machine,
                          const Configuration &configuration,
                          const Instruction &instruction) {
  auto either = [](const std::string &l, const std::string &r) {
    return l.empty() ? r : l;
  };
  const VxConfig &vx = configuration.vx;
  switch (instruction.format) {
  case Format::Load:
    return transferProblem(machine, configuration.ld, instruction.as<Load>());
  case Format::Store:
    return transferProblem(machine, configuration.st, instruction.as<Store>());
  case Format::LoadTiles: {
    const LoadTiles &work = instruction.as<LoadTiles>();
    return stepsProblem({work.rows, work.blocks});
  }
  case Format::LoadWindow:
    return windowProblem(machine, configuration.ld);
  case Format::Matmul:
    return matmulProblem(machine, configuration.mm, instruction.as<Stream>());
  case Format::Depthwise:
    return depthwiseProblem(machine, configuration.dw,
                            instruction.as<Stream>());
  case Format::Vector:
    return either(vectorProblem(vx), windowSteps(vx, instruction.as<Vector>()));
  case Format::Reduce:
    return either(reduceProblem(machine, vx, instruction.as<Reduce>()),
                  windowSteps(vx, instruction.as<Reduce>()));
  default:
    return "";
  }
}

//===----------------------------------------------------------------------===//
// Extents and overlap
//===----------------------------------------------------------------------===//

static std::string outsideProblem(const Machine &machine,
                                  const Extent &extent) {
  int64_t units = machine.unitsOf(extent.memory);
  if (extent.first >= 0 && extent.last < units)
    return "";
  return std::string(extent.isWrite ? "writes " : "reads ") +
         std::to_string(extent.first) + " to " + std::to_string(extent.last) +
         " of " + nameOf(extent.memory) + ", which ends at " +
         std::to_string(units);
}

/// The places of a picture's windows as loops, if each has one tap that is
/// always there.
static std::optional<Affine> asAffine(const PictureReads &reads) {
  const PictureView &picture = reads.picture;
  if (picture.taps() > 1 || picture.window.edged || picture.ring.size > 0)
    return std::nullopt;
  Affine affine{picture.source};
  affine.loops = {
      {{picture.width, int64_t(picture.pitch.x) * picture.window.strideX},
       {picture.height, int64_t(picture.pitch.y) * picture.window.strideY},
       {picture.window.channels, picture.pitch.channel}}};
  affine.run = reads.run;
  return affine;
}

static bool doOverlap(const std::optional<Extent> &l,
                      const std::optional<Extent> &r) {
  return l && r && l->first <= r->last && r->first <= l->last;
}

static bool areSame(const Affine &l, const Affine &r) {
  if (l.first != r.first || l.run != r.run)
    return false;
  for (unsigned i = 0; i < l.loops.size(); ++i)
    if (l.loops[i].count > 1 && l.loops[i].stride != r.loops[i].stride)
      return false;
  return true;
}

/// Whether every step of the loops has words of its own: each stride, in order
/// of size, reaches over all that the smaller ones cover. Were a word visited
/// twice, what the second reading sees would depend on the pipeline.
static bool hasDistinctPlaces(const Affine &affine) {
  std::vector<std::pair<int64_t, int64_t>> strides;
  for (const Loop &loop : affine.loops)
    if (loop.count > 1)
      strides.push_back({std::abs(loop.stride), loop.count});
  std::sort(strides.begin(), strides.end());
  int64_t span = affine.run;
  for (auto [stride, count] : strides) {
    if (stride < span)
      return false;
    span += stride * (count - 1);
  }
  return true;
}

/// Whether a vx instruction reads and writes the same words, and not each once
/// and in the same order; then says so.
static std::string overlapProblem(const std::vector<OperandAccess> &operands) {
  for (const OperandAccess &target : operands) {
    for (const OperandAccess &source : operands) {
      if (!target.isWrite || source.isWrite ||
          source.memory != Memory::Scratchpad ||
          target.memory != Memory::Scratchpad ||
          !doOverlap(extentOf(source), extentOf(target)))
        continue;
      const auto *picture = std::get_if<PictureReads>(&source.places);
      std::optional<Affine> read =
          picture ? asAffine(*picture) : std::get<Affine>(source.places);
      std::string names = picture ? "source" : "operand";
      if (!read || !areSame(*read, std::get<Affine>(target.places)))
        return names + " and target overlap at different addresses";
      if (!hasDistinctPlaces(*read))
        return names + " and target are the same words, some of them several "
                       "times";
    }
  }
  return "";
}

//===----------------------------------------------------------------------===//
// Dispatch
//===----------------------------------------------------------------------===//

Dispatcher::Dispatcher(const Machine &machine, uint64_t programAddress,
                       uint64_t programBytes)
    : machine(machine),
      program{Memory::Dram, false, static_cast<int64_t>(programAddress),
              static_cast<int64_t>(programAddress + programBytes) - 1} {}

std::optional<DispatchProblem>
Dispatcher::checkWork(const Instruction &instruction) const {
  if (instruction.engine() == Engine::Dw && !machine.hasDepthwise())
    return DispatchProblem{Fault::Opcode,
                           "the machine has no depthwise multipliers"};
  if (std::string problem = illegalFields(machine, current, instruction);
      !problem.empty())
    return DispatchProblem{Fault::Field, problem};
  std::vector<OperandAccess> operands =
      operandsOf(machine, current, instruction);
  for (const OperandAccess &operand : operands)
    if (std::optional<Extent> extent = extentOf(operand))
      if (std::string problem = outsideProblem(machine, *extent);
          !problem.empty())
        return DispatchProblem{Fault::Extent, problem};
  for (const OperandAccess &operand : operands)
    if (operand.memory == Memory::Dram && operand.isWrite &&
        doOverlap(extentOf(operand), program))
      return DispatchProblem{Fault::Program, "writes into the program"};
  // Others read and write different memories, or the same place in one step.
  if (instruction.engine() == Engine::Vx)
    if (std::string problem = overlapProblem(operands); !problem.empty())
      return DispatchProblem{Fault::Overlap, problem};
  return std::nullopt;
}

/// Counts the tokens of an instruction, all of them; says what is wrong first.
std::string Dispatcher::takeTokens(const Instruction &instruction) {
  int engine = static_cast<int>(instruction.engine());
  const Tokens &tokens = instruction.tokens;
  std::string first;
  auto report = [&](const std::string &problem) {
    if (first.empty())
      first = problem;
  };
  // One engine on each side, found out by whoever comes first.
  auto claim = [&](int &owner, int8_t number, const char *verb) {
    if (owner >= 0 && owner != engine)
      report("semaphore " + std::to_string(number) + " is already " + verb +
             " by " + nameOf(static_cast<Engine>(owner)));
    else
      owner = engine;
  };
  for (int8_t number : {tokens.wait0, tokens.wait1}) {
    if (number < 0)
      continue;
    Semaphore &semaphore = semaphores[number];
    claim(semaphore.waits, number, "waited for");
    if (semaphore.tokens == 0)
      report("waits for semaphore " + std::to_string(number) +
             ", which no earlier instruction has signalled");
    else
      --semaphore.tokens;
  }
  for (int8_t number : {tokens.signal0, tokens.signal1}) {
    if (number < 0)
      continue;
    Semaphore &semaphore = semaphores[number];
    claim(semaphore.signals, number, "signalled");
    if (semaphore.tokens == kMaxTokens)
      report("signals semaphore " + std::to_string(number) + ", which has " +
             std::to_string(kMaxTokens) + " tokens");
    else
      ++semaphore.tokens;
  }
  return first;
}

std::optional<DispatchProblem> Dispatcher::dispatch(const Word &word,
                                                    Instruction &instruction) {
  if (std::optional<DecodeProblem> problem = decode(word, instruction))
    return DispatchProblem{problem->fault, problem->message};
  if (instruction.isSetting()) {
    current.apply(instruction.format, instruction.payload);
    return std::nullopt;
  }
  std::optional<DispatchProblem> problem = checkWork(instruction);
  std::string tokens = takeTokens(instruction);
  if (!problem && !tokens.empty())
    problem = DispatchProblem{Fault::Semaphore, tokens};
  if (problem)
    problem->message =
        infoOf(instruction.format).mnemonic + (": " + problem->message);
  return problem;
}

std::vector<ProgramFault> findFaults(const Machine &machine, uint64_t address,
                                     const std::vector<Word> &program) {
  std::vector<ProgramFault> faults;
  Dispatcher dispatcher(machine, address, program.size() * kInstructionBytes);
  Instruction instruction;
  for (uint32_t i = 0; i < program.size(); ++i)
    if (auto problem = dispatcher.dispatch(program[i], instruction))
      faults.push_back({i, *problem});
  return faults;
}

} // namespace systole::sim
