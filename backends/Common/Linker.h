//===- Linker.h - Objects to executables and modules ---------- -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Links with lld, in this process, against nothing but Systole's own support
// library, so that compiling a model needs neither a compiler nor a C library.
// The same objects give the same bytes, wherever they lie.
//
// A failed link leaves no output file and returns what lld said.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_COMMON_LINKER_H
#define SYSTOLE_BACKENDS_COMMON_LINKER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace systole {

/// How to link.
struct LinkOptions {
  /// The architecture: "x86_64", "aarch64" or "riscv64".
  std::string arch = "x86_64";
  /// Include the thread pool (executables only). Without it the model runs on
  /// one thread and no threading code is linked.
  bool threads = true;
  /// Use the system's C library and dynamic linker (executables for this
  /// machine only).
  bool dynamic = false;
  /// The folder with one subfolder for each architecture; empty: found beside
  /// the running program (findSupportFolder).
  std::string supportFolder;
};

/// Finds `lib/systole/support` relative to the library that holds this code or
/// to the running program, in a build tree as in an installed one, so that an
/// installed tree may be moved.
llvm::Expected<std::string> findSupportFolder();

/// Links objects, of which one defines `systole_model`, to an executable that
/// runs the model (runtime/src/exe).
llvm::Error linkExecutable(llvm::ArrayRef<std::string> objects,
                           llvm::StringRef output, const LinkOptions &options);

/// Links objects to a shared library that exports `systole_model` and depends
/// on no other library.
llvm::Error linkSharedModule(llvm::ArrayRef<std::string> objects,
                             llvm::StringRef output,
                             const LinkOptions &options);

} // namespace systole

#endif // SYSTOLE_BACKENDS_COMMON_LINKER_H
