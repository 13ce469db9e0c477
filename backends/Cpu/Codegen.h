//===- Codegen.h - From lowered modules to object code ----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The steps after the graph is gone: to the LLVM dialect, to LLVM IR with the
// model's descriptor (runtime/src/abi.h), through LLVM's optimiser to an
// object.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_CODEGEN_H
#define SYSTOLE_BACKENDS_CPU_CODEGEN_H

#include "backends/Cpu/CpuBackend.h"
#include "backends/Cpu/TargetModel.h"
#include "backends/Cpu/WeightStore.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include <memory>
#include <vector>

namespace systole::cpu {

/// One entry of the model as its descriptor states it.
struct EntryDescription {
  mlir::func::FuncOp graph; ///< Names, types and shapes.
  std::string symbol;       ///< Of the emitted function.
  int64_t arenaBytes = 0;
  bool arenaIsExact = true;
  /// Of the function that computes the arena's size from the input dimensions
  /// (ArenaSize.h); empty where there is none.
  std::string arenaSizeSymbol;
};

/// The outputs of entry 0 on the seeded input (runtime/src/selftest.h).
struct SelftestRecord {
  uint64_t seed;
  std::vector<double> mean, absMax, checksum;
};

/// What the descriptor says beside the code.
struct ModelDescription {
  std::vector<EntryDescription> entries;
  std::vector<std::string> messages;
  WeightStore weights;
  /// The streamed weights' name beside the model. Empty: they are embedded.
  std::string weightsFile;
  std::optional<SelftestRecord> selftest;
  /// Bytes of the model's variables; 0: it has none.
  int64_t stateBytes = 0;
  /// Fills a new state; gives the variables marked `per_sample` their initial
  /// values again. Entries without inputs and outputs, where there is a need.
  std::optional<EntryDescription> stateBegin, stateBeginSample;
  /// What they are made of.
  std::vector<mlir::OwningOpRef<mlir::func::FuncOp>> stateFunctions;
  /// Symbol of the descriptor.
  std::string symbol;
};

/// systole_dtype of an element type.
uint32_t dtypeOf(mlir::Type element);
/// The unique stems of a function's input or output files (contract.md).
std::vector<std::string> tensorNames(mlir::func::FuncOp function, bool outputs);
std::vector<std::string> fileNames(llvm::ArrayRef<std::string> names);

/// Converts func, scf, arith, math and vector to the LLVM dialect.
mlir::LogicalResult convertToLlvmDialect(mlir::ModuleOp module);

/// LLVM IR with the descriptor, for `target`.
std::unique_ptr<llvm::Module> translateToLlvm(mlir::ModuleOp module,
                                              const TargetModel &target,
                                              const CompileOptions &options,
                                              const ModelDescription &model,
                                              llvm::LLVMContext &context);

/// Runs LLVM's O3 pipeline and writes an object (or assembly) to `path`.
mlir::LogicalResult emitFile(llvm::Module &module, const TargetModel &target,
                             bool assembly, llvm::StringRef path,
                             std::string &message);

/// The C header of an object file.
std::string makeHeader(const ModelDescription &model,
                       const CompileOptions &options);

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_CODEGEN_H
