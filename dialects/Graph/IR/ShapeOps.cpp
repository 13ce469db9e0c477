//===- ShapeOps.cpp - Inference of constants and data movement ------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shape operands are read where they are constants; where they are not, the
// result's dimensions are unknown. Folds are in ShapeFolds.cpp.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/InferUtils.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "llvm/ADT/SmallSet.h"

using namespace mlir;
using namespace systole::graph;

LogicalResult ConstantOp::inferReturnTypes(MLIRContext *, MaybeLocation,
                                           Adaptor adaptor,
                                           InferredTypeList &types) {
  // C1
  types.push_back(adaptor.getValue().getShapedType());
  return success();
}

LogicalResult ShapeOfOp::inferReturnTypes(MLIRContext *context,
                                          MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypeList &types) {
  RankedTensorType input = rankedType(adaptor.getInput());
  // C1
  int64_t rank = input ? input.getRank() : ShapedType::kDynamic;
  return inferRanked<ShapeOfOp>(location, {rank}, IntegerType::get(context, 64),
                                types);
}

//===----------------------------------------------------------------------===//
// reshape, broadcast
//===----------------------------------------------------------------------===//

/// The length of a shape operand of rank 1: kDynamic where it is unknown. Fails
/// where the operand has another rank.
template <typename OpTy>
static FailureOr<int64_t> shapeOperandLength(MaybeLocation location,
                                             Value shape, StringRef name) {
  RankedTensorType type = rankedType(shape);
  if (!type)
    return ShapedType::kDynamic;
  if (type.getRank() == 1)
    return type.getDimSize(0);
  (void)inferError<OpTy>(location, "operand '", name, "' has rank ",
                         type.getRank(), ", not 1");
  return failure();
}

LogicalResult ReshapeOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypeList &types) {
  // C1
  FailureOr<int64_t> length =
      shapeOperandLength<ReshapeOp>(location, adaptor.getShape(), "shape");
  if (failed(length))
    return failure();
  // C4
  Type element = elementType(adaptor.getInput());
  if (ShapedType::isDynamic(*length))
    return inferUnranked<ReshapeOp>(location, element, types);
  std::optional<SmallVector<int64_t>> entries =
      constantInts(adaptor.getShape());
  RankedTensorType input = rankedType(adaptor.getInput());
  if (!entries)
    return inferRanked<ReshapeOp>(
        location, SmallVector<int64_t>(*length, ShapedType::kDynamic), element,
        types);
  // C2
  if (llvm::count(*entries, -1) > 1 ||
      llvm::any_of(*entries, [](int64_t entry) { return entry < -1; }))
    return inferError<ReshapeOp>(
        location, "shape [", ArrayRef<int64_t>(*entries),
        "] may hold -1 once and no other negative entry");
  if (!input) {
    for (int64_t &entry : *entries)
      if (entry == -1 || (entry == 0 && adaptor.getCopyZeros()))
        entry = ShapedType::kDynamic;
    return inferRanked<ReshapeOp>(location, *entries, element, types);
  }
  // C3
  std::optional<SmallVector<int64_t>> shape =
      resolveReshape(input.getShape(), *entries, adaptor.getCopyZeros());
  if (!shape)
    return inferError<ReshapeOp>(location, "elements of ", input,
                                 " do not fill the shape [",
                                 ArrayRef<int64_t>(*entries), "]");
  return inferRanked<ReshapeOp>(location, *shape, element, types);
}

LogicalResult BroadcastOp::inferReturnTypes(MLIRContext *,
                                            MaybeLocation location,
                                            Adaptor adaptor,
                                            InferredTypeList &types) {
  // C1
  FailureOr<int64_t> length =
      shapeOperandLength<BroadcastOp>(location, adaptor.getShape(), "shape");
  if (failed(length))
    return failure();
  // C3
  Type element = elementType(adaptor.getInput());
  RankedTensorType input = rankedType(adaptor.getInput());
  if (!input || ShapedType::isDynamic(*length))
    return inferUnranked<BroadcastOp>(location, element, types);
  std::optional<SmallVector<int64_t>> entries =
      constantInts(adaptor.getShape());
  SmallVector<int64_t> target(*length, ShapedType::kDynamic);
  if (entries)
    target = *entries;
  // C2
  if (entries && llvm::any_of(target, [](int64_t entry) { return entry < 0; }))
    return inferError<BroadcastOp>(location, "shape [",
                                   ArrayRef<int64_t>(target),
                                   "] has a negative entry");
  auto shape = broadcastShapes({input.getShape(), target});
  if (!shape)
    return inferError<BroadcastOp>(location, "input ", input,
                                   " does not broadcast with the shape [",
                                   ArrayRef<int64_t>(target), "]");
  return inferRanked<BroadcastOp>(location, *shape, element, types);
}

//===----------------------------------------------------------------------===//
// squeeze, unsqueeze, transpose
//===----------------------------------------------------------------------===//

LogicalResult SqueezeOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypeList &types) {
  // C3
  Type element = elementType(adaptor.getInput());
  RankedTensorType input = rankedType(adaptor.getInput());
  if (!input)
    return inferUnranked<SqueezeOp>(location, element, types);
  // C1
  if (failed(checkIncreasingAxes<SqueezeOp>(location, adaptor.getAxes(),
                                            input.getRank())))
    return failure();
  // C2
  for (int64_t axis : adaptor.getAxes())
    if (dimsDiffer(input.getDimSize(axis), 1))
      return inferError<SqueezeOp>(location, "dimension ", axis, " of input ",
                                   input, " is not 1");
  return inferRanked<SqueezeOp>(
      location,
      reducedShape(input.getShape(), adaptor.getAxes(), /*keepDims=*/false),
      element, types);
}

LogicalResult UnsqueezeOp::inferReturnTypes(MLIRContext *,
                                            MaybeLocation location,
                                            Adaptor adaptor,
                                            InferredTypeList &types) {
  // C2
  Type element = elementType(adaptor.getInput());
  RankedTensorType input = rankedType(adaptor.getInput());
  if (!input)
    return inferUnranked<UnsqueezeOp>(location, element, types);
  // C1
  ArrayRef<int64_t> axes = adaptor.getAxes();
  int64_t rank = input.getRank() + static_cast<int64_t>(axes.size());
  if (failed(checkIncreasingAxes<UnsqueezeOp>(location, axes, rank)))
    return failure();
  SmallVector<int64_t> shape(input.getShape());
  for (int64_t axis : axes)
    shape.insert(shape.begin() + axis, 1);
  return inferRanked<UnsqueezeOp>(location, shape, element, types);
}

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *,
                                            MaybeLocation location,
                                            Adaptor adaptor,
                                            InferredTypeList &types) {
  // C1
  ArrayRef<int64_t> perm = adaptor.getPerm();
  if (!isPermutationVector(perm))
    return inferError<TransposeOp>(location, "perm [", perm,
                                   "] is not a permutation");
  RankedTensorType input = rankedType(adaptor.getInput());
  if (input && input.getRank() != static_cast<int64_t>(perm.size()))
    return inferError<TransposeOp>(
        location, "perm [", perm, "] does not permute the dimensions of input ",
        input);
  // The permutation's length is the rank even where the input's is unknown.
  SmallVector<int64_t> shape(perm.size(), ShapedType::kDynamic);
  for (size_t d = 0; input && d < perm.size(); ++d)
    shape[d] = input.getDimSize(perm[d]);
  // C2
  return inferRanked<TransposeOp>(location, shape,
                                  elementType(adaptor.getInput()), types);
}

//===----------------------------------------------------------------------===//
// concat, slice, pad, gather
//===----------------------------------------------------------------------===//

/// Merges `type`'s dimensions other than `axis` into `shape` and adds `axis`'s.
static LogicalResult appendAlongAxis(MaybeLocation location, int64_t axis,
                                     RankedTensorType first,
                                     RankedTensorType type,
                                     SmallVectorImpl<int64_t> &shape) {
  for (int64_t d = 0; d < type.getRank(); ++d) {
    int64_t dim = type.getDimSize(d);
    bool unknown = ShapedType::isDynamic(dim);
    if (d == axis) {
      if (unknown || ShapedType::isDynamic(shape[d]))
        shape[d] = ShapedType::kDynamic;
      else if (llvm::AddOverflow(shape[d], dim, shape[d]))
        return inferError<ConcatOp>(
            location, "result would have more than 2^62 elements");
      continue;
    }
    // C3
    if (dimsDiffer(shape[d], dim))
      return inferError<ConcatOp>(location, "operands differ in dimension ", d,
                                  ": ", first, " and ", type);
    if (ShapedType::isDynamic(shape[d]))
      shape[d] = dim;
  }
  return success();
}

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                         Adaptor adaptor,
                                         InferredTypeList &types) {
  // C1
  if (adaptor.getInputs().empty())
    return inferError<ConcatOp>(location, "needs at least one operand");
  Type element = elementType(adaptor.getInputs()[0]);
  RankedTensorType first;
  bool allRanked = true;
  for (Value input : adaptor.getInputs()) {
    if (elementType(input) != element)
      return inferError<ConcatOp>(location,
                                  "operand element types differ: ", element,
                                  " and ", elementType(input));
    RankedTensorType type = rankedType(input);
    allRanked &= static_cast<bool>(type);
    if (type && !first)
      first = type;
    if (type && type.getRank() != first.getRank())
      return inferError<ConcatOp>(location, "operand ranks differ: ", first,
                                  " and ", type);
  }
  if (!first)
    return inferUnranked<ConcatOp>(location, element, types);
  // C2
  int64_t axis = adaptor.getAxis();
  if (failed(checkAxis<ConcatOp>(location, axis, first.getRank())))
    return failure();
  SmallVector<int64_t> shape(first.getRank(), ShapedType::kDynamic);
  shape[axis] = allRanked ? 0 : ShapedType::kDynamic;
  for (Value input : adaptor.getInputs())
    if (RankedTensorType type = rankedType(input))
      if (failed(appendAlongAxis(location, axis, first, type, shape)))
        return failure();
  return inferRanked<ConcatOp>(location, shape, element, types);
}

LogicalResult SliceOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                        Adaptor adaptor,
                                        InferredTypeList &types) {
  ArrayRef<int64_t> axes = adaptor.getAxes();
  // C1
  std::pair<StringRef, Value> lists[] = {{"starts", adaptor.getStarts()},
                                         {"ends", adaptor.getEnds()},
                                         {"steps", adaptor.getSteps()}};
  for (auto [name, list] : lists) {
    FailureOr<int64_t> length =
        shapeOperandLength<SliceOp>(location, list, name);
    if (failed(length))
      return failure();
    if (dimsDiffer(*length, static_cast<int64_t>(axes.size())))
      return inferError<SliceOp>(location, "operand '", name, "' has ", *length,
                                 " entries for ", axes.size(), " axes");
  }
  // C3
  std::optional<SmallVector<int64_t>> steps = constantInts(adaptor.getSteps());
  if (steps && llvm::is_contained(*steps, 0))
    return inferError<SliceOp>(location, "steps [", ArrayRef<int64_t>(*steps),
                               "] hold a zero");
  // C4
  Type element = elementType(adaptor.getInput());
  RankedTensorType input = rankedType(adaptor.getInput());
  if (!input)
    return inferUnranked<SliceOp>(location, element, types);
  // C2
  llvm::SmallSet<int64_t, 8> seen;
  for (int64_t axis : axes) {
    if (failed(checkAxis<SliceOp>(location, axis, input.getRank())))
      return failure();
    if (!seen.insert(axis).second)
      return inferError<SliceOp>(location, "axis ", axis, " occurs twice");
  }
  std::optional<SmallVector<int64_t>> starts =
      constantInts(adaptor.getStarts());
  std::optional<SmallVector<int64_t>> ends = constantInts(adaptor.getEnds());
  SmallVector<int64_t> shape(input.getShape());
  for (auto [k, axis] : llvm::enumerate(axes)) {
    int64_t &dim = shape[axis];
    if (starts && ends && steps && !ShapedType::isDynamic(dim))
      dim = resolveSlice(dim, (*starts)[k], (*ends)[k], (*steps)[k]).count;
    else
      dim = ShapedType::kDynamic;
  }
  return inferRanked<SliceOp>(location, shape, element, types);
}

/// C2: the size of a padded dimension, or a diagnostic.
static FailureOr<int64_t> paddedSize(MaybeLocation location, PadMode mode,
                                     int64_t axis, int64_t size, int64_t low,
                                     int64_t high) {
  // Sums in 128 bits: pads are any numbers.
  __int128 padded = static_cast<__int128>(size) + low + high;
  if (padded < 0 || padded > kMaxElements) {
    (void)inferError<PadOp>(location, "dimension ", axis, " of size ", size,
                            " cannot be padded by ", low, " and ", high);
    return failure();
  }
  int64_t most = std::max(low, high);
  bool reflectsTooFar = mode == PadMode::reflect && most > 0 && most >= size;
  bool isEmpty =
      size == 0 && most > 0 && (mode == PadMode::edge || mode == PadMode::wrap);
  if (reflectsTooFar || isEmpty) {
    (void)inferError<PadOp>(location, "dimension ", axis, " of size ", size,
                            " cannot be padded by ", most, " in mode ",
                            stringifyPadMode(mode));
    return failure();
  }
  return static_cast<int64_t>(padded);
}

/// C3: `value` is one element of the input's type, in mode constant.
static LogicalResult checkPadValue(MaybeLocation location,
                                   PadOp::Adaptor adaptor) {
  Value value = adaptor.getValue();
  if (!value)
    return success();
  if (adaptor.getMode() != PadMode::constant)
    return inferError<PadOp>(location, "mode ",
                             stringifyPadMode(adaptor.getMode()),
                             " takes no value");
  if (elementType(value) != elementType(adaptor.getInput()))
    return inferError<PadOp>(location, "value of type ", value.getType(),
                             " pads elements of type ",
                             elementType(adaptor.getInput()));
  RankedTensorType type = rankedType(value);
  if (type && llvm::any_of(type.getShape(),
                           [](int64_t dim) { return dimsDiffer(dim, 1); }))
    return inferError<PadOp>(location, "value of type ", type,
                             " is not one element");
  return success();
}

LogicalResult PadOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                      Adaptor adaptor,
                                      InferredTypeList &types) {
  // C3
  if (failed(checkPadValue(location, adaptor)))
    return failure();
  // C1
  FailureOr<int64_t> length =
      shapeOperandLength<PadOp>(location, adaptor.getPads(), "pads");
  if (failed(length))
    return failure();
  // C4
  Type element = elementType(adaptor.getInput());
  RankedTensorType input = rankedType(adaptor.getInput());
  if (!input)
    return inferUnranked<PadOp>(location, element, types);
  int64_t rank = input.getRank();
  if (dimsDiffer(*length, 2 * rank))
    return inferError<PadOp>(location, "operand 'pads' has ", *length,
                             " entries, not two for each dimension of ", input);
  // C2
  SmallVector<int64_t> shape(rank, ShapedType::kDynamic);
  std::optional<SmallVector<int64_t>> pads = constantInts(adaptor.getPads());
  for (int64_t d = 0; pads && d < rank; ++d) {
    if (input.isDynamicDim(d))
      continue;
    FailureOr<int64_t> size =
        paddedSize(location, adaptor.getMode(), d, input.getDimSize(d),
                   (*pads)[d], (*pads)[rank + d]);
    if (failed(size))
      return failure();
    shape[d] = *size;
  }
  return inferRanked<PadOp>(location, shape, element, types);
}

LogicalResult GatherOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                         Adaptor adaptor,
                                         InferredTypeList &types) {
  // C3
  Type element = elementType(adaptor.getInput());
  RankedTensorType input = rankedType(adaptor.getInput());
  RankedTensorType indices = rankedType(adaptor.getIndices());
  int64_t axis = adaptor.getAxis();
  // C1
  if (input && failed(checkAxis<GatherOp>(location, axis, input.getRank())))
    return failure();
  if (!input || !indices)
    return inferUnranked<GatherOp>(location, element, types);
  // C2
  SmallVector<int64_t> shape(input.getShape().take_front(axis));
  llvm::append_range(shape, indices.getShape());
  llvm::append_range(shape, input.getShape().drop_front(axis + 1));
  return inferRanked<GatherOp>(location, shape, element, types);
}
