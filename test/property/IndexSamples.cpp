//===- IndexSamples.cpp - Samples of indices, orders and scans ------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Samples.h"

using namespace mlir;

namespace systole::property {

static std::string axisText(int64_t axis) {
  return "axis = " + std::to_string(axis) + " : i64";
}

static Type indexType(Random &random) {
  return random.type(random.oneIn(2) ? "i64" : "i32");
}

/// Indices into a dimension of `size`, negative ones too; rarely, one is out of
/// range. Into an empty dimension there are none that are not.
static Operand indices(Random &random, ArrayRef<int64_t> shape, int64_t size) {
  int64_t highest = random.oneIn(12) ? size : std::max<int64_t>(size - 1, 0);
  return {random.integers(indexType(random), shape, -size, highest),
          Operand::Known::Argument};
}

/// A shape for indices: no dimension but `axis` exceeds that of `shape`.
static Shape withinShape(Random &random, Shape shape, int64_t axis) {
  for (auto [d, dim] : llvm::enumerate(shape))
    if (static_cast<int64_t>(d) == axis)
      dim = random.size(9);
    else if (random.oneIn(3))
      dim = random.integer(std::min<int64_t>(dim, 1), dim);
  return shape;
}

static Sample gatherElements(Random &random) {
  Shape shape = random.shape(1, 4);
  int64_t axis = random.integer(0, shape.size() - 1);
  Shape places = withinShape(random, shape, axis);
  return {"graph.gather_elements",
          {{random.wildNumbers(random.realType(), shape)},
           indices(random, places, shape[axis])},
          axisText(axis),
          ""};
}

/// A replacement, or a combination of numbers.
static std::string scatterKind(Random &random) {
  static const std::string kinds[] = {"replace", "add", "mul", "max", "min"};
  return "kind = #graph<scatter_kind " + random.pick<std::string>(kinds) + ">";
}

static Sample scatterElements(Random &random) {
  Type type = random.realType();
  Shape shape = random.shape(1, 3);
  int64_t axis = random.integer(0, shape.size() - 1);
  Shape places = withinShape(random, shape, axis);
  return {"graph.scatter_elements",
          {{random.wildNumbers(type, shape)},
           indices(random, places, shape[axis]),
           {random.wildNumbers(type, places)}},
          scatterKind(random) + ", " + axisText(axis),
          ""};
}

/// Tuples of `length` indices into the dimensions from `first` on. Their number
/// stays known: it decides a rank.
static Operand tuples(Random &random, const Shape &shape, Shape places,
                      int64_t first, int64_t length) {
  places.push_back(length);
  int64_t smallest = 40;
  for (int64_t j = 0; j < length; ++j)
    smallest = std::min(smallest, shape[first + j]);
  Operand operand = indices(random, places, smallest);
  operand.known = Operand::Known::Shape;
  return operand;
}

static Sample gatherND(Random &random) {
  Shape shape = random.shape(1, 4);
  int64_t rank = shape.size();
  int64_t batch = random.oneIn(3) ? random.integer(0, rank - 1) : 0;
  int64_t length = random.integer(0, rank - batch);
  Shape places(shape.begin(), shape.begin() + batch);
  for (int64_t i = random.integer(0, 2); i > 0; --i)
    places.push_back(random.size(5));
  return {"graph.gather_nd",
          {{random.wildNumbers(random.realType(), shape)},
           tuples(random, shape, places, batch, length)},
          "batch_dims = " + std::to_string(batch) + " : i64",
          ""};
}

static Sample scatterND(Random &random) {
  Type type = random.realType();
  Shape shape = random.shape(1, 4), places;
  int64_t length = random.integer(0, shape.size());
  for (int64_t i = random.integer(0, 2); i > 0; --i)
    places.push_back(random.size(5));
  Shape updates = places;
  updates.append(shape.begin() + length, shape.end());
  return {"graph.scatter_nd",
          {{random.wildNumbers(type, shape)},
           tuples(random, shape, places, 0, length),
           {random.wildNumbers(type, updates)}},
          scatterKind(random),
          ""};
}

/// From a start to a limit in steps of any sign; rarely of zero.
static Sample range(Random &random) {
  Type type = random.realType();
  auto number = [&](int64_t low, int64_t high) -> Operand {
    return {random.integers(type, {}, low, high)};
  };
  Operand delta = number(random.oneIn(12) ? 0 : 1, 4);
  bool isUnsigned = type.isUnsignedInteger();
  if (isa<FloatType>(type) && !random.oneIn(3))
    delta.tensor.setDouble(0, random.real(3.0) + 0.01);
  else if (!isUnsigned && random.oneIn(2))
    delta.tensor.setDouble(0, -delta.tensor.getDouble(0));
  return {"graph.range",
          {number(isUnsigned ? 0 : -30, 60), number(isUnsigned ? 0 : -30, 60),
           delta},
          "",
          ""};
}

static Sample nonZero(Random &random) {
  Type type = random.oneIn(3) ? random.type("i1") : random.realType();
  Tensor input = random.wildNumbers(type, random.shape(0, 4));
  for (int64_t i = 0; i < input.size(); ++i)
    if (random.oneIn(2))
      input.setDouble(i, 0.0);
  return {"graph.non_zero", {{input}}, "", ""};
}

/// Numbers of which many are equal.
static Tensor repeatedNumbers(Random &random, Type type, const Shape &shape) {
  return random.oneIn(2) ? random.wildNumbers(type, shape)
                         : random.integers(type, shape, 0, 5);
}

static Sample argReduce(Random &random) {
  Shape shape = random.shape(1, 4);
  int64_t axis = random.integer(0, shape.size() - 1);
  shape[axis] = std::max<int64_t>(shape[axis], 1);
  std::string attributes = std::string("kind = #graph<reduce_kind ") +
                           (random.oneIn(2) ? "max" : "min") + ">, " +
                           axisText(axis);
  if (random.oneIn(2))
    attributes += ", keep_dims";
  if (random.oneIn(2))
    attributes += ", select_last";
  return {"graph.arg_reduce",
          {{repeatedNumbers(random, random.realType(), shape)}},
          attributes,
          ""};
}

static Sample topK(Random &random) {
  Shape shape = random.shape(1, 3);
  int64_t axis = random.integer(0, shape.size() - 1), size = shape[axis];
  int64_t k = random.oneIn(3) ? size : random.integer(0, size);
  if (random.oneIn(16))
    k = size + 1;
  // Never a constant that is too large: that is not valid.
  Operand limit{random.integers(random.type("i64"), {}, k, k),
                Operand::Known::Argument};
  return {"graph.top_k",
          {{repeatedNumbers(random, random.realType(), shape)}, limit},
          axisText(axis) + (random.oneIn(2) ? ", smallest" : ""),
          ""};
}

static Sample cumulative(Random &random) {
  static const std::string kinds[] = {"sum", "prod", "max", "min"};
  Shape shape = random.shape(1, 4);
  int64_t axis = random.integer(0, shape.size() - 1);
  std::string attributes = "kind = #graph<reduce_kind " +
                           random.pick<std::string>(kinds) + ">, " +
                           axisText(axis);
  if (random.oneIn(2))
    attributes += ", exclusive";
  if (random.oneIn(2))
    attributes += ", reverse";
  return {"graph.cumulative",
          {{random.wildNumbers(random.realType(), shape)}},
          attributes,
          ""};
}

void addIndices(std::map<std::string, Generator> &table) {
  table["graph.gather_elements"] = gatherElements;
  table["graph.gather_nd"] = gatherND;
  table["graph.scatter_elements"] = scatterElements;
  table["graph.scatter_nd"] = scatterND;
  table["graph.range"] = range;
  table["graph.non_zero"] = nonZero;
  table["graph.arg_reduce"] = argReduce;
  table["graph.top_k"] = topK;
  table["graph.cumulative"] = cumulative;
}

} // namespace systole::property
