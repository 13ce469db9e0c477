//===- PlantedError.cpp - A compiler with a mistake in it -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A plugin for the tests of --bisect and `systole reduce`: from the simplify
// phase on, relu is the absolute value. The interpreter, which runs the model
// before any pass, knows better.
//
//===----------------------------------------------------------------------===//

#include "dialects/Common/Plugins.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "mlir/Pass/Pass.h"
#include "passes/Pipelines/Pipelines.h"

using namespace mlir;
using namespace systole::graph;

namespace {
struct PlantedError : PassWrapper<PlantedError, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(PlantedError)
  StringRef getArgument() const override { return "planted-error"; }
  void runOnOperation() override {
    getOperation()->walk([](ReluOp op) {
      OpBuilder builder(op);
      auto wrong =
          AbsOp::create(builder, op.getLoc(), op.getType(), op.getInput());
      op->replaceAllUsesWith(wrong);
      op.erase();
    });
  }
};
} // namespace

static void registerAll(DialectRegistry &) {
  systole::addPassToPhase(systole::Phase::Simplify, systole::PhaseEdge::End,
                          [] { return std::make_unique<PlantedError>(); });
}
SYSTOLE_PLUGIN("planted-error", registerAll)
