//===- Programs.cpp - What checks of programs share -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See Programs.h.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Isa/Programs.h"
#include "dialects/Isa/IR/IsaImage.h"
#include "dialects/Isa/IR/IsaMachine.h"
#include "hw-sim/model/Presets.h"
#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace systole::isa;

/// The machine called `name`, whether or not it can run the program.
static std::optional<systole::sim::Machine> findMachine(ProgramOp program,
                                                        StringRef name) {
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

/// The machine of a program, which can run it.
static std::optional<systole::sim::Machine>
machineFor(ProgramOp program, const Image &image, StringRef option) {
  std::optional<systole::sim::Machine> machine;
  Attribute target = program->getParentOfType<ModuleOp>()->getAttr(kTargetAttr);
  if (option.empty() && target) {
    auto described =
        machineOf(target, [&] { return emitError(program.getLoc()); });
    if (succeeded(described))
      machine = *described;
  } else {
    machine = findMachine(program, option.empty() ? image.machine : option);
  }
  if (!machine)
    return std::nullopt;
  std::vector<std::string> unmet = systole::sim::unmetRequirements(
      *machine, image.requirements, image.capabilities());
  if (unmet.empty())
    return machine;
  InFlightDiagnostic error =
      emitError(program.getLoc(), "the program is for another machine");
  for (const std::string &reason : unmet)
    error.attachNote() << reason;
  return std::nullopt;
}

bool systole::isa::checkPrograms(
    ModuleOp module, StringRef option,
    function_ref<bool(const ProgramToCheck &)> check) {
  bool accepted = true;
  module.walk([&](ProgramOp program) {
    Image image = imageOf(program);
    std::optional<systole::sim::Machine> machine =
        machineFor(program, image, option);
    if (!machine) {
      accepted = false;
      return;
    }
    SmallVector<Operation *> instructions;
    for (Operation &op : program.getBody().front())
      if (wordOf(&op))
        instructions.push_back(&op);
    accepted &= check({program, std::move(*machine), std::move(image),
                       std::move(instructions)});
  });
  return accepted;
}
