//===- load.h - Opening shared libraries ---------------------- -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Apart from platform.h because only programs with a C library can do it.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_PLATFORM_LOAD_H
#define SYSTOLE_RUNTIME_SRC_PLATFORM_LOAD_H

#include "runtime/src/text.h"

namespace systole::rt {

/// Opens a shared library file; null, with the reason in `problem`, if that
/// fails.
void *openLibrary(const char *path, StringBuilder &problem);

/// The address of a symbol that the library exports, or null.
const void *librarySymbol(void *handle, const char *name);

/// Undoes openLibrary. Null is allowed.
void closeLibrary(void *handle);

} // namespace systole::rt

#endif // SYSTOLE_RUNTIME_SRC_PLATFORM_LOAD_H
