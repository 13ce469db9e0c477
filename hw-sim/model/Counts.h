//===- Counts.h - How much work an instruction is ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What every engine knows without running: multiplications and DRAM traffic.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_COUNTS_H
#define SYSTOLE_HWSIM_MODEL_COUNTS_H

#include "hw-sim/model/Machine.h"

namespace systole::sim {

struct Counts {
  /// Multiplications of mm, and of dw, whose lanes and columns carry something.
  /// Taps outside the edges count: they are zeros of the picture.
  uint64_t arrayMacs = 0, depthwiseMacs = 0;
  /// Bytes of DRAM, the program's included.
  uint64_t bytesRead = 0, bytesWritten = 0;

  uint64_t macs() const { return arrayMacs + depthwiseMacs; }
  void add(const Counts &o);
};

/// Of a legal instruction or setting, its own 16 bytes included.
Counts countsOf(const Machine &machine, const isa::Configuration &configuration,
                const isa::Instruction &instruction);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_COUNTS_H
