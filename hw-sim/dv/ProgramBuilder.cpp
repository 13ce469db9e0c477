//===- ProgramBuilder.cpp - Legal programs without races ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Signals may be added to instructions that are in the program already: of one
// semaphore, signals and waits stay in the same order, because a new signal
// stands behind the last one.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/ProgramBuilder.h"
#include "hw-sim/model/CycleEstimate.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

static void join(Clock &clock, const Clock &other) {
  for (unsigned i = 0; i < kEngineCount; ++i)
    clock[i] = std::max(clock[i], other[i]);
}

ProgramBuilder::ProgramBuilder(const Machine &machine, Randomness &random,
                               int64_t calm)
    : machine(machine), random(random),
      eagerness(calm * random.of<int64_t>({3, 10, 40})),
      patience(calm * random.of<int64_t>({2, 5, 20})) {
  for (unsigned i = 0; i < kMemoryCount; ++i)
    if (Memory memory = static_cast<Memory>(i); memory != Memory::Dram)
      onChip[i].resize(machine.unitsOf(memory));
  chooseSemaphores();
}

std::vector<unsigned> ProgramBuilder::enginesHere() const {
  std::vector<unsigned> engines;
  for (unsigned i = 0; i < kEngineCount; ++i)
    if (static_cast<Engine>(i) != Engine::Dw || machine.hasDepthwise())
      engines.push_back(i);
  return engines;
}

Engine ProgramBuilder::idlest() const {
  std::vector<unsigned> engines = enginesHere();
  return static_cast<Engine>(
      *std::min_element(engines.begin(), engines.end(), [&](auto l, auto r) {
        return freeAt[l] < freeAt[r];
      }));
}

/// A ring through all engines, so that each can reach each, and others.
void ProgramBuilder::chooseSemaphores() {
  std::vector<unsigned> engines = enginesHere();
  random.shuffle(engines);
  unsigned count = engines.size();
  for (unsigned i = 0; i < count; ++i)
    semaphores.emplace_back(engines[i], engines[(i + 1) % count]);
  for (int64_t more = random.pick(4, kSemaphores - count); more > 0; --more) {
    unsigned from = random.pick(0, count - 1);
    unsigned to = (from + random.pick(1, count - 1)) % count;
    semaphores.emplace_back(engines[from], engines[to]);
  }
  semaphores.resize(kSemaphores, Semaphore(kEngineCount, kEngineCount));
  random.shuffle(semaphores);
}

std::vector<unsigned> ProgramBuilder::semaphoresOf(unsigned from,
                                                   unsigned to) const {
  std::vector<unsigned> found;
  for (unsigned i = 0; i < kSemaphores; ++i)
    if (semaphores[i].from == from && semaphores[i].to == to)
      found.push_back(i);
  return found;
}

ProgramBuilder::Unit &ProgramBuilder::unitAt(Memory memory, int64_t index) {
  return memory == Memory::Dram ? inDram[index]
                                : onChip[unsigned(memory)][index];
}

//===----------------------------------------------------------------------===//
// Settings
//===----------------------------------------------------------------------===//

void ProgramBuilder::addSettings(const Configuration &wanted) {
  current.settingsTo(wanted,
                     [&](Format format, const Payload &payload, bool isEqual) {
                       // Now and then one that changes nothing.
                       bool isBase = std::holds_alternative<Base>(payload);
                       if (isEqual && (isBase || !random.oneIn(100)))
                         return;
                       Instruction setting;
                       setting.format = format;
                       setting.payload = payload;
                       program.push_back(setting);
                     });
  current = wanted;
}

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

/// For each engine, the last instruction that has to be over before.
Clock ProgramBuilder::needsOf(const Instruction &instruction) {
  Clock needs = {};
  forEachAccess(machine, current, instruction, [&](const Access &access) {
    for (int64_t i = 0; i < access.count; ++i) {
      const Unit &unit = unitAt(access.memory, access.first + i);
      join(needs, unit.writes);
      if (access.isWrite)
        join(needs, unit.reads);
    }
  });
  return needs;
}

/// Adds signal `semaphore` to an instruction of its engine, if it has room and
/// no more than 15 tokens arise.
bool ProgramBuilder::trySignal(Semaphore &semaphore, uint32_t number) {
  if (number <= semaphore.lastSignal)
    return false;
  size_t place = issued[semaphore.from][number - 1].place;
  // Tokens that are there behind that instruction.
  size_t tokens =
      semaphore.open.size() +
      (semaphore.waits.end() -
       std::upper_bound(semaphore.waits.begin(), semaphore.waits.end(), place));
  Tokens &named = program[place].tokens;
  if (tokens >= kMaxTokens || named.signal1 >= 0)
    return false;
  int8_t index = &semaphore - semaphores.data();
  if (named.signal0 < 0 && !random.oneIn(3))
    named.signal0 = index;
  else
    named.signal1 = index;
  semaphore.lastSignal = number;
  semaphore.open.push_back(number);
  return true;
}

/// A signal of instruction `number` of the engine, or of a later one.
void ProgramBuilder::signalFrom(Semaphore &semaphore, uint32_t number) {
  uint32_t last = issued[semaphore.from].size();
  for (unsigned i = 0; i < 3 && number <= last; ++i)
    if (trySignal(semaphore, random.pick(number, last)))
      return;
  trySignal(semaphore, addSync(semaphore.from, {}));
}

/// An engine on the way: the nearest to `to` that `from` signals.
unsigned ProgramBuilder::viaEngine(unsigned from, unsigned to) const {
  std::array<unsigned, kEngineCount> distance;
  distance.fill(kEngineCount);
  distance[to] = 0;
  for (unsigned step = 0; step < kEngineCount; ++step)
    for (const Semaphore &semaphore : semaphores)
      if (semaphore.from < kEngineCount)
        distance[semaphore.from] =
            std::min(distance[semaphore.from], distance[semaphore.to] + 1);
  unsigned best = to;
  unsigned least = kEngineCount + 1;
  for (const Semaphore &semaphore : semaphores)
    if (semaphore.from == from && distance[semaphore.to] < least) {
      least = distance[semaphore.to];
      best = semaphore.to;
    }
  return best;
}

/// Collects waits that put the next instruction of `to` behind instruction
/// `number` of `from`.
void ProgramBuilder::waitFor(unsigned from, unsigned to, uint32_t number,
                             std::vector<Wait> &waits) {
  std::vector<unsigned> direct = semaphoresOf(from, to);
  if (direct.empty()) {
    unsigned via = viaEngine(from, to);
    std::vector<Wait> first;
    waitFor(from, via, number, first);
    return waitFor(via, to, addSync(via, first), waits);
  }
  unsigned index = random.of(direct);
  Semaphore &semaphore = semaphores[index];
  // Tokens are taken in turn: those that were signalled early come first.
  uint32_t reached = 0;
  while (reached < number) {
    // Tokens that are not taken yet leave no room for another.
    if (waits.size() > kMaxTokens / 2)
      addSync(to, std::exchange(waits, {}));
    // A sync may have been given other signals by chance.
    while (semaphore.open.empty())
      signalFrom(semaphore, std::max(number, semaphore.lastSignal + 1));
    reached = semaphore.open.front();
    semaphore.open.pop_front();
    // Where the wait will stand: at the end, whatever comes before it.
    semaphore.waits.push_back(SIZE_MAX);
    waits.push_back({index, reached});
  }
}

std::vector<ProgramBuilder::Wait> ProgramBuilder::waitsFor(unsigned engine,
                                                           const Clock &needs) {
  std::vector<Wait> waits;
  for (unsigned i = 0; i < kEngineCount; ++i)
    if (i != engine && clocks[engine][i] < needs[i])
      waitFor(i, engine, needs[i], waits);
  for (unsigned i = 0; i < kSemaphores; ++i) {
    Semaphore &semaphore = semaphores[i];
    if (semaphore.to != engine || semaphore.open.empty() ||
        !random.oneIn(patience))
      continue;
    waits.push_back({i, semaphore.open.front()});
    semaphore.open.pop_front();
    semaphore.waits.push_back(SIZE_MAX);
  }
  return waits;
}

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

/// Whether it moves data to or from DRAM.
static bool usesBus(const Instruction &instruction) {
  return instruction.format == Format::Load ||
         instruction.format == Format::LoadWindow ||
         instruction.format == Format::Store;
}

/// About how much longer a transfer takes because only so many requests, of
/// some beats, are on their way.
static int64_t answerCycles(const Machine &machine, int64_t beats) {
  constexpr int64_t kBeats = 8;
  return beats * (machine.dram.readLatency + machine.dram.rowMiss) /
         (kBeats * machine.dram.outstanding);
}

/// Appends an instruction with `count` waits, at most two of two semaphores.
void ProgramBuilder::place(Instruction instruction, const Wait *waits,
                           unsigned count) {
  unsigned engine = unsigned(instruction.engine());
  Clock &clock = clocks[engine];
  int64_t start = freeAt[engine];
  for (unsigned i = 0; i < count; ++i) {
    Semaphore &semaphore = semaphores[waits[i].semaphore];
    const Work &signal = issued[semaphore.from][waits[i].signal - 1];
    join(clock, signal.after);
    start = std::max(start, signal.end);
    (i == 0 ? instruction.tokens.wait0 : instruction.tokens.wait1) =
        waits[i].semaphore;
    *std::find(semaphore.waits.begin(), semaphore.waits.end(), SIZE_MAX) =
        program.size();
  }
  clock[engine] = issued[engine].size() + 1;
  CycleEstimate cycles = estimateCycles(machine, current, instruction);
  if (usesBus(instruction)) {
    start = std::max(start, busFreeAt);
    busFreeAt = start + cycles.work + answerCycles(machine, cycles.work);
  }
  freeAt[engine] = start + cycles.work;
  int64_t end = freeAt[engine] + cycles.latency;
  lastCycle = std::max(lastCycle, end);
  issued[engine].push_back({program.size(), clock, end});
  program.push_back(instruction);
  ++numWorks;
}

/// Appends an instruction behind its waits; those beyond two, and two of one
/// semaphore, go to `sync`. Returns its number.
uint32_t ProgramBuilder::emit(Instruction instruction,
                              std::vector<Wait> waits) {
  Instruction sync;
  sync.format = Format::Sync;
  sync.payload = Sync{instruction.engine()};
  size_t first = 0;
  auto taken = [&] {
    size_t left = waits.size() - first;
    bool areTwo =
        left > 1 && waits[first].semaphore != waits[first + 1].semaphore;
    return std::min<size_t>(left, areTwo ? 2 : 1);
  };
  for (size_t count; (count = taken()) < waits.size() - first; first += count)
    place(sync, waits.data() + first, count);
  place(instruction, waits.data() + first, waits.size() - first);
  unsigned engine = unsigned(instruction.engine());
  uint32_t number = issued[engine].size();
  for (Semaphore &semaphore : semaphores)
    if (semaphore.from == engine && random.oneIn(eagerness))
      trySignal(semaphore, number);
  return number;
}

uint32_t ProgramBuilder::addSync(unsigned engine, std::vector<Wait> waits) {
  Instruction sync;
  sync.format = Format::Sync;
  sync.payload = Sync{static_cast<Engine>(engine)};
  return emit(sync, std::move(waits));
}

void ProgramBuilder::add(const Configuration &wanted, Instruction instruction) {
  addSettings(wanted);
  unsigned engine = unsigned(instruction.engine());
  uint32_t number = emit(instruction, waitsFor(engine, needsOf(instruction)));
  forEachAccess(machine, current, instruction, [&](const Access &access) {
    for (int64_t i = 0; i < access.count; ++i) {
      Unit &unit = unitAt(access.memory, access.first + i);
      (access.isWrite ? unit.writes : unit.reads)[engine] = number;
    }
  });
}

void ProgramBuilder::addBurst() {
  unsigned index = random.pick(0, kSemaphores - 1);
  Semaphore &semaphore = semaphores[index];
  if (semaphore.from == kEngineCount)
    return;
  int64_t depth = random.oneIn(2) ? kMaxTokens : random.pick(2, kMaxTokens);
  while (int64_t(semaphore.open.size()) < depth) {
    size_t before = semaphore.open.size();
    uint32_t number = addSync(semaphore.from, {});
    if (semaphore.open.size() == before && !trySignal(semaphore, number))
      return;
  }
}

std::vector<Word> ProgramBuilder::finish() {
  // Syncs that wait may signal in turn, but not for ever.
  eagerness = INT64_MAX;
  for (unsigned i = 0; i < kSemaphores; ++i)
    while (!semaphores[i].open.empty()) {
      Wait wait{i, semaphores[i].open.front()};
      semaphores[i].open.pop_front();
      semaphores[i].waits.push_back(SIZE_MAX);
      addSync(semaphores[i].to, {wait});
    }
  std::vector<Word> words;
  for (const Instruction &instruction : program)
    words.push_back(encode(instruction));
  return words;
}

} // namespace systole::sim
