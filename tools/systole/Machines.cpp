//===- Machines.cpp - Finding the description of a machine ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Presets are files like any other; an install carries them.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Machines.h"
#include "hw-sim/model/MachineFile.h"
#include "tools/systole/Diagnostics.h"
#include "tools/systole/Options.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

/// share/systole/machines of the build folder or the install.
static std::string presetFolder() {
  static int anchor;
  SmallString<256> folder(
      sys::path::parent_path(sys::fs::getMainExecutable("systole", &anchor)));
  sys::path::append(folder, "..", "share", "systole", "machines");
  sys::path::remove_dots(folder, /*remove_dot_dot=*/true);
  return folder.str().str();
}

std::vector<std::string> systole::driver::presetMachines() {
  std::vector<std::string> names;
  std::error_code error;
  for (sys::fs::directory_iterator file(presetFolder(), error), end;
       !error && file != end; file.increment(error))
    if (sys::path::extension(file->path()) == ".yaml")
      names.push_back(sys::path::stem(file->path()).str());
  // mxu-8 before mxu-16.
  llvm::sort(names, [](const std::string &l, const std::string &r) {
    return std::pair(l.size(), l) < std::pair(r.size(), r);
  });
  return names;
}

std::optional<sim::Machine> systole::driver::findMachine(StringRef name) {
  std::string path = name.str();
  if (!name.contains('.') && !name.contains('/')) {
    std::vector<std::string> presets = presetMachines();
    if (!is_contained(presets, path)) {
      printError("there is no machine '" + name + "'");
      printHelp("name one of " + join(presets, ", ") +
                ", or a machine file by its path");
      return std::nullopt;
    }
    path = presetFolder() + "/" + path + ".yaml";
  }
  std::vector<sim::FileProblem> problems;
  std::optional<sim::Machine> machine = sim::loadMachine(path, problems);
  for (const sim::FileProblem &problem : problems)
    errs() << problem.text() << "\n";
  return machine;
}
