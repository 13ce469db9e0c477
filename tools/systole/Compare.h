//===- Compare.h - Outputs against stored ones ------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_COMPARE_H
#define SYSTOLE_TOOLS_SYSTOLE_COMPARE_H

#include "runtime/src/runner.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace systole::driver {

/// How close is close enough: |found - expected| <= atol + rtol * |expected|,
/// for every element, as numpy.allclose has it.
struct Tolerance {
  double rtol = 1e-3;
  double atol = 1e-5;
};

/// How far two tensors of one shape are apart.
struct Difference {
  double maxAbs = 0, maxRel = 0;
  /// The element that exceeds the tolerance most, row-major, and how often it
  /// is exceeded.
  int64_t worst = -1, numOutside = 0;
  double found = 0, expected = 0;
};

/// Compares element by element. NaN equals NaN, an infinity equals itself.
Difference compareTensors(const rt::Tensor &found, const rt::Tensor &expected,
                          const Tolerance &tolerance);

/// The largest magnitude of a finite element; 0 if there is none.
double largestMagnitude(const rt::Tensor &tensor);

/// "[1,2]" for a row-major position.
std::string indexText(const rt::Tensor &tensor, int64_t position);

/// What `--compare` asks.
struct CompareRequest {
  /// DIR, NAME=FILE, 0=FILE, or FILE where there is one output; as typed.
  llvm::ArrayRef<std::string> expected;
  Tolerance tolerance;
};

/// Compares outputs with files and prints a line for each. False if one is
/// outside the tolerance, or, with a message, if a file cannot be used.
bool compareOutputs(const systole_entry_info &entry,
                    const rt::RunResult &result, const CompareRequest &request,
                    llvm::raw_ostream &os);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_COMPARE_H
