//===- Recurrent.cpp - LSTM, GRU and RNN from graph operations ------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The products of all time steps with W are one matmul before the loop; what is
// left in a step is the product with R and the gates. Equations and gate orders
// are ONNX's.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"

using namespace mlir;
using systole::graph::ComparePredicate;

namespace systole::frontend {

/// Sequences of at most this many steps are unrolled.
static constexpr int64_t kUnrolledSteps = 4;

namespace {
/// The states between two steps.
struct State {
  Value hidden, cell;
};

/// A step's states, and what it adds to the layer's result.
struct Step {
  State state;
  Value output;
};

/// A cell with its recurrent weights as the steps use them: transposed once,
/// before the loop.
struct Stepper {
  const RecurrentCell &cell;
  /// R of all gates [hidden, gates * hidden]; of a GRU those of z and r only.
  Value r;
  /// GRU: R of the candidate, and the biases of R.
  Value candidate, gateBias, candidateBias;
  /// How many steps each sequence has [batch, 1]; null: all.
  Value lengths;

  Stepper(GraphBuilder &b, const RecurrentCell &cell);
  State lstm(GraphBuilder &b, Value input, State state) const;
  State gru(GraphBuilder &b, Value input, State state) const;
  State rnn(GraphBuilder &b, Value input, State state) const;
  /// Step `t`, a number as the lengths are.
  Step step(GraphBuilder &b, Value input, State state, Value t) const;

private:
  State advance(GraphBuilder &b, Value input, State state) const;
};
} // namespace

Stepper::Stepper(GraphBuilder &b, const RecurrentCell &cell) : cell(cell) {
  int64_t h = cell.hidden;
  if (cell.lengths)
    lengths =
        b.unsqueeze(b.cast(cell.lengths, b.getBuilder().getI64Type()), {1});
  if (cell.timesR)
    return;
  Value transposed = b.transpose(cell.r, {1, 0});
  if (cell.kind != RecurrentCell::GRU) {
    r = transposed;
    return;
  }
  r = b.slice(transposed, 1, 0, 2 * h);
  candidate = b.slice(transposed, 1, 2 * h, 3 * h);
  if (!cell.rBias)
    return;
  gateBias = b.slice(cell.rBias, 0, 0, 2 * h);
  candidateBias = b.slice(cell.rBias, 0, 2 * h, 3 * h);
}

/// x * r + bias, where there is a bias.
static Value affine(GraphBuilder &b, Value x, Value r, Value bias) {
  Value product = b.matmul(x, r);
  return bias ? b.add(product, bias) : product;
}

/// Gate `index` of a value [batch, gates * hidden].
static Value gate(GraphBuilder &b, const RecurrentCell &cell, Value gates,
                  int64_t index) {
  return b.slice(gates, 1, index * cell.hidden, (index + 1) * cell.hidden);
}

static Value clip(GraphBuilder &b, const RecurrentCell &cell, Value x) {
  return cell.clip > 0 ? b.max(b.min(x, cell.clip), -cell.clip) : x;
}

/// `x` plus `peephole` times `state`, where there is a peephole.
static Value addPeephole(GraphBuilder &b, Value x, Value peephole,
                         Value state) {
  return peephole ? b.add(x, b.mul(peephole, state)) : x;
}

/// One step of an LSTM. Gates i, o, f, c; `input` is x * W plus both biases.
State Stepper::lstm(GraphBuilder &b, Value input, State state) const {
  Value gates = b.add(input, cell.timesR ? cell.timesR(b, state.hidden)
                                         : b.matmul(state.hidden, r));
  Value inputArg =
      addPeephole(b, gate(b, cell, gates, 0), cell.peepInput, state.cell);
  Value forgetArg =
      addPeephole(b, gate(b, cell, gates, 2), cell.peepForget, state.cell);
  Value i = cell.activations[0](b, clip(b, cell, inputArg));
  Value f = cell.activations[0](b, clip(b, cell, forgetArg));
  if (cell.inputForget)
    i = f ? b.sub(b.like(f, 1.0), f) : f;
  Value c = cell.activations[1](b, clip(b, cell, gate(b, cell, gates, 3)));
  State next;
  next.cell = b.add(b.mul(f, state.cell), b.mul(i, c));
  Value outputArg =
      addPeephole(b, gate(b, cell, gates, 1), cell.peepOutput, next.cell);
  Value o = cell.activations[0](b, clip(b, cell, outputArg));
  next.hidden = b.mul(o, cell.activations[2](b, next.cell));
  return next;
}

/// One step of a GRU. Gates z, r, h; `input` is x * W plus the bias of W.
State Stepper::gru(GraphBuilder &b, Value input, State state) const {
  Value both = affine(b, state.hidden, r, gateBias);
  Value updateArg = b.add(gate(b, cell, input, 0), gate(b, cell, both, 0));
  Value resetArg = b.add(gate(b, cell, input, 1), gate(b, cell, both, 1));
  Value update = cell.activations[0](b, clip(b, cell, updateArg));
  Value reset = cell.activations[0](b, clip(b, cell, resetArg));
  Value recurrent =
      cell.linearBeforeReset
          ? b.mul(reset, affine(b, state.hidden, candidate, candidateBias))
          : affine(b, b.mul(reset, state.hidden), candidate, candidateBias);
  Value arg = b.add(gate(b, cell, input, 2), recurrent);
  Value fresh = cell.activations[1](b, clip(b, cell, arg));
  // (1 - update) * fresh + update * hidden.
  Value share = update ? b.sub(b.like(update, 1.0), update) : update;
  return {b.add(b.mul(share, fresh), b.mul(update, state.hidden)), state.cell};
}

State Stepper::rnn(GraphBuilder &b, Value input, State state) const {
  Value arg = b.add(input, b.matmul(state.hidden, r));
  return {cell.activations[0](b, clip(b, cell, arg)), state.cell};
}

State Stepper::advance(GraphBuilder &b, Value input, State state) const {
  switch (cell.kind) {
  case RecurrentCell::LSTM:
    return lstm(b, input, state);
  case RecurrentCell::GRU:
    return gru(b, input, state);
  case RecurrentCell::RNN:
    return rnn(b, input, state);
  }
  return {};
}

/// Beyond its end a sequence keeps its states, and its results are 0.
Step Stepper::step(GraphBuilder &b, Value input, State state, Value t) const {
  State next = advance(b, input, state);
  if (!cell.lengths)
    return {next, next.hidden};
  Value isInside = b.compare(ComparePredicate::lt, t, lengths);
  auto choose = [&](Value inside, Value outside) {
    return inside ? b.select(isInside, inside, outside) : inside;
  };
  return {{choose(next.hidden, state.hidden), choose(next.cell, state.cell)},
          choose(next.hidden, b.like(next.hidden, 0.0))};
}

/// x * W for all steps, with the biases that may be added before the step.
static Value inputProducts(GraphBuilder &b, const RecurrentCell &cell,
                           Value x) {
  Value all = cell.timesW ? cell.timesW(b, x)
                          : b.matmul(x, b.transpose(cell.w, {1, 0}));
  if (cell.wBias)
    all = b.add(all, cell.wBias);
  // GRU needs the bias of R apart: the reset gate may scale it.
  if (cell.rBias && cell.kind != RecurrentCell::GRU)
    all = b.add(all, cell.rBias);
  return all;
}

/// Steps one after the other.
static RecurrentResult unroll(GraphBuilder &b, const Stepper &stepper,
                              Value inputs, State state, int64_t steps,
                              bool reverse) {
  std::vector<Value> all(steps);
  for (int64_t i = 0; i < steps; ++i) {
    int64_t t = reverse ? steps - 1 - i : i;
    Value input = b.squeeze(b.slice(inputs, 0, t, t + 1), {0});
    Step step = stepper.step(b, input, state, b.ints({t}));
    state = step.state;
    all[t] = b.unsqueeze(step.output, {0});
  }
  return {b.concat(all, 0), state.hidden, state.cell};
}

/// A graph.while over (t, states..., all hidden states so far).
static RecurrentResult loop(GraphBuilder &b, const Stepper &stepper,
                            Value inputs, State state, bool reverse) {
  const RecurrentCell &cell = stepper.cell;
  Extent length = b.extent(inputs, 0);
  Value steps = length.value ? length.value : b.ints({length.size});
  if (!steps || !state.hidden ||
      (cell.kind == RecurrentCell::LSTM && !state.cell))
    return {};
  // Of the hidden states none is there at first: an empty slice.
  Value none = b.slice(b.unsqueeze(state.hidden, {0}), 0, 0, 0);
  std::vector<Value> inits = {b.ints({0}), state.hidden, none};
  if (cell.kind == RecurrentCell::LSTM)
    inits.push_back(state.cell);
  if (llvm::is_contained(inits, Value()))
    return {};
  SmallVector<Type> types;
  for (Value init : inits)
    types.push_back(init.getType());
  auto collected = cast<RankedTensorType>(types[2]);
  SmallVector<int64_t> shape(collected.getShape());
  shape[0] = ShapedType::kDynamic;
  types[2] = RankedTensorType::get(shape, collected.getElementType());
  auto condition = [&](GraphBuilder &inner, GraphBuilder::Values carried) {
    return inner.compare(ComparePredicate::lt, carried[0], steps);
  };
  auto body = [&](GraphBuilder &inner, GraphBuilder::Values carried) {
    Value t = carried[0];
    if (reverse)
      t = inner.sub(inner.sub(steps, t), 1.0);
    Value input = inner.squeeze(inner.gather(inputs, t, 0), {0});
    State now = {carried[1], carried.size() > 3 ? carried[3] : Value()};
    auto [next, output] = stepper.step(inner, input, now, t);
    Value last = inner.unsqueeze(output, {0});
    Value all = reverse ? inner.concat({last, carried[2]}, 0)
                        : inner.concat({carried[2], last}, 0);
    std::vector<Value> results = {inner.add(carried[0], 1.0), next.hidden, all};
    if (carried.size() > 3)
      results.push_back(next.cell);
    return results;
  };
  std::vector<Value> results = b.makeWhile(inits, types, condition, body);
  return {results[2], results[1], results.size() > 3 ? results[3] : Value()};
}

RecurrentResult recurrentLayer(GraphBuilder &b, const RecurrentCell &cell,
                               Value x, Value hidden, Value cellState,
                               bool reverse) {
  if (!x || (!cell.timesW && !cell.w) || (!cell.timesR && !cell.r))
    return {};
  Value inputs = inputProducts(b, cell, x);
  Stepper stepper(b, cell);
  Value zeros;
  if (!hidden || (!cellState && cell.kind == RecurrentCell::LSTM))
    zeros = b.broadcast(b.like(x, 0.0),
                        b.shape({b.extent(x, 1), Extent(cell.hidden)}));
  State state = {hidden ? hidden : zeros, cellState ? cellState : zeros};
  int64_t steps = GraphBuilder::sizeOf(x, 0);
  if (steps >= 1 && steps <= kUnrolledSteps)
    return unroll(b, stepper, inputs, state, steps, reverse);
  return loop(b, stepper, inputs, state, reverse);
}

} // namespace systole::frontend
