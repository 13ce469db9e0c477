//===- InferUtils.h - What type inference functions share ----- -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Helpers of the operations' inferReturnTypes. Inference runs on operands that
// nothing has verified, so every helper accepts any type. Not for use outside
// this folder.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_GRAPH_IR_INFERUTILS_H
#define SYSTOLE_DIALECTS_GRAPH_IR_INFERUTILS_H

#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "dialects/Graph/IR/ShapeUtils.h"
#include "mlir/IR/TypeUtilities.h"

namespace systole::graph {

/// The types that an inference function appends to.
using InferredTypeList = llvm::SmallVectorImpl<mlir::Type>;
using MaybeLocation = std::optional<mlir::Location>;

/// The assembly of what a variable is declared as (VariableOps.cpp).
mlir::ParseResult parseTypeOrInitial(mlir::OpAsmParser &parser,
                                     mlir::TypeAttr &type,
                                     mlir::ElementsAttr &initial);
void printTypeOrInitial(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                        mlir::TypeAttr type, mlir::ElementsAttr initial);

/// Reports an error with the operation's name, as emitOpError does.
template <typename OpTy, typename... Args>
llvm::LogicalResult inferError(MaybeLocation location, Args &&...args) {
  return mlir::emitOptionalError(location, "'", OpTy::getOperationName(),
                                 "' op ", std::forward<Args>(args)...);
}

/// The value's type if that is a ranked tensor, else null.
inline mlir::RankedTensorType rankedType(mlir::Value value) {
  return mlir::dyn_cast<mlir::RankedTensorType>(value.getType());
}

/// The element type of a tensor, or the type itself.
inline mlir::Type elementType(mlir::Value value) {
  return mlir::getElementTypeOrSelf(value.getType());
}

/// Two known dimensions that differ.
inline bool dimsDiffer(int64_t a, int64_t b) {
  return !mlir::ShapedType::isDynamic(a) && !mlir::ShapedType::isDynamic(b) &&
         a != b;
}

/// Appends a ranked tensor type, unless it is too large (see the dialect's
/// paragraph on shapes).
template <typename OpTy>
llvm::LogicalResult inferRanked(MaybeLocation location,
                                llvm::ArrayRef<int64_t> shape,
                                mlir::Type element, InferredTypeList &types) {
  if (exceedsMaxElements(shape))
    return inferError<OpTy>(location,
                            "result would have more than 2^62 elements");
  if (!mlir::TensorType::isValidElementType(element))
    return inferError<OpTy>(location, "operand of type ", element,
                            " is not a tensor");
  types.push_back(mlir::RankedTensorType::get(shape, element));
  return mlir::success();
}

/// Appends an unranked tensor type: the rank depends on data.
template <typename OpTy>
llvm::LogicalResult inferUnranked(MaybeLocation location, mlir::Type element,
                                  InferredTypeList &types) {
  if (!mlir::TensorType::isValidElementType(element))
    return inferError<OpTy>(location, "operand of type ", element,
                            " is not a tensor");
  types.push_back(mlir::UnrankedTensorType::get(element));
  return mlir::success();
}

/// The shape that `values` broadcast to. Empty optional inside a success: one
/// is unranked. Fails, with a diagnostic, where the shapes do not broadcast.
template <typename OpTy>
mlir::FailureOr<std::optional<llvm::SmallVector<int64_t>>>
inferBroadcast(MaybeLocation location, mlir::ValueRange values) {
  llvm::SmallVector<llvm::ArrayRef<int64_t>> shapes;
  for (mlir::Value value : values) {
    mlir::RankedTensorType type = rankedType(value);
    if (!type)
      return std::optional<llvm::SmallVector<int64_t>>();
    shapes.push_back(type.getShape());
  }
  std::optional<llvm::SmallVector<int64_t>> shape = broadcastShapes(shapes);
  if (!shape) {
    (void)inferError<OpTy>(
        location, "operand shapes do not broadcast: ", values.getTypes());
    return mlir::failure();
  }
  return shape;
}

/// One operand: the result has its type. C1 is the trait's comparison.
template <typename OpTy>
llvm::LogicalResult inferUnary(MaybeLocation location,
                               typename OpTy::Adaptor adaptor,
                               InferredTypeList &types) {
  types.push_back(adaptor.getInput().getType());
  return mlir::success();
}

/// Two operands of one element type, broadcast.
template <typename OpTy>
llvm::LogicalResult inferBinary(MaybeLocation location,
                                typename OpTy::Adaptor adaptor,
                                InferredTypeList &types) {
  mlir::Type lhs = elementType(adaptor.getLhs());
  mlir::Type rhs = elementType(adaptor.getRhs());
  // C1
  if (lhs != rhs)
    return inferError<OpTy>(location, "operand element types differ: lhs ", lhs,
                            ", rhs ", rhs);
  // C2
  auto shape = inferBroadcast<OpTy>(location, adaptor.getOperands());
  if (mlir::failed(shape))
    return mlir::failure();
  if (!*shape)
    return inferUnranked<OpTy>(location, lhs, types);
  return inferRanked<OpTy>(location, **shape, lhs, types);
}

/// Checks that `axis` is in [0, rank).
template <typename OpTy>
llvm::LogicalResult checkAxis(MaybeLocation location, int64_t axis,
                              int64_t rank) {
  if (axis >= 0 && axis < rank)
    return mlir::success();
  return inferError<OpTy>(location, "axis ", axis, " is outside rank ", rank);
}

/// Checks that `axes` increase and lie in [0, rank).
template <typename OpTy>
llvm::LogicalResult checkIncreasingAxes(MaybeLocation location,
                                        llvm::ArrayRef<int64_t> axes,
                                        int64_t rank) {
  for (auto [i, axis] : llvm::enumerate(axes)) {
    if (mlir::failed(checkAxis<OpTy>(location, axis, rank)))
      return mlir::failure();
    if (i > 0 && axis <= axes[i - 1])
      return inferError<OpTy>(
          location, "axes are not increasing: ", axes[i - 1], " before ", axis);
  }
  return mlir::success();
}

} // namespace systole::graph

#endif // SYSTOLE_DIALECTS_GRAPH_IR_INFERUTILS_H
