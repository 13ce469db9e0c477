//===- Random.cpp - Numbers that look random ------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Random.h"
#include "frontend/Common/Composites.h"
#include <cmath>

using namespace mlir;
using systole::graph::ComparePredicate;
using systole::graph::ReduceKind;

namespace systole::frontend {

static Value keyConstant(GraphBuilder &b, uint64_t key) {
  graph::Tensor tensor(b.getBuilder().getI64Type(), {});
  tensor.setInt(0, static_cast<int64_t>(key));
  return b.constant(tensor);
}

/// Numbers in [0, 1): f32 takes the upper 24 bits, which it holds exactly.
static Value unitInterval(GraphBuilder &b, Type type, Value shape,
                          uint64_t key) {
  Value bits = b.make<graph::RandomBitsOp>({shape, keyConstant(b, key)});
  if (type.isF64())
    return b.mul(b.cast(bits, type), 0x1p-32);
  return b.mul(b.cast(b.div(bits, 256.0), b.getBuilder().getF32Type()),
               0x1p-24);
}

Value uniform(GraphBuilder &b, Type type, Value shape, uint64_t key, double low,
              double high) {
  Value unit = unitInterval(b, type, shape, key);
  return b.cast(b.add(b.mul(unit, high - low), low), type);
}

Value normal(GraphBuilder &b, Type type, Value shape, uint64_t key, double mean,
             double deviation) {
  // Box and Muller: a radius and an angle from two uniform numbers each.
  Value pairs = shape ? b.concat({b.ints({2}), shape}, 0) : shape;
  Value unit = unitInterval(b, type, pairs, key);
  auto half = [&](int64_t i) {
    return b.squeeze(b.slice(unit, 0, i, i + 1), {0});
  };
  // 1 - u is never 0.
  Value logarithm = b.log(b.sub(b.like(unit, 1.0), half(0)));
  Value radius = b.sqrt(b.mul(logarithm, -2.0));
  Value cosine = b.make<graph::CosOp>({b.mul(half(1), 2 * M_PI)});
  return b.cast(b.add(b.mul(b.mul(radius, cosine), deviation), mean), type);
}

Value multinomial(GraphBuilder &b, Value logits, int64_t count, uint64_t key) {
  if (!logits)
    return {};
  Type type = GraphBuilder::elementType(logits);
  Type wide = type.isF64() ? type : Type(b.getBuilder().getF32Type());
  Value likely = b.softmax(b.cast(logits, wide), 1);
  Value upTo = cumulative(b, ReduceKind::sum, likely, 1);
  Value unit =
      unitInterval(b, wide, b.shape({b.extent(logits, 0), Extent(count)}), key);
  // The class is the number of classes that end at or before the draw.
  Value below = b.compare(ComparePredicate::le, b.unsqueeze(upTo, {1}),
                          b.unsqueeze(unit, {2}));
  Type i64 = b.getBuilder().getI64Type();
  Value number = b.reduce(ReduceKind::sum, b.cast(below, i64), {2}, false);
  Value last = b.sub(b.shape({b.extent(logits, 1)}), 1.0);
  return b.min(number, last);
}

Value bernoulli(GraphBuilder &b, Value probabilities, uint64_t key) {
  Type type = GraphBuilder::elementType(probabilities);
  if (!probabilities)
    return {};
  Type wide = type.isF64() ? type : Type(b.getBuilder().getF32Type());
  Value unit = unitInterval(b, wide, b.shapeOf(probabilities), key);
  return b.compare(ComparePredicate::lt, unit, b.cast(probabilities, wide));
}

} // namespace systole::frontend
