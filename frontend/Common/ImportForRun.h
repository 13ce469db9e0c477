//===- ImportForRun.h - A model for inputs that are at hand -----*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A model that is imported in order to be run may leave open what the given
// inputs say: their dimensions, or the value of an input that is no datum but a
// parameter, as the axes of a reduction. Such things are taken from the inputs
// where, and only where, the model cannot be imported without.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_IMPORTFORRUN_H
#define SYSTOLE_FRONTEND_COMMON_IMPORTFORRUN_H

#include "frontend/Common/Import.h"
#include <functional>

namespace systole::frontend {

/// What is at hand of an input.
struct GivenInput {
  std::string name;
  llvm::SmallVector<int64_t> shape;
  /// Its value, or null: it is large, or not the same in the whole run.
  graph::Tensor value;
  /// Of a sequence or an optional: the number of its elements, or kAbsent. The
  /// elements follow it under their names (elementName).
  std::optional<int64_t> length = std::nullopt;
};

/// True for the shape of an input whose value may be a parameter.
bool mayBeParameter(llvm::ArrayRef<int64_t> shape);

/// Tells of the given inputs once the model's inputs are known.
using InputsAtHand =
    std::function<std::vector<GivenInput>(llvm::ArrayRef<TensorSummary>)>;

/// Imports with what `options` state; failing that, with dimensions of the
/// given inputs; failing that, with values of small integer ones; then of all
/// small ones. What was needed is added to `options`. If nothing helps, the
/// problems are those of the first import.
ImportResult importForRun(mlir::MLIRContext &context, const SourceFile &source,
                          ImportOptions &options, const InputsAtHand &inputs);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_IMPORTFORRUN_H
