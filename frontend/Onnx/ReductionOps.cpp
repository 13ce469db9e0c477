//===- ReductionOps.cpp - ONNX reductions --------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One reader of axes for all versions: an attribute first, an operand later.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Onnx/Node.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ReduceKind;

namespace systole::onnx {

namespace {
/// What is reduced.
struct Reduction {
  SmallVector<int64_t> axes;
  bool keepDims = true;
  /// No axes are given and that means: nothing is reduced.
  bool isIdentity = false;
};
} // namespace

static std::optional<Reduction> readReduction(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return std::nullopt;
  Reduction reduction;
  reduction.keepDims = n.integer("keepdims", 1) != 0;
  auto given = n.axes(1);
  if (n.failed())
    return std::nullopt;
  if (given && !given->empty()) {
    auto axes = n.resolveAxes(*given, *rank);
    if (!axes)
      return std::nullopt;
    reduction.axes = *axes;
    return reduction;
  }
  reduction.isIdentity = n.integer("noop_with_empty_axes", 0) != 0;
  for (int64_t d = 0; d < *rank && !reduction.isIdentity; ++d)
    reduction.axes.push_back(d);
  return reduction;
}

/// pre(x), reduced, then post: what all reductions of sums and products are.
template <ReduceKind kind, Value (*before)(GraphBuilder &, Value) = nullptr,
          Value (*after)(GraphBuilder &, Value) = nullptr>
static void reduction(Node &n) {
  auto r = readReduction(n);
  if (!r)
    return;
  Value x = n.in(0);
  if constexpr (before != nullptr)
    x = before(n, x);
  if (!r->isIdentity)
    x = n.reduce(kind, x, r->axes, r->keepDims);
  if constexpr (after != nullptr)
    x = after(n, x);
  n.set(0, x);
}

static Value absolute(GraphBuilder &b, Value x) { return b.abs(x); }
static Value square(GraphBuilder &b, Value x) { return b.mul(x, x); }
static Value logarithm(GraphBuilder &b, Value x) { return b.log(x); }

/// The square root of a sum of squares, of integers too.
static Value squareRoot(GraphBuilder &b, Value x) {
  Type type = GraphBuilder::elementType(x);
  if (!x || isa<FloatType>(type))
    return b.sqrt(x);
  return b.cast(b.sqrt(b.cast(x, b.getBuilder().getF64Type())), type);
}

/// Largest or smallest element; of booleans by way of bytes.
template <ReduceKind kind>
static void extremum(Node &n) {
  auto r = readReduction(n);
  Value x = n.in(0);
  if (!r || !x)
    return;
  Type type = GraphBuilder::elementType(x);
  Type wide = type.isInteger(1) ? n.getBuilder().getIntegerType(8) : type;
  if (!r->isIdentity)
    x = n.cast(n.reduce(kind, n.cast(x, wide), r->axes, r->keepDims), type);
  n.set(0, x);
}

static void importReduceLogSumExp(Node &n) {
  auto r = readReduction(n);
  if (r)
    n.set(0, r->isIdentity ? n.in(0)
                           : reduceLogSumExp(n, n.in(0), r->axes, r->keepDims));
}

llvm::ArrayRef<Operator> reductionOperators() {
  static constexpr Operator rows[] = {
      {"ReduceL1", 1, 28, reduction<ReduceKind::sum, absolute>},
      {"ReduceL2", 1, 28, reduction<ReduceKind::sum, square, squareRoot>},
      {"ReduceLogSum", 1, 28, reduction<ReduceKind::sum, nullptr, logarithm>},
      {"ReduceLogSumExp", 1, 28, importReduceLogSumExp},
      {"ReduceMax", 1, 28, extremum<ReduceKind::max>},
      {"ReduceMean", 1, 28, reduction<ReduceKind::mean>},
      {"ReduceMin", 1, 28, extremum<ReduceKind::min>},
      {"ReduceProd", 1, 28, reduction<ReduceKind::prod>},
      {"ReduceSum", 1, 28, reduction<ReduceKind::sum>},
      {"ReduceSumSquare", 1, 28, reduction<ReduceKind::sum, square>},
  };
  return rows;
}

} // namespace systole::onnx
