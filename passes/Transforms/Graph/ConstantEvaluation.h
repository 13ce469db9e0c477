//===- ConstantEvaluation.h - Arithmetic on constants -----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Passes have no arithmetic of their own: what they compute at compile time,
// the reference interpreter computes.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_CONSTANTEVALUATION_H
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_CONSTANTEVALUATION_H

#include "passes/Transforms/Graph/Rewriting.h"

namespace systole::graph {

/// The results of `op`, whose operands are constants. Fails, without a message,
/// where one is not or the interpreter does.
mlir::FailureOr<llvm::SmallVector<Tensor>>
evaluateConstants(mlir::Operation *op);

/// The binary operation `name` of two constants as a new constant at `loc`.
/// Null, and nothing is left behind, where they do not broadcast, an element is
/// not finite, or there are more of them than in the larger operand.
mlir::Value combineConstants(mlir::OpBuilder &builder, mlir::Location loc,
                             llvm::StringRef name, mlir::Value a,
                             mlir::Value b);

/// The same for an operation of one operand.
mlir::Value mapConstant(mlir::OpBuilder &builder, mlir::Location loc,
                        llvm::StringRef name, mlir::Value operand);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_CONSTANTEVALUATION_H
