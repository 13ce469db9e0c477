//===- NeuralOps.cpp - Inference of contractions, windows, reductions -----===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Windows: the layout gives the rank, so that results are ranked even where
// operands are not. Known dimensions are checked and computed one by one.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/InferUtils.h"

using namespace mlir;
using namespace systole::graph;

/// True for the integers whose products a `sum_type` holds.
static bool isFactor(Type type) {
  auto integer = dyn_cast<IntegerType>(type);
  return integer && integer.getWidth() <= (integer.isUnsigned() ? 8 : 16);
}

/// The element type of a contraction's result: that of its operands, or
/// `sumType` if they are integers that it can hold the products of.
template <typename OpTy>
static FailureOr<Type> sumElement(MaybeLocation location, Type x, Type y,
                                  std::optional<Type> sumType) {
  if (!sumType)
    return x;
  bool isWide =
      sumType->isSignlessInteger(32) || sumType->isSignlessInteger(64);
  for (Type type : {x, y})
    if (!isWide || !isFactor(type))
      return inferError<OpTy>(location, "sum_type ", *sumType, " for elements ",
                              type,
                              ": it is i32 or i64, for signed integers of at "
                              "most 16 bits, or unsigned ones of at most 8");
  return *sumType;
}

//===----------------------------------------------------------------------===//
// matmul
//===----------------------------------------------------------------------===//

LogicalResult MatMulOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                         Adaptor adaptor,
                                         InferredTypeList &types) {
  // C1
  Type left = elementType(adaptor.getLhs()),
       right = elementType(adaptor.getRhs());
  if (!adaptor.getSumType() && left != right)
    return inferError<MatMulOp>(location, "operand element types differ: lhs ",
                                left, ", rhs ", right);
  // C4
  FailureOr<Type> element =
      sumElement<MatMulOp>(location, left, right, adaptor.getSumType());
  if (failed(element))
    return failure();
  RankedTensorType lhs = rankedType(adaptor.getLhs());
  RankedTensorType rhs = rankedType(adaptor.getRhs());
  if ((lhs && lhs.getRank() == 0) || (rhs && rhs.getRank() == 0))
    return inferError<MatMulOp>(
        location, "operands must have rank 1 or more: lhs ",
        adaptor.getLhs().getType(), ", rhs ", adaptor.getRhs().getType());
  if (!lhs || !rhs)
    return inferUnranked<MatMulOp>(location, *element, types);
  // C2
  int64_t lhsK = lhs.getShape().back();
  int64_t rhsK = rhs.getDimSize(std::max<int64_t>(rhs.getRank() - 2, 0));
  if (dimsDiffer(lhsK, rhsK))
    return inferError<MatMulOp>(location,
                                "contracted dimensions differ: ", lhsK,
                                " of lhs ", lhs, ", ", rhsK, " of rhs ", rhs);
  // C3
  ArrayRef<int64_t> lhsBatch =
      lhs.getShape().drop_back(std::min<size_t>(lhs.getRank(), 2));
  ArrayRef<int64_t> rhsBatch =
      rhs.getShape().drop_back(std::min<size_t>(rhs.getRank(), 2));
  std::optional<SmallVector<int64_t>> shape =
      broadcastShapes({lhsBatch, rhsBatch});
  if (!shape)
    return inferError<MatMulOp>(location,
                                "batch dimensions do not broadcast: lhs ", lhs,
                                ", rhs ", rhs);
  if (lhs.getRank() > 1)
    shape->push_back(lhs.getDimSize(lhs.getRank() - 2));
  if (rhs.getRank() > 1)
    shape->push_back(rhs.getShape().back());
  return inferRanked<MatMulOp>(location, *shape, *element, types);
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

namespace {
/// The attributes that convolutions and pools share.
struct WindowAttributes {
  /// Empty for convolutions, whose filter has the kernel's dimensions.
  ArrayRef<int64_t> kernel;
  ArrayRef<int64_t> strides;
  ArrayRef<int64_t> dilations;
  ArrayRef<int64_t> pads;
  AutoPad autoPad;
  bool ceilMode;
};
} // namespace

/// Checks that `values` holds `count` entries, each at least `least`.
template <typename OpTy>
static LogicalResult checkEntries(MaybeLocation location, StringRef name,
                                  ArrayRef<int64_t> values, int64_t count,
                                  int64_t least) {
  if (static_cast<int64_t>(values.size()) != count)
    return inferError<OpTy>(location, name, " has ", values.size(),
                            " entries, not ", count);
  for (int64_t value : values)
    if (value < least)
      return inferError<OpTy>(location, name, " [", values, "] holds ", value,
                              ", less than ", least);
  return success();
}

/// C2 of convolutions and pools.
template <typename OpTy>
static LogicalResult checkWindowAttributes(MaybeLocation location,
                                           const WindowAttributes &window,
                                           int64_t numSpatial) {
  if (failed(checkEntries<OpTy>(location, "strides", window.strides, numSpatial,
                                1)) ||
      failed(checkEntries<OpTy>(location, "dilations", window.dilations,
                                numSpatial, 1)) ||
      failed(
          checkEntries<OpTy>(location, "pads", window.pads, 2 * numSpatial, 0)))
    return failure();
  bool hasPads =
      llvm::any_of(window.pads, [](int64_t pad) { return pad != 0; });
  if (window.autoPad != AutoPad::explicit_pads && hasPads)
    return inferError<OpTy>(location, "auto_pad ",
                            stringifyAutoPad(window.autoPad), " leaves pads [",
                            window.pads, "] no meaning");
  return success();
}

/// The output size of spatial dimension `i`, unknown where an operand is. C6 of
/// convolutions, C3 of pools.
template <typename OpTy>
static FailureOr<int64_t>
windowOutput(MaybeLocation location, const WindowAttributes &window, int64_t i,
             int64_t size, int64_t kernel) {
  // Padding to the same size leaves the kernel no say.
  bool kernelMatters = window.autoPad == AutoPad::explicit_pads;
  if (ShapedType::isDynamic(size) ||
      (kernelMatters && ShapedType::isDynamic(kernel)))
    return ShapedType::kDynamic;
  int64_t numSpatial = static_cast<int64_t>(window.strides.size());
  std::optional<Window> resolved = resolveWindow(
      size, ShapedType::isDynamic(kernel) ? 1 : kernel, window.strides[i],
      window.dilations[i], window.pads[i], window.pads[numSpatial + i],
      window.autoPad, window.ceilMode);
  if (resolved)
    return resolved->outSize;
  (void)inferError<OpTy>(location, "spatial dimension ", i, " of size ", size,
                         ", padded by ", window.pads[i], " and ",
                         window.pads[numSpatial + i], ", does not fit kernel ",
                         kernel, " dilated by ", window.dilations[i]);
  return failure();
}

//===----------------------------------------------------------------------===//
// conv
//===----------------------------------------------------------------------===//

/// C1 and C7: layouts of one kind each, and of one rank, which is the
/// operands'.
static LogicalResult checkConvLayouts(MaybeLocation location,
                                      ConvOp::Adaptor adaptor) {
  LayoutAttr inputLayout = adaptor.getInputLayout();
  LayoutAttr filterLayout = adaptor.getFilterLayout();
  LayoutAttr outputLayout = adaptor.getOutputLayout();
  // C7
  if (inputLayout.batch() < 0 || outputLayout.batch() < 0)
    return inferError<ConvOp>(location, "input_layout '", inputLayout.getDims(),
                              "' and output_layout '", outputLayout.getDims(),
                              "' must name 'n' and 'c'");
  if (filterLayout.outputChannel() < 0)
    return inferError<ConvOp>(location, "filter_layout '",
                              filterLayout.getDims(),
                              "' must name 'o' and 'i'");
  // C1
  int64_t rank = inputLayout.rank();
  RankedTensorType input = rankedType(adaptor.getInput());
  RankedTensorType filter = rankedType(adaptor.getFilter());
  if (rank < 3 || filterLayout.rank() != rank || outputLayout.rank() != rank ||
      (input && input.getRank() != rank) ||
      (filter && filter.getRank() != rank))
    return inferError<ConvOp>(location, "needs one rank of at least 3: input ",
                              adaptor.getInput().getType(), " in layout '",
                              inputLayout.getDims(), "', filter ",
                              adaptor.getFilter().getType(), " in layout '",
                              filterLayout.getDims(), "', output layout '",
                              outputLayout.getDims(), "'");
  return success();
}

/// C3: groups divide the channels. Unknown ones are not checked.
static LogicalResult checkConvGroups(MaybeLocation location, int64_t groups,
                                     int64_t channels, int64_t filterChannels,
                                     int64_t outputs) {
  if (groups < 1)
    return inferError<ConvOp>(location, "groups is ", groups, ", not positive");
  bool known = !ShapedType::isDynamic(channels);
  if (known && channels % groups != 0)
    return inferError<ConvOp>(location, groups, " groups do not divide ",
                              channels, " input channels");
  if (!ShapedType::isDynamic(outputs) && outputs % groups != 0)
    return inferError<ConvOp>(location, groups, " groups do not divide ",
                              outputs, " output channels");
  if (known && dimsDiffer(channels / groups, filterChannels))
    return inferError<ConvOp>(location, "filter takes ", filterChannels,
                              " channels, but each of ", groups, " groups has ",
                              channels / groups);
  return success();
}

/// C4, C5, C8: checks the bias, and gives the result's element type.
static FailureOr<Type> checkConvBiasAndElements(MaybeLocation location,
                                                ConvOp::Adaptor adaptor,
                                                int64_t outputs) {
  Value bias = adaptor.getBias();
  Type input = elementType(adaptor.getInput()),
       filter = elementType(adaptor.getFilter());
  auto differ = [&] {
    return inferError<ConvOp>(location, "operand element types differ: ",
                              adaptor.getOperands().getTypes());
  };
  // C5
  if (!adaptor.getSumType() && input != filter)
    return differ();
  // C8
  FailureOr<Type> sum =
      sumElement<ConvOp>(location, input, filter, adaptor.getSumType());
  if (failed(sum))
    return failure();
  // C5
  if (bias && elementType(bias) != *sum)
    return differ();
  // C4
  RankedTensorType type = bias ? rankedType(bias) : RankedTensorType();
  if (type && (type.getRank() != 1 || dimsDiffer(type.getDimSize(0), outputs)))
    return inferError<ConvOp>(location, "bias ", type, " does not have shape [",
                              outputs, "]");
  return sum;
}

LogicalResult ConvOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                       Adaptor adaptor,
                                       InferredTypeList &types) {
  LayoutAttr inputLayout = adaptor.getInputLayout();
  LayoutAttr filterLayout = adaptor.getFilterLayout();
  LayoutAttr outputLayout = adaptor.getOutputLayout();
  WindowAttributes window{{},
                          adaptor.getStrides(),
                          adaptor.getDilations(),
                          adaptor.getPads(),
                          adaptor.getAutoPad(),
                          /*ceilMode=*/false};
  int64_t numSpatial = inputLayout.numSpatial();
  // C7, C1, C2
  if (failed(checkConvLayouts(location, adaptor)) ||
      failed(checkWindowAttributes<ConvOp>(location, window, numSpatial)))
    return failure();

  RankedTensorType input = rankedType(adaptor.getInput());
  RankedTensorType filter = rankedType(adaptor.getFilter());
  auto inputDim = [&](int64_t d) {
    return input ? input.getDimSize(d) : ShapedType::kDynamic;
  };
  auto filterDim = [&](int64_t d) {
    return filter ? filter.getDimSize(d) : ShapedType::kDynamic;
  };
  int64_t outputs = filterDim(filterLayout.outputChannel());
  // C3
  if (failed(checkConvGroups(location, adaptor.getGroups(),
                             inputDim(inputLayout.channel()),
                             filterDim(filterLayout.inputChannel()), outputs)))
    return failure();
  // C4, C5, C8
  FailureOr<Type> element =
      checkConvBiasAndElements(location, adaptor, outputs);
  if (failed(element))
    return failure();

  SmallVector<int64_t> shape(outputLayout.rank());
  shape[outputLayout.batch()] = inputDim(inputLayout.batch());
  shape[outputLayout.channel()] = outputs;
  for (int64_t i = 0; i < numSpatial; ++i) {
    // C6
    int64_t kernel = filterDim(filterLayout.spatial(i));
    if (kernel == 0)
      return inferError<ConvOp>(location, "filter ", filter,
                                " has an empty kernel");
    FailureOr<int64_t> size = windowOutput<ConvOp>(
        location, window, i, inputDim(inputLayout.spatial(i)), kernel);
    if (failed(size))
      return failure();
    shape[outputLayout.spatial(i)] = *size;
  }
  return inferRanked<ConvOp>(location, shape, *element, types);
}

//===----------------------------------------------------------------------===//
// Pools
//===----------------------------------------------------------------------===//

/// All pools: they differ in what they compute, not in their shapes.
template <typename OpTy>
static LogicalResult inferPool(MaybeLocation location,
                               typename OpTy::Adaptor adaptor, Type element,
                               InferredTypeList &types) {
  LayoutAttr layout = adaptor.getLayout();
  RankedTensorType input = rankedType(adaptor.getInput());
  // C1
  if (layout.batch() < 0 || layout.rank() < 3 ||
      (input && input.getRank() != layout.rank()))
    return inferError<OpTy>(
        location, "layout '", layout.getDims(),
        "' does not name 'n', 'c' and the dimensions of input ",
        adaptor.getInput().getType(), " of rank 3 or more");
  // C2
  WindowAttributes window{adaptor.getKernel(),    adaptor.getStrides(),
                          adaptor.getDilations(), adaptor.getPads(),
                          adaptor.getAutoPad(),   adaptor.getCeilMode()};
  int64_t numSpatial = layout.numSpatial();
  if (failed(checkEntries<OpTy>(location, "kernel", window.kernel, numSpatial,
                                1)) ||
      failed(checkWindowAttributes<OpTy>(location, window, numSpatial)))
    return failure();
  // C3
  SmallVector<int64_t> shape(layout.rank(), ShapedType::kDynamic);
  if (input)
    shape.assign(input.getShape().begin(), input.getShape().end());
  for (int64_t i = 0; i < numSpatial; ++i) {
    int64_t &dim = shape[layout.spatial(i)];
    FailureOr<int64_t> size =
        windowOutput<OpTy>(location, window, i, dim, window.kernel[i]);
    if (failed(size))
      return failure();
    dim = *size;
  }
  // C4
  return inferRanked<OpTy>(location, shape, element, types);
}

LogicalResult MaxPoolOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypeList &types) {
  return inferPool<MaxPoolOp>(location, adaptor,
                              elementType(adaptor.getInput()), types);
}

LogicalResult ArgMaxPoolOp::inferReturnTypes(MLIRContext *context,
                                             MaybeLocation location,
                                             Adaptor adaptor,
                                             InferredTypeList &types) {
  return inferPool<ArgMaxPoolOp>(location, adaptor,
                                 IntegerType::get(context, 64), types);
}

LogicalResult AvgPoolOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypeList &types) {
  // C4
  if (!isa<FloatType>(elementType(adaptor.getInput())))
    return inferError<AvgPoolOp>(location, "input ",
                                 adaptor.getInput().getType(),
                                 " is not floating point");
  return inferPool<AvgPoolOp>(location, adaptor,
                              elementType(adaptor.getInput()), types);
}

//===----------------------------------------------------------------------===//
// reduce, softmax, batch_norm
//===----------------------------------------------------------------------===//

LogicalResult ReduceOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                         Adaptor adaptor,
                                         InferredTypeList &types) {
  // C3
  Type element = elementType(adaptor.getInput());
  RankedTensorType input = rankedType(adaptor.getInput());
  if (!input)
    return inferUnranked<ReduceOp>(location, element, types);
  // C1
  if (failed(checkIncreasingAxes<ReduceOp>(location, adaptor.getAxes(),
                                           input.getRank())))
    return failure();
  // C2
  return inferRanked<ReduceOp>(
      location,
      reducedShape(input.getShape(), adaptor.getAxes(), adaptor.getKeepDims()),
      element, types);
}

LogicalResult SoftmaxOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypeList &types) {
  RankedTensorType input = rankedType(adaptor.getInput());
  // C1
  if (input &&
      failed(checkAxis<SoftmaxOp>(
          location, static_cast<int64_t>(adaptor.getAxis()), input.getRank())))
    return failure();
  // C2
  types.push_back(adaptor.getInput().getType());
  return success();
}

LogicalResult BatchNormOp::inferReturnTypes(MLIRContext *,
                                            MaybeLocation location,
                                            Adaptor adaptor,
                                            InferredTypeList &types) {
  RankedTensorType input = rankedType(adaptor.getInput());
  int64_t axis = static_cast<int64_t>(adaptor.getAxis());
  // C1
  if (input && failed(checkAxis<BatchNormOp>(location, axis, input.getRank())))
    return failure();
  // C3
  for (Value operand : adaptor.getOperands())
    if (elementType(operand) != elementType(adaptor.getInput()))
      return inferError<BatchNormOp>(location, "operand element types differ: ",
                                     adaptor.getOperands().getTypes());
  // C2
  int64_t channels = input ? input.getDimSize(axis) : ShapedType::kDynamic;
  std::pair<StringRef, Value> statistics[] = {
      {"scale", adaptor.getScale()},
      {"bias", adaptor.getBias()},
      {"mean", adaptor.getMean()},
      {"variance", adaptor.getVariance()}};
  for (auto [name, value] : statistics) {
    RankedTensorType type = rankedType(value);
    if (type &&
        (type.getRank() != 1 || dimsDiffer(type.getDimSize(0), channels)))
      return inferError<BatchNormOp>(
          location, name, " ", type, " does not have the shape of dimension ",
          axis, " of input ", adaptor.getInput().getType());
    if (type && ShapedType::isDynamic(channels))
      channels = type.getDimSize(0);
  }
  if (!input) {
    types.push_back(adaptor.getInput().getType());
    return success();
  }
  SmallVector<int64_t> shape(input.getShape());
  shape[axis] = channels;
  return inferRanked<BatchNormOp>(location, shape, input.getElementType(),
                                  types);
}
