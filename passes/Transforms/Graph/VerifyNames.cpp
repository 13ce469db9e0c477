//===- VerifyNames.cpp - Names survive ------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A check, run after each phase: every graph operation can be traced to a node
// of the user's model, or to a line of a graph written by hand.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/NodeLocation.h"
#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Graph/Rewriting.h"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHVERIFYNAMES
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

/// True if `location` leads to a place in some source.
static bool hasSource(Location location) {
  if (!sourceNodes(location).empty())
    return true;
  return location
      ->walk([](Location part) {
        return isa<FileLineColRange>(part) ? WalkResult::interrupt()
                                           : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Constants are data, and drivers that merge them drop their locations.
/// Terminators belong to the operation around them.
static bool needsName(Operation *op) {
  return isa<GraphDialect>(op->getDialect()) && !isa<ConstantOp, YieldOp>(op);
}

namespace {

struct GraphVerifyNames
    : systole::graph::impl::GraphVerifyNamesBase<GraphVerifyNames> {
  using GraphVerifyNamesBase::GraphVerifyNamesBase;

  void runOnOperation() override {
    getOperation()->walk([&](Operation *op) {
      if (!op->getDialect() || !needsName(op) || hasSource(op->getLoc()))
        return;
      op->emitOpError("has lost the name of its source node");
      signalPassFailure();
    });
    markAllAnalysesPreserved();
  }
};

} // namespace
