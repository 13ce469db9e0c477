//===- MlirText.h - MLIR text that a user wrote -----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For importers of our own dialects.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_MLIRTEXT_H
#define SYSTOLE_FRONTEND_COMMON_MLIRTEXT_H

#include "frontend/Common/Problems.h"
#include "frontend/Common/SourceFile.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace systole::frontend {

/// Parses and verifies a text whose operations are of `dialects`, which are
/// loaded. Null exactly when problems were added.
mlir::OwningOpRef<mlir::ModuleOp>
parseMlirText(mlir::MLIRContext &context, const SourceFile &source,
              llvm::ArrayRef<llvm::StringRef> dialects,
              std::vector<Problem> &problems);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_MLIRTEXT_H
