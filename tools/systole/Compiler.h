//===- Compiler.h - From an imported model to a file ------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The compiler as `systole compile` and `systole run` use it: the graph phases
// (passes/Pipelines), then the CPU backend, with what --compile-to,
// --print-ir-after and --save-phases want of them.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_COMPILER_H
#define SYSTOLE_TOOLS_SYSTOLE_COMPILER_H

#include "backends/Cpu/CpuBackend.h"
#include "passes/Pipelines/Pipelines.h"
#include "tools/systole/Diagnostics.h"
#include "tools/systole/Reasons.h"

namespace systole::driver {

/// How to compile a model.
struct CompileRequest {
  GraphPipelineOptions graph;
  cpu::CompileOptions backend;
  /// The last phase to run; empty: all.
  std::string stopAfter;
  /// Passes or phases after which the program is printed on standard error.
  std::vector<std::string> printAfter;
  /// Folder for the program after each phase; empty: none.
  std::string savePhases;
  /// What --quantize asks for; null without it.
  std::shared_ptr<QuantizePipelineOptions> quantize;
  /// Keeps what passes say, for --explain; null: nobody listens.
  Reasons *reasons = nullptr;
};

/// A phase of the whole compiler.
struct PhaseHelp {
  std::string name, description;
};

/// All phases in order, the backend's after the graph's.
std::vector<PhaseHelp> allPhases();

/// The names that --print-ir-after knows: phases, and the graph phases' passes.
std::vector<std::string> printablePasses(mlir::MLIRContext &context,
                                         const GraphPipelineOptions &options);

/// Runs the graph phases, up to `stopAfter` if that is one of them. False after
/// a failure that has been reported.
bool runGraphPhases(mlir::ModuleOp module, const CompileRequest &request,
                    Progress &progress);

/// Runs the backend on what runGraphPhases left, and writes `output`.
bool runBackend(mlir::ModuleOp module, const CompileRequest &request,
                cpu::Emit emit, llvm::StringRef output, Progress &progress);

/// Writes a text to a file ("-": standard output), whole or not at all. A
/// message and false if that fails.
bool writeText(llvm::StringRef path,
               llvm::function_ref<void(llvm::raw_ostream &)> print);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_COMPILER_H
