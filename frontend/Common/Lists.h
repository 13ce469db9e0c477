//===- Lists.h - Sequences and optionals while importing --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A sequence is a value of type !graph.sequence while a model is imported, and
// gone when it has been: every length is found out by then. Such a value is a
// cast of its elements,
//
//   %s = builtin.unrealized_conversion_cast %a, %b : ... to
//   !graph.sequence<...>
//
// which operations on sequences look through, and which nothing uses in the
// end. An optional is a cast of one value, or of none. A sequence whose length
// the run decides, and whose elements all have one static shape, is the cast of
// one tensor that holds them one after the other, marked as `stacked`.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_LISTS_H
#define SYSTOLE_FRONTEND_COMMON_LISTS_H

#include "frontend/Common/GraphBuilder.h"

namespace systole::frontend {

/// True for sequences and optionals.
bool isList(mlir::Type type);
/// "a sequence", "an optional", "a tensor".
std::string describeKind(mlir::Type type);

/// A sequence of these values. `element`: their type if there are none.
mlir::Value makeSequence(GraphBuilder &b, GraphBuilder::Values elements,
                         mlir::Type element = {});
/// The sequence whose elements are the slices of `tensor` along dimension 0.
mlir::Value makeStacked(GraphBuilder &b, mlir::Value tensor);
/// The tensor of a stacked sequence; null for others.
mlir::Value stackedTensor(mlir::Value sequence);
/// The elements of a sequence of known length.
std::optional<llvm::SmallVector<mlir::Value>>
sequenceElements(mlir::Value sequence);
/// The sequence as one tensor: stacked already, or of tensors of one static
/// shape; a message and null if it cannot be.
mlir::Value stack(GraphBuilder &b, mlir::Value sequence);
/// Element `index` (one i64, below 0 from the end).
mlir::Value sequenceAt(GraphBuilder &b, mlir::Value sequence,
                       mlir::Value index);
/// The number of elements, tensor<i64>.
mlir::Value sequenceLength(GraphBuilder &b, mlir::Value sequence);
/// With `value` before element `index`; null: at the end.
mlir::Value sequenceInsert(GraphBuilder &b, mlir::Value sequence,
                           mlir::Value value, mlir::Value index);
/// Without element `index`; null: the last.
mlir::Value sequenceErase(GraphBuilder &b, mlir::Value sequence,
                          mlir::Value index);

/// An optional that holds `value`, or, if that is null, nothing of type
/// `element`.
mlir::Value makeOptional(GraphBuilder &b, mlir::Value value,
                         mlir::Type element);
/// What an optional holds; null for an empty one.
mlir::Value optionalElement(mlir::Value optional);

//===----------------------------------------------------------------------===//
// Across regions
//===----------------------------------------------------------------------===//

/// How a value consists of tensors.
struct Layout {
  enum Kind { Tensor, Sequence, Stacked, Optional } kind = Tensor;
  std::vector<Layout> parts;
  /// The value's own type; not compared.
  mlir::Type type;

  bool operator==(const Layout &other) const {
    return kind == other.kind && parts == other.parts;
  }
};

Layout layoutOf(mlir::Value value);
/// Appends the tensors that `value` consists of.
void flatten(mlir::Value value, llvm::SmallVectorImpl<mlir::Value> &tensors);
/// A value of this layout from the first of `tensors`, which are taken away.
mlir::Value assemble(GraphBuilder &b, const Layout &layout,
                     llvm::ArrayRef<mlir::Value> &tensors);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_LISTS_H
