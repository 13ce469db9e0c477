//===- Quantized.h - Integer kernels as graph operations --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What TensorFlow Lite's reference kernels compute of quantised numbers, with
// the graph's integer operations: their results have the same bits. Functions
// of one number of 8 bits are tables. All follow GraphBuilder's rule: null in,
// null out.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_TFLITE_QUANTIZED_H
#define SYSTOLE_FRONTEND_TFLITE_QUANTIZED_H

#include "frontend/Tflite/FixedPoint.h"
#include "frontend/Tflite/Node.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace systole::tflite {

/// Lowest and highest number of an integer type, or that an activation leaves.
struct Range {
  int64_t low, high;
};
Range rangeOf(mlir::Type type);
Range activationRange(mlir::Type type, const Quantization &q,
                      fb::Activation activation);

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

/// x less its zero point, as i32 (or `wide`).
mlir::Value centred(Node &n, mlir::Value x, int64_t zeroPoint,
                    unsigned width = 32);
/// An i32 tensor times a multiplier, rounded twice (after the product, half up;
/// after the shift, half away from zero); several: one for each index of the
/// last dimension.
mlir::Value rescale(Node &n, mlir::Value x, llvm::ArrayRef<Multiplier> by);
/// An i64 tensor times the upper 16 bits of a multiplier, rounded once, half
/// up: what kernels of 16-bit numbers do. The result is i32.
mlir::Value rescaleWide(Node &n, mlir::Value x, llvm::ArrayRef<Multiplier> by);
/// An i32 or i64 tensor times a multiplier, rounded once, half up.
mlir::Value rescaleOnce(Node &n, mlir::Value x, llvm::ArrayRef<Multiplier> by);
/// x / 2^exponent of an i32 tensor, rounded half away from zero.
mlir::Value dividedByPower(Node &n, mlir::Value x, int exponent);
/// Numbers around 0 as type `to`: the zero point added, clamped.
mlir::Value asQuantized(Node &n, mlir::Value x, int64_t zeroPoint,
                        mlir::Type to, const Range &range);
/// asQuantized for output `i` and its activation.
mlir::Value asOutput(Node &n, mlir::Value x,
                     fb::Activation activation = fb::Activation_NONE,
                     unsigned i = 0);
/// asOutput of a sum rescaled by `by`: twice rounded for i32, once for i64.
mlir::Value outputOfSum(Node &n, mlir::Value sum, llvm::ArrayRef<Multiplier> by,
                        fb::Activation activation);
/// scale(in) * scale(weights) / scale(out), one for each scale of the weights.
llvm::SmallVector<Multiplier> productMultipliers(Node &n, unsigned in,
                                                 unsigned weights);
/// `function` of every number of type `from`, as numbers of type `to`.
graph::Tensor makeTable(mlir::Type from, mlir::Type to,
                        llvm::function_ref<int64_t(int64_t)> function);
/// `table[x]`, for x of 8 or 16 bits; the table begins at the lowest number.
mlir::Value lookUp(Node &n, mlir::Value x, const graph::Tensor &table);

//===----------------------------------------------------------------------===//
// Parts of operators
//===----------------------------------------------------------------------===//

/// Input `i` with the scale and zero point of output 0.
mlir::Value rescaledToOutput(Node &n, unsigned i);
/// Clamps integers to what an activation leaves of output 0.
mlir::Value clampToActivation(Node &n, mlir::Value x,
                              fb::Activation activation);
/// False, with a message, if these inputs and output 0 have different scales or
/// zero points.
bool haveOneMeaning(Node &n, llvm::ArrayRef<unsigned> inputs);
/// `x` of floats as quantised numbers: rounded half away from zero.
mlir::Value quantizeHalfAway(Node &n, mlir::Value x, const Quantization &q,
                             mlir::Type to);

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

void quantizedTable(Node &n, double (*function)(double));
/// LOGISTIC or TANH of 16-bit numbers.
void quantizedSigmoid16(Node &n);
void quantizedAbs(Node &n);
void quantizedHardSwish(Node &n);
void quantizedClamp(Node &n, fb::Activation activation);
void quantizedLeakyRelu(Node &n, float alpha);
void quantizedRsqrt(Node &n);
void quantizedArithmetic(Node &n, fb::Activation activation);
void quantizedComparison(Node &n, graph::ComparePredicate predicate);
void quantizedSoftmax(Node &n, float beta);
void quantizedReduction(Node &n, llvm::ArrayRef<int64_t> axes, bool keepDims,
                        bool isMean);

} // namespace systole::tflite

#endif // SYSTOLE_FRONTEND_TFLITE_QUANTIZED_H
