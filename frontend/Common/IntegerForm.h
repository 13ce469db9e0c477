//===- IntegerForm.h - Quantised graphs computed on integers ----*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Quantisers write a quantised network as floats between graph.dequantize and
// graph.quantize (ONNX's "QDQ" form). What is meant is a computation on
// integers. Importers rewrite it at their end, so that all devices, the
// interpreter included, run the same integers. A result may differ by one step
// from that of the floats.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_INTEGERFORM_H
#define SYSTOLE_FRONTEND_COMMON_INTEGERFORM_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace systole::frontend {

/// Turns contractions of dequantised numbers of at most 8 bits, their biases,
/// and movements and pools between equal scales into operations on integers.
/// Returns how many operations were rewritten; what became dead stays.
int64_t useIntegers(mlir::func::FuncOp function);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_INTEGERFORM_H
