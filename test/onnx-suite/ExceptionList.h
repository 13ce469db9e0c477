//===- ExceptionList.h - Cases that do not pass -----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// not-passing.txt: every case that does not pass, under the operator and the
// reason. It can only shrink: a case that passes must go, one that fails and is
// not listed is an error.
//
//   # a comment
//   AffineGrid: the operator is not supported
//     node/test_affine_grid_2d
//     node/test_affine_grid_3d (cpu)
//
// "(cpu)": it passes on the interpreter. Sorted by operator, reason and case,
// so that two people who each mend an operator do not touch the same lines.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_ONNX_SUITE_EXCEPTIONLIST_H
#define SYSTOLE_TEST_ONNX_SUITE_EXCEPTIONLIST_H

#include "llvm/Support/raw_ostream.h"
#include <map>
#include <string>

namespace systole::suite {

/// Why a case does not pass.
struct Exception {
  std::string op, reason;
  /// It fails on the cpu alone.
  bool onlyCpu = false;
};

class ExceptionList {
public:
  /// Reads a list; false, with a message on standard error, if it is none.
  bool read(const std::string &path);
  void write(llvm::raw_ostream &os) const;
  /// As `write`, into a file.
  bool writeTo(const std::string &path) const;

  /// By the name of the case.
  std::map<std::string, Exception> cases;
};

} // namespace systole::suite

#endif // SYSTOLE_TEST_ONNX_SUITE_EXCEPTIONLIST_H
