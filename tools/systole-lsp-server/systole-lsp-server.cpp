//===- systole-lsp-server.cpp - MLIR's language server, our dialects ------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An editor starts it for `.mlir` files and talks to it by standard input and
// output: diagnostics of our verifiers while one types, definitions, uses.
//
//===----------------------------------------------------------------------===//

#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"
#include "tools/common/ToolRegistry.h"

int main(int argc, char **argv) {
  systole::ToolRegistry tool;
  return failed(mlir::MlirLspServerMain(argc, argv, tool.registry));
}
