//===- GraphOps.h - The graph dialect's operations --------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_GRAPH_IR_GRAPHOPS_H
#define SYSTOLE_DIALECTS_GRAPH_IR_GRAPHOPS_H

#include "dialects/Graph/IR/GraphDialect.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace systole::graph {

/// What reads and assignments of variables have effects on.
struct VariableResource
    : mlir::SideEffects::Resource::Base<VariableResource> {
  llvm::StringRef getName() final { return "graph.variables"; }
};

} // namespace systole::graph

MLIR_DECLARE_EXPLICIT_TYPE_ID(systole::graph::VariableResource)

#define GET_OP_CLASSES
#include "dialects/Graph/IR/GraphOps.h.inc"

namespace systole::graph {

/// Replaces `state`'s result types by the inferred ones. Reports why not at the
/// state's location. Safe on any operands: nothing needs to be verified before.
llvm::LogicalResult inferResultTypes(mlir::OperationState &state);

/// Creates an operation with inferred result types and verifies it; where it is
/// invalid, reports that at `loc` and leaves no operation behind. `args` are
/// those of `OpTy::build` after the result type. Importers use this instead of
/// `OpTy::create`, which aborts where inference fails.
template <typename OpTy, typename... Args>
mlir::FailureOr<OpTy> createChecked(mlir::OpBuilder &builder,
                                    mlir::Location loc, Args &&...args) {
  mlir::OperationState state(loc, OpTy::getOperationName());
  OpTy::build(builder, state, mlir::Type(builder.getNoneType()),
              std::forward<Args>(args)...);
  if (failed(inferResultTypes(state)))
    return mlir::failure();
  mlir::Operation *op = builder.create(state);
  if (mlir::succeeded(mlir::verify(op, /*verifyRecursively=*/false)))
    return mlir::cast<OpTy>(op);
  op->erase();
  return mlir::failure();
}

} // namespace systole::graph

#endif // SYSTOLE_DIALECTS_GRAPH_IR_GRAPHOPS_H
