//===- Programs.h - What checks of programs share -------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A program's machine, and its instructions by their index.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_ISA_PROGRAMS_H
#define SYSTOLE_PASSES_TRANSFORMS_ISA_PROGRAMS_H

#include "dialects/Isa/IR/IsaDialect.h"
#include "hw-sim/model/Machine.h"

namespace systole::isa {

/// The machine that `option` names, else the program; an error at the program
/// and nullopt where there is none, or where it cannot run the program.
std::optional<sim::Machine> machineFor(ProgramOp program, const Image &image,
                                       llvm::StringRef option);

/// Instructions and words in program order.
llvm::SmallVector<mlir::Operation *> instructionsOf(ProgramOp program);

} // namespace systole::isa

#endif // SYSTOLE_PASSES_TRANSFORMS_ISA_PROGRAMS_H
