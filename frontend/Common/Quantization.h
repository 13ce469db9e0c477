//===- Quantization.h - Quantised arithmetic --------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// graph.quantize, graph.dequantize, and integer products between them. All
// follow GraphBuilder's rule: null in, null out.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_QUANTIZATION_H
#define SYSTOLE_FRONTEND_COMMON_QUANTIZATION_H

#include "frontend/Common/GraphBuilder.h"

namespace systole::frontend {

/// A scale or zero point so that it broadcasts with x: one number, one for each
/// index of `axis`, or (block > 0) one for each `block` indices of it.
mlir::Value alignParameter(GraphBuilder &b, mlir::Value parameter,
                           mlir::Value x, int64_t axis, int64_t block);

/// graph.quantize; the zero point may be null. `saturate` matters for floats.
mlir::Value quantize(GraphBuilder &b, mlir::Value x, mlir::Value scale,
                     mlir::Value zeroPoint, mlir::Type to, bool saturate);
/// graph.dequantize, then as type `to`; the zero point may be null.
mlir::Value dequantize(GraphBuilder &b, mlir::Value x, mlir::Value scale,
                       mlir::Value zeroPoint, mlir::Type to);

/// Numbers quantised to 8 unsigned bits over their own range.
struct DynamicRange {
  mlir::Value quantized, scale, zeroPoint;
};
/// The range of x, which always holds 0 (DynamicQuantizeLinear of ONNX).
DynamicRange dynamicRange(GraphBuilder &b, mlir::Value x);

/// x - zeroPoint, exactly, for x of at most 8 bits: 16-bit integers, as a
/// contraction with a `sum_type` takes them. The zero point may be null.
mlir::Value centred(GraphBuilder &b, mlir::Value x, mlir::Value zeroPoint);
/// A 32-bit sum times `factor`, rounded to `to` with a zero point.
mlir::Value requantize(GraphBuilder &b, mlir::Value sum, mlir::Value factor,
                       mlir::Value zeroPoint, mlir::Type to);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_QUANTIZATION_H
