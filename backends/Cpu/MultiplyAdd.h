//===- MultiplyAdd.h - Steps of a sum of products ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How contraction kernels multiply and add. Floats go one by one, fused where
// the target can. 16-bit integers go in pairs: a lane holds two neighbours of a
// sum, both are multiplied and added to a 32-bit sum at once (vpmaddwd,
// vpdpwssd, or what the target makes of it). Unsigned bytes times signed ones
// go by four (vpdpbusd), where the target has that.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_MULTIPLYADD_H
#define SYSTOLE_BACKENDS_CPU_MULTIPLYADD_H

#include "backends/Cpu/KernelBuilder.h"
#include "backends/Cpu/TargetModel.h"

namespace systole::cpu {

/// True if contraction kernels for `target` take products of an `input` and a
/// `weight` with sums of type `sum`: f32, f64, i16 with i32 sums, or ui8 and i8
/// with i32 sums.
bool isContractionElement(const TargetModel &target, mlir::Type input,
                          mlir::Type weight, mlir::Type sum);

/// Elements of a sum that one step takes: 2 for 16-bit integers, 4 for bytes.
inline int64_t stepOf(mlir::Type operand) {
  return operand.isInteger(16) ? 2 : operand.isInteger(8) ? 4 : 1;
}

/// 0 in all lanes.
mlir::Value zeroVector(KernelBuilder &k, mlir::Type sum, int64_t lanes);

/// One step for `lanes` sums; values are what the functions below load.
mlir::Value multiplyAdd(KernelBuilder &k, const TargetModel &target,
                        mlir::Value x, mlir::Value weights, mlir::Value sum);

/// A step's input in every lane: `count` elements from `offset` on, and zeros
/// for the rest of the step.
mlir::Value broadcastStep(KernelBuilder &k, const CodeTensor &input,
                          mlir::Value offset, int64_t lanes, int64_t count);

/// A step's packed weights for `lanes` columns.
mlir::Value loadWeights(KernelBuilder &k, const CodeTensor &weights,
                        mlir::Value offset, int64_t lanes);

/// x * y + sum, lane by lane: `lanes` elements as loadVector gives them, in the
/// type of the sum.
mlir::Value multiplyAddLanes(KernelBuilder &k, mlir::Value x, mlir::Value y,
                             mlir::Value sum);

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_MULTIPLYADD_H
