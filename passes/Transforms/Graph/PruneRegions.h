//===- PruneRegions.h - Unused results of regions ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The part of graph-prune that looks into conditionals and loops.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_PRUNEREGIONS_H
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_PRUNEREGIONS_H

#include "mlir/IR/Operation.h"

namespace systole::graph {

/// Removes unused results of `graph.if`, and values carried by `graph.while`
/// that neither its condition nor a used result depends on, in all of `root`.
/// Returns how many. What computed them is left, dead.
int64_t removeUnusedRegionResults(mlir::Operation *root);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_PRUNEREGIONS_H
