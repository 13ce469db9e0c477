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
#include "passes/Transforms/Isa/Passes.h"
#include "passes/Transforms/Isa/Programs.h"

namespace systole::isa {
#define GEN_PASS_DEF_ISACHECKFAULTS
#include "passes/Transforms/Isa/Passes.h.inc"
} // namespace systole::isa

using namespace mlir;
using namespace systole::isa;

/// Reports the faults of one program; returns whether there are none.
static bool checkProgram(ProgramOp program, StringRef option) {
  Image image = imageOf(program);
  std::optional<systole::sim::Machine> machine =
      machineFor(program, image, option);
  if (!machine)
    return false;
  SmallVector<Operation *> instructions = instructionsOf(program);
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
