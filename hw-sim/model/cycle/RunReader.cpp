//===- RunReader.cpp - Runs of bytes from DRAM ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/cycle/RunReader.h"

namespace systole::sim::cycle {

RunReader::RunReader(const Machine &machine, DramRequests &port,
                     unsigned unitBytes, unsigned beats, unsigned runs)
    : log2Width(log2Of(machine.dram.width)), width(machine.dram.width),
      rowBeats(machine.dram.rowBytes / machine.dram.width), port(port),
      free(beats), runsOnWay(runs), beats(beats), packer(unitBytes) {}

/// Of the next request: to the end of the row, or of the run.
unsigned RunReader::nextBeats() const {
  uint64_t toRowEnd = rowBeats - (beat & (rowBeats - 1));
  return std::min({kMaxBeats, toRowEnd, beatsLeft});
}

bool RunReader::clockRequests(const Inputs &inputs, bool take, bool pop) {
  unsigned count = nextBeats();
  bool issue = busy && free >= count && port.isFree();
  port.request(issue, {beat << log2Width, count});
  free -= issue ? count : 0;
  free += pop;
  if (take) {
    busy = true;
    beat = inputs.address >> log2Width;
    beatsLeft = ((inputs.address & (width - 1)) + inputs.length + width - 1) >>
                log2Width;
  } else if (issue) {
    busy = beatsLeft != count;
    beat += count;
    beatsLeft -= count;
  }
  return issue || take;
}

bool RunReader::clockAnswers(const Inputs &inputs, bool take, bool &pop) {
  bool hasBeat = beats.valid() && runsOnWay.valid();
  BytePacker::Piece piece;
  bool popRun = false;
  if (hasBeat) {
    const Run &run = runsOnWay.head();
    uint64_t length = inside ? bytesLeft : run.length;
    unsigned skip = inside ? 0 : run.offset;
    piece.isLast = length + skip <= width;
    piece.bytes = piece.isLast ? unsigned(length) : width - skip;
    pop = packer.ready(inputs.unitReady);
    popRun = pop && piece.isLast;
    if (pop) {
      inside = !piece.isLast;
      bytesLeft = length - piece.bytes;
    }
  }
  bool moved = packer.clock(pop, piece, inputs.unitReady);
  moved |= beats.clock(port.isAnswered, pop);
  Run run = {unsigned(inputs.address & (width - 1)), inputs.length};
  return runsOnWay.clock(take, popRun, run) || moved;
}

bool RunReader::clock(const Inputs &inputs) {
  bool take = inputs.runValid && runReady();
  bool pop = false;
  bool moved = clockAnswers(inputs, take, pop);
  return clockRequests(inputs, take, pop) || moved || port.valid;
}

} // namespace systole::sim::cycle
