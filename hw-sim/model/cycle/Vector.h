//===- Vector.h - VX, cycle by cycle ----------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// vector.sv: behind the reader nothing waits, so that a window's result has a
// time as soon as its last tap has one.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_VECTOR_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_VECTOR_H

#include "hw-sim/model/cycle/ParameterLoader.h"
#include "hw-sim/model/cycle/VectorReader.h"

namespace systole::sim::cycle {

class Vector {
public:
  struct Ports {
    BankPort *words, *rows, *depthwise, *parameters, *writes;
  };
  Vector(const Machine &machine, const Timing &timing, const Ports &ports);

  bool mayStart(const VxEntry &) const { return !busy; }
  bool isDone(uint64_t) const { return done; }
  /// `entry` is what starts, or null.
  bool clock(uint64_t now, const VxEntry *entry);

private:
  static constexpr unsigned kResults = 128;

  /// A window whose last tap has gone by: when its result is there.
  struct Result {
    uint64_t time;
    int64_t target;
    bool bank, endsAll;
  };
  void start(const VxEntry &entry);
  bool clockSetup();
  bool clockResults(uint64_t now, const VectorReader::Tap &tap);
  bool isSetFree(const VectorReader::Tap &tap, bool takesBlock) const;

  Ports ports;
  Timing timing;
  BankOf bankOfWord;
  unsigned reduceLatency;
  bool busy = false, done = false;
  VxEntry current;
  unsigned setup = 0, latency = 0;
  bool isWide = false;

  ParameterLoader parameters;
  TableLoader table;
  VectorReader reader;
  /// Windows of each parity that have begun and not ended; a tap has gone by,
  /// and the parity of the last.
  std::array<unsigned, 2> windows = {};
  bool begun = false, presentBank = false;
  std::array<Result, kResults> results;
  unsigned first = 0, end = 0;
  /// The second word of a result; the last word of the instruction.
  bool second = false, last = false;
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_VECTOR_H
