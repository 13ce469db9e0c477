//===- CpuBackend.h - Graphs to machine code --------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The CPU backend: takes a module of the graph dialect and writes an
// executable, an object file with a C header, a loadable module, or text. All
// in process; docs/rationale/cpu-backend.md explains the design.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_CPUBACKEND_H
#define SYSTOLE_BACKENDS_CPU_CPUBACKEND_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "llvm/ADT/StringRef.h"
#include <functional>
#include <string>

namespace systole {
struct GraphPipelineOptions;
} // namespace systole

namespace systole::cpu {

/// A module with marks calls the function of type `void (*)(int64_t)` that
/// whoever loads it has put into this variable.
inline constexpr llvm::StringLiteral kProfileHook = "systole_profile_hook";

struct CompileOptions {
  /// "native", "generic", an x86-64 level, or a name that LLVM knows.
  std::string cpu = "native";
  /// Target triple; empty: this machine's.
  std::string triple;
  /// 0: the runtime chooses; 1: no threading code in the result.
  int threads = 0;
  /// No contraction and no reassociation of floating-point operations.
  bool strict = false;
  /// Weights inside the output; otherwise in OUT.weights beside it.
  bool embedWeights = true;
  /// Executables: use the system's C library.
  bool dynamicLink = false;
  /// Name of the model, for --info and for the symbols of object files.
  std::string modelName = "model";
  /// Options as the user gave them, recorded for --info.
  std::string optionsText;
  /// What `systole inspect` tells of the result: JSON, put into the section
  /// `.systole` of the output as it is. Empty: none.
  std::string inspectText;
  /// Stop after this backend phase ("lower", "llvm") and print the module.
  std::string stopAfter;
  /// Called for each operation of the host code, in order; what it returns is
  /// given to `kProfileHook` whenever the operation has run. Empty: no marks.
  std::function<int64_t(mlir::Operation *)> profile;
  /// Called after each backend phase.
  std::function<void(llvm::StringRef phase, mlir::ModuleOp)> onPhase;
};

enum class Emit {
  Exe,    ///< A standalone executable.
  Obj,    ///< OUT.o and OUT.h: a C function for each entry.
  Module, ///< A shared object that the runtime loads.
  Mlir,   ///< Text of the last phase (or of `stopAfter`).
  Asm     ///< Assembly text.
};

/// Makes the graph phases do what pays on the machine that `options` name.
void adjustGraphPhases(const CompileOptions &options,
                       GraphPipelineOptions &phases);

/// Compiles `module` (graph dialect, entries marked with graph.entry, shapes
/// inferred) and writes `output`. Emits diagnostics on failure and leaves no
/// partial file. `module` is not modified.
mlir::LogicalResult compile(mlir::ModuleOp module,
                            const CompileOptions &options, Emit emit,
                            llvm::StringRef output);

/// `compile` to a loadable module.
mlir::LogicalResult compileToModule(mlir::ModuleOp module,
                                    const CompileOptions &options,
                                    llvm::StringRef output);

/// The CPU that "native" or a level stands for on `triple`, e.g. "znver4".
std::string resolveCpu(llvm::StringRef cpu, llvm::StringRef triple);

/// Loads into `context` the dialects that compile() uses.
void registerDialects(mlir::DialectRegistry &registry);

/// The lowering as a pass for systole-opt: --cpu-lower-graph.
void registerCpuPasses();

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_CPUBACKEND_H
