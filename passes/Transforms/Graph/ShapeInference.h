//===- ShapeInference.h - Shape inference for other passes ------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// graph-infer-shapes as a function. A pass that puts a value with a more
// precise type in another's place calls it last, so that users, regions and
// function signatures follow.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_SHAPEINFERENCE_H
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_SHAPEINFERENCE_H

#include "mlir/IR/BuiltinOps.h"

namespace systole::graph {

/// Refines all types of `module` to a fixed point. Returns how many types that
/// loops carry were widened.
int64_t inferShapes(mlir::ModuleOp module);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_SHAPEINFERENCE_H
