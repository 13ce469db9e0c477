//===- SourceFile.h - A model's bytes ---------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A file, mapped rather than read, whose bytes constants may point into.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_SOURCEFILE_H
#define SYSTOLE_FRONTEND_COMMON_SOURCEFILE_H

#include "llvm/ADT/StringRef.h"
#include <memory>
#include <string>

namespace systole::frontend {

/// The bytes of a model and where they came from.
struct SourceFile {
  /// As the user wrote it; "-" for standard input.
  std::string path;
  /// A folder in place of a file (a SavedModel): no bytes.
  bool isFolder = false;
  llvm::StringRef bytes;
  /// Keeps `bytes` mapped: constants that point into them share it.
  std::shared_ptr<void> owner;
};

/// Maps `path`, or reads standard input for "-". On failure gives false and
/// says in `error` what is wrong.
bool openSource(llvm::StringRef path, SourceFile &source, std::string &error);

/// What a file that no importer knows looks like: "a zip archive", or "".
std::string describeContent(llvm::StringRef bytes);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_SOURCEFILE_H
