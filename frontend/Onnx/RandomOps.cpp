//===- RandomOps.cpp - ONNX operators that draw random numbers -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is drawn follows from attribute 'seed', or else from the node's name: it
// is the same in every run.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Random.h"
#include "frontend/Onnx/Node.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace systole::frontend;

namespace systole::onnx {

static uint64_t randomKey(Node &n) {
  const AttributeProto *seed = n.attribute("seed");
  if (!seed)
    return llvm::xxh3_64bits(n.proto.name() + "\n" +
                             (n.proto.output_size() ? n.proto.output(0) : ""));
  // An integer in some operators.
  return seed->type() == 2 ? static_cast<uint64_t>(n.integer("seed", 0))
                           : llvm::bit_cast<uint64_t>(n.real("seed", 0));
}

/// The element type of attribute 'dtype', else `otherwise`.
static Type randomType(Node &n, Type otherwise) {
  if (!n.attribute("dtype"))
    return otherwise;
  Type type = elementTypeOf(n.getContext(), n.integer("dtype", 1));
  if (type && isa<FloatType, IntegerType>(type))
    return type;
  n.error("attribute 'dtype' is not a number type");
  return {};
}

/// Sizes and type of a random tensor: from attributes, or like operand 0.
static bool randomShape(Node &n, bool like, Value &shape, Type &type) {
  Type f32 = n.getBuilder().getF32Type();
  if (like) {
    Value x = n.in(0);
    Type own = GraphBuilder::elementType(x);
    type = randomType(n, own && isa<FloatType>(own) ? own : f32);
    shape = n.shapeOf(x);
  } else {
    auto sizes = n.integers("shape");
    if (!sizes)
      return n.error("attribute 'shape' is missing"), false;
    type = randomType(n, f32);
    shape = n.ints(*sizes);
  }
  if (type && !isa<FloatType>(type))
    n.error("attribute 'dtype' is not a float type");
  return shape && type && !n.failed();
}

template <bool like>
static void importRandomUniform(Node &n) {
  Value shape;
  Type type;
  if (randomShape(n, like, shape, type))
    n.set(0, uniform(n, type, shape, randomKey(n), n.real("low", 0),
                     n.real("high", 1)));
}

template <bool like>
static void importRandomNormal(Node &n) {
  Value shape;
  Type type;
  if (randomShape(n, like, shape, type))
    n.set(0, normal(n, type, shape, randomKey(n), n.real("mean", 0),
                    n.real("scale", 1)));
}

static void importMultinomial(Node &n) {
  auto rank = n.rank(0);
  Type type = randomType(n, n.getBuilder().getI32Type());
  int64_t count = n.integer("sample_size", 1);
  if (!rank || !type)
    return;
  if (*rank != 2 || count < 0 || !isa<IntegerType>(type))
    return (void)n.error("needs 2 dimensions, an integer type, and a sample "
                         "size that is not negative");
  n.set(0, n.cast(multinomial(n, n.in(0), count, randomKey(n)), type));
}

static void importBernoulli(Node &n) {
  Value x = n.in(0);
  Type type = randomType(n, GraphBuilder::elementType(x));
  if (x && type)
    n.set(0, n.cast(bernoulli(n, x, randomKey(n)), type));
}

//===----------------------------------------------------------------------===//
// Dropout
//===----------------------------------------------------------------------===//

/// Which elements of x are kept in training; the others are dropped with
/// probability `ratio`.
static Value keptElements(Node &n, Value x, Value ratio) {
  Value keep = n.sub(n.like(ratio, 1.0), ratio);
  return bernoulli(n, n.broadcast(keep, n.shapeOf(x)), randomKey(n));
}

/// Drops in training alone: where input 2 says so, and the ratio, input 1, is
/// not 0.
static void importDropout(Node &n) {
  Value x = n.in(0), ratio = n.optional(1), training = n.optional(2);
  if (!x)
    return;
  if (!ratio)
    ratio = n.scalar(n.getBuilder().getF32Type(), 0.5);
  bool never = !training || graph::isConstantSplat(training, 0) ||
               graph::isConstantSplat(ratio, 0);
  // The mask is of type bool since operator set 10.
  Type type =
      n.opset < 10 ? GraphBuilder::elementType(x) : n.getBuilder().getI1Type();
  if (never) {
    n.set(0, x);
    if (n.wants(1))
      n.set(1, n.broadcast(n.scalar(type, 1.0), n.shapeOf(x)));
    return;
  }
  ratio = asScalar(n, ratio);
  Value kept = keptElements(n, x, ratio);
  if (!graph::isConstantSplat(training, 1))
    kept = n.make<graph::OrOp>({kept, n.logicalNot(asScalar(n, training))});
  Value scale =
      n.cast(n.div(n.like(ratio, 1.0), n.sub(n.like(ratio, 1.0), ratio)),
             GraphBuilder::elementType(x));
  Value factor = n.select(asScalar(n, training), scale, n.like(x, 1.0));
  n.set(0, n.select(kept, n.mul(x, factor), n.like(x, 0.0)));
  n.set(1, n.cast(kept, type));
}

llvm::ArrayRef<Operator> randomOperators() {
  static constexpr Operator rows[] = {
      {"Bernoulli", 15, 28, importBernoulli},
      {"Dropout", 1, 28, importDropout},
      {"Multinomial", 7, 28, importMultinomial},
      {"RandomNormal", 1, 28, importRandomNormal<false>},
      {"RandomNormalLike", 1, 28, importRandomNormal<true>},
      {"RandomUniform", 1, 28, importRandomUniform<false>},
      {"RandomUniformLike", 1, 28, importRandomUniform<true>},
  };
  return rows;
}

} // namespace systole::onnx
