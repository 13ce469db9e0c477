//===- Extents.cpp - What an instruction touches --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Hulls by intervals, exact accesses by walking the loops.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/Extents.h"
#include "hw-sim/model/Operands.h"
#include <algorithm>

using namespace systole::isa;

namespace systole::sim {

namespace {
/// The integers from `first` to `last`; empty if `last` is less.
struct Interval {
  int64_t first, last;

  bool isEmpty() const { return last < first; }
  void add(int64_t low, int64_t high, int64_t factor) {
    first += std::min(low * factor, high * factor);
    last += std::max(low * factor, high * factor);
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Hulls
//===----------------------------------------------------------------------===//

static Interval hullOf(const Affine &affine) {
  Interval hull{affine.first, affine.first};
  for (const Loop &loop : affine.loops)
    hull.add(0, loop.count - 1, loop.stride);
  hull.last += affine.run - 1;
  return hull;
}

static Interval hullOf(const PictureReads &reads) {
  const PictureView &picture = reads.picture;
  const Window &window = picture.window;
  Interval rows{0, picture.rowOf(picture.height - 1, window.kernelY - 1)};
  Interval columns{0, picture.columnOf(picture.width - 1, window.kernelX - 1)};
  if (window.edged) {
    rows = {std::max<int64_t>(rows.first, picture.edge.top),
            std::min<int64_t>(rows.last, picture.edge.bottom - 1)};
    columns = {std::max<int64_t>(columns.first, picture.edge.left),
               std::min<int64_t>(columns.last, picture.edge.right - 1)};
  }
  if (rows.isEmpty() || columns.isEmpty())
    return {0, -1};
  Interval hull{picture.source, picture.source};
  hull.add(rows.first, rows.last, picture.pitch.y);
  hull.add(columns.first, columns.last, picture.pitch.x);
  hull.add(0, window.channels - 1, picture.pitch.channel);
  int64_t limit = picture.ring.limit, size = picture.ring.size;
  if (size > 0 && hull.last >= limit) {
    if (hull.first >= limit)
      hull = {hull.first - size, hull.last - size};
    else
      hull = {std::min(hull.first, limit - size),
              std::max(limit - 1, hull.last - size)};
  }
  hull.last += reads.run - 1;
  return hull;
}

static Interval hullOf(const LineReads &lines) {
  int64_t first = std::max<int64_t>(lines.row, 0);
  int64_t last = std::min(
      lines.row + (lines.rows - 1) * lines.stride + lines.reach, lines.height);
  if (last <= first)
    return {0, -1};
  Interval hull{lines.base, lines.base};
  hull.add(first, last - 1, lines.pitch);
  hull.last += lines.bytes - 1;
  return hull;
}

std::optional<Extent> extentOf(const OperandAccess &operand) {
  Interval hull = std::visit([](const auto &places) { return hullOf(places); },
                             operand.places);
  if (hull.isEmpty())
    return std::nullopt;
  return Extent{operand.memory, operand.isWrite, hull.first, hull.last};
}

std::vector<Extent> extentsOf(const Machine &machine,
                              const Configuration &configuration,
                              const Instruction &instruction) {
  std::vector<Extent> extents;
  for (const OperandAccess &operand :
       operandsOf(machine, configuration, instruction))
    if (std::optional<Extent> extent = extentOf(operand))
      extents.push_back(*extent);
  return extents;
}

//===----------------------------------------------------------------------===//
// Exact accesses
//===----------------------------------------------------------------------===//

/// Calls `visit` with the first unit and the number of units of every run.
using VisitRun = std::function<void(int64_t, int64_t)>;

static void walk(const Affine &affine, const VisitRun &visit) {
  // Runs that follow each other are one: most transfers are contiguous.
  const auto &[l0, l1, l2] = affine.loops;
  bool joined = l0.stride == affine.run;
  for (int64_t i2 = 0; i2 < l2.count; ++i2)
    for (int64_t i1 = 0; i1 < l1.count; ++i1) {
      int64_t at = affine.first + i1 * l1.stride + i2 * l2.stride;
      if (joined) {
        visit(at, affine.run * l0.count);
        continue;
      }
      for (int64_t i0 = 0; i0 < l0.count; ++i0)
        visit(at + i0 * l0.stride, affine.run);
    }
}

/// The coordinates that some window reaches and that exist, each once.
template <typename At, typename Has>
static std::vector<int64_t> reached(int64_t windows, int64_t taps, At at,
                                    Has has) {
  std::vector<int64_t> places;
  for (int64_t i = 0; i < windows; ++i)
    for (int64_t k = 0; k < taps; ++k)
      if (has(at(i, k)))
        places.push_back(at(i, k));
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

static void walk(const PictureReads &reads, const VisitRun &visit) {
  const PictureView &p = reads.picture;
  std::vector<int64_t> columns = reached(
      p.width, p.window.kernelX,
      [&](int64_t x, int64_t kx) { return p.columnOf(x, kx); },
      [&](int64_t column) { return p.hasColumn(column); });
  std::vector<int64_t> rows = reached(
      p.height, p.window.kernelY,
      [&](int64_t y, int64_t ky) { return p.rowOf(y, ky); },
      [&](int64_t row) { return p.hasRow(row); });
  for (int64_t channel = 0; channel < p.window.channels; ++channel)
    for (int64_t row : rows)
      for (int64_t column : columns)
        visit(p.addressOf(row, column, channel), reads.run);
}

static void walk(const LineReads &lines, const VisitRun &visit) {
  std::vector<int64_t> rows = reached(
      lines.rows, lines.reach,
      [&](int64_t y, int64_t ky) { return lines.row + y * lines.stride + ky; },
      [&](int64_t row) { return row >= 0 && row < lines.height; });
  for (int64_t row : rows)
    visit(lines.base + row * lines.pitch, lines.bytes);
}

void forEachAccess(const OperandAccess &operand,
                   const std::function<void(const Access &)> &visit) {
  VisitRun visitRun = [&](int64_t first, int64_t count) {
    visit({operand.memory, operand.isWrite, first, count});
  };
  std::visit([&](const auto &places) { walk(places, visitRun); },
             operand.places);
}

void forEachAccess(const Machine &machine, const Configuration &configuration,
                   const Instruction &instruction,
                   const std::function<void(const Access &)> &visit) {
  for (const OperandAccess &operand :
       operandsOf(machine, configuration, instruction))
    forEachAccess(operand, visit);
}

} // namespace systole::sim
