//===- OrderOps.cpp - ONNX extremes, orders and scans --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Onnx/Node.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ReduceKind;

namespace systole::onnx {

template <ReduceKind kind>
static void importArg(Node &n) {
  if (auto axis = n.axis(0))
    n.set(0, argReduce(n, kind, n.in(0), *axis, n.integer("keepdims", 1) != 0,
                       n.integer("select_last_index", 0) != 0));
}

/// Values and positions; k is an attribute in the first version.
static void importTopK(Node &n) {
  auto axis = n.axis(-1);
  if (!axis)
    return;
  Extent k = n.integer("k", -1);
  if (n.opset >= 10) {
    Value given = n.in(1);
    if (!given)
      return;
    k = n.cast(given, n.getBuilder().getI64Type());
  }
  Value places =
      topK(n, n.in(0), k, *axis, /*smallest=*/!n.integer("largest", 1));
  n.set(0, gatherElements(n, n.in(0), places, *axis));
  n.set(1, places);
}

template <ReduceKind kind>
static void importScan(Node &n) {
  auto rank = n.rank(0);
  auto given = n.requireInts(n.in(1), "input 'axis'");
  if (!rank || !given)
    return;
  if (given->size() != 1)
    return (void)n.error("it has not one axis");
  auto axis = n.resolveAxis(given->front(), *rank);
  if (axis)
    n.set(0, cumulative(n, kind, n.in(0), *axis, n.integer("exclusive", 0) != 0,
                        n.integer("reverse", 0) != 0));
}

static void importUnique(Node &n) {
  std::optional<int64_t> axis;
  if (n.attribute("axis"))
    axis = n.axis(0);
  if (!n.rank(0) || n.failed())
    return;
  Unique found = unique(n, n.in(0), axis, n.integer("sorted", 1) != 0);
  n.set(0, found.elements);
  n.set(1, found.first);
  n.set(2, found.inverse);
  n.set(3, found.counts);
}

llvm::ArrayRef<Operator> orderOperators() {
  static constexpr Operator rows[] = {
      {"ArgMax", 1, 28, importArg<ReduceKind::max>},
      {"ArgMin", 1, 28, importArg<ReduceKind::min>},
      {"CumProd", 26, 28, importScan<ReduceKind::prod>},
      {"CumSum", 11, 28, importScan<ReduceKind::sum>},
      {"TopK", 1, 28, importTopK},
      {"Unique", 11, 28, importUnique},
  };
  return rows;
}

} // namespace systole::onnx
