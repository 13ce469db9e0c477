//===- Passes.h - The isa dialect's passes ----------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Constructors and registration of the passes that Passes.td declares.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_ISA_PASSES_H
#define SYSTOLE_PASSES_TRANSFORMS_ISA_PASSES_H

#include "dialects/Isa/IR/IsaDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace systole::isa {

#define GEN_PASS_DECL
#include "passes/Transforms/Isa/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "passes/Transforms/Isa/Passes.h.inc"

} // namespace systole::isa

#endif // SYSTOLE_PASSES_TRANSFORMS_ISA_PASSES_H
