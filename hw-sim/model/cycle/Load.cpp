//===- Load.cpp - LD, cycle by cycle --------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/cycle/Load.h"

using namespace systole::isa;

namespace systole::sim::cycle {

Load::Load(const Machine &machine, const Timing &timing, const Ports &ports)
    : ports(ports), bankOfWord(machine.wordsPerBank()),
      bankOfRow(machine.accumulators.rows), runs(timing.transferRuns),
      reader(machine, *ports.dram, machine.lanes(), timing.loadBeats,
             timing.transferRuns),
      tiles(machine, *ports.tiles), windows(machine, timing) {}

//===----------------------------------------------------------------------===//
// Starts
//===----------------------------------------------------------------------===//

bool Load::isWriterIdle() const {
  unsigned writes = 0;
  for (unsigned one : inFlight)
    writes += one;
  return !writePort().valid && writes == 0 && !closing;
}

/// Tiles may read what earlier instructions write, and no other load runs
/// meanwhile; windows have the reader for themselves.
bool Load::mayStart(const LdEntry &entry) const {
  bool isAlone = entry.work.format != Format::Load;
  return !walker.valid() && tiles.isIdle() && windows.isIdle() &&
         !startingWindows && (!isAlone || (copies == 0 && isWriterIdle()));
}

void Load::start(const LdEntry &entry) {
  if (entry.work.format == Format::LoadTiles) {
    tiles.start(entry.work.as<LoadTiles>(), entry.config.tilePitch);
  } else if (entry.work.format == Format::LoadWindow) {
    windowsEntry = entry;
    startingWindows = &windowsEntry;
  } else {
    const isa::Load &work = entry.work.as<isa::Load>();
    to = work.to;
    length = work.length;
    walker.start(transferLoops(entry.config, work.linear),
                 entry.config.base[work.base].address + work.offset,
                 work.target);
    ++copies;
  }
}

//===----------------------------------------------------------------------===//
// Reader and writer
//===----------------------------------------------------------------------===//

/// While the last word of an instruction is under way, that of the next one
/// waits.
Load::Step Load::step() const {
  Step now = {};
  bool isFree = writePort().isFree();
  bool isLastFree = isFree && !closing && !lastWrite;
  now.tileReady = tiles.wordValid() && (tiles.isLast() ? isLastFree : isFree);
  now.packedReady =
      windows.wordValid() && (windows.isLast() ? isLastFree : isFree);
  if (!runs.valid())
    return now;
  const Run &run = runs.head();
  bool hasUnit = reader.unitValid() && windows.isIdle();
  bool runEnd = padding || reader.unitLast();
  now.rowEnd = run.to != LoadTarget::Accumulators || quarter == 3;
  bool isLast = runEnd && now.rowEnd && run.isLast;
  now.wordReady = (hasUnit || padding) && (isLast ? isLastFree : isFree);
  now.unitReady = now.wordReady && !padding;
  now.headPop = now.wordReady && runEnd && now.rowEnd;
  return now;
}

bool Load::clockReader(const Step &now) {
  RunReader::Inputs inputs;
  bool isCopy = windows.isIdle();
  bool runsReady = runs.ready();
  bool readerReady = reader.runReady();
  WindowPacker::Inputs lines = {readerReady, reader.unitValid(),
                                reader.unitLast(), now.packedReady};
  if (isCopy) {
    inputs = {walker.valid() && runsReady, walker.dram(), length,
              now.unitReady};
  } else {
    inputs = {windows.runValid(), windows.runAddress(), windows.runLength(),
              windows.unitReady()};
  }
  bool takeRun = isCopy && walker.valid() && runsReady && readerReady;
  Run run = {walker.isLast(), to, walker.chip()};
  bool moved = runs.clock(takeRun, now.headPop, run);
  moved |= windows.clock(lines);
  if (takeRun)
    walker.next();
  return reader.clock(inputs) || moved;
}

uint8_t Load::bankOf(LoadTarget target, int64_t at) const {
  switch (target) {
  case LoadTarget::Scratchpad:
    return bankOfWord(uint64_t(at));
  case LoadTarget::Accumulators:
    return bankOfRow(uint64_t(at));
  case LoadTarget::Weights:
  case LoadTarget::Parameters:
    break;
  }
  return 0;
}

/// Writes are taken and acknowledged; with the last of them, an instruction is
/// done.
bool Load::clockEnds() {
  bool accepted = writePort().valid && writePort().ready;
  bool closes = lastWrite && accepted;
  bool moved = accepted || closing || done;
  bool wasDone = done;
  done = closing && !wasDone && closingWrites == 0;
  closing = (closing || closes) && !wasDone;
  inFlight[unsigned(target)] += accepted;
  for (unsigned i = 0; i < inFlight.size(); ++i) {
    if (!ports.writes[i]->isWritten())
      continue;
    moved = true;
    --inFlight[i];
    if (i == unsigned(closingTarget) && closingWrites != 0)
      --closingWrites;
  }
  if (closes) {
    closingTarget = target;
    closingWrites = inFlight[unsigned(target)];
  }
  lastWrite = lastWrite && !accepted;
  return moved;
}

bool Load::clockWriter(const Step &now) {
  bool moved = clockEnds();
  writePort().request(false, 0);

  int64_t at = 0;
  bool write = now.tileReady || now.packedReady;
  if (now.wordReady) {
    const Run &run = runs.head();
    write = now.rowEnd;
    at = inside ? chip : run.chip;
    if (write) {
      target = run.to;
      lastWrite = now.headPop && run.isLast;
      chip = at + 1;
      inside = !now.headPop;
    }
    quarter = run.to == LoadTarget::Accumulators ? (quarter + 1) % 4 : 0;
    padding = (padding || reader.unitLast()) && !now.rowEnd;
    copies -= now.headPop && run.isLast;
  } else if (now.tileReady) {
    target = LoadTarget::Weights;
    lastWrite = tiles.isLast();
  } else if (now.packedReady) {
    target = LoadTarget::Scratchpad;
    lastWrite = windows.isLast();
    at = windowWord++;
  }
  if (write)
    writePort().request(true, bankOf(target, at));
  return moved || write || now.wordReady || writePort().valid;
}

bool Load::clock(uint64_t, const LdEntry *entry) {
  Step now = step();
  bool moved = clockWriter(now);
  moved |= tiles.clock(now.tileReady);
  moved |= clockReader(now);
  if (startingWindows) {
    const LoadWindow &work = startingWindows->work.as<LoadWindow>();
    windows.start(startingWindows->config, work);
    windowWord = work.target;
    startingWindows = nullptr;
    moved = true;
  }
  if (entry)
    start(*entry);
  return moved || entry;
}

} // namespace systole::sim::cycle
