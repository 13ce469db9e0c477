//===- Passes.h - Quantisation's passes -------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Constructors and registration of the passes that Passes.td declares. Those
// that measure take examples and a report; without examples, as under
// systole-opt, they run on random numbers in the interpreter.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_PASSES_H
#define SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "passes/Transforms/Quantize/Context.h"

namespace systole::graph {

#define GEN_PASS_DECL
#include "passes/Transforms/Quantize/Passes.h.inc"

std::unique_ptr<mlir::Pass> createGraphCalibrate(GraphCalibrateOptions options,
                                                 SharedQuantize shared);
std::unique_ptr<mlir::Pass>
createGraphMeasureNoise(GraphMeasureNoiseOptions options,
                        SharedQuantize shared);
std::unique_ptr<mlir::Pass>
createGraphChooseFloat(GraphChooseFloatOptions options, SharedQuantize shared);

/// The examples to use on `module`: `shared`'s, or random ones. Null with a
/// message where there are none.
SharedQuantize quantizeContext(mlir::ModuleOp module, SharedQuantize shared,
                               int64_t samples, int64_t seed);

#define GEN_PASS_REGISTRATION
#include "passes/Transforms/Quantize/Passes.h.inc"

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_PASSES_H
