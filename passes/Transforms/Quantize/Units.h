//===- Units.h - What is quantised together ---------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A unit is what reads 8-bit integers and may write 8-bit integers: between the
// two, numbers are sums of 32 bits or floats in registers. A convolution with
// its bias and activation is one, an activation function with all of the
// operations it is written in, a residual sum with the maximum behind it.
//
// Units are found backwards: a value is internal if the one operation that
// reads it goes on with it (a bias, a bound), or if all operations that read it
// are element-wise functions of the same value. A unit is a value that is not
// internal, and all internal ones that it is computed from.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_UNITS_H
#define SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_UNITS_H

#include "dialects/Graph/IR/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Transforms/Quantize/Annotations.h"
#include "llvm/ADT/SetVector.h"
#include <vector>

namespace systole::graph {

enum class UnitKind {
  Contraction, ///< Convolution or matrix product, with bias and bounds.
  Elementwise, ///< Sums, products, bounds: exact in floats.
  Function,    ///< Any function of one value: a table.
  Move,        ///< Elements stay what they are: pools of maxima, views, joins.
  Mean,        ///< Pools and reductions that average.
  Softmax
};

struct Unit {
  UnitKind kind;
  /// In order; the last computes `output`.
  llvm::SmallVector<mlir::Operation *, 4> ops;
  /// Values of floats that the operations read, other than constants.
  llvm::SmallVector<mlir::Value, 2> inputs;
  mlir::Value output;

  /// The operation that gives the unit its name: a contraction, or the last.
  mlir::Operation *main() const;
};

/// The units of a function, in order.
struct UnitPlan {
  std::vector<Unit> units;
  /// The inputs of units: what is needed in 8 bits.
  llvm::SetVector<mlir::Value> read;
};

/// Plans the units of a function's entry block from ranges and
/// `graph.keep_float`. What is not in a unit stays as it is: operations that
/// are marked, whose range is unknown, that are no operation of the list above,
/// or that do not follow a contraction.
UnitPlan planUnits(mlir::func::FuncOp function);

/// True if `op` bounds its operand 0 by a number: relu, max, min.
bool isBound(mlir::Operation *op);
/// The bound: 0 for relu, else the constant.
float boundOf(mlir::Operation *op);

/// The constant weights of a convolution or matrix product of floats, or null.
mlir::Value weightsOf(mlir::Operation *contraction);
/// The dimension of the contraction's operand 0 that is summed over beside a
/// kernel's; -1 where it is not known.
int64_t inputChannelDim(mlir::Operation *contraction);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_QUANTIZE_UNITS_H
