//===- CycleEstimate.cpp - About how long programs take -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/CycleEstimate.h"
#include "hw-sim/model/Extents.h"
#include "hw-sim/model/Timing.h"
#include <algorithm>
#include <deque>

using namespace systole::isa;

namespace systole::sim {

/// What instructions take beside their work, about (docs/hardware/timing.md).
static constexpr int64_t kTransferEnds = 12, kMatmulEnds = 10,
                         kDepthwiseEnds = 20, kVectorEnds = 52;
/// From one window that VX averages to the next.
static constexpr int64_t kAverageCycles = 36;
/// From a signal to the start of what waits for it; from a word of the program
/// to its dispatch.
static constexpr int64_t kTokenCycles = 2, kFetchEnds = 10;

static int64_t ceilDiv(int64_t l, int64_t r) { return (l + r - 1) / r; }

template <typename Config, typename Work>
static CycleEstimate transferCycles(const Machine &machine,
                                    const Config &config, const Work &work,
                                    int64_t latency) {
  const Shape &shape = config.shape;
  int64_t runs =
      work.linear ? 1 : int64_t(shape.count0) * shape.count1 * shape.count2;
  return {runs * (1 + ceilDiv(work.length, machine.transferBytes())),
          latency + int64_t(machine.dram.rowMiss) + kTransferEnds};
}

CycleEstimate estimateCycles(const Machine &machine,
                             const Configuration &configuration,
                             const Instruction &instruction) {
  const auto &[ld, mm, dw, vx, st] = configuration;
  int64_t lanes = machine.lanes(), latency = machine.dram.readLatency;
  auto walk = [](const auto &work, const Window &window) {
    return int64_t(work.width) * work.height * window.channels *
           window.kernelX * window.kernelY;
  };
  switch (instruction.format) {
  case Format::Load:
    return transferCycles(machine, ld, instruction.as<Load>(), latency);
  case Format::Store:
    return transferCycles(machine, st, instruction.as<Store>(),
                          machine.dram.writeLatency);
  case Format::LoadWindow: {
    const LoadWindow &work = instruction.as<LoadWindow>();
    // A row of a window takes as many cycles as words, wherever it begins; the
    // first window needs all its lines, the others come meanwhile.
    int64_t pieces = ld.kernel.kernelY *
                     ceilDiv(ld.kernel.kernelX * ld.picture.channels, lanes);
    int64_t windows = int64_t(work.rows) * ld.kernel.columns;
    int64_t line = ceilDiv(ld.picture.width * ld.picture.channels,
                           machine.transferBytes());
    return {latency + ld.kernel.kernelY * line +
                windows * std::max<int64_t>(pieces, windowWords(machine, ld)),
            kTransferEnds};
  }
  case Format::LoadTiles: {
    const LoadTiles &work = instruction.as<LoadTiles>();
    return {ceilDiv(work.rows, lanes) * lanes * work.blocks, lanes};
  }
  case Format::Matmul: {
    const Stream &work = instruction.as<Stream>();
    int64_t tiles = int64_t(mm.weights.columns) * mm.window.channels *
                    mm.window.kernelX * mm.window.kernelY;
    return {tiles * std::max<int64_t>(work.width * work.height, lanes),
            2 * lanes + kMatmulEnds};
  }
  // DW and VX do one instruction after the other.
  case Format::Depthwise: {
    const Window &window = dw.window;
    const Stream &work = instruction.as<Stream>();
    // The words that a window adds come two a cycle if from two banks.
    int64_t words = window.kernelY * std::min(window.kernelX, window.strideX);
    if (uint64_t(std::abs(int64_t(dw.pitch.y))) >= machine.wordsPerBank())
      words = ceilDiv(words, 2);
    int64_t groups = ceilDiv(window.kernelX * window.kernelY,
                             machine.depthwise.multipliersPerLane);
    return {int64_t(work.width) * work.height * window.channels *
                    std::max(words, groups) +
                kDepthwiseEnds,
            0};
  }
  case Format::Vector: {
    const Vector &work = instruction.as<Vector>();
    int64_t windows = int64_t(work.width) * work.height * vx.window.channels;
    int64_t apart = vx.stages.pool == Pool::Average           ? kAverageCycles
                    : vx.target.element == TargetType::Int16 ? 2
                                                              : 1;
    return {std::max(walk(work, vx.window), windows * apart) + kVectorEnds, 0};
  }
  case Format::Reduce:
    return {walk(instruction.as<Reduce>(), vx.window) + kVectorEnds, 0};
  case Format::LoadTable:
    // An entry a cycle, and two for each word that they come in.
    return {256 + 2 * (512 / lanes), 1};
  default:
    return {1, 1};
  }
}

ProgramEstimate estimateProgram(const Machine &machine,
                                const std::vector<Word> &program) {
  ProgramEstimate estimate;
  Configuration configuration;
  // When each engine is free, when its queue has room, when tokens are given.
  std::array<int64_t, kEngineCount> freeAt = {}, visibleAt = {};
  std::array<std::deque<int64_t>, kEngineCount> starts;
  std::array<std::deque<int64_t>, kSemaphores> tokens;
  int64_t fetch = machine.dram.readLatency + machine.dram.rowMiss + kFetchEnds;
  int64_t check = Timing(machine).checkSteps + 2;
  for (const Word &word : program) {
    Instruction instruction;
    if (decode(word, instruction))
      break;
    fetch += instruction.isSetting() ? 1 : check;
    // The program itself comes over LD's bus.
    freeAt[unsigned(Engine::Ld)] += kInstructionBytes / machine.dram.width;
    estimate.counts.add(countsOf(machine, configuration, instruction));
    if (instruction.isSetting()) {
      configuration.apply(instruction.format, instruction.payload);
      continue;
    }
    unsigned engine = unsigned(instruction.engine());
    std::deque<int64_t> &queue = starts[engine];
    if (queue.size() >= machine.queue) {
      fetch = std::max(fetch, queue.front());
      queue.pop_front();
    }
    int64_t start = std::max(fetch, freeAt[engine]);
    for (int8_t wait : {instruction.tokens.wait0, instruction.tokens.wait1})
      if (wait >= 0) {
        start = std::max(start, tokens[wait].front());
        tokens[wait].pop_front();
      }
    CycleEstimate cycles = estimateCycles(machine, configuration, instruction);
    queue.push_back(start);
    freeAt[engine] = start + cycles.work;
    visibleAt[engine] =
        std::max(visibleAt[engine], freeAt[engine] + cycles.latency);
    estimate.cycles = std::max(estimate.cycles, visibleAt[engine]);
    if (instruction.format == Format::Matmul)
      estimate.streaming += cycles.work;
    for (int8_t signal :
         {instruction.tokens.signal0, instruction.tokens.signal1})
      if (signal >= 0)
        tokens[signal].push_back(visibleAt[engine] + kTokenCycles);
  }
  // LD and ST share the bus.
  int64_t bytes = estimate.counts.bytesRead + estimate.counts.bytesWritten;
  estimate.cycles =
      std::max<int64_t>(estimate.cycles, ceilDiv(bytes, machine.dram.width));
  return estimate;
}

} // namespace systole::sim
