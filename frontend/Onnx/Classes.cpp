//===- Classes.cpp - Scores and labels of classes ------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Onnx/Classes.h"
#include "frontend/Common/Composites.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ComparePredicate;
using systole::graph::ReduceKind;

namespace systole::onnx {

Value floatsOf(Node &n, Value x) {
  Type type = GraphBuilder::elementType(x);
  if (!type || isa<FloatType>(type))
    return x;
  return n.cast(x, n.getBuilder().getF32Type());
}

/// sqrt(2) * erfinv(2 x - 1) by Winitzki's formula, which ONNX's own
/// implementations use.
static Value probit(Node &n, Value x) {
  constexpr double a = 0.147;
  Value y = n.sub(n.mul(x, 2.0), 1.0);
  Value logarithm = n.log(n.mul(n.sub(n.like(y, 1.0), y), n.add(y, 1.0)));
  Value v = n.add(n.mul(logarithm, 0.5), 2.0 / (M_PI * a));
  Value root =
      n.sqrt(n.sub(n.sqrt(n.sub(n.mul(v, v), n.div(logarithm, a))), v));
  return n.mul(n.mul(root, sign(n, y)), M_SQRT2);
}

/// Softmax over the scores that are not 0; those stay 0.
static Value softmaxZero(Node &n, Value scores) {
  Value isZero = n.compare(ComparePredicate::eq, scores, 0.0);
  Value largest = n.reduce(ReduceKind::max, scores, {1}, /*keepDims=*/true);
  Value e =
      n.select(isZero, n.like(scores, 0.0), n.exp(n.sub(scores, largest)));
  Value sum = n.reduce(ReduceKind::sum, e, {1}, /*keepDims=*/true);
  // A row of zeros has no sum.
  Value isNone = n.compare(ComparePredicate::eq, sum, 0.0);
  return n.div(e, n.select(isNone, n.like(sum, 1.0), sum));
}

Value postTransform(Node &n, Value scores, llvm::StringRef name) {
  if (name == "NONE")
    return scores;
  if (name == "LOGISTIC")
    return n.sigmoid(scores);
  if (name == "SOFTMAX")
    return n.softmax(scores, 1);
  if (name == "SOFTMAX_ZERO")
    return softmaxZero(n, scores);
  if (name == "PROBIT")
    return probit(n, scores);
  return n.error("post_transform '" + name + "' is unknown");
}

Value classLabels(Node &n) {
  for (llvm::StringRef name : {"classlabels_ints", "classlabels_int64s"})
    if (auto labels = n.integers(name); labels && !labels->empty())
      return n.ints(*labels);
  for (llvm::StringRef name : {"classlabels_strings"}) {
    std::vector<std::string> labels = n.strings(name);
    if (!labels.empty())
      return n.texts(labels);
  }
  return {};
}

Value twoClasses(Node &n, Value score, bool isProbability) {
  Value other = isProbability ? n.sub(n.like(score, 1.0), score) : n.neg(score);
  return n.concat({other, score}, 1);
}

Value bestLabel(Node &n, Value scores, Value labels) {
  if (GraphBuilder::sizeOf(labels, 0) == 1) {
    bool isText = isa<graph::StringType>(GraphBuilder::elementType(labels));
    labels = n.concat({isText ? n.texts({""}) : n.ints({0}), labels}, 0);
  }
  if (labels && scores &&
      GraphBuilder::sizeOf(scores, 1) > GraphBuilder::sizeOf(labels, 0))
    return n.error("there are more scores than labels");
  Value best = argReduce(n, ReduceKind::max, scores, 1, /*keepDims=*/false);
  return n.gather(labels, best, 0);
}

} // namespace systole::onnx
