//===- Schedule.cpp - Hand-written order, counted tokens ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/kernels/Schedule.h"
#include <algorithm>
#include <cassert>

using namespace systole::isa;

namespace systole::sim {

static void join(Clock &clock, const Clock &other) {
  for (unsigned i = 0; i < kEngineCount; ++i)
    clock[i] = std::max(clock[i], other[i]);
}

/// Settings of this engine alone: what others see next may be half written.
void Schedule::addSettings(Engine engine, Step &step) {
  current.settingsTo(config,
                     [&](Format format, const Payload &payload, bool isEqual) {
                       Instruction setting;
                       setting.format = format;
                       setting.payload = payload;
                       if (isEqual || setting.engine() != engine)
                         return;
                       step.settings.push_back(setting);
                       current.apply(format, payload);
                     });
}

int8_t Schedule::semaphoreOf(unsigned from, unsigned to) {
  for (size_t i = 0; i < semaphores.size(); ++i)
    if (semaphores[i].from == from && semaphores[i].to == to)
      return i;
  assert(semaphores.size() < kSemaphores && "kernels use few pairs of engines");
  semaphores.push_back({from, to});
  return semaphores.size() - 1;
}

/// Puts the next step of `to`, which is `step`, behind step `number` of `from`.
void Schedule::waitFor(unsigned from, unsigned to, uint32_t number,
                       Step &step) {
  int8_t index = semaphoreOf(from, to);
  const std::vector<size_t> &waits = semaphores[index].waits;
  // A signal behind which 15 tokens lie already would be the 16th: a later step
  // of the engine gives it. All earlier signals stand before step `number`.
  auto isFull = [&](size_t place) {
    return waits.end() - std::upper_bound(waits.begin(), waits.end(), place) >=
           std::ptrdiff_t(kMaxTokens);
  };
  while (number <= issued[from].size() && isFull(issued[from][number - 1]))
    ++number;
  if (number > issued[from].size()) {
    Step sync;
    sync.instruction.format = Format::Sync;
    sync.instruction.payload = Sync{static_cast<Engine>(from)};
    append(std::move(sync));
  }
  Step &signal = steps[issued[from][number - 1]];
  signal.signals.push_back(index);
  step.waits.push_back(index);
  join(clocks[to], signal.after);
}

/// Preconditions: its settings and waits are complete.
void Schedule::append(Step step) {
  unsigned engine = unsigned(step.instruction.engine());
  for (int8_t wait : step.waits)
    semaphores[wait].waits.push_back(steps.size());
  issued[engine].push_back(steps.size());
  clocks[engine][engine] = issued[engine].size();
  step.after = clocks[engine];
  steps.push_back(std::move(step));
}

void Schedule::add(Format format, Payload payload, const Parts &reads,
                   const Parts &writes) {
  Step step;
  step.instruction.format = format;
  step.instruction.payload = std::move(payload);
  unsigned engine = unsigned(step.instruction.engine());
  Clock needs = {};
  for (const Part *part : reads)
    join(needs, part->writes);
  for (const Part *part : writes) {
    join(needs, part->reads);
    join(needs, part->writes);
  }
  needs[engine] = 0;
  // What the next step of the engine is not behind already; of these, one that
  // is behind another one does for both.
  const Clock before = clocks[engine];
  auto isNeeded = [&](unsigned from) { return needs[from] > before[from]; };
  auto isCovered = [&](unsigned from) {
    for (unsigned other = 0; other < kEngineCount; ++other)
      if (other != from && isNeeded(other) &&
          steps[issued[other][needs[other] - 1]].after[from] >= needs[from])
        return true;
    return false;
  };
  for (unsigned from = 0; from < kEngineCount; ++from)
    if (isNeeded(from) && !isCovered(from))
      waitFor(from, engine, needs[from], step);
  addSettings(step.instruction.engine(), step);
  append(std::move(step));
  for (Part *part : reads)
    part->reads[engine] = issued[engine].size();
  for (Part *part : writes)
    part->writes[engine] = issued[engine].size();
}

std::vector<Instruction> Schedule::finish() const {
  std::vector<Instruction> program;
  for (const Step &step : steps) {
    program.insert(program.end(), step.settings.begin(), step.settings.end());
    Instruction sync;
    sync.format = Format::Sync;
    sync.payload = Sync{step.instruction.engine()};
    // Waits beyond two before it, signals beyond two behind it.
    size_t waits = 0, signals = 0;
    auto takeWaits = [&](Tokens &tokens) {
      for (int8_t *token : {&tokens.wait0, &tokens.wait1})
        if (waits < step.waits.size())
          *token = step.waits[waits++];
    };
    auto takeSignals = [&](Tokens &tokens) {
      for (int8_t *token : {&tokens.signal0, &tokens.signal1})
        if (signals < step.signals.size())
          *token = step.signals[signals++];
    };
    while (step.waits.size() - waits > 2) {
      program.push_back(sync);
      takeWaits(program.back().tokens);
    }
    program.push_back(step.instruction);
    takeWaits(program.back().tokens);
    takeSignals(program.back().tokens);
    while (signals < step.signals.size()) {
      program.push_back(sync);
      takeSignals(program.back().tokens);
    }
  }
  return program;
}

} // namespace systole::sim
