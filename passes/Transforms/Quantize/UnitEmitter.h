//===- UnitEmitter.h - Makes the integer form of units ----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Builds a second, quantised computation beside a function's own. Every value
// of the first has a counterpart: a float, and where a unit reads it, an 8-bit
// integer.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_UNITEMITTER_H
#define SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_UNITEMITTER_H

#include "frontend/Common/GraphBuilder.h"
#include "mlir/IR/IRMapping.h"
#include "passes/Transforms/Quantize/Annotations.h"
#include "passes/Transforms/Quantize/Units.h"

namespace systole::graph {

/// The scale of every value that units read or move. Operations that only move
/// elements keep the scale, so theirs and their operands' are one.
llvm::DenseMap<mlir::Value, Int8Scale> chooseScales(const UnitPlan &plan);

class UnitEmitter {
public:
  UnitEmitter(const UnitPlan &plan, mlir::OpBuilder &builder)
      : plan(plan), builder(builder), scales(chooseScales(plan)) {}

  /// Emits `unit` on the counterparts of its inputs, which are the inputs
  /// themselves where they have none; gives its output one.
  mlir::LogicalResult emit(const Unit &unit);
  /// A copy of an operation of no unit, on counterparts.
  void copy(mlir::Operation &op) { builder.clone(op, floats); }
  /// The counterpart of `value` in floats.
  mlir::Value number(mlir::Value value) const {
    return floats.lookupOrDefault(value);
  }
  Int8Scale scaleOf(mlir::Value value) const { return scales.lookup(value); }
  /// Forgets all counterparts: what follows is emitted on the originals.
  void forget();

private:
  using Builder = frontend::GraphBuilder;
  mlir::Value integer(Builder &b, mlir::Value value);
  mlir::Value asNumber(Builder &b, mlir::Value integers, mlir::Value like);
  mlir::Value emitCopies(Builder &b, const Unit &unit);
  mlir::Value quantizedOperand(Builder &b, mlir::Operation *op, unsigned i);
  mlir::Value emitMove(Builder &b, mlir::Operation *move);
  bool isImplied(mlir::Operation *op, const Unit &unit) const;

  const UnitPlan &plan;
  mlir::OpBuilder &builder;
  llvm::DenseMap<mlir::Value, Int8Scale> scales;
  mlir::IRMapping floats;
  /// 8-bit counterparts.
  llvm::DenseMap<mlir::Value, mlir::Value> integers;
};

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_UNITEMITTER_H
