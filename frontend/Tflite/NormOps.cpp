//===- NormOps.cpp - TFLite's softmax and normalisations ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The integer softmax needs the exponential of differences of two 8-bit numbers
// alone: a table. Only the reciprocal of each row's sum is computed.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Tflite/Quantized.h"
#include <cmath>

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ComparePredicate;
using systole::graph::ReduceKind;

namespace systole::tflite {

//===----------------------------------------------------------------------===//
// Integer softmax
//===----------------------------------------------------------------------===//

/// Integer bits of exponents, and of the sum of exponentials.
static constexpr int kDifferenceBits = 5, kSumBits = 12;

/// e^(difference) for differences -255 .. 0, without integer bits; 0 where the
/// product with `beta` would leave 32 bits.
static graph::Tensor exponentials(Node &n, float scale, float beta) {
  double real = std::min<double>(double(beta) * double(scale) *
                                     (1 << (31 - kDifferenceBits)),
                                 double((int64_t(1) << 31) - 1));
  Multiplier by = quantizeMultiplier(real);
  double radius = double((1 << kDifferenceBits) - 1) *
                  double(int64_t(1) << (31 - kDifferenceBits)) /
                  double(int64_t(1) << std::max(by.shift, 0));
  auto lowest = -static_cast<int64_t>(std::floor(radius));
  graph::Tensor table(n.getBuilder().getI32Type(), {256});
  for (int64_t d = -255; d <= 0; ++d)
    table.setInt(d + 255, d < lowest
                              ? 0
                              : expOnNegative(rescaleDouble(int32_t(d), by),
                                              kDifferenceBits));
  return table;
}

/// The upper half of a product of i32 tensors, rounded half up.
static Value highProduct(Node &n, Value a, Value b) {
  Type i64 = n.getBuilder().getI64Type(), i32 = n.getBuilder().getI32Type();
  Value product = n.mul(n.cast(a, i64), n.cast(b, i64));
  Value rounded = n.add(product, double(int64_t(1) << 30));
  return rounded ? n.cast(n.make<graph::ShiftRightOp>(
                              {rounded, n.like(rounded, 31)}),
                          i32)
                 : rounded;
}
static Value highProduct(Node &n, Value a, int32_t b) {
  return a ? highProduct(n, a, n.like(a, b)) : a;
}

/// x * 2^exponent, at the bounds of i32 where it is beyond.
static Value saturatingShift(Node &n, Value x, int exponent) {
  Type i64 = n.getBuilder().getI64Type(), i32 = n.getBuilder().getI32Type();
  Value wide = n.mul(n.cast(x, i64), double(1 << exponent));
  return n.cast(n.min(n.max(wide, -0x1p31), 0x1p31 - 1), i32);
}

/// How many zeros the binary form of positive i32 numbers starts with.
static Value leadingZeros(Node &n, Value x) {
  Type i32 = n.getBuilder().getI32Type();
  SmallVector<double> powers;
  for (int k = 0; k < 31; ++k)
    powers.push_back(double(1 << k));
  auto rank = GraphBuilder::rankOf(x);
  if (!rank)
    return {};
  Value reached = n.compare(ComparePredicate::ge, n.unsqueeze(x, {*rank}),
                            n.numbers(i32, powers));
  Value digits = n.reduce(ReduceKind::sum, n.cast(reached, i32), {*rank},
                          /*keepDims=*/false);
  return digits ? n.sub(n.like(digits, 32), digits) : digits;
}

/// 1 / (1 + x) for x in [0, 1), without integer bits: reciprocalOfOnePlus.
static Value reciprocal(Node &n, Value x) {
  Type i64 = n.getBuilder().getI64Type(), i32 = n.getBuilder().getI32Type();
  Value half = n.cast(n.div(n.add(n.cast(x, i64), 0x1p31), 2.0), i32);
  Value y = n.add(highProduct(n, half, -1010580540), 1515870810.0);
  for (int i = 0; i < 3; ++i) {
    Value product = highProduct(n, half, y);
    Value error = product ? n.sub(n.like(product, 1 << 29), product) : product;
    y = n.add(y, saturatingShift(n, highProduct(n, y, error), 2));
  }
  return saturatingShift(n, y, 1);
}

static void softmax8(Node &n, float beta, int64_t axis) {
  Type i32 = n.getBuilder().getI32Type(), i64 = n.getBuilder().getI64Type();
  Value x = n.cast(n.in(0), i32);
  Value difference =
      n.sub(x, n.reduce(ReduceKind::max, x, {axis}, /*keepDims=*/true));
  Value table = n.constant(exponentials(n, n.inputQuant(0).scale(), beta));
  Value e = n.gather(table, n.add(difference, 255.0), 0);
  Value sum = n.reduce(ReduceKind::sum, dividedByPower(n, e, kSumBits), {axis},
                       /*keepDims=*/true);
  // The sum as 1.x * 2^k: its first digit goes beyond the left end.
  Value zeros = leadingZeros(n, sum);
  Value fraction =
      n.make<graph::ShiftLeftOp>({n.cast(sum, i64), n.cast(zeros, i64)});
  Value scale = reciprocal(n, n.cast(n.sub(fraction, 0x1p31), i32));
  Value product = n.cast(highProduct(n, scale, e), i64);
  // Divided by 2^(31 - bits + k), rounded half away from zero.
  Type to = n.outputType(0);
  if (!product || !to)
    return;
  double exponent = kSumBits + 31.0 - to.getIntOrFloatBitWidth();
  Value shift = n.cast(n.sub(n.like(zeros, exponent), zeros), i64);
  Value one = n.like(shift, 1);
  Value half = n.make<graph::ShiftLeftOp>({one, n.sub(shift, one)});
  Value sign = n.make<graph::ShiftRightOp>({product, n.like(product, 63)});
  Value result =
      n.make<graph::ShiftRightOp>({n.add(n.add(product, half), sign), shift});
  Range range = rangeOf(to);
  n.set(0, asQuantized(n, result, range.low, to, range));
}

//===----------------------------------------------------------------------===//
// Integer softmax of 16 bits
//===----------------------------------------------------------------------===//

namespace {
/// A function of 16-bit numbers, linear between 513 samples.
struct Sampled {
  double (*function)(double);
  /// What the numbers stand for: (x - zero point) * scale.
  double scale;
  int64_t zeroPoint;
};
} // namespace

/// The samples, with 15 bits behind the point; the error in the middle of two
/// is shared between them.
static SmallVector<int32_t> samples(const Sampled &s) {
  constexpr int count = 512;
  double low = s.scale * double(-32768 - s.zeroPoint);
  double high = s.scale * double(32767 - s.zeroPoint);
  double step = (high - low) / count, half = step / 2;
  auto value = [&](double x) { return s.function(x) * 32768.0; };
  auto clamped = [](double x) {
    return static_cast<int32_t>(std::min(std::max(x, -32768.0), 32767.0));
  };
  SmallVector<int32_t> result;
  for (int i = 0; i < count; ++i) {
    double x = low + i * step;
    double sample = std::round(value(x)), middle = std::round(value(x + half));
    // The next sample enters before it is rounded.
    double next = value(low + (i + 1) * step);
    double error = std::round((next + sample) / 2) - middle;
    result.push_back(clamped(sample - std::round(error / 2)));
  }
  result.push_back(clamped(std::round(value(high))));
  return result;
}

/// Its values, of all 16-bit numbers.
static graph::Tensor interpolated(Node &n, const Sampled &s) {
  SmallVector<int32_t> base = samples(s);
  Type i16 = n.getBuilder().getIntegerType(16);
  return makeTable(i16, n.getBuilder().getI32Type(), [&](int64_t x) {
    int64_t place = (x >> 7) + 256, rest = x & 127;
    int64_t slope = base[place + 1] - base[place];
    return base[place] + ((slope * rest + 64) >> 7);
  });
}

static void softmax16(Node &n, float beta, int64_t axis) {
  Type i32 = n.getBuilder().getI32Type(), i64 = n.getBuilder().getI64Type(),
       i16 = n.getBuilder().getIntegerType(16);
  Value x = n.cast(n.in(0), i32);
  Value difference =
      n.sub(x, n.reduce(ReduceKind::max, x, {axis}, /*keepDims=*/true));
  // [-10, 0] is the range of 16 bits.
  Multiplier by = quantizeMultiplier(double(n.inputQuant(0).scale() * beta) /
                                     (10.0 / 65535.0));
  auto exponential = [](double v) { return std::exp(v); };
  auto inverse = [](double v) { return 1.0 / (1.0 + v); };
  Value e = lookUp(
      n,
      asQuantized(n, rescale(n, difference, by), 32767, i16, {-32768, 32767}),
      interpolated(n, {exponential, 10.0 / 65535, 32767}));
  Value sum = n.reduce(ReduceKind::sum, e, {axis}, /*keepDims=*/true);
  Value zeros = leadingZeros(n, sum);
  Value shifted = n.make<graph::ShiftLeftOp>(
      {n.cast(sum, i64), n.cast(n.sub(zeros, 1.0), i64)});
  Value rounded = n.add(shifted, double(1 << 13));
  if (!rounded)
    return;
  Value fraction =
      n.cast(n.make<graph::ShiftRightOp>({rounded, n.like(rounded, 14)}), i32);
  Value scale = lookUp(
      n,
      asQuantized(n, fraction, -((1 << 15) + (1 << 16)), i16, {-32768, 32767}),
      interpolated(n, {inverse, 1.0 / 65535, -32768}));
  Value shift = n.cast(n.sub(n.like(zeros, 31), zeros), i64);
  Value one = n.like(shift, 1);
  Value half = n.make<graph::ShiftLeftOp>({one, n.sub(shift, one)});
  Value product = n.mul(n.cast(e, i64), n.cast(scale, i64));
  Value result = n.make<graph::ShiftRightOp>({n.add(product, half), shift});
  n.set(0, asQuantized(n, result, 0, n.outputType(0), {0, 32767}));
}

void quantizedSoftmax(Node &n, float beta) {
  auto rank = n.rank(0);
  Type to = n.outputType(0);
  if (!rank || !to)
    return;
  if (*rank == 0 || n.inputQuant(0).isPerAxis() || !isa<IntegerType>(to))
    return (void)n.error("this form of quantised softmax is not supported");
  if (GraphBuilder::elementType(n.in(0)).isInteger(16))
    softmax16(n, beta, *rank - 1);
  else
    softmax8(n, beta, *rank - 1);
}

//===----------------------------------------------------------------------===//
// Floats
//===----------------------------------------------------------------------===//

static void importSoftmax(Node &n) {
  const auto *o = n.options<fb::SoftmaxOptions>();
  auto rank = n.rank(0);
  if (!o || !rank)
    return;
  if (n.isQuantized(0))
    return quantizedSoftmax(n, o->beta());
  Value x = n.in(0);
  n.set(0, n.softmax(o->beta() == 1 ? x : n.mul(x, o->beta()), *rank - 1));
}

static void importLogSoftmax(Node &n) {
  if (auto rank = n.rank(0))
    n.set(0, logSoftmax(n, n.in(0), *rank - 1));
}

/// x divided by the root of the sum of its squares along the last dimension.
static void importL2Normalization(Node &n) {
  auto rank = n.rank(0);
  if (!rank || *rank == 0)
    return;
  Value x = n.in(0);
  Value squares = n.reduce(ReduceKind::sum, n.mul(x, x), {*rank - 1}, true);
  Value norm = n.max(n.sqrt(squares), 1e-6);
  n.set(0, n.activate(n.div(x, norm), n.option(&fb::L2NormOptions::activation,
                                               fb::Activation_NONE)));
}

/// x / (bias + alpha * sum of squares of channels around)^beta.
static void importLocalResponse(Node &n) {
  const auto *o = n.options<fb::LocalResponseNormalizationOptions>();
  auto rank = n.rank(0);
  if (!o || !rank || *rank == 0)
    return;
  Value x = n.in(0);
  int64_t radius = o->radius();
  if (radius < 0 || radius > 512)
    return (void)n.error("its radius is out of range");
  SmallVector<int64_t> pads(2 * *rank, 0);
  pads[*rank - 1] = pads[2 * *rank - 1] = radius;
  Value squares = n.pad(n.mul(x, x), n.ints(pads));
  // Differences of running sums would lose digits: a window of its own.
  int64_t channels = GraphBuilder::sizeOf(x, *rank - 1);
  if (channels < 0)
    return (void)n.error("the number of channels must be known");
  Value sum;
  for (int64_t i = 0; i <= 2 * radius; ++i) {
    Value part = n.slice(squares, *rank - 1, i, i + channels);
    sum = sum ? n.add(sum, part) : part;
  }
  Value base = n.add(n.mul(sum, o->alpha()), o->bias());
  if (base)
    n.set(0, n.div(x, n.make<graph::PowOp>({base, n.like(base, o->beta())})));
}

llvm::ArrayRef<Operator> normOperators() {
  static const Operator rows[] = {
      {fb::BuiltinOperator_L2_NORMALIZATION, importL2Normalization, Plain},
      {fb::BuiltinOperator_LOCAL_RESPONSE_NORMALIZATION, importLocalResponse,
       Plain},
      {fb::BuiltinOperator_LOG_SOFTMAX, importLogSoftmax, Plain},
      {fb::BuiltinOperator_SOFTMAX, importSoftmax, Plain | Int8 | Int16},
  };
  return rows;
}

} // namespace systole::tflite
