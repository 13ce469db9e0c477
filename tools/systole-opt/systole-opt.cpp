//===- systole-opt.cpp - Runs passes on graph files -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// mlir-opt with our dialects and passes beside all of MLIR's, and with those of
// plugins: ours (--load-plugin), and MLIR's (--load-pass-plugin,
// --load-dialect-plugin).
//
//===----------------------------------------------------------------------===//

#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "passes/Pipelines/Pipelines.h"
#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Isa/Passes.h"
#include "passes/Transforms/Quantize/Passes.h"
#include "tools/common/ToolRegistry.h"

int main(int argc, char **argv) {
  mlir::registerAllPasses();
  systole::registerGraphPasses();
  systole::registerGraphPipelines();
  systole::isa::registerIsaPasses();
  systole::graph::registerQuantizePasses();
  systole::cpu::registerCpuPasses();
  systole::ToolRegistry tool;
  mlir::registerAllExtensions(tool.registry);
  return mlir::asMainReturnCode(mlir::MlirOptMain(
      argc, argv, "Systole's optimiser driver\n", tool.registry));
}
