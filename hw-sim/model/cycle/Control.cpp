//===- Control.cpp - Both ends of every instruction -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/cycle/Control.h"

namespace systole::sim::cycle {

bool Semaphores::clock() {
  uint16_t changed = takes | gives;
  bool moved = changed != 0 || nextTakes != 0 || nextGives != 0;
  for (unsigned i = 0; changed != 0; ++i, changed >>= 1) {
    if (!(changed & 1))
      continue;
    uint16_t mark = uint16_t(1u << i);
    counts[i] += (gives & mark) != 0;
    counts[i] -= (takes & mark) != 0;
    zeros = counts[i] == 0 ? zeros | mark : zeros & ~mark;
    fulls = counts[i] == isa::kMaxTokens ? fulls | mark : fulls & ~mark;
  }
  takes = std::exchange(nextTakes, 0);
  gives = std::exchange(nextGives, 0);
  return moved;
}

} // namespace systole::sim::cycle
