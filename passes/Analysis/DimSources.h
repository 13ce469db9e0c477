//===- DimSources.h - Where dynamic dimensions come from --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// In %y = graph.relu %x : tensor<?x8xf32>, dimension 0 of %y is dimension 0 of
// %x. Following such facts to where they start tells that two dynamic shapes
// are equal in every run, which types alone cannot.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_ANALYSIS_DIMSOURCES_H
#define SYSTOLE_PASSES_ANALYSIS_DIMSOURCES_H

#include "mlir/IR/Value.h"

namespace systole::graph {

/// A dimension of a value. Two equal sources are one number in every run.
struct DimSource {
  mlir::Value value;
  int64_t dim;

  bool operator==(const DimSource &other) const {
    return value == other.value && dim == other.dim;
  }
};

/// The earliest value and dimension known to be equal to dimension `dim` of
/// `value`, a ranked tensor.
DimSource dimSource(mlir::Value value, int64_t dim);

/// True if dimension `aDim` of `a` equals `bDim` of `b` in every run.
bool haveSameDim(mlir::Value a, int64_t aDim, mlir::Value b, int64_t bDim);

/// True if the ranked tensors `a` and `b` have the same shape in every run.
bool haveSameShape(mlir::Value a, mlir::Value b);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_ANALYSIS_DIMSOURCES_H
