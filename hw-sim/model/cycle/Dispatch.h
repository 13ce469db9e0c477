//===- Dispatch.h - Instructions on their way into the queues ---*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// fetch.sv and dispatch.sv. What an instruction is, and whether it faults, says
// the Dispatcher that all models share.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_DISPATCH_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_DISPATCH_H

#include "hw-sim/model/Dispatch.h"
#include "hw-sim/model/Timing.h"
#include "hw-sim/model/cycle/RunReader.h"

namespace systole::sim::cycle {

/// Reads the program ahead of time.
class Fetch {
public:
  Fetch(const Machine &machine, const Timing &timing, DramRequests &port)
      : port(port),
        reader(machine, port, isa::kInstructionBytes, timing.fetchBeats, 1) {}

  bool wordValid() const { return !stopped && reader.unitValid(); }
  /// What was asked for has come, and the rest is forgotten.
  bool isIdle() const { return isEmpty; }

  void start(uint64_t address, uint64_t count);
  /// No more instructions are wanted.
  void stop();
  bool clock(bool takesWord);

private:
  DramRequests &port;
  RunReader reader;
  RunReader::Inputs run;
  /// Beats that have been asked for and have not come.
  unsigned awaited = 0;
  bool stopped = false, clears = false, isEmpty = true;
};

/// Takes instructions in program order.
class Dispatch {
public:
  using Program = std::vector<isa::Word>;

  Dispatch(const Machine &machine, const Timing &timing, DramRequests &port,
           uint64_t address, const Program &program);

  /// The engine into whose queue an instruction wants to go in this cycle; none
  /// is negative.
  int pushes() const { return state == State::Push ? int(engine) : -1; }
  const isa::Instruction &instruction() const { return work; }
  const isa::Configuration &configuration() const {
    return dispatcher.configuration();
  }
  uint32_t index() const { return next; }

  bool isDone() const { return state == State::Done; }
  /// No instruction will follow.
  bool isOver() const { return state >= State::Drain; }
  /// It has an instruction, or one has come for it.
  bool hasWork() const {
    return (state >= State::Decode && state <= State::Push) ||
           (state == State::Fetch && fetch.wordValid());
  }
  bool waitsForWord() const {
    return state == State::Fetch && !fetch.wordValid();
  }

  /// What it wants to push finds room; so many instructions have retired.
  bool clock(uint64_t now, bool isPushed, unsigned retired);
  /// Whatever does not depend on others happens in this cycle or later.
  uint64_t nextEvent() const {
    return state == State::Check ? checked : UINT64_MAX;
  }

private:
  enum class State : uint8_t {
    Doorbell,
    Fetch,
    Decode,
    Check,
    Push,
    Drain,
    Done
  };

  void decode(uint64_t now);
  void pass();
  void takeWord() { state = fetch.wordValid() ? State::Decode : State::Fetch; }

  const Program &program;
  Dispatcher dispatcher;
  uint64_t checkSteps;
  Fetch fetch;
  State state = State::Doorbell;
  uint32_t next = 0;
  isa::Instruction work;
  isa::Engine engine = isa::Engine::Ld;
  /// What ends the program at this instruction.
  isa::Fault fault = isa::Fault::None;
  /// When its extents are known.
  uint64_t checked = 0;
  /// Instructions that were pushed and have not retired.
  unsigned pending = 0;
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_DISPATCH_H
