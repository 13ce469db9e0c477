//===- IndexOps.cpp - Inference of indices, orders and scans --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sizes that data decide (how many elements are not zero, how long a range is)
// are unknown dimensions of a known rank.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/InferUtils.h"

using namespace mlir;
using namespace systole::graph;

static Type indexType(MLIRContext *context) {
  return IntegerType::get(context, 64);
}

/// True for a type that is known to have more or fewer elements than one.
static bool isNotOneElement(Value value) {
  RankedTensorType type = rankedType(value);
  return type && llvm::any_of(type.getShape(),
                              [](int64_t dim) { return dimsDiffer(dim, 1); });
}

/// The result has the type of `input`, unless that is too large.
template <typename OpTy>
static LogicalResult inferLike(MaybeLocation location, Value input,
                               InferredTypeList &types) {
  if (RankedTensorType type = rankedType(input))
    return inferRanked<OpTy>(location, type.getShape(), type.getElementType(),
                             types);
  return inferUnranked<OpTy>(location, elementType(input), types);
}

//===----------------------------------------------------------------------===//
// range, non_zero
//===----------------------------------------------------------------------===//

/// The tensor of a constant that has one element, or failure.
static FailureOr<Tensor> constantScalar(Value value) {
  ElementsAttr attribute = constantAttribute(value);
  if (!attribute || attribute.getNumElements() != 1)
    return failure();
  return tensorFromAttribute(attribute);
}

LogicalResult RangeOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                        Adaptor adaptor,
                                        InferredTypeList &types) {
  // C1
  Type element = elementType(adaptor.getStart());
  for (Value operand : adaptor.getOperands()) {
    if (elementType(operand) != element)
      return inferError<RangeOp>(location, "operand element types differ: ",
                                 adaptor.getOperands().getTypes());
    if (isNotOneElement(operand))
      return inferError<RangeOp>(location, "operand of type ",
                                 operand.getType(), " is not one element");
  }
  // C2
  int64_t count = ShapedType::kDynamic;
  FailureOr<Tensor> start = constantScalar(adaptor.getStart());
  FailureOr<Tensor> limit = constantScalar(adaptor.getLimit());
  FailureOr<Tensor> delta = constantScalar(adaptor.getDelta());
  if (succeeded(start) && succeeded(limit) && succeeded(delta))
    // A range that is none stays an error of the run.
    count = rangeLength(*start, *limit, *delta).value_or(ShapedType::kDynamic);
  return inferRanked<RangeOp>(location, {count}, element, types);
}

LogicalResult NonZeroOp::inferReturnTypes(MLIRContext *context,
                                          MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypeList &types) {
  RankedTensorType input = rankedType(adaptor.getInput());
  // C1
  int64_t rank = input ? input.getRank() : ShapedType::kDynamic;
  return inferRanked<NonZeroOp>(location, {rank, ShapedType::kDynamic},
                                indexType(context), types);
}

//===----------------------------------------------------------------------===//
// Gathering
//===----------------------------------------------------------------------===//

/// C1 to C3 of gather_elements and scatter_elements: axis, rank, sizes.
template <typename OpTy>
static LogicalResult
checkElementIndices(MaybeLocation location, RankedTensorType input,
                    RankedTensorType indices, int64_t axis) {
  // C1
  if (input && failed(checkAxis<OpTy>(location, axis, input.getRank())))
    return failure();
  if (!input || !indices)
    return success();
  // C2
  if (input.getRank() != indices.getRank())
    return inferError<OpTy>(location, "indices ", indices,
                            " do not have the rank of input ", input);
  // C3
  for (int64_t d = 0; d < input.getRank(); ++d)
    if (d != axis && !input.isDynamicDim(d) && !indices.isDynamicDim(d) &&
        indices.getDimSize(d) > input.getDimSize(d))
      return inferError<OpTy>(location, "indices ", indices,
                              " exceed dimension ", d, " of input ", input);
  return success();
}

LogicalResult GatherElementsOp::inferReturnTypes(MLIRContext *,
                                                 MaybeLocation location,
                                                 Adaptor adaptor,
                                                 InferredTypeList &types) {
  RankedTensorType input = rankedType(adaptor.getInput());
  RankedTensorType indices = rankedType(adaptor.getIndices());
  // C1, C2 and C3
  if (failed(checkElementIndices<GatherElementsOp>(location, input, indices,
                                                   adaptor.getAxis())))
    return failure();
  // C4
  Type element = elementType(adaptor.getInput());
  if (indices)
    return inferRanked<GatherElementsOp>(location, indices.getShape(), element,
                                         types);
  return inferUnranked<GatherElementsOp>(location, element, types);
}

/// C1 to C3 of gather_nd on ranked operands.
static LogicalResult checkTuples(MaybeLocation location, RankedTensorType input,
                                 RankedTensorType indices, int64_t batchDims) {
  // C1
  if (batchDims > input.getRank() || batchDims >= indices.getRank())
    return inferError<GatherNDOp>(location, "batch_dims ", batchDims,
                                  " does not fit input ", input,
                                  " and indices ", indices);
  // C2
  for (int64_t d = 0; d < batchDims; ++d)
    if (dimsDiffer(input.getDimSize(d), indices.getDimSize(d)))
      return inferError<GatherNDOp>(location, "batch dimension ", d,
                                    " differs: input ", input, ", indices ",
                                    indices);
  // C3
  int64_t length = indices.getShape().back();
  if (!ShapedType::isDynamic(length) && length > input.getRank() - batchDims)
    return inferError<GatherNDOp>(location, "tuples of ", length,
                                  " indices do not fit input ", input,
                                  " with batch_dims ", batchDims);
  return success();
}

LogicalResult GatherNDOp::inferReturnTypes(MLIRContext *,
                                           MaybeLocation location,
                                           Adaptor adaptor,
                                           InferredTypeList &types) {
  // C5
  Type element = elementType(adaptor.getInput());
  RankedTensorType input = rankedType(adaptor.getInput());
  RankedTensorType indices = rankedType(adaptor.getIndices());
  int64_t batchDims = adaptor.getBatchDims();
  // C1, where the ranks are not known either
  if (batchDims < 0)
    return inferError<GatherNDOp>(location, "batch_dims ", batchDims,
                                  " is negative");
  if (!input || !indices)
    return inferUnranked<GatherNDOp>(location, element, types);
  // C1, C2 and C3
  if (failed(checkTuples(location, input, indices, batchDims)))
    return failure();
  int64_t length = indices.getShape().back();
  if (ShapedType::isDynamic(length))
    return inferUnranked<GatherNDOp>(location, element, types);
  // C4
  SmallVector<int64_t> shape(indices.getShape().drop_back());
  llvm::append_range(shape, input.getShape().drop_front(batchDims + length));
  return inferRanked<GatherNDOp>(location, shape, element, types);
}

//===----------------------------------------------------------------------===//
// Scattering
//===----------------------------------------------------------------------===//

/// Element types of input and updates agree, and `kind` combines them.
template <typename OpTy>
static LogicalResult checkUpdates(MaybeLocation location,
                                  typename OpTy::Adaptor adaptor) {
  Type element = elementType(adaptor.getInput());
  if (element != elementType(adaptor.getUpdates()))
    return inferError<OpTy>(location, "updates of type ",
                            adaptor.getUpdates().getType(),
                            " do not have the element type of input ",
                            adaptor.getInput().getType());
  if (adaptor.getKind() != ScatterKind::replace &&
      !isa<FloatType, IntegerType>(element))
    return inferError<OpTy>(location, "kind ",
                            stringifyScatterKind(adaptor.getKind()),
                            " does not combine elements of type ", element);
  return success();
}

/// Fails where `updates` cannot have the dimensions `shape`.
template <typename OpTy>
static LogicalResult checkUpdateShape(MaybeLocation location,
                                      RankedTensorType updates,
                                      ArrayRef<int64_t> shape) {
  bool fits = updates.getRank() == static_cast<int64_t>(shape.size());
  for (size_t d = 0; fits && d < shape.size(); ++d)
    fits = !dimsDiffer(updates.getDimSize(d), shape[d]);
  if (fits)
    return success();
  return inferError<OpTy>(
      location, "updates ", updates, " do not have the shape ",
      RankedTensorType::get(shape, updates.getElementType()));
}

LogicalResult ScatterElementsOp::inferReturnTypes(MLIRContext *,
                                                  MaybeLocation location,
                                                  Adaptor adaptor,
                                                  InferredTypeList &types) {
  RankedTensorType input = rankedType(adaptor.getInput());
  RankedTensorType indices = rankedType(adaptor.getIndices());
  RankedTensorType updates = rankedType(adaptor.getUpdates());
  // C1, C2 and C3
  if (failed(checkElementIndices<ScatterElementsOp>(location, input, indices,
                                                    adaptor.getAxis())))
    return failure();
  // C2
  if (indices && updates &&
      failed(checkUpdateShape<ScatterElementsOp>(location, updates,
                                                 indices.getShape())))
    return failure();
  // C4 and C5
  if (failed(checkUpdates<ScatterElementsOp>(location, adaptor)))
    return failure();
  return inferLike<ScatterElementsOp>(location, adaptor.getInput(), types);
}

LogicalResult ScatterNDOp::inferReturnTypes(MLIRContext *,
                                            MaybeLocation location,
                                            Adaptor adaptor,
                                            InferredTypeList &types) {
  RankedTensorType input = rankedType(adaptor.getInput());
  RankedTensorType indices = rankedType(adaptor.getIndices());
  RankedTensorType updates = rankedType(adaptor.getUpdates());
  // C1
  if (indices && (indices.getRank() == 0 ||
                  ShapedType::isDynamic(indices.getShape().back()) ||
                  (input && indices.getShape().back() > input.getRank())))
    return inferError<ScatterNDOp>(
        location, "indices ", indices,
        " do not hold tuples of a known length for input ",
        adaptor.getInput().getType());
  // C2
  if (input && indices && updates) {
    SmallVector<int64_t> shape(indices.getShape().drop_back());
    llvm::append_range(shape,
                       input.getShape().drop_front(indices.getShape().back()));
    if (failed(checkUpdateShape<ScatterNDOp>(location, updates, shape)))
      return failure();
  }
  // C3 and C4
  if (failed(checkUpdates<ScatterNDOp>(location, adaptor)))
    return failure();
  return inferLike<ScatterNDOp>(location, adaptor.getInput(), types);
}

//===----------------------------------------------------------------------===//
// Orders and scans
//===----------------------------------------------------------------------===//

LogicalResult ArgReduceOp::inferReturnTypes(MLIRContext *context,
                                            MaybeLocation location,
                                            Adaptor adaptor,
                                            InferredTypeList &types) {
  // C4
  if (adaptor.getKind() != ReduceKind::max &&
      adaptor.getKind() != ReduceKind::min)
    return inferError<ArgReduceOp>(location, "kind ",
                                   stringifyReduceKind(adaptor.getKind()),
                                   " is neither max nor min");
  // C3
  Type element = indexType(context);
  RankedTensorType input = rankedType(adaptor.getInput());
  if (!input)
    return inferUnranked<ArgReduceOp>(location, element, types);
  // C1
  int64_t axis = adaptor.getAxis();
  if (failed(checkAxis<ArgReduceOp>(location, axis, input.getRank())))
    return failure();
  // C5
  if (input.getDimSize(axis) == 0)
    return inferError<ArgReduceOp>(location, "dimension ", axis, " of input ",
                                   input, " is empty");
  // C2
  return inferRanked<ArgReduceOp>(
      location, reducedShape(input.getShape(), axis, adaptor.getKeepDims()),
      element, types);
}

LogicalResult TopKOp::inferReturnTypes(MLIRContext *context,
                                       MaybeLocation location, Adaptor adaptor,
                                       InferredTypeList &types) {
  // C2
  std::optional<SmallVector<int64_t>> k = constantInts(adaptor.getK());
  if (isNotOneElement(adaptor.getK()) || (k && k->size() != 1))
    return inferError<TopKOp>(location, "k of type ", adaptor.getK().getType(),
                              " is not one element");
  if (k && k->front() < 0)
    return inferError<TopKOp>(location, "k is ", k->front());
  // C3
  Type element = indexType(context);
  RankedTensorType input = rankedType(adaptor.getInput());
  if (!input)
    return inferUnranked<TopKOp>(location, element, types);
  // C1
  int64_t axis = adaptor.getAxis();
  if (failed(checkAxis<TopKOp>(location, axis, input.getRank())))
    return failure();
  // C2
  if (k && !input.isDynamicDim(axis) && k->front() > input.getDimSize(axis))
    return inferError<TopKOp>(location, "k is ", k->front(),
                              ", more than dimension ", axis, " of input ",
                              input);
  SmallVector<int64_t> shape(input.getShape());
  shape[axis] = k ? k->front() : ShapedType::kDynamic;
  return inferRanked<TopKOp>(location, shape, element, types);
}

LogicalResult CumulativeOp::inferReturnTypes(MLIRContext *,
                                             MaybeLocation location,
                                             Adaptor adaptor,
                                             InferredTypeList &types) {
  // C3
  if (adaptor.getKind() == ReduceKind::mean)
    return inferError<CumulativeOp>(location, "kind mean has no scan");
  RankedTensorType input = rankedType(adaptor.getInput());
  // C1
  if (input &&
      failed(checkAxis<CumulativeOp>(
          location, static_cast<int64_t>(adaptor.getAxis()), input.getRank())))
    return failure();
  // C2
  return inferLike<CumulativeOp>(location, adaptor.getInput(), types);
}
