//===- RandomIndexNodes.cpp - Shapes, places, scatters, scans -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RandomModel.h"

namespace systole::suite {

bool ModelMaker::addShapeArithmetic() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.size() < 2)
    return false;
  // What exporters write for view(x.size(0), -1), or expand_as.
  RandomTensor x = *found, y = x;
  int64_t rank = x.dims.size(), kept = random.integer(0, rank - 2);
  RandomTensor shape{"", kInt64, {rank}, 1e3, true};
  shape = apply("Shape", {x}, shape);
  if (random.oneIn(3)) {
    RandomTensor ones = x;
    ones.bound = 0;
    ones.exact = true;
    ones = apply("ConstantOfShape", {shape}, ones);
    y.bound += ones.bound;
    return output(node("Add", {x, ones}), y);
  }
  if (random.oneIn(2)) {
    RandomTensor row = weight({x.dims.back()}, x.exact);
    y.bound = row.bound;
    return output(node("Expand", {row, shape}), y);
  }
  RandomTensor part{"", kInt64, {kept + 1}, 1e3, true};
  if (random.oneIn(2)) {
    part = apply("Slice", {shape, integers({0}), integers({kept + 1})}, part);
  } else {
    Dims places;
    for (int64_t i = 0; i <= kept; ++i)
      places.push_back(i);
    onnx::NodeProto &gather = node("Gather", {shape, integers(places)});
    setAttribute(gather, "axis", int64_t(0));
    output(gather, part);
    part.name = gather.output(0);
  }
  onnx::NodeProto &concat = node("Concat", {part, integers({-1})});
  setAttribute(concat, "axis", int64_t(0));
  output(concat, {"", kInt64, {kept + 2}, 1e3, true});
  RandomTensor target{concat.output(0), kInt64, {kept + 2}, 1e3, true};
  int64_t rest = 1;
  for (int64_t i = kept + 1; i < rank; ++i)
    rest *= x.dims[i];
  y.dims.resize(kept + 1);
  y.dims.push_back(rest);
  return output(node("Reshape", {x, target}), y);
}

bool ModelMaker::addPlaces() {
  const RandomTensor *found = pick(kFloat, /*exact=*/true);
  if (!found || found->dims.empty())
    return false;
  RandomTensor x = *found, y = x;
  int64_t axis = random.integer(0, x.dims.size() - 1), size = x.dims[axis];
  if (random.oneIn(2)) {
    y.type = kInt64;
    y.bound = size;
    y.dims[axis] = 1;
    onnx::NodeProto &best = node(random.oneIn(2) ? "ArgMax" : "ArgMin", {x});
    setAttribute(best, "axis", axis);
    setAttribute(best, "select_last_index", random.integer(0, 1));
    bool keep = random.oneIn(2);
    setAttribute(best, "keepdims", int64_t(keep));
    if (!keep)
      y.dims.erase(y.dims.begin() + axis);
    return output(best, y);
  }
  y.dims[axis] = random.integer(1, size);
  onnx::NodeProto &top = node("TopK", {x, integers({y.dims[axis]})});
  setAttribute(top, "axis", axis);
  setAttribute(top, "largest", random.integer(0, 1));
  output(top, y);
  y.type = kInt64;
  y.bound = size;
  return output(top, y);
}

bool ModelMaker::addScatter() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.empty())
    return false;
  RandomTensor x = *found, y = x;
  // Rows of x, each at most once, so that the order does not matter.
  int64_t rows = random.integer(1, x.dims[0]), at = random.integer(0, 10);
  Dims places, update = x.dims;
  for (int64_t i = 0; i < rows; ++i)
    places.push_back((at + i) % x.dims[0]);
  update[0] = rows;
  RandomTensor updates = weight(update, x.exact);
  RandomTensor flat = integers(places), indices = flat;
  indices.dims = {rows, 1};
  indices = apply("Unsqueeze", {flat, integers({1})}, indices);
  onnx::NodeProto &scatter = node("ScatterND", {x, indices, updates});
  y.bound = x.bound + updates.bound;
  if (opset >= 18 && random.oneIn(2))
    setAttribute(scatter, "reduction",
                 std::string(random.oneIn(2) ? "add" : "max"));
  return output(scatter, y);
}

bool ModelMaker::addRunningSum() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.empty() || found->bound > kLargest)
    return false;
  RandomTensor x = *found, y = x;
  int64_t axis = random.integer(0, x.dims.size() - 1);
  y.bound = x.bound * x.dims[axis];
  RandomTensor at = integers({axis});
  onnx::NodeProto &sum = node("CumSum", {x, at});
  setAttribute(sum, "exclusive", random.integer(0, 1));
  setAttribute(sum, "reverse", random.integer(0, 1));
  return output(sum, y);
}

bool ModelMaker::addTriangle() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.size() < 2)
    return false;
  RandomTensor x = *found, y = x;
  onnx::NodeProto &triangle = node("Trilu", {x});
  setAttribute(triangle, "upper", random.integer(0, 1));
  return output(triangle, y);
}

} // namespace systole::suite
