//===- Passes.td - The graph dialect's passes --------------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A file for each kind of pass. Each description has a "Before" and an "After"
// example. The test test/passes/Transforms/Graph/examples.test runs every pass
// on its "Before" and compares with its "After".
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_PASSES
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_PASSES

include "passes/Transforms/Graph/InferencePasses.td"
include "passes/Transforms/Graph/SimplifyPasses.td"
include "passes/Transforms/Graph/WeightAndLayoutPasses.td"
include "passes/Transforms/Graph/FusionPasses.td"
include "passes/Transforms/Graph/VariablePasses.td"
include "passes/Transforms/Graph/SupportPasses.td"

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_PASSES
