//===- NoBackend.cpp - Stands in until the CPU backend is there -----------===//
#include "backends/Cpu/CpuBackend.h"
namespace systole::cpu {
mlir::LogicalResult compile(mlir::ModuleOp module, const CompileOptions &, Emit, llvm::StringRef) {
  return module.emitError("the cpu backend is not in this build");
}
std::string resolveCpu(llvm::StringRef cpu, llvm::StringRef) { return cpu.str(); }
void registerDialects(mlir::DialectRegistry &) {}
} // namespace systole::cpu
