//===- DramModel.h - DRAM at the pins of the RTL ----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Beats and requests of one cycle after the other, timed by DramTiming. The
// bytes of a read are those of the cycle of their beat; a write happens in the
// cycle of its last one.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_SIMRTL_DRAMMODEL_H
#define SYSTOLE_HWSIM_SIMRTL_DRAMMODEL_H

#include "hw-sim/model/DramTiming.h"
#include "hw-sim/model/Memories.h"
#include <deque>

namespace systole::sim {

class DramModel {
public:
  DramModel(const Machine &machine, Dram &dram)
      : width(machine.dram.width), timing(machine), dram(dram) {}

  /// What stands at the pins in a cycle.
  struct Answer {
    DramRequester requester;
    bool isLast;
  };

  /// A beat of the next write request: `strobes` has a bit for each byte.
  void sendBeat(const uint8_t *data, const uint8_t *strobes);
  /// A request that is visible in `cycle`.
  void request(uint64_t cycle, DramRequester requester, uint64_t address,
               uint64_t beats);
  /// The answer in `cycle`, if there is one; a beat's bytes go to `data`. To be
  /// called for every cycle in which something is outstanding.
  std::optional<Answer> answer(uint64_t cycle, uint8_t *data);

  /// Beats times the width.
  uint64_t bytesRead() const { return readBytes; }
  uint64_t bytesWritten() const { return writtenBytes; }

private:
  struct Beat {
    std::vector<uint8_t> data, strobes;
  };
  struct Request {
    DramRequester requester;
    uint64_t address, beats, completion;
  };
  void write(const Request &request);

  uint64_t width;
  DramTiming timing;
  Dram &dram;
  /// Accepted and not complete, in the order of acceptance, which is that of
  /// their beats.
  std::deque<Request> requests;
  /// Of writes that are not complete.
  std::deque<Beat> beats;
  uint64_t readBytes = 0, writtenBytes = 0;
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_SIMRTL_DRAMMODEL_H
