//===- CorrectBias.cpp - Take the mean error of rounded weights out of the bias
//===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The mean over samples and positions of sum((W' - W) * x), for each output
// channel: weights times the mean of the input channel that they multiply.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Common/PassStatistic.h"
#include "passes/Transforms/Graph/ChannelConstants.h"
#include "passes/Transforms/Graph/ConstantEvaluation.h"
#include "passes/Transforms/Quantize/Passes.h"
#include "passes/Transforms/Quantize/QuantizedWeights.h"
#include "passes/Transforms/Quantize/Units.h"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHCORRECTBIAS
#include "passes/Transforms/Quantize/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

/// The input channel that each element of the weights multiplies.
static int64_t inputChannel(Operation *op, const Tensor &weights, int64_t i) {
  auto along = [&](int64_t dim) {
    int64_t inner = countElements(weights.getShape().drop_front(dim + 1));
    return i / inner % weights.dim(dim);
  };
  auto conv = dyn_cast<ConvOp>(op);
  if (!conv)
    return along(weights.rank() - 2);
  LayoutAttr layout = conv.getFilterLayout();
  int64_t inputs = weights.dim(layout.inputChannel());
  int64_t perGroup = weights.dim(layout.outputChannel()) /
                     static_cast<int64_t>(conv.getGroups());
  return along(layout.inputChannel()) +
         along(layout.outputChannel()) / perGroup * inputs;
}

/// What is to be added to the bias; empty where that is not known, or nothing.
static SmallVector<double> correctionOf(Operation *op) {
  ArrayRef<float> means = numbersOf(op->getOperand(0), kMeansAttr);
  std::optional<Interval> range = rangeOf(op->getOperand(0));
  if (means.empty() || !range || channelDim(op) < 0 ||
      !rangeOf(op->getResult(0)))
    return {};
  auto quantized = quantizeWeights(op, int8Scale(*range).scale);
  auto weights = tensorFromAttribute(constantAttribute(weightsOf(op)));
  if (!quantized || failed(weights) || quantized->scales.size() < 1)
    return {};
  SmallVector<double> correction(weights->dim(quantized->channelDim), 0.0);
  for (int64_t i = 0; i < weights->size(); ++i) {
    int64_t o = quantized->channelOf(i), c = inputChannel(op, *weights, i);
    if (c >= static_cast<int64_t>(means.size()))
      return {};
    double stands = quantized->numbers.getInt(i) * double(quantized->scales[o]);
    correction[o] -= (stands - weights->load<float>(i)) * means[c];
  }
  bool any = llvm::any_of(correction, [](double x) { return x != 0; });
  return any ? correction : SmallVector<double>();
}

/// Adds `numbers` to the bias of a convolution.
static bool addToConv(ConvOp conv, ArrayRef<double> numbers) {
  SmallVector<double, 0> bias = biasOf(conv);
  if (conv.getBias() && bias.size() != numbers.size())
    return false;
  Tensor sum(getElementTypeOrSelf(conv.getType()),
             {static_cast<int64_t>(numbers.size())});
  for (auto [c, number] : llvm::enumerate(numbers))
    sum.setDouble(c, number + (bias.empty() ? 0 : bias[c]));
  OpBuilder builder(conv);
  conv.getBiasMutable().assign(makeConstant(builder, conv.getLoc(), sum));
  return true;
}

/// Adds `numbers` to what is added to a matrix product, or to the product.
static bool addToProduct(MatMulOp product, ArrayRef<double> numbers) {
  OpBuilder builder(product);
  Type f32 = builder.getF32Type();
  Value extra = makeChannelConstant(builder, product.getLoc(), f32, numbers, 0);
  if (!extra)
    return false;
  if (Operation *add = biasAddition(product)) {
    builder.setInsertionPoint(add);
    bool left = constantAttribute(add->getOperand(0)) != nullptr;
    Value sum =
        combineConstants(builder, add->getLoc(), AddOp::getOperationName(),
                         add->getOperand(left ? 0 : 1), extra);
    // Of one number for all columns, there are fewer than needed.
    if (sum)
      add->setOperand(left ? 0 : 1, sum);
    if (sum)
      return true;
  }
  builder.setInsertionPointAfter(product);
  auto sum = AddOp::create(builder, product.getLoc(), product.getType(),
                           product, extra);
  product.getResult().replaceAllUsesExcept(sum, sum);
  // What calibration said of the product holds for the sum.
  sum->setAttr(kRangeAttr, product->getAttr(kRangeAttr));
  return true;
}

namespace {
struct GraphCorrectBias
    : systole::graph::impl::GraphCorrectBiasBase<GraphCorrectBias> {
  using GraphCorrectBiasBase::GraphCorrectBiasBase;

  void runOnOperation() override {
    SmallVector<Operation *> contractions;
    getOperation().walk([&](Operation *op) {
      if (weightsOf(op))
        contractions.push_back(op);
    });
    for (Operation *op : contractions) {
      SmallVector<double> correction = correctionOf(op);
      if (correction.empty())
        continue;
      auto conv = dyn_cast<ConvOp>(op);
      numCorrected += conv ? addToConv(conv, correction)
                           : addToProduct(cast<MatMulOp>(op), correction);
    }
    (void)removeDeadOperations(getOperation());
  }
};
} // namespace
