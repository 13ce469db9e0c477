//===- TimingPackage.h - Latencies as a SystemVerilog package ---*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_SIMRTL_TIMINGPACKAGE_H
#define SYSTOLE_HWSIM_SIMRTL_TIMINGPACKAGE_H

#include "hw-sim/model/Machine.h"

namespace systole::sim {

/// `timing_pkg`: Timing (hw-sim/model/Timing.h) as the RTL reads it. Beside it
/// the RTL has only the numbers of printParameters().
std::string timingPackage(const Machine &machine);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_SIMRTL_TIMINGPACKAGE_H
