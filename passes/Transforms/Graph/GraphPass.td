//===- GraphPass.td - What all graph passes share ----------*- tablegen -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_GRAPHPASS
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_GRAPHPASS

include "mlir/Pass/PassBase.td"

class Graph_Pass<string name> : Pass<name, "::mlir::ModuleOp"> {
  let dependentDialects = ["::systole::graph::GraphDialect", "::mlir::func::FuncDialect"];
}

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_GRAPHPASS
