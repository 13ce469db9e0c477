//===- InputShapes.h - What the inputs' files say of a model ----*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Some models can be compiled only when dimensions are known, because ranks
// depend on them, or values of inputs that are parameters. `run` has the input
// files at hand, so where an import fails it looks there
// (frontend/Common/ImportForRun.h).
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_INPUTSHAPES_H
#define SYSTOLE_TOOLS_SYSTOLE_INPUTSHAPES_H

#include "frontend/Common/Import.h"
#include "tools/systole/Engine.h"
#include "llvm/ADT/ArrayRef.h"

namespace systole::driver {

/// Imports a model, with what the input files say if need be (then added to
/// `options`), and prints its problems; a null module if there are any.
frontend::ImportResult readModelForRun(mlir::MLIRContext &context,
                                       const frontend::SourceFile &source,
                                       frontend::ImportOptions &options,
                                       const RunFiles &files);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_INPUTSHAPES_H
