//===- DecomposableOp.h - Operations said in graph operations ---*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_GRAPH_INTERFACES_DECOMPOSABLEOP_H
#define SYSTOLE_DIALECTS_GRAPH_INTERFACES_DECOMPOSABLEOP_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

#include "dialects/Graph/Interfaces/DecomposableOp.h.inc"

namespace systole::graph {

/// Builds what `op` decomposes into before it, and checks it: graph operations
/// only, a value of the right type for each result. Returns the values; on
/// failure an error has been emitted and nothing is left behind.
mlir::FailureOr<llvm::SmallVector<mlir::Value>>
decompose(DecomposableOp op, mlir::OpBuilder &builder);

} // namespace systole::graph

#endif // SYSTOLE_DIALECTS_GRAPH_INTERFACES_DECOMPOSABLEOP_H
