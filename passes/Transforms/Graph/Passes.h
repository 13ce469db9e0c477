//===- Passes.h - The graph dialect's passes --------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Constructors, options and registration of the passes that Passes.td declares.
// Their order in a compilation is in passes/Pipelines/.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_PASSES_H
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "passes/Transforms/Common/PassStatistic.h"

namespace systole::graph {

#define GEN_PASS_DECL
#include "passes/Transforms/Graph/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "passes/Transforms/Graph/Passes.h.inc"

} // namespace systole::graph

namespace systole {

/// Registers every pass of Passes.td, under its `graph-` name.
void registerGraphPasses();

} // namespace systole

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_PASSES_H
