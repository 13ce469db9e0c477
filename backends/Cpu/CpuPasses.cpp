//===- CpuPasses.cpp - The backend's lowering in systole-opt --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/CpuBackend.h"
#include "backends/Cpu/HostBuilder.h"
#include "backends/Cpu/LowerModule.h"

using namespace mlir;
using namespace systole::cpu;

namespace {
/// Replaces a module's graph entries by host code and kernels.
struct LowerGraphPass : PassWrapper<LowerGraphPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(LowerGraphPass)

  LowerGraphPass() = default;
  LowerGraphPass(const LowerGraphPass &other) : PassWrapper(other) {}

  StringRef getArgument() const final { return "cpu-lower-graph"; }
  StringRef getDescription() const final {
    return "Lower graph entries to host code and kernels for a CPU";
  }
  void getDependentDialects(DialectRegistry &registry) const final {
    registerDialects(registry);
  }

  void runOnOperation() final {
    ModuleOp module = getOperation();
    std::string message;
    auto target = TargetModel::create(cpu, triple, message);
    if (failed(target)) {
      module.emitError(message);
      return signalPassFailure();
    }
    OwningOpRef<ModuleOp> lowered(ModuleOp::create(module.getLoc()));
    CompileOptions options;
    options.threads = threads;
    options.strict = strict;
    ModelDescription model;
    if (failed(lowerModule(module, options, Emit::Module, *target, *lowered,
                           model)))
      return signalPassFailure();
    Block *body = module.getBody();
    while (!body->empty())
      body->back().erase();
    body->getOperations().splice(body->end(),
                                 lowered->getBody()->getOperations());
  }

  Option<std::string> cpu{*this, "cpu",
                          llvm::cl::desc("CPU or level to generate code for"),
                          llvm::cl::init("x86-64-v3")};
  Option<std::string> triple{*this, "triple", llvm::cl::desc("target triple"),
                             llvm::cl::init("x86_64-linux-gnu")};
  Option<bool> strict{*this, "strict",
                      llvm::cl::desc("no contraction, no reassociation"),
                      llvm::cl::init(false)};
  Option<int> threads{*this, "threads", llvm::cl::desc("1: no threading code"),
                      llvm::cl::init(1)};
};
} // namespace

void systole::cpu::registerCpuPasses() { PassRegistration<LowerGraphPass>(); }
