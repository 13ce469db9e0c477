//===- Timing.h - Latencies and depths of the machine -----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every latency that docs/hardware/timing.md names, computed here and nowhere
// else: the RTL reads them from its machine package, the cycle engine from this
// structure.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_TIMING_H
#define SYSTOLE_HWSIM_MODEL_TIMING_H

#include "hw-sim/model/Machine.h"
#include <algorithm>

namespace systole::sim {

struct Timing {
  explicit Timing(const Machine &machine)
      : loadBeats(std::min<uint64_t>(16 * machine.dram.outstanding, 512)),
        arrayLatency(machine.array) {}

  /// From a request at a memory's port to the word.
  uint64_t memoryRead = 3;
  /// Steps of MM whose sums are not in memory when the next one's row is read.
  uint64_t sumsInFlight = 4;
  /// Dispatch looks at extents for so long, whatever the instruction is.
  uint64_t checkSteps = 14;
  /// Instructions of an engine that have started and not retired.
  uint64_t inFlight = 16;
  /// Runs of a transfer between its two sides.
  uint64_t transferRuns = 32;
  /// Beats that FETCH, and LD, have room for.
  uint64_t fetchBeats = 32, loadBeats;
  /// Words between ST's reads and its packer.
  uint64_t storeWords = 8;
  /// Words that DW's windows are cut from, at least: the largest window, and
  /// what is read ahead.
  uint64_t depthwiseWords = 96;
  /// Weight words between memory and array.
  uint64_t weightQueue = 16;
  /// From a row of operands at the array's edge to their sums.
  uint64_t arrayLatency;
  /// Of VX's lanes: a rescaling, an addition, a division.
  uint64_t rescaleLatency = 6, addLatency = 3, divideLatency = 34;

  /// From a tap to what it is pooled to: bias, rescaling, clamp, table, pool.
  uint64_t pooledLatency() const { return 1 + rescaleLatency + 1 + 2 + 1; }
  /// From a window's value to the write of its result: zero points, both parts,
  /// their sum, bias, result, clamp, table, write.
  uint64_t resultLatency() const {
    return 1 + rescaleLatency + 2 * addLatency + rescaleLatency + 1 + 2 + 1;
  }
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_TIMING_H
