//===- SimProgram.cpp - What sim and diff run -----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/systole/SimProgram.h"
#include "frontend/Common/ProgramFile.h"
#include "hw-sim/isa/Assembly.h"
#include "hw-sim/model/Host.h"
#include "hw-sim/model/MachineFile.h"
#include "tools/systole/Diagnostics.h"
#include "tools/systole/Machines.h"
#include "tools/systole/Model.h"
#include "tools/systole/Program.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

//===----------------------------------------------------------------------===//
// Machines
//===----------------------------------------------------------------------===//

/// Changes the keys of --what-if; false after messages.
static bool applyWhatIfs(const Arguments &arguments, sim::Machine &machine) {
  bool isFine = true;
  for (StringRef change : arguments.all("--what-if")) {
    auto [key, value] = change.split('=');
    std::string problem = sim::setMachineKey(machine, key, value);
    if (problem.empty())
      continue;
    printError("--what-if " + change + ": " + problem);
    isFine = false;
  }
  if (!isFine)
    return false;
  for (const sim::MachineProblem &problem : sim::checkMachine(machine)) {
    printError("with these changes: " + problem.key + ": " + problem.message);
    isFine = false;
  }
  return isFine;
}

/// The machine of --machine, or `fallback`, as it is described.
static std::optional<sim::Machine> describedMachine(const Arguments &arguments,
                                                    StringRef fallback) {
  if (arguments.has("--machine"))
    return findMachine(arguments.get("--machine"));
  if (!fallback.empty() && is_contained(presetMachines(), fallback))
    return findMachine(fallback);
  printError(fallback.empty()
                 ? Twine("the program does not say for which machine it is")
                 : "the program was made for machine '" + fallback +
                       "', which is no preset");
  printHelp("name the machine: --machine=" +
            (fallback.empty() ? Twine("mxu-16") : "FILE.yaml"));
  return std::nullopt;
}

std::optional<sim::Machine>
systole::driver::chooseMachine(const Arguments &arguments, StringRef fallback) {
  std::optional<sim::Machine> machine = describedMachine(arguments, fallback);
  if (machine && !applyWhatIfs(arguments, *machine))
    return std::nullopt;
  return machine;
}

mxu::EngineOptions systole::driver::engineOptions(const Arguments &arguments) {
  mxu::EngineOptions options;
  options.isQuickBuild = arguments.has("--quick-build");
  options.skipsNothing = arguments.has("--no-skip");
  return options;
}

std::unique_ptr<sim::Device>
systole::driver::openEngine(const mxu::EngineInfo &engine,
                            const sim::Machine &machine,
                            const mxu::EngineOptions &options) {
  printVerbose("opening engine " + Twine(engine.name) + ": " + engine.summary);
  std::string problem;
  std::unique_ptr<sim::Device> device = engine.open(machine, options, problem);
  if (!device)
    printError("there is no engine '" + Twine(engine.name) +
               "' here: " + problem);
  return device;
}

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

/// An image, or text of the isa dialect.
static std::optional<SimProgram>
readImageProgram(const Arguments &arguments,
                 const frontend::SourceFile &source) {
  std::optional<isa::Image> image = readProgram(source);
  if (!image)
    return std::nullopt;
  std::optional<sim::Machine> machine =
      chooseMachine(arguments, image->machine);
  if (!machine)
    return std::nullopt;
  std::vector<std::string> problems = sim::loadProblems(*machine, *image);
  for (const std::string &text : problems)
    printError("machine '" + machine->name +
               "' cannot run this program: " + text);
  if (!problems.empty()) {
    if (!image->machine.empty())
      printHelp("it was made for machine '" + image->machine + "'");
    return std::nullopt;
  }
  return SimProgram{std::move(*machine), std::move(*image)};
}

static std::optional<SimProgram> readTextProgram(const Arguments &arguments,
                                                 StringRef text) {
  std::vector<isa::AssemblyProblem> problems;
  std::vector<isa::Word> words =
      isa::assemble(std::string_view(text.data(), text.size()), problems);
  for (const isa::AssemblyProblem &problem : problems)
    printError("line " + Twine(problem.line) + ": " + problem.message);
  if (!problems.empty())
    return std::nullopt;
  std::optional<sim::Machine> machine = chooseMachine(arguments, "");
  if (!machine)
    return std::nullopt;
  std::optional<isa::Image> image = sim::imageOf(*machine, std::move(words));
  if (!image) {
    printError("the program is larger than the machine's " +
               Twine(machine->dram.bytes) + " bytes of DRAM");
    return std::nullopt;
  }
  return SimProgram{std::move(*machine), std::move(*image)};
}

/// Whether some line begins with an instruction, a setting or `.word`.
static bool isAssembly(StringRef text) {
  while (!text.empty()) {
    auto [line, rest] = text.split('\n');
    StringRef word = line.ltrim().take_until([](char c) { return isSpace(c); });
    if (word == ".word" ||
        isa::findFormat(std::string_view(word.data(), word.size())))
      return true;
    text = rest;
  }
  return false;
}

/// The program in a file of any kind; a message and nullopt if there is none.
static std::optional<SimProgram>
readAnyProgram(const Arguments &arguments, const frontend::SourceFile &source) {
  if (frontend::isProgram(source))
    return readImageProgram(arguments, source);
  if (!source.isFolder && isAssembly(source.bytes))
    return readTextProgram(arguments, source.bytes);
  printError("this is neither a program image, nor text of the isa dialect, "
             "nor assembler text");
  printHelp("models are compiled for a matrix unit in a later version");
  return std::nullopt;
}

std::optional<SimProgram>
systole::driver::readSimProgram(const Arguments &arguments) {
  std::optional<frontend::SourceFile> source =
      openModel(arguments.positional());
  if (!source)
    return std::nullopt;
  return readAnyProgram(arguments, *source);
}
