//===- Explain.h - What became of each source node --------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_EXPLAIN_H
#define SYSTOLE_TOOLS_SYSTOLE_EXPLAIN_H

#include "frontend/Common/Import.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/raw_ostream.h"

namespace systole::driver {

/// Prints, for each node of the source model, what stands for it in `module`
/// after the graph phases: the operation, its layout, the kernel it is part of
/// and the nodes it shares that with. As HTML, or as text.
void explain(mlir::ModuleOp module, llvm::ArrayRef<frontend::NodeSummary> nodes,
             bool html, llvm::raw_ostream &os);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_EXPLAIN_H
