//===- RandomOrder.cpp - Any order that the rules allow -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Actors (dispatch and the engines) take turns; each turn is one small step.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/dv/RandomOrder.h"
#include "hw-sim/dv/Pieces.h"
#include "hw-sim/isa/Formats.h"
#include "hw-sim/model/Dispatch.h"
#include "hw-sim/model/functional/Kernels.h"
#include <algorithm>
#include <cstring>
#include <deque>

using namespace systole::isa;

namespace systole::sim {

/// Turns for which a piece of DRAM may keep its engine waiting.
static constexpr int64_t kMaxDelay = 40;

namespace {
enum class Phase { Take, Read, Write, Give };

/// An instruction in a queue, the first of them at work.
struct Entry {
  Instruction instruction;
  Configuration configuration;
  Phase phase = Phase::Take;
  /// Semaphores still to be taken, and to be given.
  std::vector<int8_t> waits, signals;
  std::vector<Piece> reads, writes;
  /// Pieces done in this phase.
  size_t done = 0;
};

struct EngineQueue {
  std::deque<Entry> entries;
  /// Before this turn nothing happens: DRAM is slow.
  uint64_t wakesAt = 0;
  /// How often it has its turn, compared with others; how long it may pause.
  int64_t speed = 1, pause = 0;
};
} // namespace

//===----------------------------------------------------------------------===//
// The machine
//===----------------------------------------------------------------------===//

struct RandomOrderDevice::Machinery {
  Machinery(const Machine &machine, uint64_t memorySeed, uint64_t orderSeed,
            const Kernels &kernels)
      : machine(machine), kernels(kernels), state(machine, memorySeed),
        // Another pattern: a read that extents do not tell would show.
        aside(machine, ~memorySeed), random(orderSeed) {}

  Outcome run(uint64_t address, uint64_t count);

private:
  /// Actors are the engines and, as the last one, dispatch.
  static constexpr unsigned kDispatch = kEngineCount;

  bool hasRoom(const Entry &entry) const;
  bool canMove(unsigned actor) const;
  void move(unsigned actor);
  void dispatch();
  void transfer(EngineQueue &engine, Entry &entry, std::vector<Piece> &pieces,
                bool isRead);
  void execute(Entry &entry);
  bool isFinished() const;
  std::optional<unsigned> pickActor();
  std::string stuckText() const;

  const Machine &machine;
  const Kernels &kernels;

public:
  State state;

private:
  State aside;
  Randomness random;
  uint64_t turn = 0;
  std::array<EngineQueue, kEngineCount + 1> actors;
  std::array<unsigned, kSemaphores> tokens;
  /// What dispatch is at.
  std::optional<Dispatcher> dispatcher;
  uint64_t program = 0, next = 0, end = 0;
  /// Dispatched, but not in its queue yet.
  std::optional<Entry> pending;
  std::optional<Outcome> fault;
};

bool RandomOrderDevice::Machinery::isFinished() const {
  return next == end && !pending &&
         std::all_of(actors.begin(), actors.end(),
                     [](const EngineQueue &e) { return e.entries.empty(); });
}

bool RandomOrderDevice::Machinery::hasRoom(const Entry &entry) const {
  return actors[unsigned(entry.instruction.engine())].entries.size() <
         machine.queue;
}

bool RandomOrderDevice::Machinery::canMove(unsigned actor) const {
  if (actor == kDispatch)
    return pending ? hasRoom(*pending) : next < end;
  const EngineQueue &engine = actors[actor];
  if (engine.entries.empty())
    return false;
  const Entry &entry = engine.entries.front();
  if (entry.phase == Phase::Take)
    return entry.waits.empty() || tokens[entry.waits.back()] > 0;
  if (entry.phase == Phase::Give)
    return entry.signals.empty() || tokens[entry.signals.back()] < kMaxTokens;
  return true;
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

/// An instruction on its way to its queue.
static Entry entryOf(const Instruction &instruction,
                     const Configuration &configuration, Randomness &random) {
  Entry entry;
  entry.instruction = instruction;
  entry.configuration = configuration;
  const Tokens &named = instruction.tokens;
  for (int8_t semaphore : {named.wait0, named.wait1})
    if (semaphore >= 0)
      entry.waits.push_back(semaphore);
  for (int8_t semaphore : {named.signal0, named.signal1})
    if (semaphore >= 0)
      entry.signals.push_back(semaphore);
  random.shuffle(entry.waits);
  random.shuffle(entry.signals);
  return entry;
}

void RandomOrderDevice::Machinery::dispatch() {
  if (pending) {
    unsigned engine = unsigned(pending->instruction.engine());
    actors[engine].entries.push_back(std::move(*pending));
    pending.reset();
    return;
  }
  uint8_t bytes[kInstructionBytes];
  state.memories.dram.read(program + next * kInstructionBytes, bytes,
                           sizeof bytes);
  Instruction instruction;
  if (auto problem = dispatcher->dispatch(Word::load(bytes), instruction)) {
    fault = Outcome{problem->fault, next, problem->message};
    end = next;
    return;
  }
  ++next;
  if (!instruction.isSetting())
    pending = entryOf(instruction, dispatcher->configuration(), random);
}

/// One piece, or a few, of a phase.
void RandomOrderDevice::Machinery::transfer(EngineQueue &engine, Entry &entry,
                                            std::vector<Piece> &pieces,
                                            bool isRead) {
  for (int64_t n = random.pick(1, 3); n > 0 && entry.done < pieces.size();
       --n) {
    Piece &piece = pieces[entry.done++];
    if (isRead)
      piece.readFrom(machine, state.memories);
    else
      piece.writeTo(state.memories);
    if (piece.memory == Memory::Dram)
      engine.wakesAt = turn + random.pick(0, kMaxDelay);
  }
}

/// From what was read to what is to be written.
void RandomOrderDevice::Machinery::execute(Entry &entry) {
  for (const Piece &piece : entry.reads)
    piece.writeTo(aside.memories);
  sim::execute(kernels, machine, entry.configuration, entry.instruction, aside);
  entry.writes =
      piecesOf(machine, entry.configuration, entry.instruction, true, random);
  for (Piece &piece : entry.writes)
    piece.readFrom(machine, aside.memories);
}

void RandomOrderDevice::Machinery::move(unsigned actor) {
  if (actor == kDispatch)
    return dispatch();
  EngineQueue &engine = actors[actor];
  Entry &entry = engine.entries.front();
  auto enter = [&](Phase phase) {
    entry.phase = phase;
    entry.done = 0;
  };
  switch (entry.phase) {
  case Phase::Take:
    if (!entry.waits.empty()) {
      --tokens[entry.waits.back()];
      entry.waits.pop_back();
      return;
    }
    entry.reads = piecesOf(machine, entry.configuration, entry.instruction,
                           false, random);
    return enter(Phase::Read);
  case Phase::Read:
    if (entry.done < entry.reads.size())
      return transfer(engine, entry, entry.reads, true);
    execute(entry);
    return enter(Phase::Write);
  case Phase::Write:
    if (entry.done < entry.writes.size())
      return transfer(engine, entry, entry.writes, false);
    return enter(Phase::Give);
  case Phase::Give:
    if (entry.signals.empty())
      return engine.entries.pop_front();
    ++tokens[entry.signals.back()];
    entry.signals.pop_back();
    return;
  }
}

//===----------------------------------------------------------------------===//
// Turns
//===----------------------------------------------------------------------===//

/// Some actor that can move, the fast ones more often; none if nothing can.
std::optional<unsigned> RandomOrderDevice::Machinery::pickActor() {
  int64_t total = 0;
  uint64_t wakes = UINT64_MAX;
  std::array<int64_t, kEngineCount + 1> shares = {};
  for (unsigned i = 0; i < actors.size(); ++i) {
    if (!canMove(i))
      continue;
    wakes = std::min(wakes, actors[i].wakesAt);
    if (actors[i].wakesAt <= turn)
      total += shares[i] = actors[i].speed;
  }
  if (total == 0 && wakes < UINT64_MAX) {
    turn = wakes;
    return pickActor();
  }
  if (total == 0)
    return std::nullopt;
  int64_t share = random.pick(0, total - 1);
  unsigned actor = 0;
  while (share >= shares[actor])
    share -= shares[actor++];
  return actor;
}

std::string RandomOrderDevice::Machinery::stuckText() const {
  std::string text = "nothing can move:";
  for (unsigned i = 0; i < kEngineCount; ++i) {
    if (actors[i].entries.empty())
      continue;
    const Entry &entry = actors[i].entries.front();
    bool waits = entry.phase == Phase::Take;
    text += std::string(" ") + nameOf(static_cast<Engine>(i)) +
            (waits ? " waits for" : " cannot signal") + " semaphore " +
            std::to_string(waits ? entry.waits.back() : entry.signals.back());
  }
  return text;
}

Outcome RandomOrderDevice::Machinery::run(uint64_t address, uint64_t count) {
  tokens = {};
  actors = {};
  aside.table = {};
  fault.reset();
  pending.reset();
  turn = 0;
  program = address;
  next = 0;
  end = count;
  dispatcher.emplace(machine, address, count * kInstructionBytes);
  while (!isFinished()) {
    // Now and then somebody becomes much faster or slower than the others.
    if (turn == 0 || random.oneIn(64))
      for (EngineQueue &engine : actors) {
        engine.speed = random.of<int64_t>({1, 4, 16, 64});
        engine.pause = random.of<int64_t>({0, 0, 50, 500});
      }
    std::optional<unsigned> actor = pickActor();
    if (!actor)
      return {Fault::Watchdog, next, stuckText()};
    move(*actor);
    if (random.oneIn(4))
      actors[*actor].wakesAt = std::max(
          actors[*actor].wakesAt, turn + random.pick(0, actors[*actor].pause));
    ++turn;
  }
  return fault ? *fault : Outcome{Fault::None, count, ""};
}

//===----------------------------------------------------------------------===//
// The device
//===----------------------------------------------------------------------===//

RandomOrderDevice::RandomOrderDevice(const Machine &machine,
                                     uint64_t memorySeed, uint64_t orderSeed,
                                     const Kernels &kernels)
    : description(machine), machinery(std::make_unique<Machinery>(
                                description, memorySeed, orderSeed, kernels)) {}
RandomOrderDevice::~RandomOrderDevice() = default;

void RandomOrderDevice::reset(uint64_t seed) {
  machinery->state.memories = Memories(description, seed);
}

Dram &RandomOrderDevice::dram() { return machinery->state.memories.dram; }
const Memories &RandomOrderDevice::memories() const {
  return machinery->state.memories;
}

void RandomOrderDevice::peek(Memory memory, uint64_t address, uint8_t *to,
                             uint64_t count) const {
  memcpy(to, memories().at(memory, 0) + address, count);
}

Outcome RandomOrderDevice::run(uint64_t address, uint64_t count) {
  constexpr uint64_t kMost = UINT64_MAX / kInstructionBytes;
  if (count > kMost || !dram().contains(address, count * kInstructionBytes))
    return {Fault::Extent, 0,
            "the program does not lie in the machine's " +
                std::to_string(dram().size()) + " bytes of DRAM"};
  return machinery->run(address, count);
}

} // namespace systole::sim
