//===- LowerModule.h - All entries of a module ------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_LOWERMODULE_H
#define SYSTOLE_BACKENDS_CPU_LOWERMODULE_H

#include "backends/Cpu/Codegen.h"

namespace systole::cpu {

/// Lowers every entry of `module` into the empty module `lowered` and describes
/// the result in `model`. Emits diagnostics on failure.
mlir::LogicalResult lowerModule(mlir::ModuleOp module,
                                const CompileOptions &options, Emit emit,
                                const TargetModel &target,
                                mlir::ModuleOp lowered,
                                ModelDescription &model);

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_LOWERMODULE_H
