//===- SinkCost.h - When sinking a transpose pays ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What moving transposes from the operands of an operation to its result
// changes, and the decision.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_SINKCOST_H
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_SINKCOST_H

#include "dialects/Graph/IR/GraphOps.h"

namespace systole::graph {

/// Why a transpose stays before an operation that it could pass.
inline constexpr llvm::StringLiteral kWouldCost =
    "it stays before what reads it: behind that, or before the other values "
    "that are read there, more transposes would be needed";

/// The transpose that defines `value` in the block of `user`, or null: none is
/// moved into a loop.
TransposeOp transposeBefore(mlir::Value value, mlir::Operation *user);

/// What sinking transposes of permutation `perm` through an operation changes.
struct SinkCost {
  /// Transposes made less transposes removed.
  int64_t balance = 0;
  /// Each operand is transposed alike, constant or a scalar.
  bool pure = true;
  /// A transpose that stays because of other users can follow them later.
  bool othersFollow = true;

  bool pays() const {
    return balance < 0 || (pure && (balance == 0 || othersFollow));
  }
};

/// Cost of sinking transposes of permutation `perm` through `op`, whose
/// `operands` are data (not shapes or axes).
SinkCost sinkCost(mlir::Operation *op, mlir::ValueRange operands,
                  llvm::ArrayRef<int64_t> perm);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_SINKCOST_H
