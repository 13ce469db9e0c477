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
static bool checkFaults(const ProgramToCheck &program) {
  std::vector<systole::sim::ProgramFault> faults = systole::sim::findFaults(
      program.machine, program.image.programAddress, program.image.program);
  for (const systole::sim::ProgramFault &fault : faults)
    emitError(program.instructions[fault.instruction]->getLoc(), "fault ")
        << nameOf(fault.problem.fault) << ": " << fault.problem.message;
  return faults.empty();
}

namespace {
struct IsaCheckFaultsPass
    : public systole::isa::impl::IsaCheckFaultsBase<IsaCheckFaultsPass> {
  using Base::Base;

  void runOnOperation() override {
    if (!checkPrograms(getOperation(), machine, checkFaults))
      signalPassFailure();
  }
};
} // namespace
