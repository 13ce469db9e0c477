//===- RecurrentOps.h - ONNX LSTM for other domains -------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_ONNX_RECURRENTOPS_H
#define SYSTOLE_FRONTEND_ONNX_RECURRENTOPS_H

#include "frontend/Common/Composites.h"
#include "frontend/Onnx/Node.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace systole::onnx {

/// An LSTM whose weights are no matrices of floats: inputs 1 and 2 are
/// [directions, input or hidden, 4 * hidden], and `setProducts` says for each
/// direction how a cell multiplies by them.
void importLstm(
    Node &n,
    llvm::function_ref<void(frontend::RecurrentCell &cell, int64_t direction)>
        setProducts);

} // namespace systole::onnx

#endif // SYSTOLE_FRONTEND_ONNX_RECURRENTOPS_H
