//===- VariableAccess.h - Which variables an operation touches --*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_ANALYSIS_VARIABLEACCESS_H
#define SYSTOLE_PASSES_ANALYSIS_VARIABLEACCESS_H

#include "dialects/Graph/IR/GraphOps.h"
#include "llvm/ADT/SetVector.h"

namespace systole::graph {

/// The variables that an operation and its regions may read and assign, in the
/// order of their first access.
struct VariableAccess {
  llvm::SetVector<mlir::StringAttr> reads, assigns;
  /// It calls a function, which may do anything to any variable.
  bool calls = false;

  static VariableAccess of(mlir::Operation *op);

  bool touches(mlir::StringAttr variable) const {
    return calls || reads.contains(variable) || assigns.contains(variable);
  }
};

} // namespace systole::graph

#endif // SYSTOLE_PASSES_ANALYSIS_VARIABLEACCESS_H
