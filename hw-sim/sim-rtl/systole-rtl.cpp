//===- systole-rtl.cpp - Makes what the RTL is simulated by ---------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/MachineFile.h"
#include "hw-sim/sim-rtl/RtlBuild.h"
#include "hw-sim/sim-rtl/TimingPackage.h"
#include <cstdio>

using namespace systole::sim;

static const char kUsage[] =
    R"(usage: systole-rtl build --machine=FILE [--quick-build]
       systole-rtl package --machine=FILE

build    makes the simulator, if it is not there, and prints where it is
  --quick-build  one that is soon there, but slow
package  prints what the RTL needs to know of the machine, as SystemVerilog
systole diff --random holds the RTL against other engines.
)";

namespace {
struct Arguments {
  std::string verb, machine;
  bool isQuick = false;
};
} // namespace

static int refuse(const std::string &message) {
  fprintf(stderr, "systole-rtl: error: %s\n", message.c_str());
  return 2;
}

/// What is wrong with an argument, or "".
static std::string readArgument(const std::string &argument, Arguments &to) {
  if (argument.compare(0, 2, "--") != 0 && to.verb.empty()) {
    to.verb = argument;
    return "";
  }
  if (argument == "--quick-build") {
    to.isQuick = true;
    return "";
  }
  static const std::string kMachine = "--machine=";
  if (argument.compare(0, kMachine.size(), kMachine) == 0) {
    to.machine = argument.substr(kMachine.size());
    return "";
  }
  return "unknown option '" + argument + "'; see --help";
}

int main(int argc, char **argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--help") {
      fputs(kUsage, stdout);
      return 0;
    }
    if (std::string problem = readArgument(argv[i], arguments);
        !problem.empty())
      return refuse(problem);
  }
  bool isPackage = arguments.verb == "package";
  if (!isPackage && arguments.verb != "build")
    return refuse("the verb is build or package; see --help");
  std::vector<FileProblem> problems;
  std::optional<Machine> machine = loadMachine(arguments.machine, problems);
  for (const FileProblem &problem : problems)
    fprintf(stderr, "%s\n", problem.text().c_str());
  if (!machine)
    return 2;
  if (isPackage) {
    fputs((printParameters(*machine) + timingPackage(*machine)).c_str(),
          stdout);
    return 0;
  }
  std::string problem;
  RtlBuildOptions options = defaultRtlBuild();
  options.isQuick = arguments.isQuick;
  std::optional<std::string> library = buildRtl(*machine, options, problem);
  return library ? puts(library->c_str()) < 0 : refuse(problem);
}
