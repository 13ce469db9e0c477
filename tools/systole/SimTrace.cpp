//===- SimTrace.cpp - When instructions ran -------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A timeline in the trace-event format, which Perfetto and chrome://tracing
// read: a cycle is shown as a microsecond. Instructions of an engine overlap,
// and what overlaps cannot share a lane: each takes the first lane of its
// engine that is free.
//
// The k-th wait for a semaphore pairs with its k-th signal. An instruction
// waited if one that it waits for retired behind the start of the one before it
// in its engine; it waited from that start on.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/isa/Assembly.h"
#include "hw-sim/isa/Formats.h"
#include "tools/systole/SimReport.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/JSON.h"
#include <deque>

using namespace llvm;
using namespace systole;
using namespace systole::driver;

/// Lanes of one engine are numbered from kLanes times its number on; that of
/// its waits is the first.
static constexpr unsigned kLanes = 32;

std::vector<sim::InstructionTimes>
systole::driver::sortedTimes(const SimRun &run) {
  std::vector<sim::InstructionTimes> times = run.record->times;
  llvm::sort(times,
             [](const auto &l, const auto &r) { return l.index < r.index; });
  return times;
}

std::string systole::driver::titleOf(const isa::Word &word) {
  isa::Instruction instruction;
  if (decode(word, instruction))
    return isa::disassemble(word);
  instruction.tokens = {};
  return isa::disassemble(encode(instruction));
}

void systole::driver::printSimTimes(const SimRun &run, raw_ostream &os) {
  os << "instruction,engine,start,retire,node,text\n";
  for (const sim::InstructionTimes &one : sortedTimes(run)) {
    std::string node = run.nodeOf(one.index).name;
    // A field of CSV: quotes are doubled, and lines end elsewhere.
    std::string quoted;
    for (char c : node)
      quoted += c == '"' ? "\"\"" : std::string(1, c == '\n' ? ' ' : c);
    os << one.index << "," << isa::nameOf(one.engine) << "," << one.start << ","
       << one.retire << ",\"" << quoted << "\","
       << titleOf(run.image.program[one.index]) << "\n";
  }
}

namespace {
/// An instruction that waited for another one's signal.
struct Wait {
  sim::InstructionTimes by, on;
  int semaphore;
  /// The cycle from which on it could have started otherwise.
  uint64_t from;
};

/// Writes events one after the other.
class Trace {
public:
  Trace(const SimRun &run, json::OStream &json) : run(run), json(json) {}
  void print();

private:
  void printLaneNames();
  void printWork(const sim::InstructionTimes &one);
  void printWaits(const std::vector<sim::InstructionTimes> &times);
  void printWait(const Wait &wait);
  unsigned laneFor(const sim::InstructionTimes &one);
  /// The members that all events have.
  void event(StringRef phase, StringRef name, uint64_t at, unsigned lane,
             function_ref<void()> more);

  const SimRun &run;
  json::OStream &json;
  /// Of each lane of each engine, when it is free.
  std::array<std::vector<uint64_t>, isa::kEngineCount> freeAt;
  /// Where each instruction is drawn.
  std::vector<unsigned> lanes;
  unsigned arrows = 0;
};
} // namespace

void Trace::event(StringRef phase, StringRef name, uint64_t at, unsigned lane,
                  function_ref<void()> more) {
  json.object([&] {
    json.attribute("ph", phase);
    json.attribute("name", json::fixUTF8(name));
    json.attribute("ts", at);
    json.attribute("pid", 1);
    json.attribute("tid", lane);
    more();
  });
}

unsigned Trace::laneFor(const sim::InstructionTimes &one) {
  std::vector<uint64_t> &free = freeAt[unsigned(one.engine)];
  size_t lane = 0;
  while (lane < free.size() && free[lane] > one.start)
    ++lane;
  free.resize(std::max(free.size(), lane + 1), 0);
  free[lane] = one.retire;
  return unsigned(one.engine) * kLanes + 1 +
         std::min<unsigned>(lane, kLanes - 2);
}

void Trace::printWork(const sim::InstructionTimes &one) {
  const SimNode &node = run.nodeOf(one.index);
  std::string text = titleOf(run.image.program[one.index]);
  unsigned lane = laneFor(one);
  lanes[one.index] = lane;
  std::string name =
      StringRef(text).take_until([](char c) { return c == ' '; }).str();
  if (!node.name.empty())
    name = node.name + ": " + name;
  event("X", name, one.start, lane, [&] {
    json.attribute("cat", isa::nameOf(one.engine));
    json.attribute("dur", one.retire - one.start);
    json.attributeObject("args", [&] {
      json.attribute("instruction", one.index);
      json.attribute("text", text);
      json.attribute("node", json::fixUTF8(node.name));
      json.attribute("op", json::fixUTF8(node.op));
    });
  });
}

void Trace::printWait(const Wait &wait) {
  std::string name = "semaphore " + std::to_string(wait.semaphore) + ": " +
                     isa::nameOf(wait.on.engine);
  event("X", name, wait.from, unsigned(wait.by.engine) * kLanes, [&] {
    json.attribute("cat", "wait");
    json.attribute("dur", wait.by.start - wait.from);
    json.attributeObject("args", [&] {
      json.attribute("instruction", wait.by.index);
      json.attribute("signalled_by", wait.on.index);
    });
  });
  ++arrows;
  auto end = [&](StringRef phase, uint64_t at, uint32_t index) {
    event(phase, name, at, lanes[index], [&] {
      json.attribute("cat", "semaphore");
      json.attribute("id", arrows);
      if (phase == "f")
        json.attribute("bp", "e");
    });
  };
  // An arrow begins inside of what signals.
  end("s", wait.on.retire - (wait.on.retire > wait.on.start), wait.on.index);
  end("f", wait.by.start, wait.by.index);
}

void Trace::printWaits(const std::vector<sim::InstructionTimes> &times) {
  std::array<std::deque<sim::InstructionTimes>, isa::kSemaphores> signals;
  std::array<uint64_t, isa::kEngineCount> before = {};
  for (const sim::InstructionTimes &one : times) {
    isa::Instruction instruction;
    decode(run.image.program[one.index], instruction);
    std::optional<Wait> longest;
    uint64_t &from = before[unsigned(one.engine)];
    for (int semaphore : {instruction.tokens.wait0, instruction.tokens.wait1})
      if (semaphore >= 0 && !signals[semaphore].empty()) {
        sim::InstructionTimes on = signals[semaphore].front();
        signals[semaphore].pop_front();
        if (on.retire > from && (!longest || on.retire > longest->on.retire))
          longest = Wait{one, on, semaphore, from};
      }
    if (longest)
      printWait(*longest);
    from = one.start;
    for (int semaphore :
         {instruction.tokens.signal0, instruction.tokens.signal1})
      if (semaphore >= 0)
        signals[semaphore].push_back(one);
  }
}

void Trace::printLaneNames() {
  auto name = [&](unsigned lane, const std::string &text) {
    event("M", "thread_name", 0, lane, [&] {
      json.attributeObject("args", [&] { json.attribute("name", text); });
    });
    event("M", "thread_sort_index", 0, lane, [&] {
      json.attributeObject("args", [&] { json.attribute("sort_index", lane); });
    });
  };
  event("M", "process_name", 0, 0, [&] {
    json.attributeObject("args", [&] {
      json.attribute("name", run.machine.name + ", " + run.engine);
    });
  });
  for (unsigned engine = 0; engine < isa::kEngineCount; ++engine) {
    std::string text = isa::nameOf(static_cast<isa::Engine>(engine));
    name(engine * kLanes, text + " waits");
    for (unsigned lane = 0; lane < freeAt[engine].size(); ++lane)
      name(engine * kLanes + 1 + lane,
           lane == 0 ? text : text + " (" + std::to_string(lane + 1) + ")");
  }
}

void Trace::print() {
  std::vector<sim::InstructionTimes> times = sortedTimes(run);
  lanes.assign(run.image.program.size(), 0);
  for (const sim::InstructionTimes &one : times)
    printWork(one);
  printWaits(times);
  printLaneNames();
}

void systole::driver::printSimTrace(const SimRun &run, raw_ostream &os) {
  json::OStream json(os);
  json.object([&] {
    json.attribute("displayTimeUnit", "ns");
    json.attributeArray("traceEvents", [&] { Trace(run, json).print(); });
  });
  os << "\n";
}
