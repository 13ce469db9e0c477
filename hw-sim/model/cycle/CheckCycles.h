//===- CheckCycles.h - How long dispatch checks an instruction --*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// extent_checker.sv takes a number of steps for every operand.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_CYCLE_CHECKCYCLES_H
#define SYSTOLE_HWSIM_MODEL_CYCLE_CHECKCYCLES_H

#include "hw-sim/isa/Instruction.h"

namespace systole::sim::cycle {

/// Cycles from the one in which dispatch has looked at a working instruction to
/// the one in which it knows of its extents.
unsigned checkCycles(const isa::Configuration &configuration,
                     const isa::Instruction &instruction);

} // namespace systole::sim::cycle

#endif // SYSTOLE_HWSIM_MODEL_CYCLE_CHECKCYCLES_H
