//===- DramTiming.h - When DRAM answers -------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One object of this class times the memory of the RTL bench, of the cycle
// engine and of SystemC. It is a pure function of the accepted sequence:
//
// - at most one request a cycle is accepted, in order; it lies in one row and
//   takes the data bus for one cycle a beat;
// - its first beat comes `read_latency` or `write_latency` cycles later, and
//   `row_miss` more where the row is not the open one of its bank;
// - the bus serves requests in the order in which they were accepted.
//
// Row r lies in bank r mod banks; a request opens its row.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_DRAMTIMING_H
#define SYSTOLE_HWSIM_MODEL_DRAMTIMING_H

#include "hw-sim/model/Machine.h"
#include <algorithm>

namespace systole::sim {

/// Who asks; a lower one goes first.
enum class DramRequester : uint8_t { Fetch, Load, Store };
inline constexpr unsigned kDramRequesters = 3;

/// Most beats of a request.
inline constexpr uint64_t kMaxBeats = 16;

class DramTiming {
public:
  explicit DramTiming(const Machine &machine)
      : dram(machine.dram), openRows(machine.dram.banks, kNoRow) {}

  /// Accepts the bytes from `address` on and returns the cycle of the last
  /// beat; the others come in the cycles before it. Preconditions: `cycle` is
  /// behind that of the call before; the bytes lie in one row and in at most
  /// kMaxBeats beats.
  uint64_t accept(uint64_t cycle, DramRequester requester, uint64_t address,
                  uint64_t bytes) {
    uint64_t row = address / dram.rowBytes;
    uint64_t &open = openRows[row % dram.banks];
    uint64_t latency = requester == DramRequester::Store ? dram.writeLatency
                                                         : dram.readLatency;
    uint64_t first = cycle + latency + (open == row ? 0 : dram.rowMiss);
    open = row;
    busFree = std::max(first, busFree) + beatsOf(address, bytes);
    return busFree - 1;
  }

  /// Beats in which the bytes lie.
  uint64_t beatsOf(uint64_t address, uint64_t bytes) const {
    return (address % dram.width + bytes + dram.width - 1) / dram.width;
  }

private:
  static constexpr uint64_t kNoRow = UINT64_MAX;

  decltype(Machine::dram) dram;
  /// Of each bank.
  std::vector<uint64_t> openRows;
  /// The first cycle in which no accepted request has a beat.
  uint64_t busFree = 0;
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_DRAMTIMING_H
