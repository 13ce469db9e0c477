//===- ElementTypes.h - Graph elements as machine values --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A graph element type has a storage type (what memory holds, see Tensor.h) and
// a compute type (what registers hold):
//
//   f64, f32            themselves              f16 bf16 f8* f4     bits, f32
//   iN, uiN (>= 8)      signless iN             i4 ui4 i2 ui2       i8, i8
//   i1                  i8 (0 or 1), i1         string         i128: address,
//   length
//
// Small floats are converted by integer arithmetic, because no run-time library
// with conversion routines is linked. All functions work on scalars and, given
// vectors, lane by lane.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_ELEMENTTYPES_H
#define SYSTOLE_BACKENDS_CPU_ELEMENTTYPES_H

#include "mlir/IR/Builders.h"

namespace systole::cpu {

/// True if kernels can hold elements of `type`.
bool isSupportedElement(mlir::Type type);
/// The type in memory; whole bytes.
mlir::Type storageType(mlir::Type element);
/// The type in registers.
mlir::Type computeType(mlir::Type element);
/// True if kernels load and store vectors of such elements: f32, f64, integers
/// of whole bytes.
bool isVectorElement(mlir::Type element);
/// True for elements whose values are extended and compared as unsigned.
bool isUnsignedElement(mlir::Type element);

/// `type` with the vector shape of `shapeOf`, if that is a vector type.
mlir::Type withShapeOf(mlir::Type type, mlir::Type shapeOf);
/// Constants of a scalar or vector type.
mlir::Value floatConstant(mlir::OpBuilder &b, mlir::Location loc,
                          mlir::Type type, double value);
mlir::Value intConstant(mlir::OpBuilder &b, mlir::Location loc, mlir::Type type,
                        int64_t value);

/// From storage to compute form, and back (rounding half to even).
mlir::Value decodeElement(mlir::OpBuilder &b, mlir::Location loc,
                          mlir::Value stored, mlir::Type element);
mlir::Value encodeElement(mlir::OpBuilder &b, mlir::Location loc,
                          mlir::Value computed, mlir::Type element);
/// Rounds a computed value to what `element` can represent (no change for
/// most).
mlir::Value roundToElement(mlir::OpBuilder &b, mlir::Location loc,
                           mlir::Value computed, mlir::Type element);
/// graph.cast on compute forms.
mlir::Value convertElement(mlir::OpBuilder &b, mlir::Location loc,
                           mlir::Value value, mlir::Type from, mlir::Type to);

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_ELEMENTTYPES_H
