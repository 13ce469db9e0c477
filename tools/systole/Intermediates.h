//===- Intermediates.h - Looking inside a compiled model --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `--bisect` and `--check-finite` on a device: the model is compiled with every
// intermediate value as an output, so that each can be looked at in order. What
// is compiled is then not quite what would run otherwise: a value that is
// stored is not lost in a fused kernel. A difference that vanishes this way is
// one of fusion.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_INTERMEDIATES_H
#define SYSTOLE_TOOLS_SYSTOLE_INTERMEDIATES_H

#include "tools/systole/Compare.h"
#include "tools/systole/InputShapes.h"

namespace systole::driver {

/// What to look for.
struct IntermediatesRequest {
  frontend::ImportOptions import;
  RunFiles files;
  /// Name the first node whose value is NaN or infinite.
  bool checkFinite;
  /// Name the first node whose value differs from the interpreter's.
  bool bisect;
  Tolerance tolerance;
  /// Where to say that nothing was found.
  llvm::raw_ostream &os;
};

/// Runs on the cpu and looks. True if nothing was found.
bool checkIntermediates(const frontend::SourceFile &source,
                        IntermediatesRequest &request);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_INTERMEDIATES_H
