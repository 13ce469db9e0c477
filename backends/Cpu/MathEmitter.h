//===- MathEmitter.h - Elementary functions without libm --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Emits elementary functions as straight-line arithmetic on f32 or f64, scalars
// or vectors: no library call, no table, no branch, so that loops around them
// vectorise. Errors are a few units in the last place; test/property states the
// tolerance of each.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_MATHEMITTER_H
#define SYSTOLE_BACKENDS_CPU_MATHEMITTER_H

#include "mlir/IR/Builders.h"

namespace systole::cpu {

mlir::Value emitExp(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitLog(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitTanh(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitErf(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitSigmoid(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitFloor(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
/// IEEE 754 pow; f32 computes in f64.
mlir::Value emitPow(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Value y);

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_MATHEMITTER_H
