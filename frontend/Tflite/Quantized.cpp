//===- Quantized.cpp - Steps of integer kernels ---------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which kernel rounds how is in docs/rationale/integer-semantics.md; what the
// roundings are, in the specification of graph.rescale.
//
//===----------------------------------------------------------------------===//

#include "frontend/Tflite/Quantized.h"
#include "frontend/Common/Composites.h"
#include "frontend/Common/Quantization.h"
#include <cmath>

using namespace mlir;
using namespace systole::frontend;

namespace systole::tflite {

static Type i32(Node &n) { return n.getBuilder().getI32Type(); }
static Type i64(Node &n) { return n.getBuilder().getI64Type(); }

Range rangeOf(Type type) {
  auto integer = cast<IntegerType>(type);
  unsigned width = integer.getWidth();
  if (integer.isUnsigned())
    return {0, (int64_t(1) << width) - 1};
  return {-(int64_t(1) << (width - 1)), (int64_t(1) << (width - 1)) - 1};
}

Range activationRange(Type type, const Quantization &q,
                      fb::Activation activation) {
  Range range = rangeOf(type);
  auto quantized = [&](float x) {
    return q.zeroPoint() + static_cast<int64_t>(std::round(x / q.scale()));
  };
  if (activation == fb::Activation_RELU || activation == fb::Activation_RELU6)
    range.low = std::max(range.low, quantized(0));
  if (activation == fb::Activation_RELU_N1_TO_1)
    range = {std::max(range.low, quantized(-1)),
             std::min(range.high, quantized(1))};
  if (activation == fb::Activation_RELU6)
    range.high = std::min(range.high, quantized(6));
  return range;
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

Value centred(Node &n, Value x, int64_t zeroPoint, unsigned width) {
  Value wide = n.cast(x, n.getBuilder().getIntegerType(width));
  return zeroPoint ? n.sub(wide, double(zeroPoint)) : wide;
}

/// One number, or a list for the last dimension, of `type`.
static Value constants(Node &n, Type type, llvm::ArrayRef<Multiplier> by,
                       llvm::function_ref<int64_t(const Multiplier &)> get) {
  SmallVector<double> values;
  for (const Multiplier &m : by)
    values.push_back(double(get(m)));
  return by.size() == 1 ? n.scalar(type, values[0]) : n.numbers(type, values);
}

static Value shiftedRight(Node &n, Value x, Value by) {
  return n.make<graph::ShiftRightOp>({x, by});
}
static Value shiftedRight(Node &n, Value x, int by) {
  return x ? shiftedRight(n, x, n.like(x, by)) : x;
}

/// graph.rescale by the factors and shifts that `factor` and `shift` give.
static Value rescaleBy(Node &n, Value x, llvm::ArrayRef<Multiplier> by,
                       llvm::function_ref<int64_t(const Multiplier &)> factor,
                       llvm::function_ref<int64_t(const Multiplier &)> shift,
                       graph::RescaleRounding rounding) {
  if (!x)
    return {};
  auto attribute = graph::RescaleRoundingAttr::get(n.getContext(), rounding);
  return n.make<graph::RescaleOp>(
      {x, constants(n, i32(n), by, factor), constants(n, i32(n), by, shift)},
      {n.attr("rounding", attribute)});
}

static int64_t valueOf(const Multiplier &m) { return m.value; }
static int64_t shiftOf(const Multiplier &m) { return 31 - m.shift; }

Value rescale(Node &n, Value x, llvm::ArrayRef<Multiplier> by) {
  return rescaleBy(n, x, by, valueOf, shiftOf, graph::RescaleRounding::twice);
}

Value rescaleOnce(Node &n, Value x, llvm::ArrayRef<Multiplier> by) {
  return rescaleBy(n, x, by, valueOf, shiftOf, graph::RescaleRounding::once);
}

Value rescaleWide(Node &n, Value x, llvm::ArrayRef<Multiplier> by) {
  auto reduced = [](const Multiplier &m) -> int64_t {
    return m.value < 0x7fff0000 ? (int64_t(m.value) + (1 << 15)) >> 16 : 0x7fff;
  };
  auto shift = [](const Multiplier &m) -> int64_t {
    return std::max(15 - m.shift, 1);
  };
  return rescaleBy(n, n.cast(x, i64(n)), by, reduced, shift,
                   graph::RescaleRounding::once);
}

Value dividedByPower(Node &n, Value x, int exponent) {
  if (!x || exponent <= 0)
    return x;
  Value wide = n.cast(x, i64(n));
  Value half = n.add(wide, double(int64_t(1) << (exponent - 1)));
  // Less one below zero: the sign alone, shifted.
  return n.cast(
      shiftedRight(n, n.add(half, shiftedRight(n, wide, 63)), exponent),
      i32(n));
}

Value asQuantized(Node &n, Value x, int64_t zeroPoint, Type to,
                  const Range &range) {
  if (!x || !to)
    return {};
  Value moved = zeroPoint ? n.add(x, double(zeroPoint)) : x;
  return n.cast(n.min(n.max(moved, double(range.low)), double(range.high)), to);
}

Value asOutput(Node &n, Value x, fb::Activation activation, unsigned i) {
  Type to = n.outputType(i);
  if (!x || !to || !isa<IntegerType>(to))
    return {};
  Quantization q = n.outputQuant(i);
  if (!q)
    return n.error("its output has no scale");
  return asQuantized(n, x, q.zeroPoint(), to,
                     activationRange(to, q, activation));
}

Value outputOfSum(Node &n, Value sum, llvm::ArrayRef<Multiplier> by,
                  fb::Activation activation) {
  if (!sum)
    return {};
  bool isWide = GraphBuilder::elementType(sum).isInteger(64);
  return asOutput(n, isWide ? rescaleWide(n, sum, by) : rescale(n, sum, by),
                  activation);
}

SmallVector<Multiplier> productMultipliers(Node &n, unsigned in,
                                           unsigned weights) {
  Quantization x = n.inputQuant(in), w = n.inputQuant(weights),
               y = n.outputQuant(0);
  SmallVector<Multiplier> result;
  if (!x || !w || !y)
    n.error("its input, weights or output have no scale");
  // The kernels of UINT8 multiply the two scales as floats.
  bool asFloats =
      n.in(in) && GraphBuilder::elementType(n.in(in)).isUnsignedInteger(8);
  for (size_t i = 0; x && y && i < w.scales.size(); ++i) {
    double product = asFloats ? double(x.scale() * w.scale(i))
                              : double(x.scale()) * double(w.scale(i));
    result.push_back(quantizeMultiplier(product / double(y.scale())));
  }
  if (result.empty())
    result.push_back({});
  return result;
}

graph::Tensor makeTable(Type from, Type to,
                        llvm::function_ref<int64_t(int64_t)> function) {
  Range range = rangeOf(from);
  graph::Tensor table(to, {range.high - range.low + 1});
  for (int64_t q = range.low; q <= range.high; ++q)
    table.setInt(q - range.low, function(q));
  return table;
}

Value lookUp(Node &n, Value x, const graph::Tensor &table) {
  if (!x)
    return {};
  Value index = n.cast(x, i32(n));
  int64_t low = rangeOf(GraphBuilder::elementType(x)).low;
  return n.gather(n.constant(table), low ? n.sub(index, double(low)) : index,
                  0);
}

//===----------------------------------------------------------------------===//
// Parts of operators
//===----------------------------------------------------------------------===//

Value rescaledToOutput(Node &n, unsigned i) {
  Value x = n.in(i);
  Quantization from = n.inputQuant(i), to = n.outputQuant(0);
  if (!n.isQuantized(i) || !n.isOutputQuantized(0) || from == to)
    return x;
  Type type = GraphBuilder::elementType(x);
  float scale = from.scale() * (1.0f / to.scale());
  float bias = static_cast<float>(-from.zeroPoint()) * scale;
  Range range = rangeOf(n.outputType(0));
  return lookUp(n, x, makeTable(type, n.outputType(0), [&](int64_t q) {
                  auto value = static_cast<int64_t>(
                      std::round(static_cast<float>(q) * scale + bias));
                  return std::clamp(value + to.zeroPoint(), range.low,
                                    range.high);
                }));
}

Value clampToActivation(Node &n, Value x, fb::Activation activation) {
  if (!x || activation == fb::Activation_NONE)
    return x;
  Range range = activationRange(n.outputType(0), n.outputQuant(0), activation);
  return n.min(n.max(x, double(range.low)), double(range.high));
}

bool haveOneMeaning(Node &n, llvm::ArrayRef<unsigned> inputs) {
  Quantization q = n.outputQuant(0);
  for (unsigned i : inputs)
    if (!(n.inputQuant(i) == q)) {
      n.error("its quantised inputs and output have different scales");
      return false;
    }
  return true;
}

Value quantizeHalfAway(Node &n, Value x, const Quantization &q, Type to) {
  if (!x || !to)
    return {};
  if (q.isPerAxis())
    return n.error("quantising with a scale for each index is not supported");
  // NaN and what no 32-bit integer holds end at the bounds.
  Value number = roundHalfAway(n, n.div(x, q.scale()));
  Value inside = n.min(n.max(number, -0x1p30), 0x1p30);
  return asQuantized(n, n.cast(inside, i32(n)), q.zeroPoint(), to, rangeOf(to));
}

} // namespace systole::tflite
