//===- Trees.h - Decision trees as tensors ----------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All rows walk through all trees at once: [rows, trees] numbers of nodes,
// which one step replaces by those of their successors. A leaf is its own
// successor, so as many steps as the longest path has lead everywhere to the
// end:
//
//   feature = features[node]; below = x[feature] <= splits[node]
//   node = below ? whenTrue[node] : whenFalse[node]
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_TREES_H
#define SYSTOLE_FRONTEND_COMMON_TREES_H

#include "frontend/Common/GraphBuilder.h"

namespace systole::frontend {

/// A node: where a row goes. Leaves have no rule.
struct TreeNode {
  /// How the row's feature is compared with `split`; Member: is it among
  /// `members`.
  enum Rule { Leq, Lt, Gte, Gt, Eq, Neq, Member, Leaf } rule = Leaf;
  int64_t feature = 0;
  double split = 0;
  /// Numbers of nodes.
  int64_t whenTrue = -1, whenFalse = -1;
  /// A feature that is NaN goes where it is true.
  bool nanIsTrue = false;
  std::vector<double> members;
  /// What a leaf adds to which target.
  std::vector<std::pair<int64_t, double>> weights;
};

struct Forest {
  std::vector<TreeNode> nodes;
  /// The first node of each tree.
  llvm::SmallVector<int64_t> roots;
  int64_t numTargets = 1;
  enum Aggregate { Average, Sum, Min, Max } aggregate = Sum;
  /// Added to each target; or empty.
  llvm::SmallVector<double> base;
};

/// The sums, means or extremes of all trees' leaves: [rows, targets] for x
/// [rows, features]. Checks the forest: messages say what does not fit.
mlir::Value evaluateForest(GraphBuilder &b, const Forest &forest,
                           mlir::Value x);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_TREES_H
