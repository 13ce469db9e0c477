//===- RandomCompositeNodes.cpp - What exporters write out ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operators in the small steps in which exporters write them: what composite
// recognition and fusion look for.
//
//===----------------------------------------------------------------------===//

#include "RandomModel.h"

namespace systole::suite {

bool ModelMaker::addWrittenOut() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->bound > kLargest)
    return false;
  RandomTensor x = *found, y = x;
  y.exact = false;
  switch (random.integer(0, 2)) {
  case 0: { // GELU: x (1 + erf(x / sqrt 2)) / 2.
    RandomTensor t = apply("Div", {x, number(1.41421356f)}, y);
    t = apply("Erf", {t}, t);
    t = apply("Add", {t, number(1)}, t);
    t = apply("Mul", {x, t}, t);
    return output(node("Mul", {t, number(0.5f)}), y);
  }
  case 1: { // Hard swish: x clip(x + 3, 0, 6) / 6.
    RandomTensor t = apply("Add", {x, number(3)}, y);
    t = apply("Clip", {t, number(0), number(6)}, t);
    t = apply("Mul", {x, t}, t);
    return output(node("Div", {t, number(6)}), y);
  }
  default: { // SiLU: x sigmoid(x).
    RandomTensor t = apply("Sigmoid", {x}, y);
    return output(node("Mul", {t, x}), y);
  }
  }
}

bool ModelMaker::addWrittenNorm() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.size() < 2 || found->bound > 100 || found->exact ||
      found->dims.back() < 2 || opset < 18)
    return false;
  RandomTensor x = *found, row = x, y = x;
  y.bound = 2 * x.bound + 10;
  row.dims.back() = 1;
  bool centre = random.oneIn(2);
  if (centre)
    x = apply("Sub", {x, apply("ReduceMean", {x, integers({-1})}, row)}, x);
  RandomTensor square = apply("Pow", {x, number(2)}, x);
  RandomTensor variance = apply("ReduceMean", {square, integers({-1})}, row);
  variance = apply("Add", {variance, number(0.1f)}, row);
  RandomTensor root = apply("Sqrt", {variance}, row);
  RandomTensor normal = apply("Div", {x, root}, y);
  RandomTensor scale = weight({x.dims.back()}, false);
  if (random.oneIn(2))
    return output(node("Mul", {normal, scale}), y);
  normal = apply("Mul", {normal, scale}, y);
  return output(node("Add", {normal, weight({x.dims.back()}, false)}), y);
}

bool ModelMaker::addWrittenAttention() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.size() != 3 || found->bound > 10 || found->exact)
    return false;
  RandomTensor x = *found, y = x;
  int64_t width = x.dims[2], length = x.dims[1];
  auto project = [&] {
    RandomTensor wide = x;
    wide.bound = x.bound * width;
    return apply("MatMul", {x, weight({width, width}, false)}, wide);
  };
  RandomTensor q = project(), k = project(), v = project(), turned = k;
  turned.dims = {x.dims[0], width, length};
  onnx::NodeProto &transpose = node("Transpose", {k});
  setAttribute(transpose, "perm", Dims{0, 2, 1});
  output(transpose, turned);
  turned.name = transpose.output(0);
  RandomTensor scores = q;
  scores.dims = {x.dims[0], length, length};
  scores.bound = q.bound * k.bound * width;
  scores = apply("MatMul", {q, turned}, scores);
  scores = apply("Mul", {scores, number(1.0f / float(width))}, scores);
  onnx::NodeProto &softmax = node("Softmax", {scores});
  setAttribute(softmax, "axis", int64_t(-1));
  scores.bound = 1;
  output(softmax, scores);
  scores.name = softmax.output(0);
  y.bound = v.bound;
  return output(node("MatMul", {scores, v}), y);
}

} // namespace systole::suite
