//===- Costs.h - What an operation costs ------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Counts that do not depend on a machine: what `systole inspect` prints, and
// what limits constant folding.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_ANALYSIS_COSTS_H
#define SYSTOLE_PASSES_ANALYSIS_COSTS_H

#include "mlir/IR/Operation.h"
#include <optional>

namespace systole::graph {

/// Multiply-accumulates of one run of `op` and all that it contains: those of
/// convolutions and matrix products. A conditional counts its larger branch, a
/// loop one iteration. Nullopt where a shape is unknown.
std::optional<int64_t> countMacs(mlir::Operation *op);

/// Bytes that the kernels of one run of `op` and all that it contains read and
/// write: operands and results, each once; views move none, and a group only
/// what crosses its border. Conditionals and loops count as in `countMacs`.
std::optional<int64_t> countBytesMoved(mlir::Operation *op);

/// Elements of the floating-point constants of more than one element that `op`
/// contains, and of constant operands of matrix products and convolutions: the
/// trained parameters, as frameworks count them.
int64_t countParameters(mlir::Operation *op);

/// The same for the constants that `op` itself reads.
int64_t countOperandParameters(mlir::Operation *op);

/// Bytes of the constants inside `op`.
int64_t countConstantBytes(mlir::Operation *op);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_ANALYSIS_COSTS_H
