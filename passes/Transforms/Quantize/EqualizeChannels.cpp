//===- EqualizeChannels.cpp - Scale channels between two contractions alike
//===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   first  ->  (bias)  ->  relu ...  ->  second
//
// From the second contraction back: values with one reader, rectified units,
// the addition of a matrix product's bias.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Common/PassStatistic.h"
#include "passes/Transforms/Graph/ChannelConstants.h"
#include "passes/Transforms/Quantize/Passes.h"
#include "passes/Transforms/Quantize/QuantizedWeights.h"
#include "passes/Transforms/Quantize/Units.h"
#include <cmath>

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHEQUALIZECHANNELS
#include "passes/Transforms/Quantize/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

/// Factors are from 2^-kMostExponent to 2^kMostExponent.
static constexpr int kMostExponent = 8;

namespace {
/// Two contractions, and what is between them.
struct Pair {
  Operation *first, *second;
  /// Values from the first's result to the second's operand.
  SmallVector<Value> between;
};
} // namespace

/// The dimension of the second contraction's weights that its operand's
/// channels are, or -1. `depthwise`: each channel has weights of its own.
static int64_t consumedDim(Operation *second, bool &depthwise) {
  auto conv = dyn_cast<ConvOp>(second);
  depthwise = conv && conv.getGroups() != 1;
  if (!conv) {
    RankedTensorType type = rankedType(weightsOf(second));
    return type.getRank() == 2 ? 0 : -1;
  }
  LayoutAttr layout = conv.getFilterLayout();
  if (!depthwise)
    return layout.inputChannel();
  int64_t outputs =
      rankedType(conv.getFilter()).getDimSize(layout.outputChannel());
  return int64_t(conv.getGroups()) == outputs ? layout.outputChannel() : -1;
}

static std::optional<Pair> matchPair(Operation *second) {
  if (!weightsOf(second))
    return std::nullopt;
  Pair pair{nullptr, second, {}};
  Value value = second->getOperand(0);
  while (value.hasOneUse()) {
    Operation *op = value.getDefiningOp();
    if (!op)
      return std::nullopt;
    pair.between.push_back(value);
    if (isa<ConvOp, MatMulOp>(op)) {
      auto conv = dyn_cast<ConvOp>(op);
      bool known = weightsOf(op) && channelDim(op) >= 0 &&
                   (!conv || !conv.getBias() || !biasOf(op).empty());
      // What has more than a bias added to its sums is not scaled alone.
      pair.first = op;
      return known && channelDim(op) == inputChannelDim(second)
                 ? std::optional<Pair>(pair)
                 : std::nullopt;
    }
    auto add = dyn_cast<AddOp>(op);
    if (isa<ReluOp>(op))
      value = op->getOperand(0);
    else if (add && add.getLhs().getDefiningOp() &&
             biasAddition(add.getLhs().getDefiningOp()) == op &&
             !biasOf(add.getLhs().getDefiningOp()).empty())
      value = add.getLhs();
    else
      return std::nullopt;
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Factors
//===----------------------------------------------------------------------===//

/// The largest magnitude for each index of `dim`; empty where one is not
/// finite.
static SmallVector<double> magnitudesAlong(const Tensor &weights, int64_t dim) {
  SmallVector<double> largest(weights.dim(dim), 0);
  int64_t inner = countElements(weights.getShape().drop_front(dim + 1));
  for (int64_t i = 0; i < weights.size(); ++i) {
    double x = std::abs(weights.load<float>(i));
    if (!std::isfinite(x))
      return {};
    double &channel = largest[i / inner % weights.dim(dim)];
    channel = std::max(channel, x);
  }
  return largest;
}

static FailureOr<Tensor> tensorOf(Value constant) {
  return tensorFromAttribute(constantAttribute(constant));
}

/// The exponents of the factors that divide the channels, all 0 in the end.
static SmallVector<int> chooseExponents(const Pair &pair, int64_t dim,
                                        bool depthwise) {
  auto first = tensorOf(weightsOf(pair.first)),
       second = tensorOf(weightsOf(pair.second));
  if (failed(first) || failed(second))
    return {};
  ArrayRef<float> seen = numbersOf(pair.between.front(), kMagnitudesAttr);
  SmallVector<double> before(seen.begin(), seen.end());
  if (before.empty()) {
    auto conv = dyn_cast<ConvOp>(pair.first);
    int64_t outputs =
        conv ? conv.getFilterLayout().outputChannel() : first->rank() - 1;
    before = magnitudesAlong(*first, outputs);
  }
  SmallVector<double> after = magnitudesAlong(*second, dim);
  if (before.size() != after.size())
    return {};
  // Relative to the largest channel, which stays.
  SmallVector<double> wanted(before.size(), 0);
  double most = -std::numeric_limits<double>::infinity();
  for (size_t c = 0; c < before.size(); ++c) {
    if (!(before[c] > 0) || !(after[c] > 0))
      continue;
    wanted[c] = depthwise ? std::log2(before[c])
                          : 0.5 * std::log2(before[c] / after[c]);
    most = std::max(most, wanted[c]);
  }
  SmallVector<int> exponents(before.size(), 0);
  for (size_t c = 0; c < before.size(); ++c)
    if (before[c] > 0 && after[c] > 0)
      exponents[c] =
          std::clamp<int>(std::lround(depthwise ? wanted[c] - most : wanted[c]),
                          -kMostExponent, kMostExponent);
  return exponents;
}

//===----------------------------------------------------------------------===//
// Change
//===----------------------------------------------------------------------===//

/// `tensor` with index c of `dim` times 2^(sign * exponents[c]), exactly; null
/// where a number would lose a bit.
static std::optional<Tensor> scaledBy(const Tensor &tensor, int64_t dim,
                                      ArrayRef<int> exponents, int sign) {
  Tensor result(tensor.getElementType(), tensor.getShape());
  int64_t inner = countElements(tensor.getShape().drop_front(dim + 1));
  for (int64_t i = 0; i < tensor.size(); ++i) {
    auto x = tensor.load<float>(i);
    int exponent = sign * exponents[i / inner % tensor.dim(dim)];
    float scaled = std::ldexp(x, exponent);
    if (std::ldexp(scaled, -exponent) != x || !std::isfinite(scaled))
      return std::nullopt;
    result.store(i, scaled);
  }
  return result;
}

/// Replaces operand `i` of `op`, a constant, by `tensor`.
static void setConstant(Operation *op, unsigned i, const Tensor &tensor) {
  OpBuilder builder(op);
  op->setOperand(i, makeConstant(builder, op->getOperand(i).getLoc(), tensor));
}

/// The operation and operand that hold the first contraction's bias, or null.
static OpOperand *biasOperand(Operation *first) {
  if (auto conv = dyn_cast<ConvOp>(first))
    return conv.getBias() ? &conv->getOpOperand(2) : nullptr;
  Operation *add = biasAddition(first);
  if (!add)
    return nullptr;
  bool left = constantAttribute(add->getOperand(0)) != nullptr;
  return &add->getOpOperand(left ? 0 : 1);
}

/// Scales both sides of `pair`; false where that would not be exact.
static bool scalePair(const Pair &pair, int64_t dim, ArrayRef<int> exponents) {
  auto conv = dyn_cast<ConvOp>(pair.first);
  auto weights = tensorOf(weightsOf(pair.first)),
       next = tensorOf(weightsOf(pair.second));
  int64_t outputs =
      conv ? conv.getFilterLayout().outputChannel() : weights->rank() - 1;
  auto scaled = scaledBy(*weights, outputs, exponents, -1);
  auto scaledNext = scaledBy(*next, dim, exponents, 1);
  OpOperand *bias = biasOperand(pair.first);
  std::optional<Tensor> scaledBias;
  if (bias) {
    Tensor numbers(weights->getElementType(),
                   {static_cast<int64_t>(exponents.size())});
    for (auto [c, number] : llvm::enumerate(biasOf(pair.first)))
      numbers.setDouble(c, number);
    scaledBias = scaledBy(numbers, 0, exponents, -1);
  }
  if (!scaled || !scaledNext || (bias && !scaledBias))
    return false;
  if (bias)
    setConstant(bias->getOwner(), bias->getOperandNumber(), *scaledBias);
  setConstant(pair.first, 1, *scaled);
  setConstant(pair.second, 1, *scaledNext);
  for (Value value : pair.between)
    for (StringRef name : {kRangeAttr, kMeansAttr, kMagnitudesAttr})
      setNumbers(value, name, {});
  return true;
}

namespace {
struct GraphEqualizeChannels
    : systole::graph::impl::GraphEqualizeChannelsBase<GraphEqualizeChannels> {
  using GraphEqualizeChannelsBase::GraphEqualizeChannelsBase;

  void runOnOperation() override {
    SmallVector<Operation *> contractions;
    getOperation().walk([&](Operation *op) {
      if (isa<ConvOp, MatMulOp>(op))
        contractions.push_back(op);
    });
    for (Operation *second : contractions) {
      std::optional<Pair> pair = matchPair(second);
      if (!pair)
        continue;
      bool depthwise = false;
      int64_t dim = consumedDim(second, depthwise);
      if (dim < 0)
        continue;
      SmallVector<int> exponents = chooseExponents(*pair, dim, depthwise);
      if (llvm::any_of(exponents, [](int e) { return e != 0; }))
        numPairs += scalePair(*pair, dim, exponents);
    }
    (void)removeDeadOperations(getOperation());
  }
};
} // namespace
