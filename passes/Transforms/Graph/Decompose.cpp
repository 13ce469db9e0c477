//===- Decompose.cpp - Operations of plugins as graph operations ----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Passes.td specifies the pass; dialects/Graph/Interfaces the interface.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/Interfaces/DecomposableOp.h"
#include "passes/Transforms/Graph/Passes.h"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHDECOMPOSE
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

namespace {

struct GraphDecompose
    : systole::graph::impl::GraphDecomposeBase<GraphDecompose> {
  using GraphDecomposeBase::GraphDecomposeBase;

  void runOnOperation() override {
    SmallVector<DecomposableOp> found;
    getOperation()->walk([&](DecomposableOp op) { found.push_back(op); });
    OpBuilder builder(&getContext());
    // All that fail are reported, not only the first.
    for (DecomposableOp op : found) {
      FailureOr<SmallVector<Value>> values = decompose(op, builder);
      if (failed(values)) {
        signalPassFailure();
        continue;
      }
      op->replaceAllUsesWith(*values);
      op->erase();
      ++numDecomposed;
    }
  }
};

} // namespace
