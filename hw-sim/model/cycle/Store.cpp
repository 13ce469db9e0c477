//===- Store.cpp - ST, cycle by cycle -------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/cycle/Store.h"

using namespace systole::isa;

namespace systole::sim::cycle {

Store::Store(const Machine &machine, const Timing &timing, const Ports &ports)
    : ports(ports), bankOfWord(machine.wordsPerBank()),
      bankOfRow(machine.accumulators.rows),
      bankOfDepthwise(machine.depthwise.accumulatorRows),
      lanes(machine.lanes()), width(machine.dram.width),
      mostWords(timing.storeWords),
      rowBeats(machine.dram.rowBytes / machine.dram.width), free(mostWords),
      tags(mostWords), words(mostWords), packer(width),
      runs(timing.transferRuns), lasts(machine.dram.outstanding + 4) {}

void Store::start(const StEntry &entry) {
  const isa::Store &work = entry.work.as<isa::Store>();
  from = work.from;
  length = work.length;
  walker.start(transferLoops(entry.config, work.linear),
               entry.config.base[work.base].address + work.offset, work.source);
}

uint8_t Store::bank() const {
  switch (from) {
  case StoreSource::Scratchpad:
    return bankOfWord(chip);
  case StoreSource::Accumulators:
    return bankOfRow(chip);
  case StoreSource::Depthwise:
    return bankOfDepthwise(chip);
  }
  return 0;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// The runs' words are asked for, each with what the packer has to know.
bool Store::clockReads(bool wordPop) {
  bool takeRun = walker.valid() && !reading && runs.ready();
  bool read = reading && free != 0 && tags.ready() && port().isFree();
  bool wordLast = left <= lanes;
  Tag tag = {wordLast ? unsigned(left) : lanes, wordLast, startByte};
  bool answered = port().hasWord();
  port().request(read, bank());
  free -= read;
  free += wordPop;
  bool moved = tags.clock(read, wordPop, tag);
  moved |= words.clock(answered, wordPop);
  if (takeRun) {
    reading = true;
    left = length;
    chip = walker.chip();
    quarter = 0;
    startByte = walker.dram() & (width - 1);
  } else if (read) {
    reading = !wordLast;
    left -= lanes;
    quarter = (quarter + 1) % 4;
    chip += from == StoreSource::Scratchpad || quarter == 0;
  }
  return moved || takeRun || port().valid;
}

//===----------------------------------------------------------------------===//
// Packing and requests
//===----------------------------------------------------------------------===//

/// The beat in front is the last of its request.
bool Store::endsRequest() const {
  uint64_t at = inside ? beat : runs.head().dram / width;
  return packer.isLast() || (at & (rowBeats - 1)) == rowBeats - 1 ||
         beats + 1 == kMaxBeats;
}

bool Store::clockRequests(bool beatPop, bool requestEnd) {
  DramRequest request;
  if (beatPop) {
    uint64_t at = inside ? beat : runs.head().dram / width;
    request = {(at - beats) * width, beats + 1};
    inside = !packer.isLast();
    beat = at + 1;
    beats = requestEnd ? 0 : beats + 1;
  }
  ports.dram->request(requestEnd, request);
  return ports.dram->valid;
}

bool Store::clock(uint64_t, const StEntry *entry) {
  bool written = ports.dram->isAnswered;
  bool isLast = packer.isLast();
  bool beatPop = packer.valid() && runs.valid();
  bool requestEnd = beatPop && endsRequest();
  if (requestEnd && !(ports.dram->isFree() && lasts.ready()))
    beatPop = requestEnd = false;
  bool wordValid = words.valid() && tags.valid();
  bool wordPop = wordValid && packer.ready(beatPop);
  bool endsAll = beatPop && isLast && runs.head().isLast;

  bool wasDone = done;
  done = written && lasts.head();
  bool moved = lasts.clock(requestEnd, written, endsAll);
  moved |= clockRequests(beatPop, requestEnd);
  moved |= packer.clock(wordPop, wordPop ? tags.head() : Tag(), beatPop);

  bool takeRun = walker.valid() && !reading && runs.ready();
  Run run = {walker.dram(), walker.isLast()};
  moved |= clockReads(wordPop);
  moved |= runs.clock(takeRun, beatPop && isLast, run);
  if (takeRun)
    walker.next();
  if (entry)
    start(*entry);
  return moved || wasDone || done || entry;
}

} // namespace systole::sim::cycle
