//===- CheckProgram.cpp - Report what depends on timing -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The static checker (hw-sim/checker) decides; this brings its findings to the
// operations, with their locations.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/checker/Checker.h"
#include "passes/Transforms/Isa/Passes.h"
#include "passes/Transforms/Isa/Programs.h"

namespace systole::isa {
#define GEN_PASS_DEF_ISACHECKPROGRAM
#include "passes/Transforms/Isa/Passes.h.inc"
} // namespace systole::isa

using namespace mlir;
using namespace systole::isa;

static void report(const systole::sim::CheckProblem &problem,
                   ArrayRef<Operation *> instructions) {
  bool isRace = problem.kind == systole::sim::CheckKind::Race;
  uint32_t at = isRace ? problem.later : problem.instruction;
  InFlightDiagnostic error =
      emitError(instructions[at]->getLoc(), problem.message);
  if (isRace)
    error.attachNote(instructions[problem.instruction]->getLoc())
        << "the earlier access";
}

/// Returns whether the checker accepts a program.
static bool checkOne(const ProgramToCheck &program) {
  systole::sim::CheckReport found =
      systole::sim::checkProgram(program.machine, program.image);
  for (const systole::sim::CheckProblem &problem : found.problems)
    report(problem, program.instructions);
  if (found.omittedRaces)
    emitError(program.program->getLoc()) << found.omittedRaces << " more races";
  return found.isClean();
}

namespace {
struct IsaCheckProgramPass
    : public systole::isa::impl::IsaCheckProgramBase<IsaCheckProgramPass> {
  using Base::Base;

  void runOnOperation() override {
    if (!checkPrograms(getOperation(), machine, checkOne))
      signalPassFailure();
  }
};
} // namespace
