//===- LossOps.cpp - ONNX losses -----------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Classes are dimension 1 of the input; labels have its shape without them.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Onnx/Node.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ComparePredicate;
using systole::graph::ReduceKind;

namespace systole::onnx {

/// Combines all losses as attribute 'reduction' says; a mean is weighted.
static Value reduceLoss(Node &n, Value loss, Value weight) {
  std::string reduction = n.string("reduction", "mean");
  if (reduction == "none")
    return loss;
  if (reduction != "sum" && reduction != "mean")
    return n.error("reduction '" + reduction + "' is unknown");
  SmallVector<int64_t> axes;
  for (int64_t d = 0; d < GraphBuilder::rankOf(loss).value_or(0); ++d)
    axes.push_back(d);
  if (reduction == "mean" && !weight)
    return n.reduce(ReduceKind::mean, loss, axes, /*keepDims=*/false);
  Value sum = n.reduce(ReduceKind::sum, loss, axes, /*keepDims=*/false);
  if (reduction == "sum")
    return sum;
  return n.div(sum, n.reduce(ReduceKind::sum, weight, axes, false));
}

/// The negative logarithms of the labels' probabilities, weighted by class.
/// Labels of 'ignore_index', which may be no class, count nothing.
static Value negativeLogLikelihood(Node &n, Value logs, Value labels,
                                   Value classWeights) {
  if (!logs || !labels)
    return {};
  labels = n.cast(labels, n.getBuilder().getI64Type());
  Value isIgnored, weight;
  if (n.attribute("ignore_index")) {
    auto ignored = static_cast<double>(n.integer("ignore_index", 0));
    isIgnored = n.compare(ComparePredicate::eq, labels, ignored);
    labels = n.select(isIgnored, n.like(labels, 0), labels);
  }
  Value picked = gatherElements(n, logs, n.unsqueeze(labels, {1}), 1);
  Value loss = n.neg(n.squeeze(picked, {1}));
  if (classWeights)
    weight = n.gather(classWeights, labels, 0);
  if (isIgnored) {
    Value one = weight ? weight : n.like(loss, 1.0);
    weight = n.select(isIgnored, n.like(loss, 0), one);
  }
  if (weight)
    loss = n.mul(loss, weight);
  // The loss of an ignored label may be infinite: zero times that is none.
  if (isIgnored)
    loss = n.select(isIgnored, n.like(loss, 0), loss);
  return reduceLoss(n, loss, weight);
}

static void importNegativeLogLikelihoodLoss(Node &n) {
  if (n.rank(0))
    n.set(0, negativeLogLikelihood(n, n.in(0), n.in(1), n.optional(2)));
}

static void importSoftmaxCrossEntropyLoss(Node &n) {
  if (!n.rank(0))
    return;
  Value logs = logSoftmax(n, n.in(0), 1);
  n.set(0, negativeLogLikelihood(n, logs, n.in(1), n.optional(2)));
  n.set(1, logs);
}

llvm::ArrayRef<Operator> lossOperators() {
  static constexpr Operator rows[] = {
      {"NegativeLogLikelihoodLoss", 12, 28, importNegativeLogLikelihoodLoss},
      {"SoftmaxCrossEntropyLoss", 12, 28, importSoftmaxCrossEntropyLoss},
  };
  return rows;
}

} // namespace systole::onnx
