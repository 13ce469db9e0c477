//===- Stretched.h - Operands broadcast to one shape ------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the evaluation of element-wise operations shares.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_GRAPH_INTERPRETER_STRETCHED_H
#define SYSTOLE_DIALECTS_GRAPH_INTERPRETER_STRETCHED_H

#include "dialects/Graph/Interpreter/Evaluate.h"

namespace systole::graph {

/// The shape that all `shapes` broadcast to, or failure with a message at `op`.
mlir::FailureOr<llvm::SmallVector<int64_t>>
broadcastShape(mlir::Operation *op,
               llvm::ArrayRef<llvm::ArrayRef<int64_t>> shapes);

/// Where an operand's element lies for each coordinate of the broadcast shape.
class Stretched {
public:
  Stretched(const Tensor &operand, llvm::ArrayRef<int64_t> shape)
      : same(operand.getShape() == shape), strides(shape.size(), 0) {
    llvm::SmallVector<int64_t> own = rowMajorStrides(operand.getShape());
    size_t missing = shape.size() - own.size();
    for (size_t d = 0; d < own.size(); ++d)
      strides[missing + d] = operand.dim(d) == 1 ? 0 : own[d];
  }
  int64_t at(const Odometer &o) const {
    return same ? o.position() : o.dot(strides);
  }

private:
  /// The operand has the broadcast shape already.
  bool same;
  /// Elements to step in each dimension; 0 where the operand is stretched.
  llvm::SmallVector<int64_t> strides;
};

/// A tensor of the operands' broadcast shape, with elements of `type`. Calls
/// `function(result, i, positions)` for each of its elements with the operands'
/// elements that belong to it.
template <typename Function>
Evaluated overBroadcast(mlir::Operation *op, Operands operands, mlir::Type type,
                        Function function) {
  llvm::SmallVector<llvm::ArrayRef<int64_t>> shapes;
  for (const Tensor &operand : operands)
    shapes.push_back(operand.getShape());
  auto shape = broadcastShape(op, shapes);
  if (mlir::failed(shape))
    return mlir::failure();
  Evaluated result = allocate(op, type, *shape);
  if (mlir::failed(result))
    return mlir::failure();
  llvm::SmallVector<Stretched> views;
  for (const Tensor &operand : operands)
    views.emplace_back(operand, *shape);
  for (Odometer o(*shape); !o.done(); o.next()) {
    llvm::SmallVector<int64_t, 3> at;
    for (const Stretched &view : views)
      at.push_back(view.at(o));
    function(*result, o.position(), at);
  }
  return result;
}

} // namespace systole::graph

#endif // SYSTOLE_DIALECTS_GRAPH_INTERPRETER_STRETCHED_H
