//===- ChannelConstants.cpp - Scales and offsets for each channel ---------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reading constants as doubles, and folding them into weights. A weight that
// would become infinite or NaN stops the fold: it could change what a model
// computes beyond rounding.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Graph/ChannelConstants.h"
#include <cmath>

using namespace mlir;

namespace systole::graph {

/// A constant of floats, or nullopt.
static std::optional<Tensor> floatConstant(Value value) {
  ElementsAttr attribute = constantAttribute(value);
  if (!attribute || !isa<FloatType>(attribute.getElementType()))
    return std::nullopt;
  FailureOr<Tensor> tensor = tensorFromAttribute(attribute);
  return failed(tensor) ? std::nullopt : std::optional<Tensor>(*tensor);
}

std::optional<ChannelNumbers> constantNumbers(Value value) {
  std::optional<Tensor> tensor = floatConstant(value);
  if (!tensor || tensor->rank() != 1)
    return std::nullopt;
  ChannelNumbers numbers;
  for (int64_t i = 0; i < tensor->size(); ++i)
    numbers.push_back(tensor->getDouble(i));
  return numbers;
}

std::optional<ChannelNumbers> channelNumbers(Value value, RankedTensorType type,
                                             int64_t dim) {
  std::optional<Tensor> tensor = floatConstant(value);
  if (!tensor || !type || tensor->rank() > type.getRank() ||
      type.isDynamicDim(dim))
    return std::nullopt;
  int64_t shift = type.getRank() - tensor->rank();
  for (int64_t d = 0; d < tensor->rank(); ++d) {
    int64_t size = tensor->dim(d);
    if (size != 1 && (d + shift != dim || size != type.getDimSize(dim)))
      return std::nullopt;
  }
  ChannelNumbers numbers;
  for (int64_t i = 0; i < type.getDimSize(dim); ++i)
    numbers.push_back(tensor->getDouble(tensor->size() == 1 ? 0 : i));
  return numbers;
}

int64_t channelDim(Operation *contraction) {
  if (auto conv = dyn_cast_or_null<ConvOp>(contraction))
    return conv.getOutputLayout().channel();
  auto matmul = dyn_cast_or_null<MatMulOp>(contraction);
  if (!matmul || !rankedType(matmul.getRhs()) ||
      !rankedType(matmul.getResult()) ||
      rankedType(matmul.getRhs()).getRank() != 2)
    return -1;
  return rankedType(matmul.getResult()).getRank() - 1;
}

static bool allFinite(const Tensor &tensor) {
  for (int64_t i = 0; i < tensor.size(); ++i)
    if (!std::isfinite(tensor.getDouble(i)))
      return false;
  return true;
}

Value makeChannelConstant(OpBuilder &builder, Location loc, Type elementType,
                          ArrayRef<double> numbers, int64_t trailing) {
  SmallVector<int64_t> shape(trailing + 1, 1);
  shape[0] = numbers.size();
  Tensor tensor(elementType, shape);
  for (auto [i, number] : llvm::enumerate(numbers))
    tensor.setDouble(i, number);
  return allFinite(tensor) ? makeConstant(builder, loc, tensor) : Value();
}

/// `tensor` with the elements of index c along `dim` multiplied by scale[c].
static Tensor scaled(const Tensor &tensor, int64_t dim,
                     ArrayRef<double> scale) {
  Tensor result(tensor.getElementType(), tensor.getShape());
  int64_t inner = countElements(tensor.getShape().drop_front(dim + 1));
  int64_t channels = tensor.dim(dim);
  bool isFloat = tensor.getElementType().isF32();
  for (int64_t i = 0; i < tensor.size(); ++i) {
    double factor = scale[i / inner % channels];
    if (isFloat) // Nearly all weights; the general way costs a type switch
                 // each.
      result.store<float>(i,
                          static_cast<float>(tensor.load<float>(i) * factor));
    else
      result.setDouble(i, tensor.getDouble(i) * factor);
  }
  return result;
}

/// The bias of `conv` under `affine`; an empty tensor if there is none to add,
/// or nullopt if it is not constant.
static std::optional<Tensor> newBias(ConvOp conv, const ChannelAffine &affine,
                                     int64_t channels) {
  std::optional<Tensor> old;
  if (conv.getBias()) {
    old = floatConstant(conv.getBias());
    if (!old)
      return std::nullopt;
  }
  if (!old && affine.offset.empty())
    return Tensor();
  Tensor bias(getElementTypeOrSelf(conv.getResult()), {channels});
  for (int64_t c = 0; c < channels; ++c) {
    double scale = affine.scale.empty() ? 1.0 : affine.scale[c];
    double offset = affine.offset.empty() ? 0.0 : affine.offset[c];
    bias.setDouble(c, (old ? old->getDouble(c) : 0.0) * scale + offset);
  }
  return bias;
}

Value foldIntoConv(PatternRewriter &rewriter, ConvOp conv,
                   const ChannelAffine &affine, Location loc) {
  RankedTensorType type = rankedType(conv.getResult());
  if (!type || type.isDynamicDim(channelDim(conv)))
    return nullptr;
  std::optional<Tensor> bias =
      newBias(conv, affine, type.getDimSize(channelDim(conv)));
  if (!bias || (*bias && !allFinite(*bias)))
    return nullptr;

  Value filter = conv.getFilter();
  if (!affine.scale.empty()) {
    std::optional<Tensor> weights = floatConstant(filter);
    if (!weights)
      return nullptr;
    Tensor product =
        scaled(*weights, conv.getFilterLayout().outputChannel(), affine.scale);
    if (!allFinite(product))
      return nullptr;
    filter = makeConstant(rewriter, filter.getLoc(), product);
  }
  Value biasValue = *bias ? makeConstant(rewriter, loc, *bias) : conv.getBias();
  auto folded = cast<ConvOp>(rewriter.clone(*conv));
  folded->setLoc(loc);
  folded.getFilterMutable().assign(filter);
  if (biasValue)
    folded.getBiasMutable().assign(biasValue);
  return folded;
}

Value foldIntoMatMul(PatternRewriter &rewriter, MatMulOp matmul,
                     ArrayRef<double> scale, Location loc) {
  std::optional<Tensor> weights = floatConstant(matmul.getRhs());
  if (!weights || weights->rank() != 2)
    return nullptr;
  Tensor product = scaled(*weights, 1, scale);
  if (!allFinite(product))
    return nullptr;
  Value matrix = makeConstant(rewriter, matmul.getRhs().getLoc(), product);
  return MatMulOp::create(rewriter, loc, matmul.getType(), matmul.getLhs(),
                          matrix, matmul.getSumTypeAttr());
}

} // namespace systole::graph
