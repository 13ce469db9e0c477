//===- ControlEval.h - Functions, regions and the life of values -*- C++ -*-==//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The walk through a function: operations in order, each with the tensors of
// its operands; regions of graph.if, graph.while and graph.group; calls;
// variables.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_GRAPH_INTERPRETER_CONTROLEVAL_H
#define SYSTOLE_DIALECTS_GRAPH_INTERPRETER_CONTROLEVAL_H

#include "dialects/Graph/IR/GraphOps.h"
#include "dialects/Graph/Interpreter/Interpreter.h"
#include "dialects/Graph/Interpreter/State.h"
#include "mlir/IR/SymbolTable.h"

namespace systole::graph {

/// Fails with a message at `loc` unless `tensor` may stand for a value of type
/// `declared`. `what` names it in the message ("argument 0").
mlir::LogicalResult checkType(mlir::Location loc, const llvm::Twine &what,
                              mlir::Type declared, const Tensor &tensor);

/// True for the operations that ControlWalk executes itself.
bool isControlOp(mlir::Operation *op);

/// One run of an entry function.
class ControlWalk {
public:
  using Tensors = llvm::SmallVector<Tensor>;

  ControlWalk(const InterpreterOptions &options, State &state)
      : options(options), state(state) {}

  /// Runs a function that has a body on arguments that were checked.
  mlir::FailureOr<Tensors> runFunction(mlir::func::FuncOp function,
                                       llvm::ArrayRef<Tensor> arguments);

private:
  /// The values of one activation of a function.
  using Frame = llvm::DenseMap<mlir::Value, Tensor>;
  /// For each operation of a block, the values of the block that no later
  /// operation uses. The null operation stands for the block's start.
  using Deaths =
      llvm::DenseMap<mlir::Operation *, llvm::SmallVector<mlir::Value, 2>>;

  /// Runs a block and returns the operands of its terminator.
  mlir::FailureOr<Tensors>
  runBlock(mlir::Block &block, llvm::ArrayRef<Tensor> arguments, Frame &frame);
  /// Runs one operation and stores its results in `frame`.
  mlir::LogicalResult runOp(mlir::Operation &op, Frame &frame);
  /// The results of an operation with regions, or of a call.
  mlir::FailureOr<Tensors> runControl(mlir::Operation &op,
                                      llvm::ArrayRef<Tensor> operands,
                                      Frame &frame);
  mlir::FailureOr<Tensors> runIf(IfOp op, llvm::ArrayRef<Tensor> operands,
                                 Frame &frame);
  mlir::FailureOr<Tensors> runWhile(WhileOp op, llvm::ArrayRef<Tensor> operands,
                                    Frame &frame);
  mlir::FailureOr<Tensors> runCall(mlir::func::CallOp op,
                                   llvm::ArrayRef<Tensor> operands);
  mlir::FailureOr<Tensors> runRead(ReadVariableOp op);
  mlir::FailureOr<Tensors> runAssign(AssignVariableOp op, const Tensor &value);
  /// What dies where in `block`; computed once.
  const Deaths &deathsOf(mlir::Block &block);

  const InterpreterOptions &options;
  /// The variables.
  State &state;
  /// Liveness of the blocks seen so far.
  llvm::DenseMap<mlir::Block *, std::unique_ptr<Deaths>> deaths;
  /// Functions by name.
  mlir::SymbolTableCollection symbols;
  /// Number of calls under way.
  int64_t callDepth = 0;
};

} // namespace systole::graph

#endif // SYSTOLE_DIALECTS_GRAPH_INTERPRETER_CONTROLEVAL_H
