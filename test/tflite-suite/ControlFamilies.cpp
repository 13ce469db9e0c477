//===- ControlFamilies.cpp - Branches, loops, variables -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Bodies are chains of operators that keep shapes.
//
//===----------------------------------------------------------------------===//

#include "RandomTflite.h"

namespace systole::suite {

QTensor TfliteMaker::chainTo(QTensor x, const QTensor &like) {
  static constexpr Family families[] = {
      &TfliteMaker::addBinary, &TfliteMaker::addExtreme,
      &TfliteMaker::addActivation, &TfliteMaker::addTable,
      &TfliteMaker::addSoftmax};
  pool.assign(1, x);
  for (int64_t i = random.integer(0, 2); i > 0;) {
    // The newest alone: what comes out depends on all.
    pool.erase(pool.begin(), pool.end() - 1);
    if ((this->*families[random.integer(0, std::size(families) - 1)])())
      --i;
  }
  QTensor y = declare(like.type, like.dims, like.scale, like.zero);
  node(fb::BuiltinOperator_QUANTIZE, {pool.back().index}, {y.index});
  return y;
}

/// A branch for either truth, chosen by whether any number is large.
bool TfliteMaker::addIf() {
  const QTensor *picked = pick(-2);
  if (!picked || picked->is16() || around.size() > 1)
    return false;
  QTensor x = *picked;
  QTensor limit = constant(x.type, {1}, x.scale, x.zero);
  QTensor large = declare(fb::TensorType_BOOL, x.dims);
  node(fb::BuiltinOperator_GREATER, {x.index, limit.index}, {large.index});
  Dims axes;
  for (int64_t d = 0; d < x.rank(); ++d)
    axes.push_back(d);
  int32_t list = ints(axes);
  QTensor chosen = declare(fb::TensorType_BOOL, {});
  bool all = random.oneIn(2);
  node(all ? fb::BuiltinOperator_REDUCE_ALL : fb::BuiltinOperator_REDUCE_ANY,
       {large.index, list}, {chosen.index}, fb::ReducerOptionsT());
  QTensor y = resultOf(x.type, x.dims, magnitudeOf(x));
  fb::IfOptionsT o;
  for (int32_t *branch : {&o.then_subgraph_index, &o.else_subgraph_index}) {
    *branch = static_cast<int32_t>(beginSubgraph());
    QTensor argument = declare(x.type, x.dims, x.scale, x.zero);
    graph().inputs = {argument.index};
    endSubgraph({chainTo(argument, y).index});
  }
  node(fb::BuiltinOperator_IF, {chosen.index, x.index}, {y.index}, o);
  keep(y);
  return true;
}

/// A few rounds of a body, counted.
bool TfliteMaker::addWhile() {
  const QTensor *picked = pick(-2);
  if (!picked || around.size() > 1)
    return false;
  QTensor x = *picked;
  int32_t start = ints({0}, {});
  fb::WhileOptionsT o;
  auto arguments = [&](QTensor &count, QTensor &state) {
    count = declare(fb::TensorType_INT32, {});
    state = declare(x.type, x.dims, x.scale, x.zero);
    graph().inputs = {count.index, state.index};
  };
  QTensor count, state;
  o.cond_subgraph_index = static_cast<int32_t>(beginSubgraph());
  arguments(count, state);
  int32_t rounds = ints({random.integer(0, 3)}, {});
  QTensor goesOn = declare(fb::TensorType_BOOL, {});
  node(fb::BuiltinOperator_LESS, {count.index, rounds}, {goesOn.index});
  endSubgraph({goesOn.index});
  o.body_subgraph_index = static_cast<int32_t>(beginSubgraph());
  arguments(count, state);
  int32_t one = ints({1}, {});
  QTensor next = declare(fb::TensorType_INT32, {});
  node(fb::BuiltinOperator_ADD, {count.index, one}, {next.index},
       fb::AddOptionsT());
  endSubgraph({next.index, chainTo(state, state).index});
  QTensor last = declare(fb::TensorType_INT32, {});
  QTensor y = declare(x.type, x.dims, x.scale, x.zero);
  node(fb::BuiltinOperator_WHILE, {start, x.index}, {last.index, y.index}, o);
  keep(y);
  return true;
}

/// A variable that is set once, read, and set anew.
bool TfliteMaker::addVariable() {
  const QTensor *picked = pick(-2);
  if (!picked || !around.empty())
    return false;
  QTensor x = *picked;
  std::string name = "v" + std::to_string(numNames);
  auto handle = [&] {
    fb::VarHandleOptionsT o;
    o.shared_name = name;
    QTensor h = declare(fb::TensorType_RESOURCE, {});
    node(fb::BuiltinOperator_VAR_HANDLE, {}, {h.index}, o);
    return h.index;
  };
  fb::CallOnceOptionsT once;
  once.init_subgraph_index = static_cast<int32_t>(beginSubgraph());
  int32_t h = handle();
  QTensor first = constant(x.type, x.dims, x.scale, x.zero);
  node(fb::BuiltinOperator_ASSIGN_VARIABLE, {h, first.index}, {});
  endSubgraph({});
  node(fb::BuiltinOperator_CALL_ONCE, {}, {}, once);
  h = handle();
  QTensor before = declare(x.type, x.dims, x.scale, x.zero);
  node(fb::BuiltinOperator_READ_VARIABLE, {h}, {before.index});
  node(fb::BuiltinOperator_ASSIGN_VARIABLE, {h, x.index}, {});
  keep(before);
  return true;
}

} // namespace systole::suite
