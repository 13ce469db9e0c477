//===- StridedSet.cpp - Bytes of DRAM as loops ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "hw-sim/checker/StridedSet.h"
#include <algorithm>
#include <numeric>

namespace systole::sim {

//===----------------------------------------------------------------------===//
// One set
//===----------------------------------------------------------------------===//

StridedSet::StridedSet(const Affine &affine)
    : first(affine.first), run(affine.run) {
  std::vector<Loop> kept;
  for (Loop loop : affine.loops) {
    if (loop.count == 1 || loop.stride == 0)
      continue;
    if (loop.stride < 0) {
      first += loop.stride * (loop.count - 1);
      loop.stride = -loop.stride;
    }
    kept.push_back(loop);
  }
  std::sort(kept.begin(), kept.end(),
            [](const Loop &l, const Loop &r) { return l.stride < r.stride; });
  // From the innermost on; `loops` holds them in that order for the moment.
  for (const Loop &loop : kept) {
    if (numLoops == 0 && loop.stride <= run) {
      run += loop.stride * (loop.count - 1);
      continue;
    }
    Loop *inner = numLoops > 0 ? &loops[numLoops - 1] : nullptr;
    if (inner && loop.stride == inner->stride * inner->count)
      inner->count *= loop.count;
    else
      loops[numLoops++] = loop;
  }
  std::reverse(loops.begin(), loops.begin() + numLoops);
}

int64_t StridedSet::spanFrom(unsigned loop) const {
  int64_t span = run;
  for (unsigned i = loop; i < numLoops; ++i)
    span += loops[i].stride * (loops[i].count - 1);
  return span;
}

void StridedSet::dropEmptyLoops() {
  while (numLoops > 0 && loops[0].count == 1) {
    std::copy(loops.begin() + 1, loops.end(), loops.begin());
    --numLoops;
  }
}

bool StridedSet::narrow(int64_t low, int64_t high) {
  if (numLoops == 0)
    return begin() < high && end() > low;
  auto &[count, stride] = loops[0];
  // Iteration i covers the hull from first + i * stride, `span` bytes.
  int64_t span = spanFrom(1);
  int64_t skip = low - span < first ? 0 : (low - span - first) / stride + 1;
  int64_t last = high <= first ? -1 : (high - 1 - first) / stride;
  last = std::min(last, count - 1);
  if (skip > last)
    return false;
  first += skip * stride;
  count = last - skip + 1;
  dropEmptyLoops();
  return true;
}

StridedSet StridedSet::halve() {
  StridedSet second = *this;
  int64_t half = loops[0].count / 2;
  second.first += half * loops[0].stride;
  second.loops[0].count -= half;
  loops[0].count = half;
  second.dropEmptyLoops();
  dropEmptyLoops();
  return second;
}

//===----------------------------------------------------------------------===//
// Two sets
//===----------------------------------------------------------------------===//

/// Whether residues tell them apart: two pictures whose rows interleave, say,
/// which halving alone would compare row by row.
bool StridedSet::areApart(const StridedSet &l, const StridedSet &r) {
  for (unsigned i = 0; i <= l.numLoops; ++i)
    for (unsigned j = 0; j <= r.numLoops; ++j) {
      // The i, and j, outermost loops as they are; the others by their hull.
      int64_t divisor = 0;
      for (unsigned k = 0; k < i; ++k)
        divisor = std::gcd(divisor, l.loops[k].stride);
      for (unsigned k = 0; k < j; ++k)
        divisor = std::gcd(divisor, r.loops[k].stride);
      if (divisor == 0)
        continue;
      int64_t distance = (r.first - l.first) % divisor;
      distance += distance < 0 ? divisor : 0;
      if (distance >= l.spanFrom(i) && distance + r.spanFrom(j) <= divisor)
        return true;
    }
  return false;
}

bool StridedSet::meet(StridedSet l, StridedSet r, const Visit &visit) {
  int64_t low = std::max(l.begin(), r.begin());
  int64_t high = std::min(l.end(), r.end());
  if (low >= high)
    return true;
  int64_t spanL = l.spanFrom(0), spanR = r.spanFrom(0);
  if (l.numLoops == 0 || (r.numLoops > 0 && spanR > spanL)) {
    std::swap(l, r);
    std::swap(spanL, spanR);
  }
  if (l.numLoops == 0)
    return visit(low, high - 1);
  if (!l.narrow(low, high))
    return true;
  if (l.spanFrom(0) < spanL)
    return meet(l, r, visit);
  StridedSet second = l.halve();
  return meet(l, r, visit) && meet(second, r, visit);
}

void StridedSet::intersect(const StridedSet &l, const StridedSet &r,
                           const Visit &visit) {
  if (l.begin() < r.end() && r.begin() < l.end() && !areApart(l, r))
    meet(l, r, visit);
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// The rows of ld.window. Where windows leave rows out, all but the first and
/// the last few windows that reach over the picture's edge are loops.
static std::vector<StridedSet> setsOf(const LineReads &lines) {
  std::vector<StridedSet> sets;
  auto add = [&](int64_t row, int64_t windows, int64_t reach) {
    Affine affine{lines.base + row * lines.pitch};
    affine.loops[0] = {reach, lines.pitch};
    affine.loops[1] = {windows, lines.stride * lines.pitch};
    affine.run = lines.bytes;
    sets.push_back(StridedSet(affine));
  };
  auto clip = [&](int64_t row, int64_t reach) {
    int64_t first = std::max<int64_t>(row, 0);
    int64_t last = std::min(row + reach, lines.height);
    if (first < last)
      add(first, 1, last - first);
  };
  if (lines.stride <= lines.reach) {
    clip(lines.row, (lines.rows - 1) * lines.stride + lines.reach);
    return sets;
  }
  int64_t whole = -1, windows = 0;
  for (int64_t i = 0; i < lines.rows; ++i) {
    int64_t row = lines.row + i * lines.stride;
    bool isWhole = row >= 0 && row + lines.reach <= lines.height;
    if (!isWhole)
      clip(row, lines.reach);
    else if (windows++ == 0)
      whole = row;
  }
  if (windows > 0)
    add(whole, windows, lines.reach);
  return sets;
}

std::vector<StridedSet> stridedSetsOf(const OperandAccess &operand) {
  if (const auto *lines = std::get_if<LineReads>(&operand.places))
    return setsOf(*lines);
  return {StridedSet(std::get<Affine>(operand.places))};
}

} // namespace systole::sim
