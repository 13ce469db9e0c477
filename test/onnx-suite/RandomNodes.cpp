//===- RandomNodes.cpp - Random ONNX nodes, by family ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each function adds one legal node to the model, or gives false where the pool
// has nothing that the operator takes.
//
//===----------------------------------------------------------------------===//

#include "RandomModel.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>
#include <numeric>

namespace systole::suite {

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

bool ModelMaker::addUnary() {
  static const char *const ops[] = {
      "Tanh", "Sigmoid",   "Erf",       "Softplus", "Softsign",    "Elu",
      "Selu", "HardSwish", "Exp",       "Sqrt",     "HardSigmoid", "Celu",
      "Sin",  "Cos",       "LeakyRelu", "Atan",     "Mish",        "Gelu"};
  const RandomTensor *x = pick(kFloat);
  if (!x)
    return false;
  RandomTensor y = *x;
  y.exact = false;
  std::string op = x->bound > kLargest ? "Tanh" : oneOf(random, ops);
  if (op == "Exp" && x->bound > 5)
    op = "Sigmoid";
  if ((op == "Mish" && opset < 18) || (op == "Gelu" && opset < 20))
    op = "Softsign";
  if ((op == "Sin" || op == "Cos") && x->bound > 100)
    op = "Atan";
  if (op == "Sqrt") {
    RandomTensor positive = *x;
    output(node("Abs", {*x}), positive);
    positive.name = "t" + std::to_string(numNames - 1);
    return output(node("Sqrt", {positive}), y);
  }
  y.bound = op == "Exp"                                    ? std::exp(x->bound)
            : op == "Softplus"                             ? x->bound + 1
            : op == "Elu" || op == "Selu"                  ? 2 * x->bound + 2
            : op == "LeakyRelu" || op == "HardSwish"       ? x->bound + 1
            : op == "Celu" || op == "Mish" || op == "Gelu" ? x->bound + 1
                                                           : 2;
  return output(node(op, {*x}), y);
}

bool ModelMaker::addExactUnary() {
  static const char *const ops[] = {"Relu",     "Neg",  "Abs",
                                    "Identity", "Clip", "Sign"};
  const RandomTensor *x = pick(kFloat);
  if (!x)
    return false;
  RandomTensor y = *x;
  std::string op = oneOf(random, ops);
  if (op == "Sign" && !x->exact)
    op = "Neg";
  if (op == "Clip") {
    RandomTensor low = weight({}, true), high = weight({}, true, true);
    return output(node(op, {*x, low, high}), y);
  }
  return output(node(op, {*x}), y);
}

bool ModelMaker::addBinary() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->bound > kLargest)
    return false;
  static const char *const ops[] = {"Add", "Sub", "Mul", "Max", "Min", "Div"};
  std::string op = oneOf(random, ops);
  RandomTensor a = *found, b = operandFor(a, op == "Div"), y = a;
  y.exact = a.exact && b.exact && op != "Div";
  y.bound = op == "Mul"   ? a.bound * b.bound
            : op == "Div" ? a.bound * 2
                          : a.bound + b.bound;
  if (op != "Div" && op != "Sub" && random.oneIn(2))
    std::swap(a, b);
  return output(node(op, {a, b}), y);
}

bool ModelMaker::addComparison() {
  static const char *const ops[] = {"Greater", "Less", "Equal",
                                    "GreaterOrEqual", "LessOrEqual"};
  if (const RandomTensor *a = pick(kBool); a && random.oneIn(2)) {
    RandomTensor y = *a;
    return output(node("Not", {*a}), y);
  }
  const RandomTensor *a = pick(kFloat, /*exact=*/true);
  if (!a)
    return false;
  RandomTensor x = *a, b = operandFor(x), y = x;
  if (!b.exact)
    return false;
  y.type = kBool;
  return output(node(oneOf(random, ops), {x, b}), y);
}

bool ModelMaker::addWhere() {
  const RandomTensor *condition = pick(kBool);
  if (!condition)
    return false;
  RandomTensor c = *condition, like = c;
  like.type = kFloat;
  RandomTensor a = operandFor(like), b = operandFor(like), y = like;
  y.exact = a.exact && b.exact;
  y.bound = std::max(a.bound, b.bound);
  return output(node("Where", {c, a, b}), y);
}

bool ModelMaker::addCast() {
  const RandomTensor *x = pick(random.oneIn(2) ? kBool : kInt64);
  if (!x)
    x = pick(kFloat, /*exact=*/true);
  if (!x)
    return false;
  RandomTensor y = *x;
  y.type = x->type == kFloat ? kInt64 : kFloat;
  y.bound = std::max(1.0, x->bound);
  onnx::NodeProto &cast = node("Cast", {*x});
  setAttribute(cast, "to", int64_t(y.type));
  return output(cast, y);
}

//===----------------------------------------------------------------------===//
// Movement
//===----------------------------------------------------------------------===//

bool ModelMaker::addMovement() {
  const RandomTensor *x = pick(kFloat);
  if (!x)
    return false;
  RandomTensor y = *x;
  int64_t rank = x->dims.size();
  if (random.oneIn(3)) {
    Dims repeats;
    for (int64_t &dim : y.dims) {
      repeats.push_back(random.integer(1, 2));
      dim *= repeats.back();
    }
    return output(node("Tile", {*x, integers(repeats)}), y);
  }
  Dims perm(rank);
  std::iota(perm.begin(), perm.end(), 0);
  for (int64_t i = rank - 1; i > 0; --i)
    std::swap(perm[i], perm[random.integer(0, i)]);
  for (int64_t i = 0; i < rank; ++i)
    y.dims[i] = x->dims[perm[i]];
  onnx::NodeProto &transpose = node("Transpose", {*x});
  setAttribute(transpose, "perm", perm);
  return output(transpose, y);
}

bool ModelMaker::addReshape() {
  const RandomTensor *found = pick(kFloat);
  if (!found)
    return false;
  RandomTensor x = *found, y = x;
  int64_t rank = x.dims.size();
  switch (random.integer(0, 2)) {
  case 0: { // A dimension of 1 more.
    int64_t at = random.integer(0, rank);
    y.dims.insert(y.dims.begin() + at, 1);
    return output(node("Unsqueeze", {x, integers({at})}), y);
  }
  case 1: { // Two neighbours become one.
    if (rank < 2)
      return false;
    int64_t at = random.integer(0, rank - 2);
    Dims shape(rank - 1, 0);
    y.dims[at] *= y.dims[at + 1];
    y.dims.erase(y.dims.begin() + at + 1);
    for (int64_t i = 0; i < rank - 1; ++i)
      shape[i] = i == at ? -1 : i < at ? 0 : y.dims[i];
    return output(node("Reshape", {x, integers(shape)}), y);
  }
  default: {
    int64_t axis = random.integer(0, rank);
    Dims head(x.dims.begin(), x.dims.begin() + axis);
    y.dims = {countOf(head), countOf(x.dims) / countOf(head)};
    onnx::NodeProto &flatten = node("Flatten", {x});
    setAttribute(flatten, "axis", axis);
    return output(flatten, y);
  }
  }
}

bool ModelMaker::addSliceOrPad() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.empty())
    return false;
  RandomTensor x = *found, y = x;
  int64_t rank = x.dims.size(), axis = random.integer(0, rank - 1);
  int64_t size = x.dims[axis];
  if (random.oneIn(2)) {
    bool back = random.oneIn(3);
    int64_t step = random.integer(1, 2), start = random.integer(0, size - 1);
    y.dims[axis] = back ? start / step + 1 : (size - start + step - 1) / step;
    int64_t end = back ? -1000 : random.oneIn(2) ? size : 1000;
    return output(
        node("Slice", {x, integers({start}), integers({end}), integers({axis}),
                       integers({back ? -step : step})}),
        y);
  }
  Dims pads(2 * rank, 0);
  bool reflect = size > 2 && random.oneIn(3);
  pads[axis] = random.integer(0, 2);
  pads[rank + axis] = random.integer(0, 2);
  y.dims[axis] += pads[axis] + pads[rank + axis];
  onnx::NodeProto &pad = node("Pad", {x, integers(pads)});
  setAttribute(pad, "mode",
               reflect           ? "reflect"
               : random.oneIn(2) ? "edge"
                                 : std::string("constant"));
  return output(pad, y);
}

bool ModelMaker::addConcatOrSplit() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.empty())
    return false;
  RandomTensor x = *found, y = x;
  int64_t axis = random.integer(0, x.dims.size() - 1);
  if (random.oneIn(2)) {
    Dims dims = x.dims;
    dims[axis] = random.integer(1, 3);
    RandomTensor other = random.oneIn(2) ? x : weight(dims, x.exact);
    y.dims[axis] += other.dims[axis];
    y.bound = std::max(x.bound, other.bound);
    onnx::NodeProto &concat = node("Concat", {x, other});
    setAttribute(concat, "axis", axis);
    return output(concat, y);
  }
  int64_t size = x.dims[axis];
  if (size < 2)
    return false;
  RandomTensor rest = y;
  y.dims[axis] = random.integer(1, size - 1);
  rest.dims[axis] = size - y.dims[axis];
  onnx::NodeProto &split =
      node("Split", {x, integers({y.dims[axis], rest.dims[axis]})});
  setAttribute(split, "axis", axis);
  output(split, y);
  return output(split, rest);
}

bool ModelMaker::addGather() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.empty())
    return false;
  RandomTensor x = *found, y = x;
  int64_t axis = random.integer(0, x.dims.size() - 1);
  Dims places;
  for (int64_t i = random.integer(1, 4); i > 0; --i)
    places.push_back(random.integer(-x.dims[axis], x.dims[axis] - 1));
  y.dims[axis] = places.size();
  onnx::NodeProto &gather = node("Gather", {x, integers(places)});
  setAttribute(gather, "axis", axis);
  return output(gather, y);
}

//===----------------------------------------------------------------------===//
// Reductions and products
//===----------------------------------------------------------------------===//

bool ModelMaker::addReduction() {
  static const char *const ops[] = {"ReduceMax",  "ReduceMin",
                                    "ReduceMean", "ReduceL2",
                                    "ReduceSum",  "ReduceSumSquare"};
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.empty() || found->bound > kLargest)
    return false;
  RandomTensor x = *found, y = x;
  int64_t rank = x.dims.size(), axis = random.integer(0, rank - 1);
  bool keep = rank < 2 || random.oneIn(2), last = axis + 1 < rank;
  std::string op = oneOf(random, ops);
  Dims axes{axis};
  if (last && random.oneIn(2))
    axes.push_back(rank - 1);
  for (int64_t i : llvm::reverse(axes)) {
    y.bound *= op == "ReduceL2" || op == "ReduceSum" ? y.dims[i] : 1;
    y.dims[i] = 1;
    if (!keep)
      y.dims.erase(y.dims.begin() + i);
  }
  if (op == "ReduceSumSquare")
    y.bound = x.bound * x.bound * countOf(x.dims);
  y.exact = x.exact && op != "ReduceMean" && op != "ReduceL2";
  // The axes became an input in operator set 18, of ReduceSum in 13.
  bool asInput = opset >= 18 || op == "ReduceSum";
  onnx::NodeProto &reduce =
      asInput ? node(op, {x, integers(axes)}) : node(op, {x});
  if (!asInput)
    setAttribute(reduce, "axes", axes);
  setAttribute(reduce, "keepdims", int64_t(keep));
  return output(reduce, y);
}

bool ModelMaker::addSoftmax() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.empty() || found->bound > kLargest)
    return false;
  RandomTensor x = *found, y = x;
  bool logarithm = random.oneIn(3);
  y.exact = false;
  y.bound = logarithm ? 2 * x.bound + 10 : 1;
  onnx::NodeProto &softmax = node(logarithm ? "LogSoftmax" : "Softmax", {x});
  setAttribute(softmax, "axis", random.integer(0, x.dims.size() - 1));
  return output(softmax, y);
}

bool ModelMaker::addMatMul() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.size() < 2 || found->bound > kLargest)
    return false;
  RandomTensor x = *found, y = x;
  int64_t depth = x.dims.back(), width = random.integer(1, 19);
  y.dims.back() = width;
  if (x.dims.size() != 2 || random.oneIn(2)) {
    RandomTensor w = weight({depth, width}, x.exact);
    y.bound = x.bound * w.bound * depth;
    return output(node("MatMul", {x, w}), y);
  }
  bool transposed = random.oneIn(2);
  RandomTensor w =
      weight(transposed ? Dims{width, depth} : Dims{depth, width}, x.exact);
  RandomTensor bias = weight(random.oneIn(2) ? Dims{width} : Dims{1}, x.exact);
  y.bound = x.bound * w.bound * depth + bias.bound;
  onnx::NodeProto &gemm = node("Gemm", {x, w, bias});
  setAttribute(gemm, "transB", int64_t(transposed));
  return output(gemm, y);
}

//===----------------------------------------------------------------------===//
// Windows and normalisation
//===----------------------------------------------------------------------===//

namespace {
/// Windows along the spatial dimensions.
struct Windows {
  Dims kernel, strides, dilations, pads;
};
} // namespace

/// Windows that fit `y`, whose sizes become those of the result.
static Windows chooseWindows(RandomSource &random, RandomTensor &y,
                             bool dilate) {
  Windows w;
  Dims begins, ends;
  for (size_t d = 2; d < y.dims.size(); ++d) {
    int64_t size = y.dims[d];
    int64_t kernel = random.integer(1, std::min<int64_t>(3, size));
    int64_t dilation = dilate && random.oneIn(3) ? 2 : 1;
    if (dilation * (kernel - 1) + 1 > size)
      dilation = 1;
    int64_t stride = random.integer(1, 2);
    begins.push_back(random.integer(0, kernel / 2));
    ends.push_back(random.integer(0, kernel / 2));
    w.kernel.push_back(kernel);
    w.strides.push_back(stride);
    w.dilations.push_back(dilation);
    y.dims[d] =
        (size + begins.back() + ends.back() - (dilation * (kernel - 1) + 1)) /
            stride +
        1;
  }
  w.pads = begins;
  w.pads.insert(w.pads.end(), ends.begin(), ends.end());
  return w;
}

static void setWindows(onnx::NodeProto &node, const Windows &windows) {
  setAttribute(node, "kernel_shape", windows.kernel);
  setAttribute(node, "strides", windows.strides);
  setAttribute(node, "pads", windows.pads);
}

bool ModelMaker::addConv() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.size() < 3 || found->dims.size() > 5 ||
      found->bound > kLargest)
    return false;
  RandomTensor x = *found, y = x;
  int64_t channels = x.dims[1], groups = random.oneIn(3) ? channels : 1;
  int64_t outputs = groups * random.integer(1, groups == 1 ? 17 : 2);
  Windows windows = chooseWindows(random, y, /*dilate=*/true);
  Dims filter{outputs, channels / groups};
  filter.insert(filter.end(), windows.kernel.begin(), windows.kernel.end());
  RandomTensor w = weight(filter, x.exact), bias = weight({outputs}, x.exact);
  y.dims[1] = outputs;
  y.bound = x.bound * w.bound * countOf(filter) / outputs + bias.bound;
  onnx::NodeProto &conv =
      random.oneIn(2) ? node("Conv", {x, w, bias}) : node("Conv", {x, w});
  setWindows(conv, windows);
  setAttribute(conv, "dilations", windows.dilations);
  setAttribute(conv, "group", groups);
  return output(conv, y);
}

bool ModelMaker::addQLinearConv() {
  const RandomTensor *found = pick(kFloat, /*exact=*/true);
  if (!found || found->dims.size() < 3 || found->dims.size() > 5)
    return false;
  RandomTensor x = *found, y = x;
  int64_t channels = x.dims[1], groups = random.oneIn(3) ? channels : 1;
  int64_t outputs = groups * random.integer(1, groups == 1 ? 35 : 2);
  Quantized q = quantized(x);
  Windows windows = chooseWindows(random, y, /*dilate=*/true);
  Dims filter{outputs, channels / groups};
  filter.insert(filter.end(), windows.kernel.begin(), windows.kernel.end());
  RandomTensor w = bytes(filter, random.oneIn(2) ? kInt8 : kUInt8);
  Dims parameters = random.oneIn(2) ? Dims{outputs} : Dims{};
  RandomTensor scales = weight(parameters, false, /*positive=*/true);
  RandomTensor zeros = bytes(parameters, w.type);
  y.dims[1] = outputs;
  double depth = double(countOf(filter)) / double(outputs);
  Quantized result = resultOf(200.0 * 150.0 * std::sqrt(depth));
  onnx::NodeProto &conv =
      node("QLinearConv", {q.values, q.scale, q.zero, w, scales, zeros,
                           result.scale, result.zero});
  setWindows(conv, windows);
  setAttribute(conv, "dilations", windows.dilations);
  setAttribute(conv, "group", groups);
  return addExactFloats(conv, y, result);
}

bool ModelMaker::addPool() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.size() < 3 || found->dims.size() > 5)
    return false;
  RandomTensor x = *found, y = x;
  if (random.oneIn(4)) {
    std::fill(y.dims.begin() + 2, y.dims.end(), 1);
    y.exact = false;
    return output(node("GlobalAveragePool", {x}), y);
  }
  bool maximum = random.oneIn(2);
  Windows windows = chooseWindows(random, y, false);
  y.exact = x.exact && maximum;
  onnx::NodeProto &pool = node(maximum ? "MaxPool" : "AveragePool", {x});
  setWindows(pool, windows);
  if (!maximum)
    setAttribute(pool, "count_include_pad", random.integer(0, 1));
  return output(pool, y);
}

bool ModelMaker::addNorm() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.size() < 3 || found->bound > 100)
    return false;
  RandomTensor x = *found, y = x;
  y.exact = false;
  y.bound = 2 * x.bound + 10;
  if (random.oneIn(2)) {
    Dims last{x.dims.back()};
    // A layer of equal numbers would be divided by next to nothing.
    if (last[0] < 2 || x.exact)
      return false;
    onnx::NodeProto &norm = node("LayerNormalization",
                                 {x, weight(last, false), weight(last, false)});
    setAttribute(norm, "axis", int64_t(-1));
    setAttribute(norm, "epsilon", 0.1f);
    return output(norm, y);
  }
  Dims channels{x.dims[1]};
  RandomTensor scale = weight(channels, false), bias = weight(channels, false);
  RandomTensor mean = weight(channels, false);
  RandomTensor variance = weight(channels, false, /*positive=*/true);
  return output(node("BatchNormalization", {x, scale, bias, mean, variance}),
                y);
}

} // namespace systole::suite
