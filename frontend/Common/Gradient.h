//===- Gradient.h - Derivatives as graph operations -------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reverse-mode differentiation of what has been built so far. The derivatives
// are graph operations like all others: they can be optimised, compiled, and
// differentiated again.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_GRADIENT_H
#define SYSTOLE_FRONTEND_COMMON_GRADIENT_H

#include "frontend/Common/GraphBuilder.h"

namespace systole::frontend {

/// The derivatives of the sum of all elements of `y` by each of `xs`, zeros
/// where y does not depend on one. Null values, with a message that names the
/// operation, where one on the way has no derivative here (control flow,
/// convolutions, integers).
llvm::SmallVector<mlir::Value> gradients(GraphBuilder &b, mlir::Value y,
                                         llvm::ArrayRef<mlir::Value> xs);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_GRADIENT_H
