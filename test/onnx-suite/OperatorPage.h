//===- OperatorPage.h - docs/onnx-operators.md ------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_ONNX_SUITE_OPERATORPAGE_H
#define SYSTOLE_TEST_ONNX_SUITE_OPERATORPAGE_H

#include "ExceptionList.h"

namespace systole::suite {

/// The page on ONNX operators, from the importer's tables and the list of cases
/// that do not pass.
void printOperatorPage(const ExceptionList &list, llvm::raw_ostream &os);

} // namespace systole::suite

#endif // SYSTOLE_TEST_ONNX_SUITE_OPERATORPAGE_H
