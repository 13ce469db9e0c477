//===- Vector.cpp - VX, cycle by cycle ------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/cycle/Vector.h"
#include "hw-sim/model/Extents.h"
#include "hw-sim/model/cycle/RunReader.h"

using namespace systole::isa;

namespace systole::sim::cycle {

Vector::Vector(const Machine &machine, const Timing &timing, const Ports &ports)
    : ports(ports), timing(timing), bankOfWord(machine.wordsPerBank()),
      reduceLatency(log2Of(2 * machine.lanes() - 1) + 4),
      table(unsigned(machine.lanes())),
      reader(machine, {ports.words, ports.rows, ports.depthwise}) {}

void Vector::start(const VxEntry &entry) {
  busy = true;
  begun = false;
  current = entry;
  if (entry.work.format == Format::LoadTable)
    table.start(entry.work.as<LoadTable>());
  else
    setup = kPictureSetupCycles;
}

/// When strides are multiplied, reader and parameters begin.
bool Vector::clockSetup() {
  if (setup == 0)
    return false;
  if (--setup != 0)
    return true;
  const VxConfig &config = current.config;
  bool isReduce = current.work.format == Format::Reduce;
  bool isAverage = !isReduce && config.stages.pool == Pool::Average;
  isWide = !isReduce && config.target.element == TargetType::Int16;
  unsigned gap = isReduce    ? 0
                 : isAverage ? unsigned(timing.divideLatency) + 1
                             : unsigned(isWide);
  latency = timing.pooledLatency() + timing.resultLatency();
  latency += isReduce ? reduceLatency : isAverage ? timing.divideLatency : 0;
  reader.start(current, gap);
  parameters.start(isReduce ? 0 : unsigned(parameterBlockWords(config)),
                   config.window.channels);
  return true;
}

/// The set to load next is not that of the present block. A tap that begins a
/// block is itself one cycle old here.
bool Vector::isSetFree(const VectorReader::Tap &tap, bool takesBlock) const {
  return !begun ||
         (!takesBlock && windows[!(tap.valid ? tap.bank : presentBank)] == 0);
}

/// Windows go into the pipeline, results come out of it and are written.
bool Vector::clockResults(uint64_t now, const VectorReader::Tap &tap) {
  bool enters = tap.valid && tap.endsWindow;
  bool result = first != end && results[first % kResults].time == now;
  const Result &head = results[first % kResults];
  bool leaves = isWide ? second : result;
  uint8_t bank = 0;
  if (result || second)
    bank = bankOfWord(uint64_t(head.target + second));
  ports.writes->request(result || second, bank);
  windows[1] += enters && tap.bank;
  windows[0] += enters && !tap.bank;
  bool wasLast = last;
  last = leaves && head.endsAll;
  if (leaves) {
    --windows[head.bank];
    ++first;
  }
  second = result && isWide;
  if (enters)
    results[end++ % kResults] = {now + latency, tap.target, tap.bank,
                                 tap.endsAll};
  bool wasDone = done;
  done = wasLast || table.isDone();
  return first != end || wasLast || last || done || wasDone;
}

bool Vector::clock(uint64_t now, const VxEntry *entry) {
  VectorReader::Tap tap = reader.tap();
  bool hasParameters = parameters.isReady();
  bool takesBlock = reader.takesBlock(hasParameters);
  bool isFree = isSetFree(tap, takesBlock);
  bool answered = ports.parameters->hasWord();
  bool asks = parameters.asks() || table.asks();
  bool isTable = entry && entry->work.format == Format::LoadTable;
  ports.parameters->request(asks || isTable, 0);
  busy &= !done;
  bool moved = clockResults(now, tap);
  moved |= parameters.clock(takesBlock, isFree, answered);
  moved |= table.clock(answered);
  moved |= reader.clock(hasParameters);
  moved |= clockSetup();
  if (tap.valid) {
    begun = true;
    presentBank = tap.bank;
  }
  if (entry)
    start(*entry);
  return moved || entry || tap.valid;
}

} // namespace systole::sim::cycle
