//===- DramPort.cpp - When requests to DRAM are answered ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/cycle/DramPort.h"

namespace systole::sim::cycle {

DramPort::DramPort(const Machine &machine)
    : width(machine.dram.width), most(machine.dram.outstanding),
      timing(machine), flights(most) {}

/// The request at the pins is accepted.
void DramPort::send(uint64_t now) {
  uint64_t completion =
      timing.accept(now, pinsRequester, pins.address, pins.beats * width);
  bool isRead = pinsRequester != DramRequester::Store;
  (isRead ? readBeats : writtenBeats) += pins.beats;
  // There are never more of them than may be outstanding.
  flights[(firstFlight + flightCount++) % most] = {
      pinsRequester, completion + 1 - pins.beats, completion};
}

/// A beat at the pins, which the requester sees in the next cycle; of a write
/// only the end is answered. Whether the request is complete.
bool DramPort::answer(uint64_t now) {
  for (DramRequests &requester : requesters)
    requester.isAnswered = false;
  if (answering >= 0)
    requesters[answering].isAnswered = true;
  answering = -1;
  beat = flightCount != 0 && now >= flights[firstFlight].firstBeat;
  if (!beat)
    return false;
  const Flight &flight = flights[firstFlight];
  bool isLast = now == flight.completion;
  if (isLast || flight.requester != DramRequester::Store)
    answering = int(flight.requester);
  if (isLast) {
    firstFlight = (firstFlight + 1) % most;
    --flightCount;
  }
  return isLast;
}

bool DramPort::grant(bool completes) {
  bool mayGrant = outstanding != most, moved = false;
  pinsValid = false;
  for (unsigned i = 0; i < kDramRequesters; ++i) {
    DramRequests &port = requesters[i];
    if (!port.valid && !port.mainValid)
      continue;
    moved = true;
    bool granted = mayGrant && !pinsValid && port.mainValid;
    if (granted) {
      pinsValid = true;
      pinsRequester = DramRequester(i);
      pins = port.main;
    }
    port.clock(granted);
  }
  outstanding += pinsValid;
  outstanding -= completes;
  return moved;
}

bool DramPort::clock(uint64_t now) {
  bool moved = pinsValid || answering >= 0;
  busy = outstanding != 0;
  if (pinsValid)
    send(now);
  bool completes = answer(now);
  return grant(completes) || moved || beat;
}

uint64_t DramPort::nextEvent() const {
  return flightCount == 0 ? UINT64_MAX : flights[firstFlight].firstBeat;
}

} // namespace systole::sim::cycle
