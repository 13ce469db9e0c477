//===- QuantEmitter.h - Quantisation on registers ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_QUANTEMITTER_H
#define SYSTOLE_BACKENDS_CPU_QUANTEMITTER_H

#include "dialects/Graph/IR/GraphOps.h"

namespace systole::cpu {

/// graph.quantize, graph.dequantize and graph.rescale on operands in compute
/// form, scalars or vectors; the result in compute form.
mlir::Value emitQuantize(mlir::OpBuilder &b, mlir::Location loc,
                         graph::QuantizeOp op, mlir::ValueRange operands);
mlir::Value emitDequantize(mlir::OpBuilder &b, mlir::Location loc,
                           graph::DequantizeOp op, mlir::ValueRange operands);
mlir::Value emitRescale(mlir::OpBuilder &b, mlir::Location loc,
                        graph::RescaleOp op, mlir::ValueRange operands);

/// `x` rounded half to even and clamped to an integer type of any width; NaN
/// gives 0.
mlir::Value emitSaturatedInteger(mlir::OpBuilder &b, mlir::Location loc,
                                 mlir::Value x, mlir::IntegerType to);

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_QUANTEMITTER_H
