//===- TransposePatterns.h - Rewrites that move transposes ------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The pattern sets of graph-fold-transposes. With T a transpose:
//
//   sink       relu(T(x))            ->  T(relu(x))
//   absorb     T2(T1(x))             ->  T(x)
//              T(constant)           ->  constant
//              matmul(flatten(T(x)), W)  ->  matmul(flatten(x), W')
//   finish     T that moves only dimensions of size 1  ->  reshape
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_TRANSPOSEPATTERNS_H
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_TRANSPOSEPATTERNS_H

#include "mlir/IR/PatternMatch.h"

namespace systole::graph {

/// Transposes move from operands to results. With `reassociate`, also through
/// sums that then take their terms in another order.
void populateSinkTransposePatterns(mlir::RewritePatternSet &patterns,
                                   bool reassociate);
/// The part of these for operations that name axes.
void populateSinkThroughAxesPatterns(mlir::RewritePatternSet &patterns,
                                     bool reassociate);
/// Transposes vanish into what they read or feed. With `reassociate`, also
/// where a matrix product then sums in another order.
void populateAbsorbTransposePatterns(mlir::RewritePatternSet &patterns,
                                     bool reassociate);
/// Run last: a reshape would stop the other patterns.
void populateFinishTransposePatterns(mlir::RewritePatternSet &patterns);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_TRANSPOSEPATTERNS_H
