//===- systole-dv.cpp - Tries engines with random programs ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/checker/Checker.h"
#include "hw-sim/dv/Campaign.h"
#include "hw-sim/dv/KernelVerb.h"
#include "hw-sim/isa/Assembly.h"
#include "hw-sim/model/MachineFile.h"
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>

using namespace systole::isa;
using namespace systole::sim;

static const char kUsage[] =
    R"(usage: systole-dv random --machine=FILE [options]
       systole-dv show --machine=FILE [--seed=N] [--illegal] [--crowd]
       systole-dv check --machine=FILE PROGRAM
       systole-dv parameters --machine=FILE
       systole-dv kernel --machine=FILE KIND --output=IMAGE [options]

random  makes programs; compares random orders with the functional engine,
        and what the checker says with what it should
  --programs=N       how many (100)
  --seed=N           of the first; the others follow (0)
  --orders=N         random orders of a legal program (2)
  --mutant-orders=N  random orders of a mutant (20)
  --minimum-hits=N   fail if a coverage bin has fewer (0)
show    prints the random program of a seed; of a crowd: with long blocks of all
        engines at once
check   checks a program: assembler text, at the end of DRAM, or an image
parameters  prints the machine as a SystemVerilog package
)";

namespace {
/// What the command line says; numbers by name.
struct Arguments {
  std::string verb, machine, program;
  KernelVerb kernel;
  bool isIllegal = false;
  Mix mix = Mix::Meetings;
  uint64_t seed = 0, minimumHits = 0;
  CampaignOptions campaign;
};
} // namespace

/// Prints a message; the status to end with.
static int refuse(const std::string &message) {
  fprintf(stderr, "systole-dv: error: %s; see --help\n", message.c_str());
  return 2;
}

/// What is wrong with an argument, or "".
static std::string readArgument(const std::string &argument, Arguments &to) {
  if (argument == "--illegal") {
    to.isIllegal = true;
    return "";
  }
  if (argument == "--crowd") {
    to.mix = Mix::Crowd;
    return "";
  }
  if (argument.compare(0, 2, "--") != 0) {
    std::string &place = to.verb.empty() ? to.verb : to.program;
    if (!place.empty())
      return "one argument too many: '" + argument + "'";
    place = argument;
    return "";
  }
  size_t equals = argument.find('=');
  std::string name = argument.substr(0, equals);
  std::string value =
      equals == std::string::npos ? "" : argument.substr(equals + 1);
  if (std::string problem; to.kernel.read(name, value, problem))
    return problem.empty() ? "" : "'" + name + "': " + problem;
  if (name == "--machine") {
    to.machine = value;
    return "";
  }
  char *end = nullptr;
  uint64_t number = strtoull(value.c_str(), &end, 10);
  const std::pair<const char *, std::function<void()>> numbers[] = {
      {"--programs", [&] { to.campaign.programs = number; }},
      {"--seed", [&] { to.seed = to.campaign.seed = number; }},
      {"--orders", [&] { to.campaign.orders = number; }},
      {"--mutant-orders", [&] { to.campaign.mutantOrders = number; }},
      {"--minimum-hits", [&] { to.minimumHits = number; }},
  };
  for (const auto &[known, set] : numbers)
    if (name == known) {
      if (value.empty() || *end || value[0] == '-')
        return "'" + argument + "' wants a number";
      set();
      return "";
    }
  return "unknown option '" + argument + "'";
}

//===----------------------------------------------------------------------===//
// Verbs
//===----------------------------------------------------------------------===//

static int random(const Machine &machine, const Arguments &arguments) {
  if (arguments.campaign.programs == 0)
    return refuse("--programs is to be 1 or more");
  Campaign campaign(machine, arguments.campaign);
  campaign.run();
  fputs(campaign.text(arguments.minimumHits).c_str(), stdout);
  bool isCovered = campaign.coverage().leastHits() >= arguments.minimumHits;
  return campaign.differences() > 0 || !isCovered;
}

static int show(const Machine &machine, const Arguments &arguments) {
  auto make = arguments.isIllegal ? makeIllegalProgram : makeLegalProgram;
  RandomProgram program = make(machine, arguments.seed, arguments.mix);
  printf("; on %s, at byte %llu of DRAM\n", machine.name.c_str(),
         static_cast<unsigned long long>(program.address));
  if (program.fault != Fault::None)
    printf("; fault %s at instruction %llu\n", nameOf(program.fault),
           static_cast<unsigned long long>(program.faultIndex));
  fputs(listing(program.words).c_str(), stdout);
  return 0;
}

/// The checker's report on a file, or what is wrong with the file.
static std::string checkFile(const Machine &machine, const std::string &path,
                             CheckReport &report) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  if (!file.is_open() || file.bad())
    return "cannot read '" + path + "'";
  const auto *bytes = reinterpret_cast<const uint8_t *>(text.data());
  if (isImage(bytes, text.size())) {
    std::string problem;
    std::optional<Image> image = readImage(bytes, text.size(), problem);
    if (image)
      report = checkProgram(machine, *image);
    return problem;
  }
  std::vector<AssemblyProblem> problems;
  std::vector<Word> words = assemble(text, problems);
  if (!problems.empty())
    return path + ":" + std::to_string(problems[0].line) + ": " +
           problems[0].message;
  uint64_t bytesOfProgram = words.size() * kInstructionBytes;
  if (bytesOfProgram > machine.dram.bytes)
    return "'" + path + "' does not fit into DRAM";
  report = checkProgram(
      machine, ProgramView{machine.dram.bytes - bytesOfProgram, words});
  return "";
}

static int check(const Machine &machine, const Arguments &arguments) {
  if (arguments.program.empty())
    return refuse("check wants a program");
  CheckReport report;
  std::string problem = checkFile(machine, arguments.program, report);
  if (!problem.empty())
    return refuse(problem);
  fputs(report.text().c_str(), stderr);
  if (report.isClean())
    puts("no fault, no race: timing cannot change what the program computes");
  return !report.isClean();
}

static int parameters(const Machine &machine, const Arguments &) {
  fputs(printParameters(machine).c_str(), stdout);
  return 0;
}

static int kernel(const Machine &machine, const Arguments &arguments) {
  std::string problem;
  MaybeImage image = arguments.kernel.make(machine, arguments.program,
                                           arguments.seed, problem);
  if (!image) {
    fprintf(stderr, "systole-dv: error: %s\n", problem.c_str());
    return 1;
  }
  puts(describeKernel(machine, *image).c_str());
  CheckReport report = checkProgram(machine, *image);
  fputs(report.text().c_str(), stderr);
  if (arguments.kernel.output.empty())
    return !report.isClean();
  std::vector<uint8_t> bytes = writeImage(*image);
  std::ofstream file(arguments.kernel.output, std::ios::binary);
  file.write(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  file.close();
  if (!file)
    return refuse("cannot write '" + arguments.kernel.output + "'");
  return !report.isClean();
}

int main(int argc, char **argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--help") {
      fputs(kUsage, stdout);
      fputs(kKernelHelp, stdout);
      return 0;
    }
    if (std::string problem = readArgument(argv[i], arguments);
        !problem.empty())
      return refuse(problem);
  }
  const std::pair<const char *, int (*)(const Machine &, const Arguments &)>
      verbs[] = {{"random", random},
                 {"show", show},
                 {"check", check},
                 {"parameters", parameters},
                 {"kernel", kernel}};
  std::vector<FileProblem> problems;
  std::optional<Machine> machine = loadMachine(arguments.machine, problems);
  for (const auto &[name, run] : verbs) {
    if (arguments.verb != name)
      continue;
    for (const FileProblem &problem : problems)
      fprintf(stderr, "%s\n", problem.text().c_str());
    return machine ? run(*machine, arguments) : 2;
  }
  return refuse(arguments.verb.empty()
                    ? "no verb"
                    : "unknown verb '" + arguments.verb + "'");
}
