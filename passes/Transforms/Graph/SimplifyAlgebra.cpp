//===- SimplifyAlgebra.cpp - Fewer and cheaper element-wise operations ----===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Applies the rules of AlgebraRules.cpp, ConstantChains.cpp and ReduceRules.cpp
// to a fixed point. Each makes fewer operations or cheaper ones: it ends.
//
//===----------------------------------------------------------------------===//

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/AlgebraRules.h"
#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Graph/ShapeInference.h"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHSIMPLIFYALGEBRA
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

namespace {

struct GraphSimplifyAlgebra
    : systole::graph::impl::GraphSimplifyAlgebraBase<GraphSimplifyAlgebra> {
  using GraphSimplifyAlgebraBase::GraphSimplifyAlgebraBase;

  void runOnOperation() override {
    AlgebraCounts counts;
    RewritePatternSet patterns(&getContext());
    populateAlgebraRules(patterns, counts, reassociate);
    populateConstantChainRules(patterns, counts, reassociate);
    populateReduceRules(patterns, counts, reassociate);
    MatchFailureRemarks remarks(&getContext(), getArgument());
    (void)applyPatternsGreedily(getOperation(), std::move(patterns),
                                GreedyRewriteConfig().setListener(&remarks));
    // A replacement's type may tell more than the operation that it replaced.
    if (counts.simplified + counts.merged + counts.reductions != 0)
      inferShapes(getOperation());
    numSimplified += counts.simplified;
    numConstantsMerged += counts.merged;
    numReductionsMerged += counts.reductions;
  }
};

} // namespace
