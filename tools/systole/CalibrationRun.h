//===- CalibrationRun.h - Running graphs while compiling --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_CALIBRATIONRUN_H
#define SYSTOLE_TOOLS_SYSTOLE_CALIBRATIONRUN_H

#include "passes/Transforms/Quantize/Calibration.h"

namespace systole::driver {

/// A graph::GraphRunner: compiles `module` for a cpu that every machine of this
/// architecture has, with one thread, so that the same examples give the same
/// numbers everywhere.
mlir::LogicalResult runSamplesOnCpu(mlir::ModuleOp module,
                                    llvm::ArrayRef<graph::Sample> samples,
                                    graph::SampleSink sink);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_CALIBRATIONRUN_H
