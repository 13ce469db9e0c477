//===- RecurrentOps.cpp - TFLite's LSTM -----------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One step as graph operations, of floats or integers, and the loop around it.
// The integer form: products of 8 bits are rescaled to gates of 16 with three
// integer bits, activations are tables, the cell has 16 bits and a scale that
// is a power of two.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Tflite/Importer.h"
#include "frontend/Tflite/Quantized.h"
#include <cmath>

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ReduceKind;

namespace systole::tflite {

/// Sequences of at most this many steps are unrolled.
static constexpr int64_t kUnrolledSteps = 4;

/// The gates in the order of the operator's inputs.
enum Gate { InputGate, ForgetGate, CellGate, OutputGate };

/// Places of inputs; those of a gate follow the first one's.
namespace place {
enum {
  Sequence = 0,
  InputWeights = 1,
  RecurrentWeights = 5,
  Peepholes = 9, // Input, forget, output.
  Biases = 12,
  Projection = 16,
  ProjectionBias = 17,
  OutputState = 18,
  CellState = 19,
  LayerNorms = 20,
};
} // namespace place

namespace {
struct State {
  Value hidden, cell;
};

/// What both forms read from the operator.
struct Lstm {
  fb::Activation activation;
  float cellClip, projectionClip;
  bool timeMajor;
  /// The input gate is what the forget gate leaves.
  bool coupled;
};

using Step = llvm::function_ref<State(Value x, State state)>;
} // namespace

/// The place of a gate's peephole weights; the cell gate has none.
static unsigned peephole(Gate gate) {
  return place::Peepholes + (gate == OutputGate ? 2 : gate);
}

//===----------------------------------------------------------------------===//
// Floats
//===----------------------------------------------------------------------===//

static Value clipped(Node &n, Value x, double bound) {
  return bound > 0 ? n.min(n.max(x, -bound), bound) : x;
}

/// x * weights^T.
static Value product(Node &n, Value x, Value weights) {
  return n.matmul(x, n.transpose(weights, {1, 0}));
}

static Value floatGate(Node &n, const Lstm &lstm, Gate gate, Value x,
                       State state) {
  Value sum = n.add(
      product(n, x, n.asFloat(place::InputWeights + gate)),
      product(n, state.hidden, n.asFloat(place::RecurrentWeights + gate)));
  if (gate != CellGate && n.has(peephole(gate)))
    sum = n.add(sum, n.mul(state.cell, n.asFloat(peephole(gate))));
  if (n.has(place::LayerNorms + gate))
    sum = layerNorm(n, sum, n.asFloat(place::LayerNorms + gate), {}, 1, 1e-8)
              .result;
  if (n.has(place::Biases + gate))
    sum = n.add(sum, n.asFloat(place::Biases + gate));
  return gate == CellGate ? n.activate(sum, lstm.activation) : n.sigmoid(sum);
}

static State floatStep(Node &n, const Lstm &lstm, Value x, State state) {
  Value forget = floatGate(n, lstm, ForgetGate, x, state);
  Value input =
      lstm.coupled && forget ? n.sub(n.like(forget, 1), forget) : Value();
  if (!lstm.coupled)
    input = floatGate(n, lstm, InputGate, x, state);
  Value candidate = floatGate(n, lstm, CellGate, x, state);
  Value cell =
      clipped(n, n.add(n.mul(forget, state.cell), n.mul(input, candidate)),
              lstm.cellClip);
  Value output = floatGate(n, lstm, OutputGate, x, {state.hidden, cell});
  Value hidden = n.mul(output, n.activate(cell, lstm.activation));
  if (n.has(place::Projection)) {
    hidden = product(n, hidden, n.asFloat(place::Projection));
    if (n.has(place::ProjectionBias))
      hidden = n.add(hidden, n.asFloat(place::ProjectionBias));
    hidden = clipped(n, hidden, lstm.projectionClip);
  }
  return {hidden, cell};
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

namespace {
/// The tables and scales of an integer LSTM.
struct IntegerLstm {
  Value logistic, tanhOfGate, tanhOfCell;
  /// log2 of the cell's scale; the scale and zero point of what the output
  /// gate lets through.
  int cellScale;
  Quantization hidden;
};
} // namespace

/// Gates have three integer bits: their scale.
static constexpr float kGateScale = 1.0f / 4096;

static Value clamp16(Node &n, Value x) {
  return n.min(n.max(x, -32768.0), 32767.0);
}

/// a * b / 2^exponent of i32 tensors, rounded half away from zero.
static Value scaledProduct(Node &n, Value a, Value b, int exponent) {
  return dividedByPower(n, n.mul(a, b), exponent);
}

static Value fromTable(Node &n, Value table, Value x) {
  return n.gather(table, n.add(x, 32768.0), 0);
}

/// (x - zero point) * weights^T + bias, at the scale of a gate.
static Value gateProduct(Node &n, Value x, unsigned source, unsigned weights,
                         Value bias) {
  Quantization q = n.inputQuant(source), w = n.inputQuant(weights);
  if (!q || !w || !n.in(weights))
    return n.error("an input or its weights have no scale");
  Value sum =
      product(n, n.sub(x, double(q.zeroPoint())), centred(n, n.in(weights), 0));
  if (bias)
    sum = n.add(sum, bias);
  return rescale(n, sum,
                 quantizeMultiplier(w.scale() * q.scale() / kGateScale));
}

static Value integerGate(Node &n, const IntegerLstm &tables, Gate gate, Value x,
                         State state) {
  Value sum =
      clamp16(n, gateProduct(n, x, place::Sequence, place::InputWeights + gate,
                             n.optional(place::Biases + gate)));
  sum = clamp16(n, n.add(gateProduct(n, state.hidden, place::OutputState,
                                     place::RecurrentWeights + gate, {}),
                         sum));
  if (gate != CellGate && n.has(peephole(gate))) {
    float scale = std::ldexp(1.0f, tables.cellScale) *
                  n.inputQuant(peephole(gate)).scale() / kGateScale;
    Value part = n.mul(state.cell, centred(n, n.in(peephole(gate)), 0));
    sum = clamp16(n, n.add(rescale(n, part, quantizeMultiplier(scale)), sum));
  }
  return fromTable(n, gate == CellGate ? tables.tanhOfGate : tables.logistic,
                   sum);
}

/// What the output gate lets through, as 8-bit numbers, and its projection.
static Value integerOutput(Node &n, const Lstm &lstm, const IntegerLstm &tables,
                           Value output, Value cell) {
  auto scale = static_cast<float>(std::ldexp(1.0, -15) / tables.hidden.scale() *
                                  std::ldexp(1.0, -15));
  Value through = n.mul(output, fromTable(n, tables.tanhOfCell, cell));
  Value hidden = n.add(rescale(n, through, quantizeMultiplier(scale)),
                       double(tables.hidden.zeroPoint()));
  hidden = n.min(n.max(hidden, -128.0), 127.0);
  if (!n.has(place::Projection))
    return hidden;
  Quantization w = n.inputQuant(place::Projection),
               y = n.inputQuant(place::OutputState);
  if (!w || !y)
    return n.error("its projection or output state has no scale");
  Value sum = product(n, n.sub(hidden, double(tables.hidden.zeroPoint())),
                      centred(n, n.in(place::Projection), 0));
  if (n.has(place::ProjectionBias))
    sum = n.add(sum, n.in(place::ProjectionBias));
  Multiplier by =
      quantizeMultiplier(w.scale() * tables.hidden.scale() / y.scale());
  Value result = n.add(rescale(n, sum, by), double(y.zeroPoint()));
  result = n.min(n.max(result, -128.0), 127.0);
  if (lstm.projectionClip <= 0)
    return result;
  double bound = std::min(
      std::max(std::trunc(lstm.projectionClip / y.scale()), -128.0f), 127.0f);
  return clipped(n, result, bound);
}

static State integerStep(Node &n, const Lstm &lstm, const IntegerLstm &tables,
                         Value x, State state) {
  Value forget = integerGate(n, tables, ForgetGate, x, state);
  Value input =
      lstm.coupled && forget ? n.sub(n.like(forget, 32767), forget) : Value();
  if (!lstm.coupled)
    input = integerGate(n, tables, InputGate, x, state);
  Value candidate = integerGate(n, tables, CellGate, x, state);
  Value kept = scaledProduct(n, forget, state.cell, 15);
  Value added = scaledProduct(n, input, candidate, 30 + tables.cellScale);
  Value cell = clamp16(n, n.add(kept, added));
  if (lstm.cellClip > 0) {
    float scale = n.inputQuant(place::CellState).scale();
    cell =
        clipped(n, cell, std::min(std::trunc(lstm.cellClip / scale), 32767.0f));
  }
  Value output = integerGate(n, tables, OutputGate, x, {state.hidden, cell});
  return {integerOutput(n, lstm, tables, output, cell), cell};
}

/// The tables; nothing, with a message, for forms that are not supported.
static std::optional<IntegerLstm> readInteger(Node &n, const Lstm &lstm) {
  Quantization cell = n.inputQuant(place::CellState);
  auto intermediates = list(n.op.intermediates());
  for (unsigned i = 0; i < 4; ++i)
    if (n.has(place::LayerNorms + i)) {
      n.error("layer normalisation of integers is not supported");
      return std::nullopt;
    }
  if (!cell || lstm.activation != fb::Activation_TANH) {
    n.error(
        "an integer LSTM needs the activation TANH and a scale of its cell");
    return std::nullopt;
  }
  IntegerLstm result;
  result.cellScale = static_cast<int>(std::round(std::log2(cell.scale())));
  result.hidden = n.outputQuant(0);
  if (intermediates.size() > 4 && intermediates[4] >= 0)
    if (Quantization q =
            quantizationOf(*n.scope.graph->tensors()->Get(intermediates[4])))
      result.hidden = q;
  int bits = 15 + result.cellScale;
  if (!result.hidden || bits < 0 || bits > 6) {
    n.error("the scales of its cell or output are out of range");
    return std::nullopt;
  }
  Type i16 = n.getBuilder().getIntegerType(16),
       i32 = n.getBuilder().getI32Type();
  auto table = [&](int16_t (*function)(int16_t, int), int integerBits) {
    return n.constant(makeTable(i16, i32, [&](int64_t x) -> int64_t {
      return function(static_cast<int16_t>(x), integerBits);
    }));
  };
  result.logistic = table(logistic16, 3);
  result.tanhOfGate = table(tanh16, 3);
  result.tanhOfCell = table(tanh16, bits);
  return result;
}

//===----------------------------------------------------------------------===//
// The loop
//===----------------------------------------------------------------------===//

/// Runs steps over x [time, batch, input]: all hidden states and the last ones.
static Value runSteps(Node &n, Value x, State &state, Step step) {
  int64_t length = GraphBuilder::sizeOf(x, 0);
  if (length >= 0 && length <= kUnrolledSteps) {
    SmallVector<Value> all;
    for (int64_t t = 0; t < length; ++t) {
      state = step(n.squeeze(n.slice(x, 0, t, t + 1), {0}), state);
      all.push_back(n.unsqueeze(state.hidden, {0}));
    }
    return n.concat(all, 0);
  }
  if (!state.hidden || !state.cell)
    return {};
  Type i64 = n.getBuilder().getI64Type();
  Value zero = n.scalar(i64, 0),
        end = n.reshape(n.shape({n.extent(x, 0)}), llvm::ArrayRef<Extent>());
  Value all = n.broadcast(n.like(state.hidden, 0),
                          n.shape({n.extent(x, 0), n.extent(state.hidden, 0),
                                   n.extent(state.hidden, 1)}));
  if (!all || !end)
    return {};
  SmallVector<Value> inits = {zero, state.hidden, state.cell, all};
  auto results = n.makeWhile(
      inits, ValueRange(inits).getTypes(),
      [&](GraphBuilder &b, GraphBuilder::Values v) {
        return b.compare(graph::ComparePredicate::lt, v[0], end);
      },
      [&](GraphBuilder &b, GraphBuilder::Values v) -> std::vector<Value> {
        State next = step(b.gather(x, v[0], 0), {v[1], v[2]});
        Value place = b.reshape(v[0], {Extent(1), Extent(1)});
        Value stored = b.make<graph::ScatterNDOp>(
            {v[3], place, b.unsqueeze(next.hidden, {0})},
            {b.attr("kind", graph::ScatterKindAttr::get(
                                b.getContext(), graph::ScatterKind::replace))});
        return {b.add(v[0], 1.0), next.hidden, next.cell, stored};
      });
  state = {results[1], results[2]};
  return results[3];
}

/// A state for as many sequences as the input has.
static Value initialState(Node &n, unsigned i, Value x, Type type) {
  Value state = n.in(i);
  if (GraphBuilder::rankOf(state).value_or(2) != 2)
    return n.error("its states must have 2 dimensions");
  Value wide = n.cast(state, type);
  if (!wide || GraphBuilder::sizeOf(wide, 0) == GraphBuilder::sizeOf(x, 1))
    return wide;
  return n.broadcast(wide, n.shape({n.extent(x, 1), n.extent(wide, 1)}));
}

/// Keeps the states for later operators on the same variables.
static void storeState(Node &n, unsigned i, Value value) {
  int32_t tensor = list(n.op.inputs())[i];
  Value stored = n.cast(value, GraphBuilder::elementType(n.in(i)));
  n.scope.values[tensor] = stored;
}

static void importSequenceLstm(Node &n) {
  const auto *o = n.options<fb::UnidirectionalSequenceLSTMOptions>();
  auto rank = n.rank(0);
  if (!o || !rank)
    return;
  if (*rank != 3 || !n.in(place::OutputState) || !n.in(place::CellState) ||
      !n.in(place::InputWeights + ForgetGate))
    return (void)n.error("its input must have 3 dimensions, its states and "
                         "weights be there");
  Lstm lstm{o->activation(), o->cell_clip(), o->proj_clip(), o->time_major(),
            !n.has(place::InputWeights)};
  bool isInteger = n.isQuantized(0);
  Type type = isInteger ? n.getBuilder().getI32Type()
                        : Type(n.getBuilder().getF32Type());
  Value x = isInteger ? n.cast(n.in(0), type) : n.asFloat(0);
  if (!lstm.timeMajor)
    x = n.transpose(x, {1, 0, 2});
  State state{initialState(n, place::OutputState, x, type),
              initialState(n, place::CellState, x, type)};
  Value all;
  if (isInteger) {
    auto tables = readInteger(n, lstm);
    if (!tables)
      return;
    all = runSteps(n, x, state, [&](Value xt, State s) {
      return integerStep(n, lstm, *tables, xt, s);
    });
  } else {
    all = runSteps(n, x, state, [&](Value xt, State s) {
      return floatStep(n, lstm, xt, s);
    });
  }
  storeState(n, place::OutputState, state.hidden);
  storeState(n, place::CellState, state.cell);
  if (!lstm.timeMajor)
    all = n.transpose(all, {1, 0, 2});
  if (n.outputType(0))
    n.set(0, n.cast(all, n.outputType(0)));
}

llvm::ArrayRef<Operator> recurrentOperators() {
  static const Operator rows[] = {
      {fb::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM, importSequenceLstm,
       Plain | Int8},
  };
  return rows;
}

} // namespace systole::tflite
