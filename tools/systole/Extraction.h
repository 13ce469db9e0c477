//===- Extraction.h - The graph of some operations --------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_EXTRACTION_H
#define SYSTOLE_TOOLS_SYSTOLE_EXTRACTION_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace systole::driver {

/// The entry of a module.
mlir::func::FuncOp reducedEntry(mlir::ModuleOp module);

inline bool isConstant(mlir::Operation *op) {
  return op->hasTrait<mlir::OpTrait::ConstantLike>();
}

/// The operations of `block` that are no constants.
llvm::SmallVector<mlir::Operation *> candidates(mlir::Block &block);

/// The graph of `ops`, which stand in one block of `module`: what they read of
/// others becomes an input, constants go along, and what none of them reads
/// becomes an output. Inputs and outputs of the module keep their names. Null
/// where the graph would have inputs or outputs that files do not hold.
mlir::OwningOpRef<mlir::ModuleOp>
extractGraph(mlir::ModuleOp module, llvm::ArrayRef<mlir::Operation *> ops);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_EXTRACTION_H
