//===- NeuralSamples.cpp - Samples of contractions, windows, reductions ---===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sums are short and numbers of one magnitude, so that the order of a sum,
// which a backend may choose, moves the result by little.
//
//===----------------------------------------------------------------------===//

#include "Samples.h"
#include <numeric>

using namespace mlir;

namespace systole::property {

/// Floats mostly; integers, which wrap, are exact in any order.
static Type sumType(Random &random) {
  return random.oneIn(5) ? random.integerType() : random.floatType();
}

/// ", sum_type = i32" for some samples on small integers: types of the input,
/// the weights and the sums.
static std::string widerSums(Random &random, Type &type, Type &weights,
                             Type &sum) {
  sum = weights = type;
  if (!random.oneIn(4))
    return "";
  // Bytes, unsigned times signed, have a kernel of their own.
  static const std::string small[] = {"i16", "i16", "i8", "i4", "ui8", "ui8"};
  type = random.type(random.pick<std::string>(small));
  weights = type.isUnsignedInteger() ? random.type("i8")
            : random.oneIn(4) ? random.type(random.pick<std::string>(small))
                              : type;
  std::string text = random.oneIn(2) ? "i32" : "i64";
  sum = random.type(text);
  return "sum_type = " + text;
}

static Sample matmul(Random &random) {
  Type type = sumType(random), weights, sum;
  std::string attributes = widerSums(random, type, weights, sum);
  int64_t k = random.size(70), m = random.size(70), n = random.size(70);
  Shape batch =
      random.oneIn(2) ? Shape() : Shape{random.size(3), random.size(3)};
  Shape left = random.broadcastable(batch), right = batch;
  if (random.oneIn(2))
    std::swap(left, right);
  bool leftVector = random.oneIn(8), rightVector = random.oneIn(8);
  if (leftVector)
    left.clear();
  else
    left.push_back(m);
  left.push_back(k);
  if (rightVector)
    right.clear();
  right.push_back(k);
  if (!rightVector)
    right.push_back(n);
  Tensor lhs = random.numbers(type, left, 1.0);
  Tensor rhs = random.numbers(weights, right, 1.0);
  return {"graph.matmul", {{lhs}, {rhs}}, attributes, "", k};
}

/// The attributes and sizes of a sliding window in up to three dimensions.
namespace {
struct RandomWindow {
  int64_t numSpatial;
  Shape kernel, strides, dilations, pads, size;
  std::string attributes;

  explicit RandomWindow(Random &random) : numSpatial(random.integer(1, 3)) {
    // Two dimensions are what nearly all models have.
    if (random.oneIn(2))
      numSpatial = 2;
    pads.assign(2 * numSpatial, 0);
    bool automatic = random.oneIn(4);
    for (int64_t d = 0; d < numSpatial; ++d) {
      kernel.push_back(random.integer(1, numSpatial == 2 ? 5 : 3));
      strides.push_back(random.integer(1, 3));
      dilations.push_back(random.oneIn(3) ? 2 : 1);
      int64_t extent = (kernel[d] - 1) * dilations[d] + 1;
      if (!automatic && random.oneIn(2)) {
        pads[d] = random.integer(0, kernel[d]);
        pads[numSpatial + d] = random.integer(0, kernel[d]);
      }
      int64_t padded = pads[d] + pads[numSpatial + d];
      int64_t least = std::max<int64_t>(1, extent - padded);
      size.push_back(least + random.integer(0, numSpatial == 2 ? 14 : 6));
    }
    attributes = "strides = " + arrayText(strides) +
                 ", dilations = " + arrayText(dilations) +
                 ", pads = " + arrayText(pads);
    if (automatic)
      attributes += std::string(", auto_pad = #graph.auto_pad<") +
                    (random.oneIn(2) ? "same_upper>" : "same_lower>");
  }
};
} // namespace

/// A layout of the given letters and `numSpatial` digits: one of the usual two,
/// or any order.
static std::string randomLayout(Random &random, std::string letters,
                                int64_t numSpatial) {
  std::string digits = std::string("012").substr(0, numSpatial);
  std::string layout = letters + digits;
  if (random.oneIn(3)) // Channels last: n01c, 01io.
    layout = letters == "oi" ? digits + "io" : "n" + digits + "c";
  if (random.oneIn(6))
    for (size_t d = 1; d < layout.size(); ++d)
      std::swap(layout[d], layout[random.integer(0, d)]);
  return layout;
}

/// The shape of a tensor in `layout`.
static Shape arrange(StringRef layout, int64_t first, int64_t second,
                     StringRef letters, ArrayRef<int64_t> spatial) {
  Shape shape;
  for (char letter : layout)
    shape.push_back(letter == letters[0]   ? first
                    : letter == letters[1] ? second
                                           : spatial[letter - '0']);
  return shape;
}

static Sample conv(Random &random) {
  Type type = sumType(random), weights, sum;
  std::string wider = widerSums(random, type, weights, sum);
  RandomWindow window(random);
  int64_t groups = random.oneIn(2) ? 1 : random.integer(1, 4);
  int64_t in = random.integer(1, 6), out = random.size(20, false);
  if (random.oneIn(5)) // Depthwise.
    groups = random.integer(1, 20), in = out = 1;
  int64_t batch = random.oneIn(20) ? 0 : random.integer(1, 2);
  int64_t n = window.numSpatial;
  std::string inputLayout = randomLayout(random, "nc", n);
  std::string filterLayout = randomLayout(random, "oi", n);
  std::string outputLayout =
      random.oneIn(4) ? randomLayout(random, "nc", n) : inputLayout;
  Shape inputShape =
      arrange(inputLayout, batch, groups * in, "nc", window.size);
  Shape filterShape =
      arrange(filterLayout, groups * out, in, "oi", window.kernel);
  Sample sample{"graph.conv",
                {{random.numbers(type, inputShape, 1.0)},
                 {random.numbers(weights, filterShape, 1.0)}},
                window.attributes + ", groups = " + std::to_string(groups) +
                    " : i64",
                ""};
  for (auto [name, layout] :
       {std::pair("input", inputLayout), std::pair("filter", filterLayout),
        std::pair("output", outputLayout)})
    sample.attributes += ", " + std::string(name) +
                         "_layout = #graph.layout<\"" + layout + "\">";
  if (!wider.empty())
    sample.attributes += ", " + wider;
  sample.terms = in * graph::countElements(window.kernel) + 1; // The bias.
  // Weights are constants in nearly all models; a few compute them, some of
  // those with a shape that only the run tells.
  sample.operands[1].known = !random.oneIn(3)  ? Operand::Known::Constant
                             : random.oneIn(2) ? Operand::Known::Shape
                                               : Operand::Known::Nothing;
  if (random.oneIn(2))
    sample.operands.push_back(
        {random.numbers(sum, {groups * out}, 1.0), sample.operands[1].known});
  return sample;
}

static Sample pool(Random &random, std::string op) {
  bool average = op == "graph.avg_pool";
  Type type = average ? random.floatType() : random.realType();
  RandomWindow window(random);
  std::string layout = randomLayout(random, "nc", window.numSpatial);
  Shape shape = arrange(layout, random.oneIn(20) ? 0 : random.integer(1, 2),
                        random.size(20), "nc", window.size);
  Sample sample{op,
                {{average ? random.numbers(type, shape)
                          : random.wildNumbers(type, shape)}},
                window.attributes + ", kernel = " + arrayText(window.kernel) +
                    ", layout = #graph.layout<\"" + layout + "\">",
                ""};
  sample.terms = 4 * graph::countElements(window.kernel);
  if (random.oneIn(3))
    sample.attributes += ", ceil_mode";
  if (average && random.oneIn(2))
    sample.attributes += ", count_include_pad";
  return sample;
}

static Sample reduce(Random &random) {
  static const std::string kinds[] = {"sum", "mean", "max", "min", "prod"};
  std::string kind = random.pick<std::string>(kinds);
  Type type = random.realType();
  Shape shape = random.shape(0, 4), axes;
  int64_t terms = 2;
  for (size_t d = 0; d < shape.size(); ++d)
    if (random.oneIn(2)) {
      axes.push_back(static_cast<int64_t>(d));
      terms *= std::max<int64_t>(1, shape[d]);
    }
  Tensor input = random.numbers(type, shape, 2.0);
  if (kind == "max" || kind == "min")
    input = random.wildNumbers(type, shape);
  if (kind == "prod" && isa<FloatType>(type)) // Products that stay in range.
    for (int64_t i = 0; i < input.size(); ++i)
      input.setDouble(i, random.oneIn(8) ? -1.0 : 1.0 + random.real(0.01));
  return {"graph.reduce",
          {{input}},
          "kind = #graph<reduce_kind " + kind + ">, axes = " + arrayText(axes) +
              (random.oneIn(2) ? ", keep_dims" : ""),
          "",
          terms};
}

static Sample softmax(Random &random) {
  Shape shape = random.shape(1, 4);
  int64_t axis = random.integer(0, shape.size() - 1);
  return {"graph.softmax",
          {{random.numbers(random.floatType(), shape)}},
          "axis = " + std::to_string(axis) + " : i64",
          ""};
}

static Sample batchNorm(Random &random) {
  Type type = random.floatType();
  Shape shape = random.shape(1, 4);
  int64_t axis = random.integer(0, shape.size() - 1);
  Sample sample{"graph.batch_norm",
                {{random.numbers(type, shape)}},
                "axis = " + std::to_string(axis) +
                    " : i64, epsilon = 1.0e-3 : f64",
                "",
                /*terms=*/16};
  for (int i = 0; i < 4; ++i)
    sample.operands.push_back({random.numbers(type, {shape[axis]}, 2.0)});
  Tensor &variance = sample.operands.back().tensor;
  for (int64_t i = 0; i < variance.size(); ++i)
    variance.setDouble(i, 0.5 + std::fabs(variance.getDouble(i)));
  return sample;
}

void addNeural(std::map<std::string, Generator> &table) {
  table["graph.matmul"] = matmul;
  table["graph.conv"] = conv;
  for (const char *name : {"max_pool", "arg_max_pool", "avg_pool"})
    table["graph." + std::string(name)] = [name](Random &random) {
      return pool(random, "graph." + std::string(name));
    };
  table["graph.reduce"] = reduce;
  table["graph.softmax"] = softmax;
  table["graph.batch_norm"] = batchNorm;
}

} // namespace systole::property
