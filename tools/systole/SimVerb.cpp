//===- SimVerb.cpp - systole sim ------------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs a program (an image, text of the isa dialect, or assembler text) on a
// model of the matrix unit. What kind of program it is follows from its
// content; each kind becomes an image, and from there on there is one way.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/ProgramFile.h"
#include "hw-sim/isa/Assembly.h"
#include "hw-sim/model/Host.h"
#include "tools/systole/Diagnostics.h"
#include "tools/systole/Machines.h"
#include "tools/systole/Model.h"
#include "tools/systole/Program.h"
#include "tools/systole/RunReport.h"
#include "tools/systole/SimReport.h"
#include "tools/systole/Verbs.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

using namespace llvm;
using namespace systole;
using namespace systole::driver;

namespace {
/// A program and the machine that it shall run on.
struct Program {
  sim::Machine machine;
  isa::Image image;
};
} // namespace

//===----------------------------------------------------------------------===//
// Reading programs
//===----------------------------------------------------------------------===//

/// The machine of --machine; else the one named in `fallback`, if any.
static std::optional<sim::Machine> chooseMachine(const Arguments &arguments,
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

/// An image, or text of the isa dialect.
static std::optional<Program>
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
  return Program{std::move(*machine), std::move(*image)};
}

static std::optional<Program> readTextProgram(const Arguments &arguments,
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
  return Program{std::move(*machine), std::move(*image)};
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
static std::optional<Program>
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

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

/// Writes the report to standard output, or to the file of -o.
static bool printReport(const Arguments &arguments, const SimReport &report) {
  auto print = [&](raw_ostream &os) {
    if (arguments.get("--report", "text") == "json")
      printSimJson(report, os);
    else
      printSimText(report, os);
  };
  StringRef path = arguments.get("-o", "-");
  if (path == "-") {
    print(outs());
    return true;
  }
  std::error_code error;
  raw_fd_ostream file(path, error);
  if (!error) {
    print(file);
    file.flush();
    error = file.error();
    file.clear_error();
  }
  if (error)
    printError("cannot write '" + path + "': " + error.message());
  return !error;
}

static bool simulate(const Arguments &arguments, const Program &program) {
  ImageEngine engine(program.image, program.machine, arguments.has("--poison"));
  rt::RunResult result;
  RunFiles files;
  files.inputs = arguments.all("--input");
  if (!runOnFiles(engine, files, result))
    return false;
  const systole_entry_info &entry = engine.getEntry();
  StringRef folder = arguments.get("--output-dir");
  if (!folder.empty()) {
    rt::Status status = rt::writeOutputs(entry, result, folder.str().c_str());
    if (status.failed())
      return printError(status.message()), false;
  } else if (arguments.get("--report", "text") == "text") {
    // With JSON standard output holds the object alone.
    printOutputs(entry, result, outs());
  }
  return printReport(arguments,
                     {program.machine, "functional", engine.lastRun()});
}

ExitStatus systole::driver::simVerb(const Arguments &arguments) {
  StringRef engine = arguments.get("--engine", "functional");
  if (engine != "functional")
    return notInThisVersion(arguments, "--engine=" + engine);
  if (arguments.get("--report") == "html")
    return notInThisVersion(arguments, "--report=html");
  std::optional<frontend::SourceFile> source =
      openModel(arguments.positional());
  if (!source)
    return kFailure;
  std::optional<Program> program = readAnyProgram(arguments, *source);
  return program && simulate(arguments, *program) ? kSuccess : kFailure;
}
