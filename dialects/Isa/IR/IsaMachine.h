//===- IsaMachine.h - A machine as an attribute ----------------------*- C++
//-*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A module says which machine its code is for by the attribute `isa.target`: a
// dictionary with the machine's name and every key of its file, so that a pass
// needs no file. Keys, ranges and messages are those of the one loader.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_ISA_IR_ISAMACHINE_H
#define SYSTOLE_DIALECTS_ISA_IR_ISAMACHINE_H

#include "hw-sim/model/Machine.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"

namespace systole::isa {

/// On a module: what its programs are compiled for.
inline constexpr llvm::StringLiteral kTargetAttr = "isa.target";

/// `{name = "mxu-8", array = 8 : i64, dram.width = 8 : i64, ...}`
mlir::DictionaryAttr targetOf(mlir::MLIRContext *context,
                              const sim::Machine &machine);

/// The machine that `target` describes. Emits every problem: keys that are
/// missing, unknown or no integers, and numbers that no machine has.
mlir::FailureOr<sim::Machine>
machineOf(mlir::Attribute target,
          llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

} // namespace systole::isa

#endif // SYSTOLE_DIALECTS_ISA_IR_ISAMACHINE_H
