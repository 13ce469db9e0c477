//===- DramPort.h - When requests to DRAM are answered ----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// dram_port.sv and the memory behind it. Its edge comes before that of its
// requesters.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_DRAMPORT_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_DRAMPORT_H

#include "hw-sim/model/DramTiming.h"
#include "hw-sim/model/cycle/Channels.h"
#include <array>

namespace systole::sim::cycle {

struct DramRequest {
  uint64_t address = 0;
  unsigned beats = 0;
};

struct DramRequests : Slice<DramRequest> {
  /// In this cycle: a beat has come, or a write is done.
  bool isAnswered = false;
};

class DramPort {
public:
  explicit DramPort(const Machine &machine);

  DramRequests &of(DramRequester requester) {
    return requesters[unsigned(requester)];
  }

  bool clock(uint64_t now);
  /// Whatever does not depend on new requests happens in this cycle or later.
  uint64_t nextEvent() const;

  /// In the last cycle that was clocked: the data bus had a beat; requests had
  /// not completed.
  bool hadBeat() const { return beat; }
  bool wasBusy() const { return busy; }
  uint64_t bytesRead() const { return readBeats * width; }
  uint64_t bytesWritten() const { return writtenBeats * width; }

private:
  void send(uint64_t now);
  bool answer(uint64_t now);
  bool grant(bool completes);

  struct Flight {
    DramRequester requester;
    uint64_t firstBeat, completion;
  };

  uint64_t width;
  unsigned most, outstanding = 0;
  DramTiming timing;
  std::array<DramRequests, kDramRequesters> requesters;
  /// At the pins.
  bool pinsValid = false;
  DramRequester pinsRequester = DramRequester::Fetch;
  DramRequest pins;
  /// Accepted and not complete, in the order of their beats.
  std::vector<Flight> flights;
  unsigned firstFlight = 0, flightCount = 0;
  /// On its way from the pins to a requester: its number; none is negative.
  int answering = -1;
  bool beat = false, busy = false;
  uint64_t readBeats = 0, writtenBeats = 0;
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_DRAMPORT_H
