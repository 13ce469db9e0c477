//===- MachinePackage.h - A machine as a SystemVerilog package --*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_SIMRTL_MACHINEPACKAGE_H
#define SYSTOLE_HWSIM_SIMRTL_MACHINEPACKAGE_H

#include "hw-sim/model/Machine.h"

namespace systole::sim {

/// `machine_pkg`: the numbers of the machine file and all of Timing, which are
/// the RTL's only parameters. The name of the machine is not in it: machines
/// that differ in nothing else are the same hardware.
std::string machinePackage(const Machine &machine);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_SIMRTL_MACHINEPACKAGE_H
