//===- Calibration.h - Running a graph on examples --------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//
// What passes that measure need: examples of a model's inputs, and something
// that runs a module on them. The driver brings the cpu backend; without it the
// reference interpreter runs, which is slow and says the same.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_CALIBRATION_H
#define SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_CALIBRATION_H

#include "dialects/Graph/IR/Tensor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <functional>
#include <vector>

namespace systole::graph {

/// The inputs of one run, in declared order.
using Sample = llvm::SmallVector<Tensor>;

/// Gets the results for sample `i`; failure, with a message, ends the runs.
using SampleSink = llvm::function_ref<mlir::LogicalResult(
    size_t i, llvm::ArrayRef<Tensor> results)>;

/// Runs the entry of `module` on each sample, from the same initial state.
using GraphRunner = std::function<mlir::LogicalResult(
    mlir::ModuleOp module, llvm::ArrayRef<Sample> samples, SampleSink sink)>;

/// What to calibrate with.
struct Calibration {
  std::vector<Sample> samples;
  /// Empty: the interpreter.
  GraphRunner runner;

  mlir::LogicalResult run(mlir::ModuleOp module, SampleSink sink) const;
};

/// `count` samples of numbers from [-1, 1) for the inputs of `entry`, of which
/// unknown dimensions are 1. Fails, with a message, where an input is no tensor
/// of floats.
mlir::FailureOr<std::vector<Sample>>
randomSamples(mlir::func::FuncOp entry, int64_t count, uint64_t seed);

/// Makes `values` the function's only results, called "0", "1", ...
void replaceResults(mlir::func::FuncOp function,
                    llvm::ArrayRef<mlir::Value> values);

/// A copy of `module` whose entry results in `values` of the original's.
mlir::OwningOpRef<mlir::ModuleOp> makeProbe(mlir::ModuleOp module,
                                            llvm::ArrayRef<mlir::Value> values);

/// The elements of a tensor of f32.
llvm::SmallVector<float, 0> floatsOf(const Tensor &tensor);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_CALIBRATION_H
