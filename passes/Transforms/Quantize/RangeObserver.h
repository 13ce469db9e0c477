//===- RangeObserver.h - Collects what values a tensor has ------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//
// A histogram that grows with what it sees, and the ranges that are read off
// it. Numbers are counted in bins of equal width around zero; where one is
// beyond the last bin, bins are joined in pairs, so nothing is looked at twice
// and the result does not depend on how the numbers come in pieces.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_RANGEOBSERVER_H
#define SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_RANGEOBSERVER_H

#include "passes/Transforms/Quantize/Annotations.h"
#include <cstdint>
#include <vector>

namespace systole::graph {

/// How a range is read off the numbers.
enum class RangeMethod {
  MinMax,     ///< All of them.
  Percentile, ///< All but the outermost 0.01 % on either side.
  MeanSquare  ///< Where 8 bits have the least mean square error.
};

/// The method called `name` ("min-max", "percentile", "mean-square").
std::optional<RangeMethod> rangeMethod(llvm::StringRef name);

class RangeObserver {
public:
  /// Counts numbers; false, and nothing more is counted, at one that is not
  /// finite.
  bool add(llvm::ArrayRef<float> numbers);
  int64_t count() const { return total; }
  /// Where the numbers are. {0, 0} if there are none.
  Interval range(RangeMethod method) const;

private:
  void grow(float magnitude);
  /// The middle of bin `i`.
  double middle(int64_t i) const;
  Interval percentileRange() const;
  Interval meanSquareRange() const;
  double squareError(Interval range) const;

  std::vector<int64_t> bins;
  /// Bins cover [-limit, limit); a power of two.
  double limit = 0;
  float low = 0, high = 0;
  int64_t total = 0;
};

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_RANGEOBSERVER_H
