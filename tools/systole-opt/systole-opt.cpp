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

#include "backends/Cpu/CpuBackend.h"
#include "dialects/Common/Plugins.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Isa/IR/IsaDialect.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "passes/Pipelines/Pipelines.h"
#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Isa/Passes.h"
#include "llvm/Support/CommandLine.h"

int main(int argc, char **argv) {
  mlir::registerAllPasses();
  systole::registerGraphPasses();
  systole::registerGraphPipelines();
  systole::isa::registerIsaPasses();
  systole::cpu::registerCpuPasses();
  mlir::DialectRegistry registry;
  // Loaded while the command line is parsed, before the registry is used.
  llvm::cl::list<std::string> plugins(
      "load-plugin", llvm::cl::desc("Load a Systole plugin"),
      llvm::cl::value_desc("file"),
      llvm::cl::cb<void, std::string>([&](const std::string &file) {
        if (llvm::Error error = systole::loadPlugin(file))
          llvm::reportFatalUsageError(std::move(error));
        systole::addPluginDialects(registry);
      }));
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  registry.insert<systole::graph::GraphDialect, systole::isa::IsaDialect>();
  systole::cpu::registerDialects(registry);
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "Systole's optimiser driver\n", registry));
}
