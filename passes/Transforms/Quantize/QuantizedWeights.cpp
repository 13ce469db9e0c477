//===- QuantizedWeights.cpp - Weights as 8-bit integers -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See QuantizedWeights.h.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Quantize/QuantizedWeights.h"
#include "passes/Transforms/Graph/ChannelConstants.h"
#include "passes/Transforms/Quantize/Units.h"
#include <cmath>

using namespace mlir;
using namespace systole::graph;

/// Weights have no use for -128: what is symmetric stays so.
static constexpr float kMostWeight = 127;
/// A bias may take this part of the sums' 32 bits.
static constexpr double kMostBias = double(1 << 30);

int64_t QuantizedWeights::channelOf(int64_t i) const {
  int64_t inner = countElements(numbers.getShape().drop_front(channelDim + 1));
  return i / inner % numbers.dim(channelDim);
}

Operation *systole::graph::biasAddition(Operation *contraction) {
  if (!isa<MatMulOp>(contraction) || !contraction->hasOneUse())
    return nullptr;
  auto add = dyn_cast<AddOp>(*contraction->user_begin());
  if (!add || add.getType() != contraction->getResult(0).getType())
    return nullptr;
  Value other =
      add.getLhs() == contraction->getResult(0) ? add.getRhs() : add.getLhs();
  return constantAttribute(other) ? add.getOperation() : nullptr;
}

SmallVector<double, 0> systole::graph::biasOf(Operation *contraction) {
  Value bias;
  if (auto conv = dyn_cast<ConvOp>(contraction))
    bias = conv.getBias();
  else if (Operation *add = biasAddition(contraction))
    bias = add->getOperand(0) == contraction->getResult(0) ? add->getOperand(1)
                                                           : add->getOperand(0);
  RankedTensorType type = rankedType(contraction->getResult(0));
  int64_t dim = channelDim(contraction);
  if (!bias || !type || dim < 0)
    return {};
  std::optional<ChannelNumbers> numbers = isa<ConvOp>(contraction)
                                              ? constantNumbers(bias)
                                              : channelNumbers(bias, type, dim);
  return numbers ? SmallVector<double, 0>(*numbers) : SmallVector<double, 0>();
}

/// The dimension of weights that is the output's channels; -1: one scale.
static int64_t weightChannelDim(Operation *contraction, int64_t rank) {
  if (auto conv = dyn_cast<ConvOp>(contraction))
    return conv.getFilterLayout().outputChannel();
  return rank == 2 ? 1 : -1;
}

/// The largest magnitude of each channel; false at a number that is not finite.
static bool findLargest(const Tensor &weights, QuantizedWeights &into) {
  for (int64_t i = 0; i < weights.size(); ++i) {
    float x = std::abs(weights.load<float>(i));
    if (!std::isfinite(x))
      return false;
    float &largest =
        into.scales[into.scales.size() == 1 ? 0 : into.channelOf(i)];
    largest = std::max(largest, x);
  }
  return true;
}

std::optional<QuantizedWeights>
systole::graph::quantizeWeights(Operation *contraction, float inputScale) {
  Value value = weightsOf(contraction);
  if (!value)
    return std::nullopt;
  auto weights = tensorFromAttribute(constantAttribute(value));
  if (failed(weights))
    return std::nullopt;
  QuantizedWeights result;
  result.numbers =
      Tensor(IntegerType::get(value.getContext(), 8), weights->getShape());
  int64_t dim = weightChannelDim(contraction, weights->rank());
  result.channelDim = std::max<int64_t>(dim, 0);
  result.scales.assign(dim < 0 ? 1 : weights->dim(dim), 0);
  if (!findLargest(*weights, result))
    return std::nullopt;
  SmallVector<double, 0> bias = biasOf(contraction);
  for (auto [c, scale] : llvm::enumerate(result.scales)) {
    double least = bias.size() == result.scales.size()
                       ? std::abs(bias[c]) / (inputScale * kMostBias)
                       : 0;
    scale = std::max(scale / kMostWeight, static_cast<float>(least));
    // Of zeros alone anything is a scale.
    if (!(scale >= std::numeric_limits<float>::min()))
      scale = 1;
  }
  for (int64_t i = 0; i < weights->size(); ++i) {
    float scale =
        result.scales[result.scales.size() == 1 ? 0 : result.channelOf(i)];
    float q = std::nearbyint(weights->load<float>(i) / scale);
    result.numbers.setInt(
        i, static_cast<int64_t>(std::clamp(q, -kMostWeight, kMostWeight)));
  }
  return result;
}
