//===- Target.h - What a graph can be compiled for --------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A target turns a graph, as the graph phases leave it, into a file. Those that
// are registered here are values of `systole compile --target`. The CPU is
// built into the driver: its options are the driver's own
// (backends/Cpu/CpuBackend.h).
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_COMMON_TARGET_H
#define SYSTOLE_BACKENDS_COMMON_TARGET_H

#include "mlir/IR/BuiltinOps.h"
#include "passes/Pipelines/Pipelines.h"
#include <memory>

namespace systole {

/// What one compilation asks of a target.
struct TargetRequest {
  /// The value of --target, which may say more than the target's name.
  std::string target;
  /// The value of --emit, one of the target's kinds.
  std::string emit;
  /// The file to write.
  std::string output;
  /// Name of the model, for symbols and titles.
  std::string modelName;
};

class Target {
public:
  virtual ~Target() = default;

  /// The value of --target, lower case.
  virtual llvm::StringRef name() const = 0;
  /// One line for the help.
  virtual llvm::StringRef description() const = 0;
  /// True for values of --target that mean this one.
  virtual bool accepts(llvm::StringRef value) const { return value == name(); }
  /// What it can write: values of --emit, the default first.
  virtual llvm::ArrayRef<llvm::StringRef> kinds() const = 0;
  /// How it wants graphs.
  virtual void adjust(GraphPipelineOptions &options) const {}
  /// Writes `request.output`, or emits errors and leaves no file. `module`
  /// holds operations of the graph dialect; entries have the attribute
  /// graph.entry.
  virtual mlir::LogicalResult compile(mlir::ModuleOp module,
                                      const TargetRequest &request) const = 0;
};

/// Adds a target. The first that accepts a value is taken.
void registerTarget(std::unique_ptr<Target> target);

/// The target of a value of --target, or null.
const Target *findTarget(llvm::StringRef value);

/// All registered targets, in order of registration.
std::vector<const Target *> allTargets();

} // namespace systole

#endif // SYSTOLE_BACKENDS_COMMON_TARGET_H
