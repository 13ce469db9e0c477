//===- RandomControlNodes.cpp - Bodies, loops, recurrent layers -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RandomModel.h"

namespace systole::suite {

/// How deep bodies lie within each other.
static constexpr int kDeepest = 2;

RandomTensor ModelMaker::fillBody(onnx::GraphProto &body,
                                  const RandomTensor &like) {
  onnx::GraphProto *outer = graph;
  size_t outside = pool.size();
  graph = &body;
  ++depth;
  for (int64_t i = random.integer(1, 3); i > 0; --i)
    addNode();
  // The newest value that fits, of outside if there is none within.
  RandomTensor result = like;
  for (const RandomTensor &tensor : pool)
    if (tensor.type == like.type && tensor.dims == like.dims &&
        tensor.bound <= like.bound && (tensor.exact || !like.exact))
      result = tensor;
  result = apply("Identity", {result}, result);
  declare(*body.add_output(), result);
  pool.erase(pool.begin() + outside, pool.end());
  --depth;
  graph = outer;
  return result;
}

bool ModelMaker::addIf() {
  const RandomTensor *found = pick(kFloat);
  if (!found || depth == kDeepest)
    return false;
  RandomTensor x = *found;
  // Known at compile time, or whether the sum of something exceeds 0.
  RandomTensor condition{"", kBool, {}, 1, true};
  const RandomTensor *exact = pick(kFloat, /*exact=*/true);
  if (exact && exact->bound < 1e3 && random.oneIn(2)) {
    RandomTensor sum{"", kFloat, {}, 1e5, true};
    onnx::NodeProto &reduce = node("ReduceMax", {*exact});
    setAttribute(reduce, "keepdims", int64_t(0));
    output(reduce, sum);
    sum.name = reduce.output(0);
    condition = apply("Greater", {sum, number(0)}, condition);
  } else {
    condition = castTo(kBool, number(float(random.integer(0, 1))));
  }
  onnx::NodeProto &choice = node("If", {condition});
  fillBody(addBody(choice, "then_branch"), x);
  fillBody(addBody(choice, "else_branch"), x);
  return output(choice, x);
}

bool ModelMaker::addLoop() {
  const RandomTensor *found = pick(kFloat);
  if (!found || depth == kDeepest || countOf(found->dims) > 300)
    return false;
  RandomTensor x = *found, trips = integers({random.integer(0, 3)}), none;
  int64_t count = result.model.graph()
                      .initializer(result.model.graph().initializer_size() - 1)
                      .int64_data(0);
  onnx::NodeProto &loop = node("Loop", {trips, none, x});
  onnx::GraphProto &body = addBody(loop, "body");
  RandomTensor step{newName(), kInt64, {}, 4, true};
  RandomTensor go{newName(), kBool, {}, 1, true}, carried = x;
  carried.name = newName();
  for (const RandomTensor *input : {&step, &go, &carried})
    declare(*body.add_input(), *input);
  declare(*body.add_output(), go);
  body.mutable_output(0)->set_name(go.name + "_on");
  onnx::NodeProto &on = *body.add_node();
  on.set_op_type("Identity");
  on.add_input(go.name);
  on.add_output(go.name + "_on");
  size_t outside = pool.size();
  pool.push_back(carried);
  fillBody(body, carried);
  // What is carried is also collected.
  bool collect = count > 0 && random.oneIn(2);
  if (collect) {
    carried.name = body.output(1).name();
    onnx::NodeProto &copy = *body.add_node();
    copy.set_op_type("Identity");
    copy.add_input(carried.name);
    copy.add_output(carried.name + "_each");
    carried.name += "_each";
    declare(*body.add_output(), carried);
  }
  pool.erase(pool.begin() + outside, pool.end());
  output(loop, x);
  if (!collect)
    return true;
  x.dims.insert(x.dims.begin(), count);
  return output(loop, x);
}

bool ModelMaker::addScan() {
  const RandomTensor *found = pick(kFloat);
  if (!found || depth == kDeepest || found->dims.size() < 2 ||
      countOf(found->dims) > 300)
    return false;
  RandomTensor x = *found, slice = x;
  slice.dims.erase(slice.dims.begin());
  RandomTensor start = weight(slice.dims, x.exact), state = slice;
  if (start.bound > x.bound)
    return false;
  onnx::NodeProto &scan = node("Scan", {start, x});
  setAttribute(scan, "num_scan_inputs", int64_t(1));
  onnx::GraphProto &body = addBody(scan, "body");
  state.name = newName();
  slice.name = newName();
  declare(*body.add_input(), state);
  declare(*body.add_input(), slice);
  size_t outside = pool.size();
  pool.push_back(state);
  pool.push_back(slice);
  fillBody(body, state);
  fillBody(body, slice);
  pool.erase(pool.begin() + outside, pool.end());
  slice.name.clear();
  output(scan, slice);
  return output(scan, x);
}

bool ModelMaker::addRecurrent() {
  const RandomTensor *found = pick(kFloat);
  if (!found || found->dims.size() != 3 || found->bound > 100)
    return false;
  struct Cell {
    const char *op;
    int64_t gates;
  };
  static const Cell cells[] = {{"LSTM", 4}, {"GRU", 3}, {"RNN", 1}};
  static const char *const ways[] = {"forward", "reverse", "bidirectional"};
  RandomTensor x = *found, y = x;
  const Cell &cell = oneOf(random, cells);
  std::string way = oneOf(random, ways);
  int64_t ways2 = way == "bidirectional" ? 2 : 1, size = random.integer(1, 9);
  int64_t rows = cell.gates * size;
  RandomTensor w = weight({ways2, rows, x.dims[2]}, false);
  RandomTensor r = weight({ways2, rows, size}, false);
  RandomTensor b = weight({ways2, 2 * rows}, false), lengths;
  bool hasLengths = random.integer(0, 2) == 0;
  if (hasLengths) {
    Dims steps;
    for (int64_t i = 0; i < x.dims[1]; ++i)
      steps.push_back(random.integer(0, x.dims[0]));
    lengths = castTo(kInt32, integers(steps));
  }
  onnx::NodeProto &layer = node(cell.op, {x, w, r, b});
  if (hasLengths)
    layer.add_input(lengths.name);
  setAttribute(layer, "hidden_size", size);
  setAttribute(layer, "direction", way);
  if (std::string(cell.op) == "GRU")
    setAttribute(layer, "linear_before_reset", random.integer(0, 1));
  y.exact = false;
  y.bound = 1;
  y.dims = {x.dims[0], ways2, x.dims[1], size};
  output(layer, y);
  y.dims.erase(y.dims.begin());
  return output(layer, y);
}

} // namespace systole::suite
