//===- IntegerKernels.h - Operations on 8-bit integers ----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels that are not the original operation between graph.dequantize and
// graph.quantize: their sums would be floats, whose order no device promises,
// and their functions approximations. On integers all devices agree.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_INTEGERKERNELS_H
#define SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_INTEGERKERNELS_H

#include "frontend/Common/GraphBuilder.h"
#include "passes/Transforms/Quantize/Annotations.h"
#include "passes/Transforms/Quantize/Units.h"

namespace systole::graph {

/// The mean that `op` (avg_pool, reduce mean) computes, of 8-bit integers `x`,
/// in floats: the sum of integers times one factor.
mlir::Value emitMean(frontend::GraphBuilder &b, mlir::Operation *op,
                     mlir::Value x, Int8Scale by);

/// graph.softmax of 8-bit integers, in floats: exponentials of differences are
/// integers from a table, and their sum is exact.
mlir::Value emitSoftmax(frontend::GraphBuilder &b, SoftmaxOp op, mlir::Value x,
                        Int8Scale by);

/// What `unit`, a function of one value, gives for each of the 256 numbers, or
/// null where that cannot be computed.
mlir::Value emitTable(frontend::GraphBuilder &b, const Unit &unit,
                      Int8Scale by);
/// table[x + 128].
mlir::Value lookUp(frontend::GraphBuilder &b, mlir::Value table, mlir::Value x);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_INTEGERKERNELS_H
