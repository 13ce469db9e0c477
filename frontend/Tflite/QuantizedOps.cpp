//===- QuantizedOps.cpp - Integer kernels, element by element -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Functions of one and two quantised numbers. Whether a multiplier is computed
// in float or double is part of the arithmetic: the kernels differ in it.
//
//===----------------------------------------------------------------------===//

#include "frontend/Tflite/Quantized.h"
#include <cmath>

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ComparePredicate;

namespace systole::tflite {

/// True if input 0 and output 0 have at most 8 bits and a scale each: what
/// tables are made for. Otherwise a message.
static bool isTabulated(Node &n) {
  Value x = n.in(0);
  if (!x || !n.outputType(0))
    return false;
  if (n.inputQuant(0) && n.outputQuant(0) && !n.inputQuant(0).isPerAxis() &&
      GraphBuilder::elementType(x).getIntOrFloatBitWidth() == 8 &&
      n.outputType(0).getIntOrFloatBitWidth() == 8)
    return true;
  n.error("quantised numbers are supported with 8 bits and one scale");
  return false;
}

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

void quantizedTable(Node &n, double (*function)(double)) {
  if (!isTabulated(n))
    return;
  Quantization in = n.inputQuant(0), out = n.outputQuant(0);
  Range range = rangeOf(n.outputType(0));
  float inverse = 1 / out.scale();
  auto entry = [&](int64_t q) {
    float x = in.scale() * static_cast<float>(q - in.zeroPoint());
    auto y = static_cast<float>(function(x));
    float sum = std::round(y * inverse) + static_cast<float>(out.zeroPoint());
    // Infinity is beyond, and NaN, which no table should have, the lowest.
    float least = static_cast<float>(range.low),
          most = static_cast<float>(range.high);
    return static_cast<int64_t>(std::min(std::max(least, sum), most));
  };
  Value x = n.in(0);
  n.set(0, lookUp(n, x,
                  makeTable(GraphBuilder::elementType(x), n.outputType(0),
                            entry)));
}

void quantizedSigmoid16(Node &n) {
  Quantization in = n.inputQuant(0), out = n.outputQuant(0);
  Value x = n.in(0);
  if (!x || !n.outputType(0))
    return;
  if (!in || in.isPerAxis() || in.zeroPoint() != 0 ||
      !n.outputType(0).isInteger(16) || !out || out.zeroPoint() != 0 ||
      out.scale() != 1.0f / 32768)
    return (void)n.error("numbers of 16 bits need one scale and the zero point "
                         "0, its output the scale 1/32768");
  bool isTanh = n.code == fb::BuiltinOperator_TANH;
  InputStep step = inputStep(in.scale(), isTanh ? 1 : 0);
  auto entry = [&](int64_t q) -> int64_t {
    auto number = static_cast<int16_t>(q);
    return isTanh ? sampledTanh(number, step) : sampledLogistic(number, step);
  };
  n.set(0, lookUp(n, x,
                  makeTable(GraphBuilder::elementType(x), n.outputType(0),
                            entry)));
}

void quantizedAbs(Node &n) {
  Quantization in = n.inputQuant(0), out = n.outputQuant(0);
  if (!out)
    return (void)n.error("its output has no scale");
  Multiplier by = quantizeMultiplier(in.scale() / out.scale());
  Value x = centred(n, n.in(0), in.zeroPoint());
  n.set(0, asOutput(n, rescale(n, n.make<graph::AbsOp>({x}), by)));
}

namespace {
/// A multiplier of 16 bits.
struct ShortMultiplier {
  explicit ShortMultiplier(Multiplier m)
      : value(m.value < 0x7fff0000 ? (m.value + (1 << 15)) >> 16 : 0x7fff),
        shift(m.shift) {}
  int32_t value;
  int shift;
};
} // namespace

/// a * b / 2^15, rounded half up.
static int32_t shortProduct(int32_t a, int32_t b) {
  return (a * b + (1 << 14)) >> 15;
}
static int32_t saturated16(int32_t x) { return std::clamp(x, -32768, 32767); }

/// min(max(x, -3), 3) / 6 + 1/2 without integer bits, for x with 7 bits more
/// than the input.
static int32_t hardGate(int32_t x, ShortMultiplier by) {
  if (by.shift > 0)
    x = saturated16(x * (1 << std::min(by.shift - 1, 15)));
  x = shortProduct(x, by.value);
  x = by.shift > 0 ? saturated16(2 * x) : roundedQuotient(x, -by.shift);
  return (x + (1 << 15)) >> 1;
}

void quantizedHardSwish(Node &n) {
  if (!isTabulated(n))
    return;
  Quantization in = n.inputQuant(0), out = n.outputQuant(0);
  Range range = rangeOf(n.outputType(0));
  // In float up to here.
  float fine = 1.0f / 128.0f * in.scale();
  ShortMultiplier toOutput(quantizeMultiplier(fine / out.scale()));
  ShortMultiplier toGate(quantizeMultiplier(fine / (3.0f / 32768.0f)));
  if (toOutput.shift > 0)
    return (void)n.error("its output's scale is smaller than 1/128 of its "
                         "input's");
  auto entry = [&](int64_t q) {
    auto x = static_cast<int32_t>(q - in.zeroPoint()) * 128;
    // Cut off, not rounded: both factors were rounded up.
    int32_t y = hardGate(x, toGate) * shortProduct(x, toOutput.value) / 32768;
    int64_t result = roundedQuotient(y, -toOutput.shift) + out.zeroPoint();
    return std::clamp(result, range.low, range.high);
  };
  Value x = n.in(0);
  n.set(0, lookUp(n, x,
                  makeTable(GraphBuilder::elementType(x), n.outputType(0),
                            entry)));
}

void quantizedClamp(Node &n, fb::Activation activation) {
  Quantization in = n.inputQuant(0), out = n.outputQuant(0);
  if (!out)
    return (void)n.error("its output has no scale");
  Multiplier by = quantizeMultiplier(in.scale() / out.scale());
  n.set(0, asOutput(n, rescale(n, centred(n, n.in(0), in.zeroPoint()), by),
                    activation));
}

void quantizedLeakyRelu(Node &n, float alpha) {
  Quantization in = n.inputQuant(0), out = n.outputQuant(0);
  if (!out)
    return (void)n.error("its output has no scale");
  Value x = centred(n, n.in(0), in.zeroPoint());
  Value same = rescale(n, x, quantizeMultiplier(in.scale() / out.scale()));
  double slope = in.scale() * alpha / out.scale();
  // A negative slope is a negative multiplier.
  Multiplier by = quantizeMultiplier(std::abs(slope));
  by.value = slope < 0 ? -by.value : by.value;
  Value positive = n.compare(ComparePredicate::ge, x, 0.0);
  n.set(0, asOutput(n, n.select(positive, same, rescale(n, x, by))));
}

void quantizedRsqrt(Node &n) {
  if (!isTabulated(n))
    return;
  Quantization in = n.inputQuant(0), out = n.outputQuant(0);
  Range range = rangeOf(n.outputType(0));
  Multiplier scale =
      quantizeMultiplier(1.0 / (std::sqrt(in.scale()) * out.scale()));
  // Intermediate numbers have 20 more bits.
  constexpr int extra = 20;
  scale.shift -= extra;
  auto entry = [&](int64_t q) {
    int64_t x = q - in.zeroPoint();
    // Nothing below zero has a root; the kernel refuses it.
    if (x <= 0)
      return range.high;
    Multiplier root = inverseSquareRoot(static_cast<int32_t>(x));
    root.shift += extra;
    int64_t y = rescaleDouble(rescaleDouble(1, root), scale);
    return std::clamp(y + out.zeroPoint(), range.low, range.high);
  };
  Value x = n.in(0);
  n.set(0, lookUp(n, x,
                  makeTable(GraphBuilder::elementType(x), n.outputType(0),
                            entry)));
}

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

/// The exponent of a power of two, to a relative error of 1e-3.
static std::optional<int> powerOfTwo(float x) {
  float exponent = std::log2(x), rounded = std::round(exponent);
  if (std::abs(exponent - rounded) < 1e-3f)
    return static_cast<int>(rounded);
  return std::nullopt;
}

/// ADD and SUB of 16-bit numbers whose scales are powers of two: one operand is
/// shifted, and the sum saturates. False if the operands are not such.
static bool sumOfPowers(Node &n, bool subtracts, fb::Activation activation) {
  Quantization a = n.inputQuant(0), b = n.inputQuant(1), y = n.outputQuant(0);
  bool wanted = subtracts ? n.option(&fb::SubOptions::pot_scale_int16, true)
                          : n.option(&fb::AddOptions::pot_scale_int16, true);
  auto pa = powerOfTwo(a.scale()), pb = powerOfTwo(b.scale()),
       py = powerOfTwo(y.scale());
  if (!wanted || !pa || !pb || !py || a.zeroPoint() || b.zeroPoint() ||
      y.zeroPoint())
    return false;
  if (*pa > *py || *pb > *py || (*pa != *py && *pb != *py)) {
    n.error("one operand of 16 bits must have the output's scale, the other a "
            "smaller one");
    return true;
  }
  Value left = dividedByPower(n, centred(n, n.in(0), 0), *py - *pa);
  Value right = dividedByPower(n, centred(n, n.in(1), 0), *py - *pb);
  n.set(0, asOutput(n, subtracts ? n.sub(left, right) : n.add(left, right),
                    activation));
  return true;
}

/// Both operands are shifted to the left, brought to twice the larger scale,
/// and added; the sum is brought to the output's.
static void sum(Node &n, bool subtracts, fb::Activation activation) {
  bool is16 = n.outputType(0).isInteger(16);
  if (is16 && sumOfPowers(n, subtracts, activation))
    return;
  Quantization a = n.inputQuant(0), b = n.inputQuant(1), y = n.outputQuant(0);
  int left = is16 ? 15 : 20;
  double twice = 2 * std::max(a.scale(), b.scale());
  Multiplier byA = quantizeMultiplier(a.scale() / twice);
  Multiplier byB = quantizeMultiplier(b.scale() / twice);
  Multiplier byY =
      quantizeMultiplier(twice / (static_cast<float>(1 << left) * y.scale()));
  byB.value = subtracts ? -byB.value : byB.value;
  auto prepared = [&](unsigned i, const Quantization &q, Multiplier by) {
    Value x = centred(n, n.in(i), q.zeroPoint());
    return rescale(n, n.mul(x, double(1 << left)), by);
  };
  Value total = n.add(prepared(0, a, byA), prepared(1, b, byB));
  n.set(0, asOutput(n, rescale(n, total, byY), activation));
}

void quantizedArithmetic(Node &n, fb::Activation activation) {
  Quantization a = n.inputQuant(0), b = n.inputQuant(1), y = n.outputQuant(0);
  if (!a || !b)
    return (void)n.error("an operand has no scale, but the output has");
  switch (n.code) {
  case fb::BuiltinOperator_ADD:
    return sum(n, /*subtracts=*/false, activation);
  case fb::BuiltinOperator_SUB:
    return sum(n, /*subtracts=*/true, activation);
  case fb::BuiltinOperator_MUL: {
    // In float, from left to right.
    Multiplier by = quantizeMultiplier(a.scale() * b.scale() / y.scale());
    Value product = n.mul(centred(n, n.in(0), a.zeroPoint()),
                          centred(n, n.in(1), b.zeroPoint()));
    return n.set(0, asOutput(n, rescale(n, product, by), activation));
  }
  default:
    n.error("quantised operands are not supported");
  }
}

void quantizedComparison(Node &n, ComparePredicate predicate) {
  auto prepared = [&](unsigned i) -> Value {
    Quantization q = n.inputQuant(i);
    if (!q)
      return n.error("an operand has no scale");
    // With 8 bits to the right of the point.
    Value x = n.mul(centred(n, n.in(i), q.zeroPoint()), 256.0);
    return rescale(n, x, quantizeMultiplier(q.scale()));
  };
  n.set(0, n.compare(predicate, prepared(0), prepared(1)));
}

} // namespace systole::tflite
