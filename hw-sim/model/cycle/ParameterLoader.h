//===- ParameterLoader.h - VX's parameters and table ------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// parameter_loader.sv and table_loader.sv. They share a port, on which nobody
// is ever refused.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_PARAMETERLOADER_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_PARAMETERLOADER_H

#include "hw-sim/isa/Instruction.h"

namespace systole::sim::cycle {

/// Parameters of channel blocks, two sets in turn.
class ParameterLoader {
public:
  /// The next block's set is there.
  bool isReady() const { return loaded || words == 0; }
  bool asks() const { return reading; }

  /// `count` words of each channel block.
  void start(unsigned count, unsigned channels) {
    words = count;
    blocksLeft = channels;
    more = words != 0;
    loaded = false;
  }
  /// `takes`: a block begins. `free`: nothing uses the set of the block before
  /// any more. `answered`: a word has come.
  bool clock(bool takes, bool free, bool answered) {
    bool begins = more && !loading && !loaded && free;
    bool arrives = answered && loading;
    bool ends = arrives && got + 1 == words;
    bool moved = begins || reading || arrives || takes;
    if (reading)
      reading = ++read != words;
    got += arrives;
    if (ends)
      loading = false;
    loaded = ends || (loaded && !takes);
    if (begins) {
      more = --blocksLeft != 0;
      loading = reading = true;
      read = got = 0;
    }
    return moved;
  }

private:
  unsigned words = 0, read = 0, got = 0, blocksLeft = 0;
  /// There are blocks behind this one; one is on its way; still asked for.
  bool more = false, loading = false, reading = false, loaded = false;
};

/// The 256 entries of vx.table, one a cycle.
class TableLoader {
public:
  explicit TableLoader(unsigned lanes) : lanes(lanes) {}

  bool isDone() const { return done; }
  /// A word is asked for, if nothing starts.
  bool asks() const { return hasWord && place == last && index != kLast; }

  void start(const isa::LoadTable &work) {
    busy = true;
    hasWord = false;
    index = place = 0;
    step = work.entries == isa::TableType::Int16 ? 2 : 1;
    last = lanes - step;
  }
  bool clock(bool answered) {
    bool moved = busy || hasWord || done;
    bool entryLast = hasWord && index == kLast;
    bool wordLast = hasWord && place == last;
    done = entryLast;
    if (hasWord) {
      ++index;
      place += step;
    }
    hasWord = (busy && answered) || (hasWord && !wordLast && !entryLast);
    if (busy && answered)
      place = 0;
    if (entryLast)
      busy = false;
    return moved;
  }

private:
  static constexpr unsigned kLast = 255;

  unsigned lanes, last = 0, step = 1, index = 0, place = 0;
  bool busy = false, hasWord = false, done = false;
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_PARAMETERLOADER_H
