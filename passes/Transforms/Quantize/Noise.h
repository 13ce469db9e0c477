//===- Noise.h - How far quantised values are from floats -------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Signal and noise of values: the squares of what a float graph computes, and
// of what a quantised one differs by, summed over all samples.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_NOISE_H
#define SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_NOISE_H

#include "passes/Transforms/Quantize/Calibration.h"
#include "passes/Transforms/Quantize/Units.h"

namespace systole::graph {

struct Noise {
  double signal = 0, noise = 0;

  void add(const Tensor &reference, const Tensor &value);
  /// 10 log10(signal / noise); infinite where there is no noise.
  double decibels() const;
};

/// The noise of each unit's output, and of all results of the model together.
struct NoiseFigures {
  std::vector<Noise> units;
  Noise model;
};

/// With what units are measured.
enum class NoiseOf {
  Each, ///< Each unit on the floats of the original: its own noise.
  All   ///< All units together: noise adds up on its way.
};

/// Runs the entry of `module` and its quantised form on all samples. Fails,
/// with a message, where one of them does.
mlir::FailureOr<NoiseFigures> measureNoise(mlir::ModuleOp module,
                                           const UnitPlan &plan,
                                           const Calibration &calibration,
                                           NoiseOf what);

/// Emits all units and copies of all other operations before the terminator of
/// the entry block. Results of the function have their counterparts in
/// `results`.
mlir::LogicalResult
emitQuantized(mlir::func::FuncOp function, const UnitPlan &plan,
              llvm::SmallVectorImpl<mlir::Value> &results,
              llvm::SmallVectorImpl<mlir::Value> *outputs = nullptr);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_NOISE_H
