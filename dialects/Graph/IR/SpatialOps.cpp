//===- SpatialOps.cpp - Inference of interpolation and boxes --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// graph.resize, graph.sample and graph.non_max_suppression.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/InferUtils.h"
#include "llvm/ADT/SmallSet.h"

using namespace mlir;
using namespace systole::graph;

//===----------------------------------------------------------------------===//
// resize
//===----------------------------------------------------------------------===//

/// C1: axes are distinct and, where the rank is known, within it.
static LogicalResult checkResizeAxes(MaybeLocation location,
                                     ResizeOp::Adaptor adaptor) {
  RankedTensorType input = rankedType(adaptor.getInput());
  llvm::SmallSet<int64_t, 8> seen;
  for (int64_t axis : adaptor.getAxes()) {
    if (input && failed(checkAxis<ResizeOp>(location, axis, input.getRank())))
      return failure();
    if (!seen.insert(axis).second)
      return inferError<ResizeOp>(location, "axis ", axis, " occurs twice");
  }
  return success();
}

/// C2 and C3: lists of the axes' length.
static LogicalResult checkResizeLists(MaybeLocation location,
                                      ResizeOp::Adaptor adaptor) {
  int64_t count = static_cast<int64_t>(adaptor.getAxes().size());
  bool crops = adaptor.getCoordinates() == ResizeCoordinates::crop;
  // C3
  if (crops != static_cast<bool>(adaptor.getRegion()))
    return inferError<ResizeOp>(
        location, "coordinates '",
        stringifyResizeCoordinates(adaptor.getCoordinates()),
        crops ? "' need" : "' take no", " operand 'region'");
  std::tuple<StringRef, Value, int64_t> lists[] = {
      {"sizes", adaptor.getSizes(), count},
      {"scales", adaptor.getScales(), count},
      {"region", adaptor.getRegion(), 2 * count}};
  for (auto [name, list, length] : lists) {
    RankedTensorType type = list ? rankedType(list) : RankedTensorType();
    if (type && (type.getRank() != 1 || dimsDiffer(type.getDimSize(0), length)))
      return inferError<ResizeOp>(location, "operand '", name, "' of type ",
                                  type, " does not have ", length,
                                  " entries for ", count, " axes");
  }
  return success();
}

LogicalResult ResizeOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                         Adaptor adaptor,
                                         InferredTypeList &types) {
  // C1, C2, C3
  if (failed(checkResizeAxes(location, adaptor)) ||
      failed(checkResizeLists(location, adaptor)))
    return failure();
  // C5
  Type element = elementType(adaptor.getInput());
  RankedTensorType input = rankedType(adaptor.getInput());
  if (!input)
    return inferUnranked<ResizeOp>(location, element, types);
  std::optional<SmallVector<int64_t>> sizes = constantInts(adaptor.getSizes());
  SmallVector<int64_t> shape(input.getShape());
  for (auto [k, axis] : llvm::enumerate(adaptor.getAxes())) {
    int64_t size = sizes ? (*sizes)[k] : ShapedType::kDynamic;
    // C2
    if (sizes && size < 0)
      return inferError<ResizeOp>(location, "size ", size, " of axis ", axis,
                                  " is negative");
    // C4
    if (shape[axis] == 0 && dimsDiffer(size, 0))
      return inferError<ResizeOp>(location, "dimension ", axis, " of input ",
                                  input, " is empty and cannot be resized");
    shape[axis] = size;
  }
  return inferRanked<ResizeOp>(location, shape, element, types);
}

//===----------------------------------------------------------------------===//
// sample
//===----------------------------------------------------------------------===//

/// C1, C2 and C4.
static LogicalResult checkSample(MaybeLocation location,
                                 SampleOp::Adaptor adaptor) {
  RankedTensorType input = rankedType(adaptor.getInput());
  RankedTensorType positions = rankedType(adaptor.getPositions());
  // C1
  if (input && (input.getRank() < 3 || input.getRank() > 6))
    return inferError<SampleOp>(location, "input ", input,
                                " does not have 1 to 4 spatial dimensions");
  // C2
  int64_t last = positions && positions.getRank() >= 1
                     ? positions.getShape().back()
                     : ShapedType::kDynamic;
  if (positions && (positions.getRank() < 2 ||
                    (input && dimsDiffer(last, input.getRank() - 2))))
    return inferError<SampleOp>(
        location, "positions ", positions,
        " do not have a number for each spatial dimension of input ",
        adaptor.getInput().getType(), " as their last dimension");
  // C4
  if (!isa<FloatType>(elementType(adaptor.getInput())) &&
      adaptor.getMode() != Interpolation::nearest)
    return inferError<SampleOp>(
        location, "mode ", stringifyInterpolation(adaptor.getMode()),
        " takes no input of type ", adaptor.getInput().getType());
  return success();
}

/// C3: the number of rows.
static FailureOr<int64_t> sampleRows(MaybeLocation location,
                                     SampleOp::Adaptor adaptor) {
  RankedTensorType input = rankedType(adaptor.getInput());
  RankedTensorType positions = rankedType(adaptor.getPositions());
  int64_t rows = positions ? positions.getDimSize(0) : ShapedType::kDynamic;
  int64_t others = input ? input.getDimSize(0) : ShapedType::kDynamic;
  if (Value entries = adaptor.getEntries()) {
    RankedTensorType type = rankedType(entries);
    if (type && type.getRank() != 1) {
      (void)inferError<SampleOp>(location, "entries ", type,
                                 " do not have rank 1");
      return failure();
    }
    others = type ? type.getDimSize(0) : ShapedType::kDynamic;
  }
  if (dimsDiffer(rows, others)) {
    (void)inferError<SampleOp>(location, rows, " rows of positions ",
                               adaptor.getPositions().getType(), " for ",
                               others, " entries");
    return failure();
  }
  return ShapedType::isDynamic(rows) ? others : rows;
}

LogicalResult SampleOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                         Adaptor adaptor,
                                         InferredTypeList &types) {
  if (failed(checkSample(location, adaptor)))
    return failure();
  FailureOr<int64_t> rows = sampleRows(location, adaptor);
  if (failed(rows))
    return failure();
  Type element = elementType(adaptor.getInput());
  RankedTensorType input = rankedType(adaptor.getInput());
  RankedTensorType positions = rankedType(adaptor.getPositions());
  if (!positions)
    return inferUnranked<SampleOp>(location, element, types);
  SmallVector<int64_t> shape{*rows, input ? input.getDimSize(1)
                                          : ShapedType::kDynamic};
  llvm::append_range(shape, positions.getShape().drop_front().drop_back());
  // C5
  if (input && llvm::is_contained(input.getShape().drop_front(2), 0) &&
      !llvm::is_contained(shape, 0) && !ShapedType::isDynamicShape(shape))
    return inferError<SampleOp>(location, "input ", input,
                                " has no element to read");
  return inferRanked<SampleOp>(location, shape, element, types);
}

//===----------------------------------------------------------------------===//
// non_max_suppression
//===----------------------------------------------------------------------===//

/// C3: operand `value` has one element.
static LogicalResult checkOneElement(MaybeLocation location, StringRef name,
                                     Value value) {
  RankedTensorType type = rankedType(value);
  if (type && type.hasStaticShape() && type.getNumElements() != 1)
    return inferError<NonMaxSuppressionOp>(location, "operand '", name,
                                           "' of type ", type,
                                           " does not have one element");
  return success();
}

LogicalResult NonMaxSuppressionOp::inferReturnTypes(MLIRContext *context,
                                                    MaybeLocation location,
                                                    Adaptor adaptor,
                                                    InferredTypeList &types) {
  RankedTensorType boxes = rankedType(adaptor.getBoxes());
  RankedTensorType scores = rankedType(adaptor.getScores());
  // C1
  if ((boxes && (boxes.getRank() != 3 || dimsDiffer(boxes.getDimSize(2), 4))) ||
      (scores && scores.getRank() != 3) ||
      (boxes && scores &&
       (dimsDiffer(boxes.getDimSize(0), scores.getDimSize(0)) ||
        dimsDiffer(boxes.getDimSize(1), scores.getDimSize(2)))))
    return inferError<NonMaxSuppressionOp>(
        location, "boxes ", adaptor.getBoxes().getType(), " and scores ",
        adaptor.getScores().getType(),
        " do not have shapes [batch, n, 4] and [batch, classes, n]");
  // C2
  Type element = elementType(adaptor.getBoxes());
  for (Value value : {adaptor.getScores(), adaptor.getIouThreshold(),
                      adaptor.getScoreThreshold()})
    if (elementType(value) != element)
      return inferError<NonMaxSuppressionOp>(
          location, "operand element types differ: ", element, " and ",
          elementType(value));
  // C3
  if (failed(checkOneElement(location, "max_boxes", adaptor.getMaxBoxes())) ||
      failed(checkOneElement(location, "iou_threshold",
                             adaptor.getIouThreshold())) ||
      failed(checkOneElement(location, "score_threshold",
                             adaptor.getScoreThreshold())))
    return failure();
  // C4
  return inferRanked<NonMaxSuppressionOp>(location, {ShapedType::kDynamic, 3},
                                          IntegerType::get(context, 64), types);
}
