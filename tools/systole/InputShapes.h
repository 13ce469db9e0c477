//===- InputShapes.h - Shapes bound by the inputs' files --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Some models can be compiled only when dimensions are known, because ranks
// depend on them. `run` has the input files at hand, so where an import fails
// it takes their shapes, as if they had been given by --shape, and tries again.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_INPUTSHAPES_H
#define SYSTOLE_TOOLS_SYSTOLE_INPUTSHAPES_H

#include "frontend/Common/Import.h"
#include "tools/systole/Engine.h"
#include "llvm/ADT/ArrayRef.h"

namespace systole::driver {

/// Imports a model, if need be a second time with the shapes of the input files
/// (then added to `options`),
/// and prints its problems; a null module if there are any.
frontend::ImportResult readModelForRun(mlir::MLIRContext &context,
                                       const frontend::SourceFile &source,
                                       frontend::ImportOptions &options,
                                       const RunFiles &files);

/// Binds the dynamic dimensions of `inputs` by the files that `specs`
/// (NAME=FILE, 0=FILE, FILE) name. With `each` a file may have one more leading
/// axis. True if something was bound that was not before.
bool bindShapesOfFiles(llvm::ArrayRef<frontend::TensorSummary> inputs,
                       llvm::ArrayRef<std::string> specs, bool each,
                       frontend::ImportOptions &options);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_INPUTSHAPES_H
