//===- Checker.h - Programs that timing cannot change -----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every image that is emitted passes here. What is checked, and what follows
// from it: docs/rationale/static-checker.md.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_CHECKER_CHECKER_H
#define SYSTOLE_HWSIM_CHECKER_CHECKER_H

#include "hw-sim/isa/Image.h"
#include "hw-sim/model/Machine.h"

namespace systole::sim {

enum class CheckKind : uint8_t {
  /// The image was made for another machine.
  Machine,
  /// Dispatch stops: see CheckProblem::fault.
  Fault,
  /// A semaphore with tokens that nothing waits for.
  Balance,
  /// Overlapping accesses without an ordering path.
  Race
};

struct CheckProblem {
  CheckKind kind;
  /// Indices in the program: of a fault; of a race's earlier and later
  /// instruction; of the first signal that nothing waits for.
  uint32_t instruction = 0, later = 0;
  isa::Fault fault = isa::Fault::None;
  std::string message;
};

/// All problems of a program, in its order. Behind a fault nothing is checked.
struct CheckReport {
  std::vector<CheckProblem> problems;
  /// Races beyond those, of which only the number is kept.
  uint64_t omittedRaces = 0;

  bool isClean() const { return problems.empty(); }
  /// A line for each problem: `error: ...`.
  std::string text() const;
};

/// A program as it lies in DRAM.
struct ProgramView {
  uint64_t address;
  const std::vector<isa::Word> &words;
  /// For messages; null: without source nodes.
  const isa::Image *image = nullptr;
};
CheckReport checkProgram(const Machine &machine, const ProgramView &program);

/// The whole image, its tensors where it says.
CheckReport checkProgram(const Machine &machine, const isa::Image &image);

/// An image that has passed, for interfaces that accept no other.
class CheckedProgram {
public:
  /// Nothing if there are problems; `report` has them.
  static std::optional<CheckedProgram>
  check(const Machine &machine, isa::Image image, CheckReport &report);
  const isa::Image &image() const { return checked; }

private:
  explicit CheckedProgram(isa::Image image) : checked(std::move(image)) {}
  isa::Image checked;
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_CHECKER_CHECKER_H
