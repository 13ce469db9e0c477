//===- Quantization.h - What integer inputs and outputs mean ----*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An entry's argument or result that holds quantised numbers says so in its
// attribute `graph.quantization = [scale, zero point]`: an element q stands for
// (q - zero point) * scale. Operations do not look at it; who feeds floats, or
// wants them, does.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_GRAPH_IR_QUANTIZATION_H
#define SYSTOLE_DIALECTS_GRAPH_IR_QUANTIZATION_H

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/IR/Builders.h"

namespace systole::graph {

inline constexpr llvm::StringLiteral kQuantizationAttr = "graph.quantization";

/// One scale for a whole tensor; a scale of 0: its elements are what they are.
struct TensorScale {
  float scale = 0;
  int32_t zeroPoint = 0;
};

/// The attribute's value.
mlir::Attribute quantizationAttribute(mlir::Builder &b, TensorScale scale);
/// What the attribute of argument or result `i` says; no scale without one.
TensorScale quantizationOf(mlir::FunctionOpInterface function, unsigned i,
                           bool isResult);

} // namespace systole::graph

#endif // SYSTOLE_DIALECTS_GRAPH_IR_QUANTIZATION_H
