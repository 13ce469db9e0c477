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
/// e^x - 1 and ln(1 + x), accurate near zero.
mlir::Value emitExpm1(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitLog1p(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
/// Of angles of any size (TrigEmitter.cpp).
mlir::Value emitSin(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitCos(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitAtan(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitTanh(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitErf(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitSigmoid(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
mlir::Value emitFloor(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
/// Halves go to the even neighbour.
mlir::Value emitRound(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x);
/// IEEE 754 pow; f32 computes in f64.
mlir::Value emitPow(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x,
                    mlir::Value y);

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_MATHEMITTER_H
