//===- Program.cpp - Programs of the matrix unit --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reading programs, and finding the machine that they are for.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Program.h"
#include "frontend/Common/ProgramFile.h"
#include "hw-sim/model/Host.h"
#include "tools/systole/Diagnostics.h"
#include "tools/systole/Machines.h"

using namespace llvm;
using namespace systole::driver;
namespace frontend = systole::frontend;
namespace sim = systole::sim;

std::optional<systole::isa::Image>
systole::driver::readProgram(const frontend::SourceFile &source) {
  std::vector<frontend::Problem> problems;
  std::optional<isa::Image> image = frontend::readProgram(source, problems);
  errs() << frontend::formatProblems(source.path, problems);
  return image;
}

std::optional<systole::isa::Image>
systole::driver::readProgram(StringRef path) {
  frontend::SourceFile source;
  std::string error;
  if (frontend::openSource(path, source, error) && !source.isFolder)
    return readProgram(source);
  printError(source.isFolder ? "this is a folder, not a program" : error);
  return std::nullopt;
}

std::optional<sim::Machine> systole::driver::machineFor(const isa::Image &image,
                                                        StringRef option) {
  std::string name = option.empty() ? image.machine : option.str();
  if (name.empty()) {
    printError("the program names no machine");
    printHelp("name one, a preset or a machine file");
    return std::nullopt;
  }
  std::optional<sim::Machine> machine = findMachine(name);
  if (!machine)
    return std::nullopt;
  std::vector<std::string> problems = sim::loadProblems(*machine, image);
  if (problems.empty())
    return machine;
  printError("machine '" + machine->name + "' cannot run this program");
  for (const std::string &reason : problems)
    printNote(frontend::printable(reason));
  printHelp("name the machine that it was made for, or make it anew for this "
            "one");
  return std::nullopt;
}
