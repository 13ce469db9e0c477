//===- Dispatch.cpp - Instructions on their way into the queues -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/cycle/Dispatch.h"

using namespace systole::isa;

namespace systole::sim::cycle {

//===----------------------------------------------------------------------===//
// Fetch
//===----------------------------------------------------------------------===//

void Fetch::start(uint64_t address, uint64_t count) {
  run.runValid = true;
  run.address = address;
  run.length = count * kInstructionBytes;
  isEmpty = false;
}

void Fetch::stop() {
  stopped = true;
  // The request that stands in the register is not made.
  port.valid = false;
}

bool Fetch::clock(bool takesWord) {
  unsigned taken = port.valid && port.ready ? port.out.beats : 0;
  bool answered = port.isAnswered;
  bool moved = answered || taken != 0;
  if (stopped) {
    bool cleared = clears;
    clears = awaited == 0 && !clears && !isEmpty;
    moved |= clears != cleared;
    isEmpty |= cleared;
  } else {
    run.unitReady = takesWord;
    moved |= reader.clock(run);
    run.runValid = false;
  }
  awaited += taken;
  awaited -= answered;
  return moved;
}

//===----------------------------------------------------------------------===//
// Dispatch
//===----------------------------------------------------------------------===//

Dispatch::Dispatch(const Machine &machine, const Timing &timing,
                   DramRequests &port, uint64_t address, const Program &program)
    : program(program),
      dispatcher(machine, address, program.size() * kInstructionBytes),
      checkSteps(timing.checkSteps), fetch(machine, timing, port) {
  if (!program.empty())
    fetch.start(address, program.size());
}

/// An instruction is behind.
void Dispatch::pass() {
  if (++next == program.size())
    state = State::Drain;
  else
    takeWord();
}

/// All that dispatch will find out is known at once; when it does follows.
void Dispatch::decode(uint64_t now) {
  const Word &word = program[next];
  Instruction unused;
  bool isInstruction = !isa::decode(word, unused);
  auto problem = dispatcher.dispatch(word, work);
  fault = problem ? problem->fault : Fault::None;
  if (!isInstruction || fault == Fault::Opcode) {
    state = State::Drain;
  } else if (work.isSetting()) {
    pass();
  } else {
    engine = work.engine();
    checked = now + (work.format == Format::Sync ? 1 : checkSteps);
    state = State::Check;
  }
}

bool Dispatch::clock(uint64_t now, bool isPushed, unsigned retired) {
  State before = state;
  bool moved = isPushed || retired != 0;
  switch (state) {
  case State::Doorbell:
    state = program.empty() ? State::Drain : State::Fetch;
    break;
  case State::Fetch:
    takeWord();
    break;
  case State::Decode:
    moved = true;
    decode(now);
    break;
  case State::Check:
    if (now == checked)
      state = fault == Fault::None ? State::Push : State::Drain;
    break;
  case State::Push:
    if (isPushed)
      pass();
    break;
  case State::Drain:
    if (pending == 0 && fetch.isIdle())
      state = State::Done;
    break;
  case State::Done:
    break;
  }
  pending += isPushed;
  pending -= retired;
  bool takes = state == State::Decode && fetch.wordValid();
  moved |= fetch.clock(takes) || state != before;
  if (state == State::Drain && before != state)
    fetch.stop();
  return moved;
}

} // namespace systole::sim::cycle
