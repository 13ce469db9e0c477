//===- Annotations.h - What calibration says of values ----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//
// Passes of quantisation tell each other what they know in attributes, so that
// each of them can be run, and tested, by itself:
//
//   graph.range      = array<f32: low, high>   what a value's elements are
//   graph.means      = array<f32: ...>         mean of each channel
//   graph.magnitudes = array<f32: ...>         largest |element| of each
//   channel graph.keep_float                           this operation stays as
//   it is
//
// They stand on the operation that computes the value (`_N` is appended for
// result N > 0), or on the entry's argument.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_ANNOTATIONS_H
#define SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_ANNOTATIONS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <optional>

namespace systole::graph {

inline constexpr llvm::StringLiteral kRangeAttr = "graph.range";
inline constexpr llvm::StringLiteral kMeansAttr = "graph.means";
inline constexpr llvm::StringLiteral kMagnitudesAttr = "graph.magnitudes";
inline constexpr llvm::StringLiteral kKeepFloatAttr = "graph.keep_float";

/// Where the elements of a value are.
struct Interval {
  float low = 0, high = 0;
};

/// The numbers that attribute `name` gives for `value`; none without it.
llvm::ArrayRef<float> numbersOf(mlir::Value value, llvm::StringRef name);
/// Sets them; an empty list removes the attribute.
void setNumbers(mlir::Value value, llvm::StringRef name,
                llvm::ArrayRef<float> numbers);

/// The range of `value`, if it is known and finite.
std::optional<Interval> rangeOf(mlir::Value value);

/// Removes all of the attributes above from a function and its operations.
void removeAnnotations(mlir::func::FuncOp function);

/// The one entry function of a module, or its first; null if there is none.
mlir::func::FuncOp entryOf(mlir::ModuleOp module);

/// How 8-bit integers stand for numbers: (q - zeroPoint) * scale.
struct Int8Scale {
  float scale = 1;
  int32_t zeroPoint = 0;
};

/// The numbers from -128 to 127 spread over a range and zero, which is exact.
Int8Scale int8Scale(Interval range);

/// `x` as an 8-bit integer: as graph.quantize does it.
int32_t quantizedNumber(float x, Int8Scale by);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_ANNOTATIONS_H
