//===- Machines.cpp - Finding the description of a machine ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What hw-sim/model/Presets.h finds, with messages in the driver's form.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Machines.h"
#include "hw-sim/model/Presets.h"
#include "tools/systole/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

std::vector<std::string> systole::driver::presetMachines() {
  return sim::presetNames(sim::presetFolder());
}

std::optional<sim::Machine> systole::driver::findMachine(StringRef name) {
  std::vector<std::string> presets = presetMachines();
  if (!sim::isMachinePath(name.str()) && !is_contained(presets, name)) {
    printError("there is no machine '" + name + "'");
    printHelp("name one of " + join(presets, ", ") +
              ", or a machine file by its path");
    return std::nullopt;
  }
  std::vector<sim::FileProblem> problems;
  std::optional<sim::Machine> machine = sim::findMachine(name.str(), problems);
  for (const sim::FileProblem &problem : problems)
    errs() << problem.text() << "\n";
  return machine;
}
