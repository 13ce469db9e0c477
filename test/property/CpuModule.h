//===- CpuModule.h - Sample functions as compiled code ----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_PROPERTY_CPUMODULE_H
#define SYSTOLE_TEST_PROPERTY_CPUMODULE_H

#include "dialects/Graph/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "systole/systole.h"

namespace systole::property {

using graph::Tensor;

/// A module of graph functions, compiled by the CPU backend and loaded by the
/// runtime. The file it was in is gone when this is made.
class CpuModule {
public:
  CpuModule() = default;
  CpuModule(const CpuModule &) = delete;
  CpuModule &operator=(const CpuModule &) = delete;
  ~CpuModule();

  /// Compiles for `threads` (0: the runtime chooses) and a CPU's name (empty:
  /// this machine's), and loads. On failure a message has been emitted.
  mlir::LogicalResult compile(mlir::ModuleOp module, int threads,
                              llvm::StringRef cpu = "");

  /// Runs an entry. On failure `message` says why and the result is empty.
  std::optional<llvm::SmallVector<Tensor>> run(llvm::StringRef entry,
                                               llvm::ArrayRef<Tensor> arguments,
                                               mlir::TypeRange resultTypes,
                                               std::string &message);

private:
  systole_module *module = nullptr;
  systole_session *session = nullptr;
};

} // namespace systole::property

#endif // SYSTOLE_TEST_PROPERTY_CPUMODULE_H
