//===- VariableAccess.cpp - Which variables an operation touches ----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/Analysis/VariableAccess.h"
#include "mlir/Interfaces/CallInterfaces.h"

using namespace mlir;
using namespace systole::graph;

VariableAccess VariableAccess::of(Operation *op) {
  VariableAccess access;
  op->walk([&](Operation *inner) {
    if (auto read = dyn_cast<ReadVariableOp>(inner))
      access.reads.insert(read.getVariableAttr().getAttr());
    else if (auto assign = dyn_cast<AssignVariableOp>(inner))
      access.assigns.insert(assign.getVariableAttr().getAttr());
    else if (isa<CallOpInterface>(inner))
      access.calls = true;
  });
  return access;
}
