//===- CachedModule.h - A model compiled to be run at once ------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_CACHEDMODULE_H
#define SYSTOLE_TOOLS_SYSTOLE_CACHEDMODULE_H

#include "tools/systole/Cache.h"
#include "tools/systole/InputShapes.h"

namespace systole::driver {

/// The path of a module of `source`: from the cache, or compiled into it. A
/// message and nullopt if it cannot be compiled.
std::optional<std::string> cachedModule(const Cache &cache,
                                        const frontend::SourceFile &source,
                                        const frontend::ImportOptions &options,
                                        const RunFiles &files);

/// Compiles an imported model to a module for this machine, with marks for
/// `profile` (CompileOptions::profile) unless that is empty.
bool compileForRun(mlir::ModuleOp module, llvm::StringRef name,
                   llvm::StringRef output,
                   std::function<int64_t(mlir::Operation *)> profile);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_CACHEDMODULE_H
