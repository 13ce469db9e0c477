//===- SetTarget.cpp - Say which machine a module is for
//-----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Isa/IR/IsaMachine.h"
#include "hw-sim/model/Presets.h"
#include "passes/Transforms/Isa/Passes.h"

namespace systole::isa {
#define GEN_PASS_DEF_ISASETTARGET
#include "passes/Transforms/Isa/Passes.h.inc"
} // namespace systole::isa

using namespace mlir;
using namespace systole::isa;

namespace {
struct IsaSetTargetPass
    : public systole::isa::impl::IsaSetTargetBase<IsaSetTargetPass> {
  using Base::Base;

  void runOnOperation() override {
    std::vector<systole::sim::FileProblem> problems;
    std::optional<systole::sim::Machine> found =
        systole::sim::findMachine(machine, problems);
    for (const systole::sim::FileProblem &problem : problems)
      emitError(getOperation().getLoc(), problem.text());
    if (!found)
      return signalPassFailure();
    getOperation()->setAttr(kTargetAttr, targetOf(&getContext(), *found));
  }
};
} // namespace
