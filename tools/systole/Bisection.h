//===- Bisection.h - Where a device goes wrong ------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `--bisect`: the first node whose value differs from the interpreter's. If
// that is a loop, the first iteration that differs is looked for, and the node
// in it; if it is a choice, the node in the branch that was taken.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_BISECTION_H
#define SYSTOLE_TOOLS_SYSTOLE_BISECTION_H

#include "tools/systole/Intermediates.h"

namespace systole::driver {

/// True for a value of a type that files hold.
bool canBeOutput(mlir::Value value);
/// The values of a function's body that can be outputs, in order.
llvm::SmallVector<mlir::Value> intermediateValues(mlir::func::FuncOp function);
/// Runs the module's entry on the cpu; false with a message.
bool runOnCpu(mlir::ModuleOp module, const RunFiles &files,
              rt::RunResult &result);
/// "node 'a' (op B)", or the operation where no node is known.
std::string placeOf(mlir::Operation *op);

/// Compares all values of the module, which it changes; true if there is no
/// difference, else it is reported.
bool bisect(mlir::ModuleOp module, const IntermediatesRequest &request);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_BISECTION_H
