//===- Programs.h - What checks of programs share -------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every program of a module with its machine, its image, and its instructions
// by their index.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_ISA_PROGRAMS_H
#define SYSTOLE_PASSES_TRANSFORMS_ISA_PROGRAMS_H

#include "dialects/Isa/IR/IsaDialect.h"
#include "hw-sim/model/Machine.h"
#include "mlir/IR/BuiltinOps.h"

namespace systole::isa {

/// A program to be checked.
struct ProgramToCheck {
  ProgramOp program;
  sim::Machine machine;
  Image image;
  /// Instructions and words in program order.
  llvm::SmallVector<mlir::Operation *> instructions;
};

/// Calls `check` with every program of a module. The machine is the one that
/// `option` names, else the program; there is an error at the program where
/// there is none, or where it cannot run the program. Returns whether all
/// programs had one and were accepted.
bool checkPrograms(mlir::ModuleOp module, llvm::StringRef option,
                   llvm::function_ref<bool(const ProgramToCheck &)> check);

} // namespace systole::isa

#endif // SYSTOLE_PASSES_TRANSFORMS_ISA_PROGRAMS_H
