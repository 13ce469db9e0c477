//===- Problems.h - What is wrong with a model ------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Importers collect problems instead of stopping at the first one, so that a
// user sees in one run everything that stands in the way.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_PROBLEMS_H
#define SYSTOLE_FRONTEND_COMMON_PROBLEMS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace systole::frontend {

/// One thing that is wrong, where, and what a user can do.
struct Problem {
  /// The node and its operator in the model's terms; empty: the whole file.
  std::string node, op;
  /// What is wrong: lower-case first letter, no final full stop.
  std::string message;
  std::vector<std::string> notes, help;
};

/// The problems as a user reads them, each in the form
///
///   MODEL: error: node 'conv1' (op Conv): what is wrong
///     note: ...
///     help: ...
///
/// Problems that differ only in the node are one entry, with their number.
/// Control characters of names are escaped.
std::string formatProblems(llvm::StringRef path,
                           llvm::ArrayRef<Problem> problems);

/// `text` fit for a terminal: control characters escaped, shortened beyond 200
/// characters.
std::string printable(llvm::StringRef text);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_PROBLEMS_H
