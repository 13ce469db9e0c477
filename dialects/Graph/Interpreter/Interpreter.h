//===- Interpreter.h - The reference interpreter ----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs graph operations on host tensors: the oracle that every backend is held
// to. Each operation is one plain function that follows its specification. The
// element-type and rounding rules are in docs/rationale/interpreter.md.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_GRAPH_INTERPRETER_INTERPRETER_H
#define SYSTOLE_DIALECTS_GRAPH_INTERPRETER_INTERPRETER_H

#include "dialects/Graph/IR/Tensor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <functional>

namespace systole::graph {

class State;

/// Evaluates one operation without regions on host tensors. On failure a
/// message has been emitted at op's location.
mlir::LogicalResult evaluateOp(mlir::Operation *op,
                               llvm::ArrayRef<Tensor> operands,
                               llvm::SmallVectorImpl<Tensor> &results);

/// True if evaluateOp or the interpreter handles this op.
bool canEvaluate(mlir::Operation *op);

/// How to run a function.
struct InterpreterOptions {
  /// Called after every operation with its results (profiling, bisect,
  /// check-finite); may return failure to stop.
  std::function<mlir::LogicalResult(mlir::Operation *, llvm::ArrayRef<Tensor>)>
      observer;
  /// Most iterations of one `graph.while` before it is an error; -1: no limit.
  int64_t maxWhileIterations = -1;
  /// The variables; must belong to the function's module. Null: the run has a
  /// state of its own, which begins with it.
  State *state = nullptr;
};

/// Runs an entry function: arguments in order -> results in order. Checks the
/// arguments' types and shapes. On failure a message has been emitted at the
/// operation that failed, and the state is what it was before.
mlir::FailureOr<llvm::SmallVector<Tensor>>
interpret(mlir::func::FuncOp function, llvm::ArrayRef<Tensor> arguments,
          const InterpreterOptions &options = {});

} // namespace systole::graph

#endif // SYSTOLE_DIALECTS_GRAPH_INTERPRETER_INTERPRETER_H
