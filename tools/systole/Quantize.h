//===- Quantize.h - Post-training quantisation's files and runs -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the quantize phase (passes/Transforms/Quantize) needs of a command line:
// examples from files, the cpu to run them on, and a place for the report.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_QUANTIZE_H
#define SYSTOLE_TOOLS_SYSTOLE_QUANTIZE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Pipelines/Pipelines.h"
#include "tools/systole/Options.h"
#include <memory>

namespace systole::driver {

/// The options of quantisation, without examples; null without --quantize. A
/// usage message and false where they are wrong.
bool parseQuantize(const Arguments &arguments,
                   std::shared_ptr<QuantizePipelineOptions> &options);

/// Reads the files of --calibration for the inputs of `entry`. A message and
/// false where they do not fit.
bool loadCalibration(const Arguments &arguments, mlir::func::FuncOp entry,
                     QuantizePipelineOptions &options);

/// Prints the report that --quantize-report asks for: as text, or JSON into a
/// file whose name ends in .json. False after a message.
bool printQuantization(const Arguments &arguments,
                       const QuantizePipelineOptions &options);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_QUANTIZE_H
