//===- AlgebraRules.h - Rules of graph-simplify-algebra ---------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A rule is a function from an operation to the value that replaces it, or null
// where it does not apply; it creates nothing then. Rules that change a
// floating-point result (rounding, the sign of a zero, NaN) are registered only
// where the compilation may reassociate.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_ALGEBRARULES_H
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_ALGEBRARULES_H

#include "passes/Transforms/Graph/Rewriting.h"

namespace systole::graph {

/// How often rules of a kind applied.
struct AlgebraCounts {
  int64_t simplified = 0, merged = 0, reductions = 0;
};

/// One rule as a pattern.
template <typename OpTy>
struct AlgebraRule : mlir::OpRewritePattern<OpTy> {
  using Function = mlir::Value (*)(OpTy, mlir::PatternRewriter &);

  /// `unless` is what the user reads where the rule does not apply.
  AlgebraRule(mlir::MLIRContext *context, Function function,
              llvm::StringLiteral unless, int64_t &count)
      : mlir::OpRewritePattern<OpTy>(context), function(function),
        unless(unless), count(count) {}

  llvm::LogicalResult
  matchAndRewrite(OpTy op, mlir::PatternRewriter &rewriter) const override {
    mlir::Value value = function(op, rewriter);
    if (!value)
      return rewriter.notifyMatchFailure(op, unless);
    ++count;
    rewriter.replaceOp(op, value);
    return mlir::success();
  }

  Function function;
  llvm::StringLiteral unless;
  int64_t &count;
};

/// Adds `function` to `patterns`; `count` outlives them.
template <typename OpTy>
void addRule(mlir::RewritePatternSet &patterns,
             typename AlgebraRule<OpTy>::Function function,
             llvm::StringLiteral unless, int64_t &count) {
  patterns.add<AlgebraRule<OpTy>>(patterns.getContext(), function, unless,
                                  count);
}

/// True if an operation of `kept` and `other` has the shape of `kept` in every
/// run, whatever an unknown dimension is.
bool keepsShape(mlir::Value kept, mlir::Value other);

/// True if no element of `value` is negative (NaN is possible).
bool isNonNegative(mlir::Value value);

/// Signs, powers, quotients, comparisons, selections (AlgebraRules.cpp).
void populateAlgebraRules(mlir::RewritePatternSet &patterns,
                          AlgebraCounts &counts, bool reassociate);
/// x op c1 op c2 (ConstantChains.cpp).
void populateConstantChainRules(mlir::RewritePatternSet &patterns,
                                AlgebraCounts &counts, bool reassociate);
/// Reductions of reductions and of single elements (ReduceRules.cpp).
void populateReduceRules(mlir::RewritePatternSet &patterns,
                         AlgebraCounts &counts, bool reassociate);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_ALGEBRARULES_H
