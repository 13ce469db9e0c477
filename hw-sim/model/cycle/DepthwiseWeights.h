//===- DepthwiseWeights.h - DW's weights, cycle by cycle --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// depthwise_weights.sv: the words of two channel blocks, the present one and
// the next.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_DEPTHWISEWEIGHTS_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_DEPTHWISEWEIGHTS_H

#include "hw-sim/model/cycle/BankMemory.h"

namespace systole::sim::cycle {

class DepthwiseWeights {
public:
  explicit DepthwiseWeights(BankPort &port) : port(port) {}

  /// The present block's are here.
  bool ready() const { return loaded[useBank]; }

  /// `words` of each of the channel blocks: zero points, if there are some, and
  /// taps.
  void start(unsigned words, unsigned blocks) {
    blockWords = words;
    blocksLeft = blocks;
    more = true;
  }
  /// `taken`: the present block's weights are used for the last time.
  bool clock(bool taken) {
    bool begins = more && !arriving && !loaded[loadBank];
    bool ask = asking && port.isFree();
    bool answered = port.hasWord();
    port.request(ask, 0);
    asked += ask;
    got += answered;
    asking = asking && asked != blockWords;
    if (answered && got == blockWords) {
      arriving = false;
      loaded[loadBank] = true;
      loadBank = !loadBank;
    }
    if (taken) {
      loaded[useBank] = false;
      useBank = !useBank;
    }
    if (begins) {
      more = --blocksLeft != 0;
      asking = arriving = true;
      asked = got = 0;
    }
    return begins || ask || answered || taken || port.valid;
  }

private:
  BankPort &port;
  unsigned blockWords = 0, blocksLeft = 0, asked = 0, got = 0;
  /// There are blocks that have not begun; one is asked for; one comes.
  bool more = false, asking = false, arriving = false;
  std::array<bool, 2> loaded = {};
  bool loadBank = false, useBank = false;
};

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_DEPTHWISEWEIGHTS_H
