//===- Grouping.h - What the fusing passes share ----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A pass finds clusters of operations, changing nothing, and then forms a
// `graph.group` of each.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_GROUPING_H
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_GROUPING_H

#include "passes/Transforms/Graph/Rewriting.h"
#include "llvm/ADT/SetVector.h"

namespace systole::graph {

/// Operations to be grouped.
struct Cluster {
  /// The rule that formed it: "conv", "matmul", "attention", "rows" or
  /// "elementwise".
  llvm::StringRef kind;
  /// The members in block order; the last one's result leaves the group.
  llvm::SmallVector<mlir::Operation *> ops;
};

/// The blocks of `module` whose operations are no kernels yet.
llvm::SmallVector<mlir::Block *> groupableBlocks(mlir::ModuleOp module);

/// What a fusing pass has done.
struct GroupCounts {
  int64_t groups = 0, ops = 0;
};

/// Moves the members into a new group at the place of the last one. What they
/// read from outside becomes an operand, but constants of one element are
/// copied into the group.
void formGroup(const Cluster &cluster);

/// Forms a group of each cluster that `find` sees in a block that is no kernel
/// yet.
GroupCounts
formGroups(mlir::ModuleOp module,
           llvm::function_ref<llvm::SmallVector<Cluster>(mlir::Block &)> find);

/// True if every user of `op` is in `set`.
bool allUsersIn(mlir::Operation *op,
                const llvm::SetVector<mlir::Operation *> &set);

/// True if `operand` has a value for each index of the last dimension of `root`
/// and no other extent: a bias, or a scale for each channel.
bool variesAlongLastDim(mlir::Value operand, mlir::Value root);

/// True if a contraction's epilogue will want `op`: it follows one, through
/// operations that nobody else reads.
bool belongsToContraction(mlir::Operation *op);

/// True for element-wise operations that cost more than reading their result
/// from memory.
bool isCostly(mlir::Operation *op);

/// The members of `set` in block order.
llvm::SmallVector<mlir::Operation *>
inBlockOrder(llvm::SetVector<mlir::Operation *> set);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_GROUPING_H
