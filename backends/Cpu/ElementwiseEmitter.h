//===- ElementwiseEmitter.h - Graph operations on registers -----*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one lowering of element-wise graph operations: used in the bodies of
// element-wise loops (scalars) and in the epilogues of contractions (vectors).
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_ELEMENTWISEEMITTER_H
#define SYSTOLE_BACKENDS_CPU_ELEMENTWISEEMITTER_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Operation.h"

namespace systole::cpu {

/// Emits element-wise `op` (trait graph::Elementwise) on operands in compute
/// form and returns its result in compute form, rounded to its element type.
mlir::Value emitElementwise(mlir::OpBuilder &b, mlir::Location loc,
                            mlir::Operation *op, mlir::ValueRange operands);

/// The larger or smaller of two computed elements; NaN where either is.
mlir::Value emitMax(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x,
                    mlir::Value y, mlir::Type element);
mlir::Value emitMin(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x,
                    mlir::Value y, mlir::Type element);
mlir::Value emitAdd(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x,
                    mlir::Value y);
mlir::Value emitMul(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x,
                    mlir::Value y);

/// The constant that defines `value`, looked up through group arguments.
mlir::ElementsAttr constantThroughGroup(mlir::Value value);

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_ELEMENTWISEEMITTER_H
