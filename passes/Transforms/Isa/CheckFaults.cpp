//===- CheckFaults.cpp - Report what dispatch would fault at --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The decision is dispatch's own (hw-sim/model/Dispatch.h); this brings it to
// the operation, with its location.
//
//===----------------------------------------------------------------------===//

#include "dialects/Isa/IR/IsaImage.h"
#include "hw-sim/model/Dispatch.h"
#include "hw-sim/model/Presets.h"
#include "passes/Transforms/Isa/Passes.h"

namespace systole::isa {
#define GEN_PASS_DEF_ISACHECKFAULTS
#include "passes/Transforms/Isa/Passes.h.inc"
} // namespace systole::isa

using namespace mlir;
using namespace systole::isa;

/// The machine of a program, with an error at the program if there is none.
static std::optional<systole::sim::Machine> machineOf(ProgramOp program,
                                                      StringRef option) {
  StringRef name = option.empty() ? program.getMachine().value_or("") : option;
  if (name.empty()) {
    emitError(program.getLoc(), "the program names no machine").attachNote()
        << "name one with the pass's option";
    return std::nullopt;
  }
  std::vector<systole::sim::FileProblem> problems;
  std::optional<systole::sim::Machine> machine =
      systole::sim::findMachine(name.str(), problems);
  for (const systole::sim::FileProblem &problem : problems)
    emitError(program.getLoc(), problem.text());
  return machine;
}

/// Reports the faults of one program; returns whether there are none.
static bool checkProgram(ProgramOp program, StringRef option) {
  std::optional<systole::sim::Machine> machine = machineOf(program, option);
  if (!machine)
    return false;
  Image image = imageOf(program);
  std::vector<std::string> unmet = systole::sim::unmetRequirements(
      *machine, image.requirements, image.capabilities());
  if (!unmet.empty()) {
    InFlightDiagnostic error =
        emitError(program.getLoc(), "the program is for another machine");
    for (const std::string &reason : unmet)
      error.attachNote() << reason;
    return false;
  }
  SmallVector<Operation *> instructions;
  for (Operation &op : program.getBody().front())
    if (wordOf(&op))
      instructions.push_back(&op);
  std::vector<systole::sim::ProgramFault> faults =
      systole::sim::findFaults(*machine, image.programAddress, image.program);
  for (const systole::sim::ProgramFault &fault : faults)
    emitError(instructions[fault.instruction]->getLoc(), "fault ")
        << nameOf(fault.problem.fault) << ": " << fault.problem.message;
  return faults.empty();
}

namespace {
struct IsaCheckFaultsPass
    : public systole::isa::impl::IsaCheckFaultsBase<IsaCheckFaultsPass> {
  using Base::Base;

  void runOnOperation() override {
    bool legal = true;
    getOperation().walk(
        [&](ProgramOp program) { legal &= checkProgram(program, machine); });
    if (!legal)
      signalPassFailure();
  }
};
} // namespace
