//===- WeightLoader.h - MM's weights, cycle by cycle ------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// weight_loader.sv.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_WEIGHTLOADER_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_WEIGHTLOADER_H

#include "hw-sim/model/Timing.h"
#include "hw-sim/model/cycle/BankMemory.h"

namespace systole::sim::cycle {

class WeightLoader {
public:
  /// `delay`: from a step of the streamer to its operands at the array.
  WeightLoader(const Machine &machine, const Timing &timing, unsigned delay,
               BankPort &port)
      : port(port), lanes(machine.lanes()), delay(delay),
        free(timing.weightQueue), tags(timing.weightQueue) {}

  /// All words of the instruction before have been asked for.
  bool ready() const { return !reading; }
  /// The shadow will hold the next tile.
  bool hasTile() const { return full; }

  void start(const isa::MmConfig &config) {
    reading = true;
    hasZeroPoints = zeroNext = config.weights.zeroPoints;
    const isa::Window &window = config.window;
    columnWords =
        uint64_t(lanes) * window.channels * window.kernelX * window.kernelY;
    wordsLeft = columnWords;
    columnsLeft = config.weights.columns;
  }

  bool clock(bool takesTile) {
    bool filled = full && !takesTile;
    bool pass = tags.valid() && !filled;
    bool isRow = pass && !tags.head();
    full = filled || (isRow && row == lanes - 1);
    if (isRow)
      row = row == lanes - 1 ? 0 : row + 1;
    bool read = reading && free != 0;
    bool wordPop = passes >> (delay - 1) & 1;
    bool moved = tags.clock(read, pass, zeroNext);
    passes = (passes << 1 | pass) & ((1u << delay) - 1);
    free -= read;
    free += wordPop;
    port.request(read, 0);
    if (read)
      stepWord();
    return moved || passes != 0 || wordPop || port.valid;
  }

private:
  void stepWord() {
    if (zeroNext) {
      zeroNext = false;
    } else if (--wordsLeft == 0) {
      wordsLeft = columnWords;
      zeroNext = hasZeroPoints;
      reading = --columnsLeft != 0;
    }
  }

  BankPort &port;
  unsigned lanes, delay;
  /// Words that are left, of the column block; column blocks.
  bool reading = false, hasZeroPoints = false, zeroNext = false;
  uint64_t columnWords = 0, wordsLeft = 0;
  unsigned columnsLeft = 0;
  /// Of every word that was asked for: whether it is zero points.
  unsigned free;
  Fifo<bool> tags;
  /// Whether a word went on, in the last `delay` cycles.
  unsigned passes = 0;
  /// The shadow, on the time of the streamer's steps.
  bool full = false;
  unsigned row = 0;
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_WEIGHTLOADER_H
