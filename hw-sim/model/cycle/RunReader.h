//===- RunReader.h - Runs of bytes from DRAM --------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// byte_packer.sv and run_reader.sv without bytes.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_RUNREADER_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_RUNREADER_H

#include "hw-sim/model/cycle/DramPort.h"

namespace systole::sim::cycle {

inline unsigned log2Of(uint64_t power) {
  unsigned log2 = 0;
  while (power >> log2 > 1)
    ++log2;
  return log2;
}

/// Pieces of runs become units of another size.
class BytePacker {
public:
  explicit BytePacker(unsigned unitBytes) : unitBytes(unitBytes) {}

  /// A unit is there; the run ends with it.
  bool valid() const { return count >= unitBytes || last; }
  bool isLast() const { return last && count <= unitBytes; }
  /// Whether a piece is taken, if units are taken.
  bool ready(bool unitReady) const {
    bool emit = valid() && unitReady;
    return !(last && !(emit && isLast())) && left(emit) < unitBytes;
  }

  struct Piece {
    unsigned bytes = 0;
    bool isLast = false;
    /// Of the first piece of a run: where in its first unit it begins.
    unsigned start = 0;
  };
  /// Precondition: a piece is accepted only if ready.
  bool clock(bool accept, const Piece &piece, bool unitReady) {
    bool emit = valid() && unitReady;
    last = last && !(emit && isLast());
    count = left(emit);
    if (accept) {
      count = (fresh ? piece.start : count) + piece.bytes;
      last = fresh = piece.isLast;
    }
    return emit || accept;
  }

private:
  unsigned left(bool emit) const {
    return !emit ? count : count >= unitBytes ? count - unitBytes : 0;
  }

  unsigned unitBytes, count = 0;
  /// The run ends in what is held; the next piece begins a run.
  bool last = false, fresh = true;
};

class RunReader {
public:
  /// Room for `beats`; `runs` whose answers are on their way.
  RunReader(const Machine &machine, DramRequests &port, unsigned unitBytes,
            unsigned beats, unsigned runs);

  bool runReady() const { return !busy && runsOnWay.ready(); }
  bool unitValid() const { return packer.valid(); }
  bool unitLast() const { return packer.isLast(); }

  struct Inputs {
    bool runValid = false;
    uint64_t address = 0, length = 0;
    bool unitReady = false;
  };
  bool clock(const Inputs &inputs);

private:
  struct Run {
    unsigned offset;
    uint64_t length;
  };
  bool clockRequests(const Inputs &inputs, bool take, bool pop);
  bool clockAnswers(const Inputs &inputs, bool take, bool &pop);
  unsigned nextBeats() const;

  unsigned log2Width, width;
  uint64_t rowBeats;
  DramRequests &port;
  /// Asking for a run: the next beat, and beats that are left.
  bool busy = false;
  uint64_t beat = 0, beatsLeft = 0;
  unsigned free;
  Fifo<Run> runsOnWay;
  CountFifo beats;
  BytePacker packer;
  /// Within a run: bytes that are left.
  bool inside = false;
  uint64_t bytesLeft = 0;
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_RUNREADER_H
