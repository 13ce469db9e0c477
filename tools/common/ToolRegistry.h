//===- ToolRegistry.h - The dialects of developers' tools -------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_COMMON_TOOLREGISTRY_H
#define SYSTOLE_TOOLS_COMMON_TOOLREGISTRY_H

#include "backends/Cpu/CpuBackend.h"
#include "dialects/Common/Plugins.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Isa/IR/IsaDialect.h"
#include "mlir/InitAllDialects.h"
#include "llvm/Support/CommandLine.h"

namespace systole {

/// MLIR's dialects, ours, and those of the plugins that --load-plugin names:
/// they are loaded while the command line is parsed, before the registry is
/// used.
class ToolRegistry {
public:
  ToolRegistry() {
    mlir::registerAllDialects(registry);
    registry.insert<graph::GraphDialect, isa::IsaDialect>();
    cpu::registerDialects(registry);
  }

  mlir::DialectRegistry registry;

private:
  llvm::cl::list<std::string> plugins{
      "load-plugin", llvm::cl::desc("Load a Systole plugin"),
      llvm::cl::value_desc("file"),
      llvm::cl::cb<void, std::string>([this](const std::string &file) {
        if (llvm::Error error = loadPlugin(file))
          llvm::reportFatalUsageError(std::move(error));
        addPluginDialects(registry);
      })};
};

} // namespace systole

#endif // SYSTOLE_TOOLS_COMMON_TOOLREGISTRY_H
