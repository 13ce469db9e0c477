//===- KnownIntegers.h - Small integer tensors by element -------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shape arithmetic computes on tensors of integers of which some elements are
// known and others are dimensions of a value:
//
//   %s = graph.shape_of %x : (tensor<?x4xf32>) -> tensor<2xi64>
//
// is the list [dimension 0 of %x, 4]. The analysis follows such lists through
// gather, slice, concat, arithmetic and the like.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_ANALYSIS_KNOWNINTEGERS_H
#define SYSTOLE_PASSES_ANALYSIS_KNOWNINTEGERS_H

#include "passes/Analysis/DimSources.h"
#include "llvm/ADT/SmallVector.h"
#include <optional>

namespace systole::graph {

/// One integer: a number, a dimension of a value, or unknown (neither is set).
struct KnownInteger {
  std::optional<int64_t> number;
  std::optional<DimSource> dimension;

  bool operator==(const KnownInteger &other) const {
    return number == other.number && dimension == other.dimension;
  }
};

using KnownIntegers = llvm::SmallVector<KnownInteger, 4>;

/// Tensors with more elements than this are not followed.
inline constexpr int64_t kMaxKnownIntegers = 64;

/// The elements of `value`, a tensor of integers or booleans of rank 0 or 1, as
/// far as they are known; nullopt if it is something else or its size is
/// unknown.
std::optional<KnownIntegers> knownIntegers(mlir::Value value);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_ANALYSIS_KNOWNINTEGERS_H
