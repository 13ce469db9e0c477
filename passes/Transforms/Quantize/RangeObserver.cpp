//===- RangeObserver.cpp - Collects what values a tensor has --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The mean square search is one of each end by itself, which is good enough:
// the error is a sum of what is cut off there and of rounding everywhere.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Quantize/RangeObserver.h"
#include "llvm/ADT/StringSwitch.h"
#include <cmath>

using namespace mlir;
using namespace systole::graph;

/// Some 32 bins for each step of 8 bits, or 16 where all numbers are positive.
static constexpr int64_t kBins = 8192;
/// What the percentile method leaves outside, at each end.
static constexpr double kOutside = 1e-4;
/// Ends that the mean square method tries: this many steps down to kLeastPart
/// of the outermost number.
static constexpr int kSearchSteps = 48;
static constexpr double kLeastPart = 0.25;

std::optional<RangeMethod> systole::graph::rangeMethod(StringRef name) {
  return llvm::StringSwitch<std::optional<RangeMethod>>(name)
      .Case("min-max", RangeMethod::MinMax)
      .Case("percentile", RangeMethod::Percentile)
      .Case("mean-square", RangeMethod::MeanSquare)
      .Default(std::nullopt);
}

void RangeObserver::grow(float magnitude) {
  if (bins.empty()) {
    bins.assign(kBins, 0);
    // Nothing is lost of numbers below the smallest normal one.
    int exponent = std::max(std::ilogb(std::max(magnitude, 1e-30f)) + 1, -90);
    limit = std::ldexp(1.0, exponent);
  }
  for (; magnitude >= limit; limit *= 2) {
    std::vector<int64_t> joined(kBins, 0);
    for (int64_t i = 0; i < kBins; ++i)
      joined[kBins / 4 + i / 2] += bins[i];
    bins = std::move(joined);
  }
}

bool RangeObserver::add(ArrayRef<float> numbers) {
  float least = 0, most = 0;
  for (float x : numbers) {
    if (!std::isfinite(x))
      return false;
    least = std::min(least, x);
    most = std::max(most, x);
  }
  if (numbers.empty())
    return true;
  grow(std::max(-least, most));
  double perUnit = kBins / 2 / limit;
  for (float x : numbers) {
    low = total ? std::min(low, x) : x;
    high = total ? std::max(high, x) : x;
    ++total;
    ++bins[std::clamp<int64_t>(std::floor(x * perUnit) + kBins / 2, 0,
                               kBins - 1)];
  }
  return true;
}

double RangeObserver::middle(int64_t i) const {
  return (i - kBins / 2 + 0.5) * limit / (kBins / 2);
}

Interval RangeObserver::range(RangeMethod method) const {
  if (!total)
    return {};
  switch (method) {
  case RangeMethod::MinMax:
    return {low, high};
  case RangeMethod::Percentile:
    return percentileRange();
  case RangeMethod::MeanSquare:
    return meanSquareRange();
  }
  return {low, high};
}

Interval RangeObserver::percentileRange() const {
  auto outside = static_cast<int64_t>(kOutside * total);
  Interval range{low, high};
  int64_t below = 0, above = 0;
  for (int64_t i = 0; i < kBins && (below += bins[i]) <= outside; ++i)
    range.low = std::max(low, static_cast<float>(middle(i)));
  for (int64_t i = kBins - 1; i >= 0 && (above += bins[i]) <= outside; --i)
    range.high = std::min(high, static_cast<float>(middle(i)));
  return range.low <= range.high ? range : Interval{low, high};
}

double RangeObserver::squareError(Interval range) const {
  Int8Scale by = int8Scale(range);
  double error = 0;
  for (int64_t i = 0; i < kBins; ++i) {
    if (!bins[i])
      continue;
    // The exact zeros of rectified units are in the bin that begins there.
    double x = i == kBins / 2 && low == 0 ? 0 : middle(i);
    double stands =
        (quantizedNumber(static_cast<float>(x), by) - by.zeroPoint) *
        double(by.scale);
    error += bins[i] * (x - stands) * (x - stands);
  }
  return error;
}

Interval RangeObserver::meanSquareRange() const {
  Interval best{low, high};
  double least = squareError(best);
  for (float Interval::*end : {&Interval::high, &Interval::low}) {
    float outermost = best.*end;
    for (int step = 1; step <= kSearchSteps; ++step) {
      Interval tried = best;
      tried.*end = static_cast<float>(
          outermost * (1 - (1 - kLeastPart) * step / kSearchSteps));
      if (double error = squareError(tried); error < least) {
        least = error;
        best = tried;
      }
    }
  }
  return best;
}
