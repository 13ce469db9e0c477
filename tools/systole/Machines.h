//===- Machines.h - Finding the description of a machine --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A MACHINE on the command line is a preset's name or a file of the user's.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_MACHINES_H
#define SYSTOLE_TOOLS_SYSTOLE_MACHINES_H

#include "hw-sim/model/Machine.h"
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <vector>

namespace systole::driver {

/// Names of the presets, in share/systole/machines beside this program, the
/// shorter first.
std::vector<std::string> presetMachines();

/// Reads a preset (mxu-16) or a machine file (anything with a dot or a slash).
/// A message and nullopt if there is none, or if something is wrong in it.
std::optional<sim::Machine> findMachine(llvm::StringRef name);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_MACHINES_H
