//===- Presets.h - Finding the machine of a command line --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// MACHINE of a command line, of a program and of an image: the name of a preset
// or the path of a machine file. Presets lie beside the program that runs, in
// the build folder and in an install alike: BIN/../share/systole/machines.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_PRESETS_H
#define SYSTOLE_HWSIM_MODEL_PRESETS_H

#include "hw-sim/model/MachineFile.h"

namespace systole::sim {

/// Whether this is a path and no name of a preset: it has a '/' or a '.'.
bool isMachinePath(std::string_view machine);

/// The folder of the running program's presets.
std::string presetFolder();

/// Names of the presets in a folder, the shorter first.
std::vector<std::string> presetNames(const std::string &folder);

/// Reads the machine that is called, or lies at, `machine`. All problems are
/// appended; there is a machine only if there are none.
std::optional<Machine> findMachine(const std::string &machine,
                                   std::vector<FileProblem> &problems,
                                   const std::string &folder = presetFolder());

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_PRESETS_H
