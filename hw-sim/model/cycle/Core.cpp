//===- Core.cpp - The machine, cycle by cycle -----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/cycle/Core.h"

using namespace systole::isa;

namespace systole::sim::cycle {

/// Clients of the memories, in the order of their priority.
enum ScratchpadReader {
  kReadMm,
  kReadVx,
  kReadDw,
  kReadDwSecond,
  kReadLd,
  kReadSt
};
enum ScratchpadWriter { kWriteVx, kWriteLd };
enum WeightsReader { kWeightsMm, kWeightsDw };
enum RowsReader { kRowsOwn, kRowsVx, kRowsSt };
enum RowsWriter { kRowsWriteMm, kRowsWriteLd };

Core::Core(const Machine &machine, uint64_t address,
           const std::vector<Word> &program, bool skips)
    : machine(machine), timing(machine), skips(skips), dram(machine),
      dispatch(machine, timing, dram.of(DramRequester::Fetch), address,
               program),
      ld(machine, timing,
         Load::Ports{{&scratchpad.writers[kWriteLd], &weights.writers[0],
                      &parameters.writers[0],
                      &accumulators.writers[kRowsWriteLd]},
                     &scratchpad.readers[kReadLd],
                     &dram.of(DramRequester::Load)}),
      mm(machine, timing,
         Matmul::Ports{&scratchpad.readers[kReadMm],
                       &weights.readers[kWeightsMm],
                       &accumulators.readers[kRowsOwn],
                       &accumulators.writers[kRowsWriteMm]}),
      dw(machine, timing,
         Depthwise::Ports{
             {&scratchpad.readers[kReadDw], &scratchpad.readers[kReadDwSecond]},
             &weights.readers[kWeightsDw],
             &depthwise.readers[kRowsOwn],
             &depthwise.writers[0]}),
      vx(machine, timing,
         Vector::Ports{&scratchpad.readers[kReadVx],
                       &accumulators.readers[kRowsVx],
                       &depthwise.readers[kRowsVx], &parameters.readers[0],
                       &scratchpad.writers[kWriteVx]}),
      st(machine, timing,
         Store::Ports{{&scratchpad.readers[kReadSt],
                       &accumulators.readers[kRowsSt],
                       &depthwise.readers[kRowsSt]},
                      &dram.of(DramRequester::Store)}) {
  record.ledger = Ledger(program);
}

//===----------------------------------------------------------------------===//
// A cycle
//===----------------------------------------------------------------------===//

/// Whether anybody is at a memory but MM, which never waits there.
bool Core::clockMemories() {
  constexpr unsigned kReaders = 3;
  unsigned mmRows = 1u << kRowsOwn | 1u << (kReaders + kRowsWriteMm);
  BankCounts &counts = record.banks;
  unsigned busy = scratchpad.clock(counts) & ~(1u << kReadMm);
  busy |= weights.clock(counts) & ~(1u << kWeightsMm);
  busy |= parameters.clock(counts);
  busy |= accumulators.clock(counts) & ~mmRows;
  busy |= depthwise.clock(counts);
  return busy != 0;
}

template <typename Config>
Entry<Config> Core::makeEntry(Engine engine, const Config &config) {
  auto bit = [](int8_t semaphore) {
    return semaphore < 0 ? 0 : uint16_t(1u << semaphore);
  };
  const Instruction &work = dispatch.instruction();
  const Tokens &tokens = work.tokens;
  for (int8_t semaphore : {tokens.signal0, tokens.signal1})
    if (semaphore >= 0)
      signallers[semaphore] = engine;
  return {dispatch.index(), uint16_t(bit(tokens.wait0) | bit(tokens.wait1)),
          uint16_t(bit(tokens.signal0) | bit(tokens.signal1)), work, config};
}

template <Engine engine, typename Config, typename Unit>
bool Core::clockLane(Lane<Config, Unit> &lane, const Config &config) {
  bool pushes = dispatch.pushes() == int(engine) && lane.queue.ready();
  isPushed |= pushes;
  bool hasHead = lane.queue.valid();
  if (!hasHead && lane.control.isIdle())
    return pushes ? lane.queue.clock(true, false, makeEntry(engine, config))
                  : lane.queue.clock(false);

  const Entry<Config> *head = hasHead ? &lane.queue.head() : nullptr;
  bool starts = head && lane.control.mayStart(*head, semaphores,
                                              head->isSync() ||
                                                  lane.unit.mayStart(*head));
  bool retires = lane.control.mayRetire(semaphores);
  EngineControl::Flight flight = {};
  if (starts) {
    flight = {head->index, now + 1, head->signals, head->isSync()};
    semaphores.take(head->waits);
  }
  if (retires) {
    const EngineControl::Flight &oldest = lane.control.oldest();
    semaphores.give(oldest.signals);
    record.times.push_back({oldest.index, engine, oldest.start, now + 1});
    ++retiring;
  }
  bool isDone = lane.unit.isDone(now);
  bool wasBusy = lane.control.isBusy();
  bool moved = lane.control.clock(starts, flight, retires, isDone);
  bool works = starts && !head->isSync();
  if (wasBusy || works)
    moved |= lane.unit.clock(now, works ? head : nullptr);
  if (pushes)
    return lane.queue.clock(true, starts, makeEntry(engine, config)) || moved;
  return lane.queue.clock(starts) || moved;
}

bool Core::clock() {
  bool moved = dram.clock(now);
  moved |= clockMemories();
  account(1);
  isPushed = false;
  retiring = 0;
  const auto &[ldConfig, mmConfig, dwConfig, vxConfig, stConfig] =
      dispatch.configuration();
  moved |= clockLane<Engine::Ld>(ld, ldConfig);
  moved |= clockLane<Engine::Mm>(mm, mmConfig);
  moved |= clockLane<Engine::Dw>(dw, dwConfig);
  moved |= clockLane<Engine::Vx>(vx, vxConfig);
  moved |= clockLane<Engine::St>(st, stConfig);
  moved |= semaphores.clock();
  moved |= dispatch.clock(now, isPushed, retired);
  retired = retiring;
  ++now;
  return moved || retiring != 0;
}

RunRecord Core::run() {
  while (!dispatch.isDone())
    if (!clock() && skips)
      skipQuiet();
  record.cycles = now;
  record.bytesRead = dram.bytesRead();
  record.bytesWritten = dram.bytesWritten();
  return std::move(record);
}

/// Nothing but clocks and the array has moved in the cycle before: so it stays
/// until one of them gets somewhere.
void Core::skipQuiet() {
  uint64_t end = std::min(dram.nextEvent(), dispatch.nextEvent());
  uint64_t quiet = mm.unit.quiet(now);
  if (end <= now || quiet == 0)
    return;
  // Nothing will ever happen again only where the machine hangs.
  uint64_t cycles = std::min({end - now, quiet, machine.watchdog});
  account(cycles);
  mm.unit.skip(now, cycles, record.banks);
  now += cycles;
}

//===----------------------------------------------------------------------===//
// Accounting
//===----------------------------------------------------------------------===//

/// Engines that MM waits for in this cycle.
unsigned Core::awaited() const {
  unsigned engines = 0;
  if (mm.queue.valid()) {
    uint16_t missing = mm.queue.head().waits & semaphores.missing();
    for (unsigned s = 0; missing != 0; ++s, missing >>= 1)
      if (missing & 1)
        engines |= 1u << unsigned(signallers[s]);
    return engines;
  }
  int pushes = dispatch.pushes();
  bool hasRoom[] = {ld.queue.ready(), mm.queue.ready(), dw.queue.ready(),
                    vx.queue.ready(), st.queue.ready()};
  if (pushes >= 0 && pushes != int(Engine::Mm) && !hasRoom[pushes])
    engines = 1u << pushes;
  return engines;
}

unsigned Core::thatLostBanks() const {
  auto bit = [](Engine engine, bool hasLost) {
    return unsigned(hasLost) << unsigned(engine);
  };
  bool ldLost = scratchpad.readers[kReadLd].hasLost ||
                scratchpad.writers[kWriteLd].hasLost ||
                accumulators.writers[kRowsWriteLd].hasLost;
  bool dwLost = scratchpad.readers[kReadDw].hasLost ||
                scratchpad.readers[kReadDwSecond].hasLost ||
                weights.readers[kWeightsDw].hasLost;
  bool vxLost = scratchpad.readers[kReadVx].hasLost ||
                accumulators.readers[kRowsVx].hasLost ||
                depthwise.readers[kRowsVx].hasLost;
  bool stLost = scratchpad.readers[kReadSt].hasLost ||
                accumulators.readers[kRowsSt].hasLost ||
                depthwise.readers[kRowsSt].hasLost;
  return bit(Engine::Ld, ldLost) | bit(Engine::Dw, dwLost) |
         bit(Engine::Vx, vxLost) | bit(Engine::St, stLost);
}

unsigned Core::busyEngines() const {
  bool busy[] = {ld.control.isBusy(), mm.control.isBusy(), dw.control.isBusy(),
                 vx.control.isBusy(), st.control.isBusy()};
  unsigned engines = 0;
  for (unsigned i = 0; i < kEngineCount; ++i)
    engines |= unsigned(busy[i]) << i;
  return engines;
}

/// Of a cycle in which MM takes no step: the first that matches
/// (docs/hardware/timing.md).
Cause Core::cause() const {
  auto has = [](unsigned engines, Engine engine) {
    return engines >> unsigned(engine) & 1;
  };
  if (mm.unit.hasSteps())
    return Cause::Weights;
  unsigned engines = awaited();
  if (engines & thatLostBanks())
    return Cause::BankConflict;
  if (has(engines, Engine::Vx))
    return Cause::WaitVx;
  if (has(engines, Engine::Dw))
    return Cause::WaitDw;
  if (has(engines, Engine::St))
    return Cause::WaitSt;
  if (has(engines, Engine::Ld)) {
    if (!ld.control.isBusy())
      return Cause::WaitLd;
    return dram.hadBeat()   ? Cause::DramBandwidth
           : dram.wasBusy() ? Cause::DramLatency
                            : Cause::WaitLd;
  }
  if (mm.queue.valid() || dispatch.hasWork())
    return Cause::Config;
  if (dispatch.waitsForWord())
    return Cause::Fetch;
  if (dispatch.isOver() && busyEngines() != 0)
    return Cause::Drain;
  return Cause::Idle;
}

/// This cycle, and those behind it that are like it.
void Core::account(uint64_t cycles) {
  for (; ended < record.times.size() && record.times[ended].retire <= now;
       ++ended)
    record.ledger.retire(record.times[ended].index);
  if (mm.unit.steps()) {
    Matmul::Step step = mm.unit.nextStep();
    record.ledger.stream(step.index, machine.lanes(), step.padK, step.padN,
                         cycles);
  } else {
    record.ledger.wait(cause(), cycles);
  }
}

} // namespace systole::sim::cycle
