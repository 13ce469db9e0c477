//===- QuantOps.h - ONNX quantised operators --------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Importers that domain com.microsoft shares with the main one.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_ONNX_QUANTOPS_H
#define SYSTOLE_FRONTEND_ONNX_QUANTOPS_H

#include "frontend/Onnx/Node.h"

namespace systole::onnx {

void importQuantizeLinear(Node &n);
void importDequantizeLinear(Node &n);

} // namespace systole::onnx

#endif // SYSTOLE_FRONTEND_ONNX_QUANTOPS_H
