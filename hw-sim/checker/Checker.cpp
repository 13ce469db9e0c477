//===- Checker.cpp - Programs that timing cannot change -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Dispatch decides faults, History finds races; here they become messages.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/checker/Checker.h"
#include "hw-sim/checker/History.h"
#include "hw-sim/isa/Formats.h"
#include "hw-sim/model/Dispatch.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

/// Races that get a message of their own.
static constexpr size_t kMaxRaces = 20;

namespace {
/// A program on its way through the checker.
class Check {
public:
  Check(const Machine &machine, const ProgramView &program)
      : machine(machine), program(program), history(machine) {}

  CheckReport run();

private:
  /// A working instruction that has been dispatched.
  struct Work {
    uint32_t index;
    Format format;
    Engine engine;
  };

  void walk();
  void addBalance();
  void addRace(const Race &race, const Stretches &stretches);
  /// `instruction 12 mm (node 'conv2')`.
  std::string describe(uint32_t place) const;
  std::string nodeText(uint32_t index) const;
  std::string missingOrder(const Race &race) const;

  const Machine &machine;
  const ProgramView &program;
  History history;
  std::vector<Work> works;
  /// Indices of the instructions whose tokens nothing has waited for.
  std::array<std::deque<uint32_t>, kSemaphores> signals;
  CheckReport report;
};
} // namespace

//===----------------------------------------------------------------------===//
// The walk
//===----------------------------------------------------------------------===//

void Check::walk() {
  Dispatcher dispatcher(machine, program.address,
                        program.words.size() * kInstructionBytes);
  for (uint32_t i = 0; i < program.words.size(); ++i) {
    Instruction instruction;
    if (auto problem = dispatcher.dispatch(program.words[i], instruction)) {
      report.problems.push_back(
          {CheckKind::Fault, i, 0, problem->fault,
           "instruction " + std::to_string(i) + nodeText(i) + ": fault " +
               nameOf(problem->fault) + ": " + problem->message});
      return;
    }
    if (instruction.isSetting())
      continue;
    works.push_back({i, instruction.format, instruction.engine()});
    history.add(dispatcher.configuration(), instruction);
    const Tokens &tokens = instruction.tokens;
    for (int8_t semaphore : {tokens.wait0, tokens.wait1})
      if (semaphore >= 0)
        signals[semaphore].pop_front();
    for (int8_t semaphore : {tokens.signal0, tokens.signal1})
      if (semaphore >= 0)
        signals[semaphore].push_back(i);
  }
  addBalance();
}

CheckReport Check::run() {
  walk();
  size_t told = 0;
  for (const auto &[race, stretches] : history.races())
    if (told++ < kMaxRaces)
      addRace(race, stretches);
    else
      ++report.omittedRaces;
  auto key = [](const CheckProblem &problem) {
    return std::tuple(std::max(problem.instruction, problem.later),
                      problem.instruction, problem.message);
  };
  std::sort(report.problems.begin(), report.problems.end(),
            [&](const CheckProblem &l, const CheckProblem &r) {
              return key(l) < key(r);
            });
  return std::move(report);
}

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

std::string Check::nodeText(uint32_t index) const {
  if (!program.image || program.image->nodeOf(index).empty())
    return "";
  return " (node '" + program.image->nodeOf(index) + "')";
}

std::string Check::describe(uint32_t place) const {
  const Work &work = works[place];
  return "instruction " + std::to_string(work.index) + " " +
         infoOf(work.format).mnemonic + nodeText(work.index);
}

void Check::addBalance() {
  for (unsigned i = 0; i < kSemaphores; ++i) {
    if (signals[i].empty())
      continue;
    uint32_t first = signals[i].front();
    report.problems.push_back(
        {CheckKind::Balance, first, 0, Fault::None,
         "semaphore " + std::to_string(i) + " is left with " +
             std::to_string(signals[i].size()) +
             " token(s): nothing waits for the signal of instruction " +
             std::to_string(first) + nodeText(first)});
  }
}

/// Stretches ascending, each unit once.
static Stretches merged(Stretches stretches) {
  std::sort(stretches.begin(), stretches.end());
  Stretches result;
  for (auto [first, last] : stretches)
    if (!result.empty() && first <= result.back().second + 1)
      result.back().second = std::max(result.back().second, last);
    else
      result.push_back({first, last});
  return result;
}

/// `bytes 512 to 767 of scratchpad`, or where they have gaps `64 bytes from 512
/// to 767 of scratchpad`; words and rows beside them.
static std::string overlapText(const Machine &machine, Memory memory,
                               const Stretches &stretches) {
  int64_t size = machine.unitBytes(memory);
  int64_t first = stretches.front().first, last = stretches.back().second;
  int64_t count = 0;
  for (auto [begin, end] : stretches)
    count += end - begin + 1;
  std::string range = std::to_string(first * size) + " to " +
                      std::to_string(last * size + size - 1) + " of " +
                      nameOf(memory);
  std::string text = stretches.size() == 1 ? "bytes " + range
                                           : std::to_string(count * size) +
                                                 " bytes from " + range;
  if (memory == Memory::Dram)
    return text;
  const char *unit = size == int64_t(machine.lanes()) ? "words " : "rows ";
  return text + " (" + unit + std::to_string(first) + " to " +
         std::to_string(last) + ")";
}

/// What there is of an order, and what would have to be there.
std::string Check::missingOrder(const Race &race) const {
  const Order &earlier = history.orderOf(race.earlier);
  const Order &later = history.orderOf(race.later);
  std::string from = nameOf(works[race.earlier].engine);
  std::string to = nameOf(works[race.later].engine);
  uint32_t known = later.before[earlier.engine];
  std::string text = to + " is ordered behind ";
  if (known == 0)
    text += "no instruction of " + from;
  else
    text += from + " only up to instruction " +
            std::to_string(works[history.placeOf(earlier.engine, known)].index);
  return text + "; let a signal of instruction " +
         std::to_string(works[race.earlier].index) + ", or of a later one of " +
         from + ", reach a wait of instruction " +
         std::to_string(works[race.later].index) +
         ", or of an earlier one of " + to;
}

void Check::addRace(const Race &race, const Stretches &stretches) {
  std::string text = describe(race.later) + " may " +
                     (race.laterWrites ? "write " : "read ") +
                     overlapText(machine, race.memory, merged(stretches)) +
                     " before " + describe(race.earlier) + " has " +
                     (race.earlierWrites ? "written" : "read") +
                     " them: " + missingOrder(race);
  report.problems.push_back({CheckKind::Race, works[race.earlier].index,
                             works[race.later].index, Fault::None, text});
}

std::string CheckReport::text() const {
  std::string text;
  for (const CheckProblem &problem : problems)
    text += "error: " + problem.message + "\n";
  if (omittedRaces > 0)
    text += "error: and " + std::to_string(omittedRaces) + " more races\n";
  return text;
}

//===----------------------------------------------------------------------===//
// Entry points
//===----------------------------------------------------------------------===//

CheckReport checkProgram(const Machine &machine, const ProgramView &program) {
  return Check(machine, program).run();
}

CheckReport checkProgram(const Machine &machine, const Image &image) {
  CheckReport report;
  for (const std::string &problem :
       unmetRequirements(machine, image.requirements, image.capabilities()))
    report.problems.push_back({CheckKind::Machine, 0, 0, Fault::None, problem});
  // Extents on another machine would say nothing about the program.
  if (!report.isClean())
    return report;
  return checkProgram(machine,
                      ProgramView{image.programAddress, image.program, &image});
}

std::optional<CheckedProgram> CheckedProgram::check(const Machine &machine,
                                                    Image image,
                                                    CheckReport &report) {
  report = checkProgram(machine, image);
  if (!report.isClean())
    return std::nullopt;
  return CheckedProgram(std::move(image));
}

} // namespace systole::sim
