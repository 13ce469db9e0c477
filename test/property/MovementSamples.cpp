//===- MovementSamples.cpp - Samples of data movement ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Samples.h"
#include <numeric>

using namespace mlir;

namespace systole::property {

/// Any type: movement does not look at elements.
static Type anyType(Random &random) {
  return random.oneIn(6) ? random.type("i1") : random.realType();
}

static Tensor anyTensor(Random &random, int64_t lowRank, int64_t highRank) {
  return random.wildNumbers(anyType(random), random.shape(lowRank, highRank));
}

static Operand listOf(Random &random, ArrayRef<int64_t> values) {
  return {random.list(values), Operand::Known::Rank};
}

/// A constant and a use of it that changes nothing, because an operation
/// without operands has no data in a sample.
static Sample constant(Random &random) {
  Tensor value = anyTensor(random, 0, 4);
  Shape identity(value.rank());
  std::iota(identity.begin(), identity.end(), 0);
  return {"graph.transpose",
          {{value, Operand::Known::Constant}},
          "perm = " + arrayText(identity),
          ""};
}

static Sample reshape(Random &random) {
  Tensor input = anyTensor(random, 0, 4);
  // Regroup the prime factors of the size.
  Shape shape(static_cast<size_t>(random.integer(1, 4)), 1);
  int64_t rest = input.size();
  for (int64_t factor = 2; rest > 1; rest % factor ? ++factor : rest /= factor)
    if (rest % factor == 0)
      shape[random.integer(0, shape.size() - 1)] *= factor;
  if (input.size() == 0)
    shape[0] = 0;
  else if (random.oneIn(2))
    shape[random.integer(0, shape.size() - 1)] = -1;
  std::string attributes;
  if (input.size() && input.rank() && random.oneIn(3)) {
    attributes = "copy_zeros";
    shape.assign(input.rank(), 0);
    shape.back() = random.oneIn(2) ? -1 : 0;
  }
  return {"graph.reshape", {{input}, listOf(random, shape)}, attributes, ""};
}

/// Some dimensions of 0 .. rank-1, increasing.
static Shape someAxes(Random &random, int64_t rank) {
  Shape axes;
  for (int64_t d = 0; d < rank; ++d)
    if (random.oneIn(2))
      axes.push_back(d);
  return axes;
}

static Sample squeeze(Random &random) {
  Shape shape = random.shape(0, 5);
  Shape axes = someAxes(random, shape.size());
  for (int64_t axis : axes)
    shape[axis] = 1;
  return {"graph.squeeze",
          {{random.wildNumbers(anyType(random), shape)}},
          "axes = " + arrayText(axes),
          ""};
}

static Sample unsqueeze(Random &random) {
  Shape axes = someAxes(random, 5);
  Tensor input = anyTensor(random, 5 - axes.size(), 5 - axes.size());
  return {"graph.unsqueeze", {{input}}, "axes = " + arrayText(axes), ""};
}

static Sample transpose(Random &random) {
  Tensor input = anyTensor(random, 0, 4);
  Shape perm(input.rank());
  std::iota(perm.begin(), perm.end(), 0);
  for (int64_t d = 1; d < input.rank(); ++d)
    std::swap(perm[d], perm[random.integer(0, d)]);
  return {"graph.transpose", {{input}}, "perm = " + arrayText(perm), ""};
}

static Sample broadcast(Random &random) {
  Shape shape = random.shape(0, 4);
  Tensor input =
      random.wildNumbers(anyType(random), random.broadcastable(shape));
  Shape wanted = random.oneIn(3) ? random.broadcastable(shape) : shape;
  return {"graph.broadcast", {{input}, listOf(random, wanted)}, "", ""};
}

static Sample concat(Random &random) {
  Type type = anyType(random);
  Shape shape = random.shape(1, 4);
  int64_t axis = random.integer(0, shape.size() - 1);
  Sample sample{
      "graph.concat", {}, "axis = " + std::to_string(axis) + " : i64", ""};
  for (int64_t i = random.integer(1, 4); i > 0; --i) {
    shape[axis] = random.size(9);
    sample.operands.push_back({random.wildNumbers(type, shape)});
  }
  return sample;
}

static Sample slice(Random &random) {
  Tensor input = anyTensor(random, 1, 4);
  Shape axes = someAxes(random, input.rank());
  Shape starts, ends, steps;
  for (int64_t axis : axes) {
    int64_t size = input.dim(axis);
    starts.push_back(random.integer(-size - 2, size + 2));
    ends.push_back(random.oneIn(4) ? (random.oneIn(2) ? INT64_MAX : INT64_MIN)
                                   : random.integer(-size - 2, size + 2));
    steps.push_back(random.oneIn(2) ? 1 : random.integer(1, 3));
    if (random.oneIn(3))
      steps.back() *= -1;
  }
  return {"graph.slice",
          {{input},
           listOf(random, starts),
           listOf(random, ends),
           listOf(random, steps)},
          "axes = " + arrayText(axes),
          ""};
}

static Sample pad(Random &random) {
  static const std::string modes[] = {"constant", "reflect", "edge", "wrap"};
  std::string mode = random.pick<std::string>(modes);
  Tensor input = anyTensor(random, 1, 4);
  int64_t rank = input.rank();
  Shape pads(2 * rank, 0);
  for (int64_t d = 0; d < rank; ++d) {
    int64_t size = input.dim(d);
    int64_t most = mode == "reflect" ? std::clamp<int64_t>(size - 1, 0, 3)
                   : mode == "edge"  ? (size ? 3 : 0)
                   : mode == "wrap"  ? (size ? 2 * size + 1 : 0)
                                     : 3;
    // What is removed on one side never exceeds the dimension.
    pads[d] = random.integer(random.oneIn(4) ? -size / 2 : 0, most);
    pads[rank + d] = random.integer(random.oneIn(4) ? -size / 2 : 0, most);
  }
  Sample sample{"graph.pad",
                {{input}, listOf(random, pads)},
                "mode = #graph<pad_mode " + mode + ">",
                ""};
  if (mode == "constant" && random.oneIn(2))
    sample.operands.push_back({random.numbers(input.getElementType(), {})});
  return sample;
}

static Sample gather(Random &random) {
  Tensor input = anyTensor(random, 1, 3);
  int64_t axis = random.integer(0, input.rank() - 1), size = input.dim(axis);
  // Nothing can be picked from nothing; rarely, one index is out of range.
  Shape picks = size ? random.shape(0, 2) : Shape{0};
  Type type = random.type(random.oneIn(2) ? "i64" : "i32");
  int64_t highest = random.oneIn(12) ? size : size - 1;
  Tensor indices = size ? random.integers(type, picks, -size, highest)
                        : random.integers(type, picks, 0, 0);
  return {"graph.gather",
          {{input}, {indices, Operand::Known::Argument}},
          "axis = " + std::to_string(axis) + " : i64",
          ""};
}

void addMovement(std::map<std::string, Generator> &table) {
  table["graph.constant"] = constant;
  table["graph.shape_of"] = [](Random &random) {
    return Sample{"graph.shape_of", {{anyTensor(random, 0, 4)}}, "", ""};
  };
  table["graph.reshape"] = reshape;
  table["graph.squeeze"] = squeeze;
  table["graph.unsqueeze"] = unsqueeze;
  table["graph.transpose"] = transpose;
  table["graph.broadcast"] = broadcast;
  table["graph.concat"] = concat;
  table["graph.slice"] = slice;
  table["graph.pad"] = pad;
  table["graph.gather"] = gather;
}

} // namespace systole::property
