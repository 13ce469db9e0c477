//===- Strings.h - Strings and labels ---------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What importers make of operators on strings, and of tables that have strings
// or numbers as their keys. All follow GraphBuilder's rule: null in, null out.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_STRINGS_H
#define SYSTOLE_FRONTEND_COMMON_STRINGS_H

#include "frontend/Common/GraphBuilder.h"

namespace systole::frontend {

/// x == y, of numbers or of strings.
mlir::Value equal(GraphBuilder &b, mlir::Value x, mlir::Value y);
/// Whether each element of x is among `keys` [n]; NaN is NaN here.
mlir::Value isAmong(GraphBuilder &b, mlir::Value x, mlir::Value keys);
/// For each element of x the entry of `values` [n] at the place that it has
/// among `keys` [n] (the last, if it has several), or `otherwise` [1].
mlir::Value lookUp(GraphBuilder &b, mlir::Value x, mlir::Value keys,
                   mlir::Value values, mlir::Value otherwise);
/// In small or capital letters.
mlir::Value changeCase(GraphBuilder &b, mlir::Value x, bool upper);
/// The strings of x [n] that are not among `words`; one empty string if none is
/// left.
mlir::Value withoutWords(GraphBuilder &b, mlir::Value x,
                         llvm::ArrayRef<std::string> words, bool matchCase);

/// The fields of strings, in a new last dimension that holds the most fields of
/// any string, and how many each has.
struct Fields {
  mlir::Value fields, counts;
};
Fields splitStrings(GraphBuilder &b, mlir::Value x, llvm::StringRef delimiter,
                    std::optional<int64_t> limit);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_STRINGS_H
