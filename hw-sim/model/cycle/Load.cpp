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

/// Tiles may read what earlier instructions write, and no other load runs
/// meanwhile; windows have the reader for themselves.
bool Load::mayStart(const LdEntry &entry) const {
  bool isAlone = entry.work.format != Format::Load;
  bool isWriterIdle = !writePort().valid && inFlight == 0 && !closing;
  return !walker.valid() && tiles.isIdle() && windows.isIdle() &&
         !startingWindows && (!isAlone || (copies == 0 && isWriterIdle));
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

Load::Step Load::step() const {
  Step now = {};
  bool isFree = !closing && !lastWrite && writePort().isFree();
  now.tileReady = tiles.wordValid() && isFree;
  now.packedReady = windows.wordValid() && isFree;
  if (!runs.valid() || !isFree)
    return now;
  const Run &run = runs.head();
  bool hasUnit = reader.unitValid() && windows.isIdle();
  now.wordReady = hasUnit || padding;
  now.rowEnd = run.to != LoadTarget::Accumulators || quarter == 3;
  now.headPop =
      now.wordReady && (padding || reader.unitLast()) && now.rowEnd;
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
              now.wordReady && !padding};
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

bool Load::clockWriter(const Step &now) {
  bool accepted = writePort().valid && writePort().ready;
  bool written = writePort().isWritten();
  bool endsAll = lastWrite && accepted;
  bool wasDone = done;
  done = closing && !wasDone && inFlight == 0;
  closing = (closing || endsAll) && !wasDone;
  inFlight += accepted;
  inFlight -= written;
  lastWrite = lastWrite && !accepted;
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
  return write || now.wordReady || accepted || written || endsAll || done || wasDone ||
         writePort().valid;
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
