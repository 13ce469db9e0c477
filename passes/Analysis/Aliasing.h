//===- Aliasing.h - Which values may share memory ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Graph values are immutable; memory is a backend's. A backend may give a view
// of a tensor (reshape, squeeze, unsqueeze, a slice) its operand's memory, and
// let an operation write its result over an operand that nobody reads again:
//
//   %e = graph.exp %x        // %x is an argument: its memory is the caller's
//   %v = graph.reshape %e    // may share the memory of %e
//   %f = graph.sqrt %v       // the last reader of both: may write over them
//   return %f
//
// The analysis answers for any backend whose sharing is at most this.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_ANALYSIS_ALIASING_H
#define SYSTOLE_PASSES_ANALYSIS_ALIASING_H

#include "mlir/IR/Value.h"
#include "llvm/ADT/SetVector.h"

namespace systole::graph {

/// The values that may share memory with `value`, itself among them: what is a
/// view of it, what it is a view of, and so on.
llvm::SetVector<mlir::Value> sharingValues(mlir::Value value);

/// Why `op` may not write over `operand`, one of its operands (or, for an
/// operation that stands for `op`'s group, of the group's): a value that may
/// share its memory is read after `op`, by `op` through another operand, in
/// another iteration of a loop, or belongs to the caller. Empty: it may.
llvm::StringRef whyNotOverwrite(mlir::Operation *op, mlir::Value operand);

inline bool mayOverwrite(mlir::Operation *op, mlir::Value operand) {
  return whyNotOverwrite(op, operand).empty();
}

} // namespace systole::graph

#endif // SYSTOLE_PASSES_ANALYSIS_ALIASING_H
