//===- Device.cpp - A machine that runs programs --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/Device.h"
#include <algorithm>

namespace systole::sim {

std::optional<Difference> firstDifference(Device &left, Device &right) {
  const Machine &machine = left.machine();
  for (unsigned i = 0; i < isa::kMemoryCount; ++i) {
    isa::Memory memory = static_cast<isa::Memory>(i);
    if (memory == isa::Memory::Dram)
      continue;
    std::vector<uint8_t> l(machine.unitsOf(memory) * machine.unitBytes(memory));
    std::vector<uint8_t> r(l.size());
    left.peek(memory, 0, l.data(), l.size());
    right.peek(memory, 0, r.data(), r.size());
    auto [at, other] = std::mismatch(l.begin(), l.end(), r.begin());
    if (at != l.end())
      return Difference{memory, uint64_t(at - l.begin()), *at, *other};
  }
  return firstDifference(left.dram(), right.dram());
}

} // namespace systole::sim
