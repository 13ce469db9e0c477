//===- LinearModelOps.cpp - Linear models of ai.onnx.ml ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Onnx/Classes.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ComparePredicate;

namespace systole::onnx {

/// x times the coefficients of each target, plus the intercepts: [rows,
/// targets].
static Value linear(Node &n, int64_t targets) {
  Value x = floatsOf(n, n.in(0));
  Type type = GraphBuilder::elementType(x);
  SmallVector<double> coefficients = n.reals("coefficients"),
                      intercepts = n.reals("intercepts");
  if (!x)
    return {};
  auto rank = n.rank(0);
  if (!rank)
    return {};
  if (*rank == 1)
    x = n.unsqueeze(x, {0});
  auto count = static_cast<int64_t>(coefficients.size());
  if (targets < 1 || *rank > 2 || *rank < 1 || count % targets != 0)
    return n.error(llvm::Twine(count) + " coefficients do not fit " +
                   llvm::Twine(targets) + " targets");
  Value weights = n.reshape(n.numbers(type, coefficients),
                            n.ints({targets, count / targets}));
  Value scores = n.matmul(x, n.transpose(weights, {1, 0}));
  return intercepts.empty() ? scores
                            : n.add(scores, n.numbers(type, intercepts));
}

static void importLinearRegressor(Node &n) {
  Value scores = linear(n, n.integer("targets", 1));
  n.set(0, postTransform(n, scores, n.string("post_transform", "NONE")));
}

static void importLinearClassifier(Node &n) {
  std::string transform = n.string("post_transform", "NONE");
  Value labels = classLabels(n);
  if (!labels)
    return (void)n.error("it has no labels");
  int64_t numLabels = GraphBuilder::sizeOf(labels, 0);
  // One row of coefficients may stand for two classes.
  auto intercepts = static_cast<int64_t>(n.reals("intercepts").size());
  bool isOne = numLabels <= 2 && intercepts == 1;
  Value scores = linear(n, isOne ? 1 : numLabels);
  if (isOne)
    scores = twoClasses(n, scores, /*isProbability=*/false);
  scores = postTransform(n, scores, transform);
  n.set(0, bestLabel(n, scores, labels));
  n.set(1, scores);
}

llvm::ArrayRef<Operator> modelOperators() {
  static constexpr Operator rows[] = {
      {"LinearClassifier", 1, 28, importLinearClassifier, kMlDomain},
      {"LinearRegressor", 1, 28, importLinearRegressor, kMlDomain},
  };
  return rows;
}

} // namespace systole::onnx
