//===- StateAccess.h - Variables in host code -------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A model's variables lie in one block of memory of the caller, the state. Host
// code reads and writes it in place as far as passes/Analysis/VariableMemory.h
// allows. A run that fails, or that is repeated with a larger arena, must not
// have changed it. So an entry is built in one of three ways:
//
//   InPlace  nothing can fail once the state has been written to;
//   Staged   otherwise: what is assigned is kept in the arena, and copied when
//            nothing can fail any more;
//   Begin    fills a new state, whose contents do not matter.
//
// Whether InPlace will do is known when the code has been built that way.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_STATEACCESS_H
#define SYSTOLE_BACKENDS_CPU_STATEACCESS_H

#include "backends/Cpu/KernelBuilder.h"
#include "passes/Analysis/VariableMemory.h"
#include "llvm/ADT/StringMap.h"
#include <optional>

namespace systole::cpu {

class HostBuilder;

/// Where each variable of a module lies in its state.
struct StateLayout {
  struct Place {
    mlir::RankedTensorType type;
    int64_t offset;
  };
  llvm::StringMap<Place> places;
  int64_t bytes = 0;
};

/// Lays out the variables of `module`; a message where the CPU cannot hold one.
mlir::FailureOr<StateLayout> layoutState(mlir::ModuleOp module);

enum class StateMode { InPlace, Staged, Begin };

/// The variables of the function that `host` builds.
class StateAccess {
public:
  StateAccess(HostBuilder &host, mlir::func::FuncOp entry, StateMode mode);

  /// Emits what comes first: addresses, and copies to work on.
  void enter();
  /// Gives `variable` its initial value.
  mlir::LogicalResult begin(graph::VariableOp variable);
  mlir::LogicalResult read(graph::ReadVariableOp op);
  mlir::LogicalResult assign(graph::AssignVariableOp op);
  /// Writes to the state what was kept back. Nothing may fail after it.
  void leave();

  /// True if `value` may be computed in the memory of a variable: what can fail
  /// had better do so before.
  bool mayCompute(mlir::Value value) const {
    return mode == StateMode::InPlace && analysis.homeOf(value).assign;
  }
  /// The memory in which `value` is to be computed, if that is a variable's.
  std::optional<CodeTensor> homeOf(mlir::Value value);
  /// The same where `op` computes it over one of its operands, `candidate`.
  std::optional<CodeTensor> homeOver(mlir::Operation *op, mlir::Value value,
                                     mlir::Value candidate);
  /// True if `value` is assigned when the run ends, and needed until then.
  bool isKept(mlir::Value value) const { return kept.contains(value); }

  /// True in the function that fills a new state, which is no run.
  bool isBeginning() const { return mode == StateMode::Begin; }
  /// Around the code of a loop.
  void enterLoop(mlir::Operation *loop);
  void leaveLoop(mlir::Operation *loop);
  /// The run may end here without success.
  void mayFail();
  /// True if it may so after the state was written to.
  bool mustStage() const { return failsAfterWrite; }

private:
  struct Variable {
    /// In the state.
    CodeTensor memory;
    /// What reads and assignments work on: the same, or a copy in the arena.
    CodeTensor working;
    int64_t buffer = -1; ///< Of the copy, which lives for the whole run.
    /// The one assignment, whose value is copied to the state at the end.
    graph::AssignVariableOp last;
  };

  /// The variable of this name, with its address if it is new.
  Variable &makeVariable(llvm::StringRef name);
  /// How accesses are staged.
  void stage(llvm::StringRef name, Variable &variable);
  /// The memory of `home`, from now on that of `value`, if it may be.
  std::optional<CodeTensor> occupy(mlir::Value value,
                                   graph::VariableMemory::Home home);

  HostBuilder &host;
  mlir::func::FuncOp entry;
  StateMode mode;
  graph::VariableMemory analysis;
  mlir::Value base; ///< The state's address.
  llvm::StringMap<Variable> variables;
  llvm::DenseSet<mlir::Value> kept;
  llvm::DenseSet<mlir::Value> computedInPlace;
  bool written = false, failsAfterWrite = false;
  int64_t writingLoops = 0;
};

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_STATEACCESS_H
