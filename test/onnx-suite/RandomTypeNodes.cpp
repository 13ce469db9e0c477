//===- RandomTypeNodes.cpp - Element types other than float32 -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Chains that leave float32 and come back, so that every other family goes on
// with their results.
//
//===----------------------------------------------------------------------===//

#include "RandomModel.h"
#include <cmath>

namespace systole::suite {

bool ModelMaker::addIntegerChain() {
  static const char *const ops[] = {"Add", "Sub", "Mul", "Max", "Min", "Div"};
  static const int32_t types[] = {kInt8, kUInt8, kInt32, kInt64, kUInt32};
  const RandomTensor *found = pick(kFloat, /*exact=*/true);
  if (!found || found->bound > 100)
    return false;
  RandomTensor x = *found;
  x = apply("Abs", {x}, x);
  if (x.dims.empty())
    return false;
  x = castTo(oneOf(random, types), x);
  std::string op = oneOf(random, ops);
  // The second operand is 1 or 2: a divisor, and nothing overflows.
  RandomTensor b = castTo(x.type, weight({x.dims.back()}, true, true));
  RandomTensor sum = x;
  sum.bound = 2 * x.bound + 2;
  // 0 - 2 wraps where there is no sign.
  if (op == "Sub" && (x.type == kUInt8 || x.type == kUInt32))
    op = "Max";
  if (x.type == kInt8 && sum.bound > 127)
    op = "Min";
  castTo(kFloat, apply(op, {x, b}, sum));
  return true;
}

bool ModelMaker::addOtherFloats() {
  static const char *const ops[] = {"Add", "Sub", "Mul", "Max", "Min"};
  static const char *const unary[] = {"Relu", "Neg", "Abs", "Identity"};
  static const int32_t types[] = {kHalf, kDouble, kBFloat16};
  // Half has 11 bits: what is exact stays exact below 2048.
  const RandomTensor *found = pick(kFloat, /*exact=*/true);
  if (!found || found->bound > 100)
    return false;
  RandomTensor x = *found, b = operandFor(x);
  if (!b.exact || b.bound > 10)
    return false;
  int32_t type = oneOf(random, types);
  if (type == kBFloat16 && x.bound > 10)
    type = kDouble;
  x = castTo(type, x);
  b = castTo(type, b);
  x = apply(oneOf(random, unary), {x}, x);
  RandomTensor z = x;
  z.bound = std::max(x.bound * b.bound, x.bound + b.bound);
  castTo(kFloat, apply(oneOf(random, ops), {x, b}, z));
  return true;
}

bool ModelMaker::addRounding() {
  static const char *const ops[] = {"Floor", "Ceil", "Round"};
  const RandomTensor *found = pick(kFloat, /*exact=*/true);
  if (!found)
    return false;
  // Halves are exact, and the ties that matter.
  RandomTensor x = *found, half = x;
  half.exact = false;
  half = apply("Mul", {x, number(0.5f)}, half);
  return output(node(oneOf(random, ops), {half}), x);
}

bool ModelMaker::addQuantized() {
  const RandomTensor *found = pick(kFloat, /*exact=*/true);
  if (!found)
    return false;
  RandomTensor x = *found, y = x, q = x;
  // The scale is a power of two: quotients are exact, and so are ties.
  RandomTensor scale = number(random.oneIn(2) ? 0.5f : 2.0f);
  RandomTensor zero = castTo(random.oneIn(2) ? kInt8 : kUInt8,
                             number(float(random.integer(0, 4))));
  q.type = zero.type;
  q.bound = 255;
  q = apply("QuantizeLinear", {x, scale, zero}, q);
  y.bound = std::min(x.bound + 2, 510.0);
  y.exact = scale.bound == 2;
  return output(node("DequantizeLinear", {q, scale, zero}), y);
}

//===----------------------------------------------------------------------===//
// Products of 8-bit numbers
//===----------------------------------------------------------------------===//

ModelMaker::Quantized ModelMaker::quantized(const RandomTensor &x) {
  Quantized q;
  q.scale = number(random.oneIn(2) ? 0.5f : 2.0f);
  q.zero = bytes({}, random.oneIn(2) ? kInt8 : kUInt8);
  q.values = x;
  q.values.type = q.zero.type;
  q.values.bound = 255;
  q.values = apply("QuantizeLinear", {x, q.scale, q.zero}, q.values);
  return q;
}

ModelMaker::Quantized ModelMaker::resultOf(double bound) {
  // Any number, so that results fall anywhere between two steps.
  float scale = static_cast<float>(bound / 150 * (1.2 + random.real()));
  return {{}, number(scale), bytes({}, random.oneIn(2) ? kInt8 : kUInt8)};
}

bool ModelMaker::addExactFloats(onnx::NodeProto &node, RandomTensor y,
                                const Quantized &result) {
  RandomTensor q = y;
  q.type = result.zero.type;
  q.bound = 255;
  output(node, q);
  q.name = node.output(0);
  y.exact = true;
  y.bound = 255;
  return output(this->node("DequantizeLinear", {q, number(1), result.zero}), y);
}

bool ModelMaker::addQLinearMatMul() {
  const RandomTensor *found = pick(kFloat, /*exact=*/true);
  if (!found || found->dims.size() < 2)
    return false;
  RandomTensor x = *found, y = x;
  int64_t depth = x.dims.back(), width = random.integer(1, 35);
  Quantized q = quantized(x);
  RandomTensor w = bytes({depth, width}, random.oneIn(2) ? kInt8 : kUInt8);
  Dims parameters = random.oneIn(2) ? Dims{width} : Dims{};
  RandomTensor scales = weight(parameters, false, /*positive=*/true);
  RandomTensor zeros = bytes(parameters, w.type);
  Quantized result = resultOf(200.0 * 150.0 * std::sqrt(double(depth)));
  y.dims.back() = width;
  return addExactFloats(
      node("QLinearMatMul", {q.values, q.scale, q.zero, w, scales, zeros,
                             result.scale, result.zero}),
      y, result);
}

} // namespace systole::suite
