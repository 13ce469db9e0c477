//===- VariableMemory.h - Values in a variable's memory ---------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A variable has memory that outlives the run. Values are immutable, so a
// backend that copied at each read and each assignment would always be right.
// This analysis tells where it need not:
//
//   %a = graph.read_variable @x    // is the memory of @x: nobody assigns @x
//   %b = graph.add %a, %y          // before the last use of %a
//   graph.assign_variable @x, %b   // %b is computed in the memory of @x: the
//                                  // addition is the last that reads it
//
// Sharing is that of Aliasing.h.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_ANALYSIS_VARIABLEMEMORY_H
#define SYSTOLE_PASSES_ANALYSIS_VARIABLEMEMORY_H

#include "dialects/Graph/IR/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"

namespace systole::graph {

/// The function's returned values never lie in the memory of a variable that it
/// assigns: a caller may keep them.
class VariableMemory {
public:
  /// Where a value that is assigned may be computed.
  struct Home {
    /// The assignment that is made by computing the value.
    AssignVariableOp assign;
    /// A read in the variable's memory whose last user is the operation that
    /// computes the value: it must be computed over that operand (see
    /// HostBuilder::defineOver), or elsewhere. Null: there is none.
    ReadVariableOp over;
  };

  explicit VariableMemory(mlir::func::FuncOp function);

  /// Why the value of `read` needs memory of its own; empty: the variable's
  /// serves.
  llvm::StringRef whyCopy(ReadVariableOp read) const {
    return copies.lookup(read);
  }
  /// The home of `value`, or one without an assignment if it has none.
  Home homeOf(mlir::Value value) const { return homes.lookup(value); }

private:
  /// A value in the variable's memory.
  struct Tenant {
    mlir::Value value;
    /// Null for a value computed there.
    ReadVariableOp read;
  };
  /// The accesses of one variable, and what is decided on its memory.
  struct Variable {
    llvm::SmallVector<ReadVariableOp> reads;
    llvm::SmallVector<AssignVariableOp> assigns;
    llvm::SmallVector<Tenant> tenants;
  };

  void decideRead(Variable &variable, ReadVariableOp read);
  void decideAssign(Variable &variable, AssignVariableOp assign);

  llvm::DenseMap<mlir::Operation *, llvm::StringRef> copies;
  llvm::DenseMap<mlir::Value, Home> homes;
};

/// True if `op` reads the memory that `operand` may share through this operand
/// alone.
bool readsOnlyThrough(mlir::Operation *op, mlir::Value operand);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_ANALYSIS_VARIABLEMEMORY_H
