//===- OperatorTables.h - All operators that are imported -------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_ONNX_OPERATORTABLES_H
#define SYSTOLE_FRONTEND_ONNX_OPERATORTABLES_H

#include "frontend/Onnx/Node.h"

namespace systole::onnx {

/// The rows of the tables of all families.
std::vector<const Operator *> allOperators();

} // namespace systole::onnx

#endif // SYSTOLE_FRONTEND_ONNX_OPERATORTABLES_H
