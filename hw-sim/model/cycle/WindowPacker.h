//===- WindowPacker.h - ld.window, cycle by cycle ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// window_packer.sv: which lines are asked for when, and how windows are put
// together from pieces of lines.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_WINDOWPACKER_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_WINDOWPACKER_H

#include "hw-sim/model/Timing.h"
#include "hw-sim/model/cycle/RunReader.h"

namespace systole::sim::cycle {

class WindowPacker {
public:
  WindowPacker(const Machine &machine, const Timing &timing);

  bool isIdle() const { return !active; }
  /// A line is asked for.
  bool runValid() const;
  uint64_t runAddress() const {
    return first + uint64_t(askLine() * int64_t(picture.pitch));
  }
  uint64_t runLength() const { return uint64_t(lineBytes); }
  bool unitReady() const { return coming.valid(); }
  bool wordValid() const { return packer.valid(); }
  /// Of the instruction.
  bool isLast() const {
    return packer.isLast() && packedAll && windowsLeft == 1;
  }

  void start(const isa::LdConfig &config, const isa::LoadWindow &work);
  /// What the reader and the writer take, and bring.
  struct Inputs {
    bool runReady, unitValid, unitLast, wordReady;
  };
  bool clock(const Inputs &inputs);

private:
  void begin();
  int64_t askLine() const { return askFirst + askKy; }
  bool clockLines(bool ask, bool lineEnds);
  void stepPlace(bool windowEnds, bool rowEnds);
  bool linesAreHere() const;
  int64_t pieceBytes(bool isFill) const;
  bool isFilled(bool hasLine) const;

  int64_t lanes, slots;
  isa::Picture picture;
  isa::Kernel kernel;
  int64_t rows = 0, firstRow = 0;
  uint64_t first = 0;
  int64_t lineBytes = 0, segmentBytes = 0, firstByte = 0, stepBytes = 0;
  bool active = false;
  /// Multiplications that are done.
  unsigned setup = 0;

  /// The window row and the row in it that is to be asked for next.
  bool asking = false;
  int64_t askRow = 0, askKy = 0, askFirst = 0, asked = -1;
  /// Lines that come in; the last that is there as a whole.
  Fifo<int64_t> coming;
  int64_t here = -1;

  /// Window (row, column), its row; the byte that is next.
  bool packing = false;
  int64_t row = 0, column = 0, ky = 0, packFirst = 0;
  int64_t beginByte = 0, byte = 0, left = 0;
  /// A piece on its way into the packer.
  bool pieceValid = false;
  BytePacker::Piece piece;
  BytePacker packer;
  /// Windows in the packer.
  unsigned windowsLeft = 0;
  bool packedAll = false;
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_WINDOWPACKER_H
