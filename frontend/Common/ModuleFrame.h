//===- ModuleFrame.h - Beginning and end of an import -----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_MODULEFRAME_H
#define SYSTOLE_FRONTEND_COMMON_MODULEFRAME_H

#include "frontend/Common/GraphBuilder.h"
#include "frontend/Common/Import.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace systole::frontend {

/// Makes result.module, with what is known of the file and its producer, and
/// in it the entry function, without arguments and results yet.
mlir::func::FuncOp createEntryModule(mlir::MLIRContext &context,
                                     const SourceFile &source,
                                     llvm::StringRef format,
                                     ImportResult &result);

/// Erases what nothing uses: shape arithmetic that was evaluated, for example.
void eraseDead(mlir::func::FuncOp function);

/// Verifies result.module; what is wrong with it is a problem.
void verifyModule(ImportResult &result);

/// The most precise type that both fit; null if element types differ.
mlir::Type joinTypes(mlir::Type a, mlir::Type b);

/// Ends a region with `values`.
void yieldValues(GraphBuilder &b, mlir::ValueRange values);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_MODULEFRAME_H
