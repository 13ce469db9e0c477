//===- VectorReader.h - What VX reads, cycle by cycle -----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// vector_reader.sv.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_VECTORREADER_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_VECTORREADER_H

#include "hw-sim/model/Timing.h"
#include "hw-sim/model/cycle/BankMemory.h"
#include "hw-sim/model/cycle/Control.h"
#include "hw-sim/model/cycle/Walkers.h"

namespace systole::sim::cycle {

using VxEntry = Entry<isa::VxConfig>;

class VectorReader {
public:
  struct Ports {
    BankPort *words, *rows, *depthwise;
  };
  VectorReader(const Machine &machine, const Ports &ports);

  /// A tap: the register behind the queues.
  struct Tap {
    bool valid = false, bank = false;
    /// It ends a window; the instruction; where the result goes.
    bool endsWindow = false, endsAll = false;
    int64_t target = 0;
  };
  const Tap &tap() const { return out; }
  /// A tap of the next channel block goes on in this cycle.
  bool takesBlock(bool hasParameters) const {
    return pops(hasParameters) && tags.head().beginsBlock;
  }

  void start(const VxEntry &entry, unsigned windowGap);
  bool clock(bool hasParameters);

private:
  enum class Access : uint8_t {
    OperandLow,
    OperandHigh,
    SourceLow,
    SourceHigh
  };
  struct Tag {
    bool isRead, fromRows, ends, endsWindow, endsAll, beginsBlock;
    int64_t target;
  };
  bool pops(bool hasParameters) const;
  bool clockIssue(bool pop, bool popsRow);
  Access access() const;
  void begin(Access at);

  static constexpr unsigned kRoom = 8, kLoopKy = 1, kLoopY = 3;

  Ports ports;
  BankOf bankOfWord, bankOfRow, bankOfDepthwise;
  /// Of the instruction.
  isa::VectorSource source = isa::VectorSource::Int8;
  bool fromRows = false, twoWords = false, usesOperand = false,
       wideOperand = false;
  unsigned windowGap = 0;

  PictureWalker walker;
  RunWalker outputs;
  /// Within a tap: the next access.
  bool begun = false;
  Access next = Access::SourceLow;
  unsigned wordsFree = kRoom, rowsFree = kRoom;
  Fifo<Tag> tags;
  CountFifo words, rows;
  unsigned gap = 0;
  bool parity = true;
  Tap out;
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_VECTORREADER_H
