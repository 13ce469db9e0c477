//===- MachineFile.h - Reading machine files --------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A machine file is YAML: the keys of machineKeys() and `name`, each once.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_MACHINEFILE_H
#define SYSTOLE_HWSIM_MODEL_MACHINEFILE_H

#include "hw-sim/model/Machine.h"

namespace systole::sim {

/// What is wrong in a machine file; prints as `FILE:LINE: error: MESSAGE`.
struct FileProblem {
  std::string file;
  /// From 1 on; 0 where the whole file is meant.
  uint64_t line;
  std::string message;

  std::string text() const;
};

/// Reads the text of a machine file. All problems of it are appended; there is
/// a machine only if there are none.
std::optional<Machine> parseMachine(std::string_view text,
                                    const std::string &file,
                                    std::vector<FileProblem> &problems);

/// The same from a file.
std::optional<Machine> loadMachine(const std::string &path,
                                   std::vector<FileProblem> &problems);

/// Changes one key, as in `--what-if dram.width=32`; returns what is wrong, or
/// "". What keys say together is not checked: see checkMachine().
std::string setMachineKey(Machine &machine, std::string_view name,
                          std::string_view value);

/// A machine as the text of a file.
std::string printMachine(const Machine &machine);

/// A machine as parameters of the RTL: a SystemVerilog package.
std::string printParameters(const Machine &machine);

/// What memories on chip these machines have, as the table of
/// docs/hardware/memory-map.md.
std::string describeMemories(const std::vector<Machine> &machines);

/// The keys as the table of docs/hardware/machine-files.md.
std::string describeMachineKeys();

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_MACHINEFILE_H
