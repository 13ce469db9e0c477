//===- Einsum.h - Einstein's summation --------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_EINSUM_H
#define SYSTOLE_FRONTEND_COMMON_EINSUM_H

#include "frontend/Common/GraphBuilder.h"

namespace systole::frontend {

/// numpy's einsum of `operands` by `equation` ("bij,bjk->bik"): repeated labels
/// in one operand take the diagonal, "..." stands for any number of leading
/// dimensions that broadcast, and without "->" the result has the labels that
/// occur once, in the order of the alphabet.
mlir::Value einsum(GraphBuilder &b, llvm::StringRef equation,
                   GraphBuilder::Values operands);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_EINSUM_H
