//===- MicrosoftOps.cpp - What ONNX Runtime's quantiser emits -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operators of domain com.microsoft on quantised tensors. Sums of integers are
// exact; all else is done on floats between graph.dequantize and
// graph.quantize, as their documentation says. (ONNX Runtime's kernels take
// short cuts that may move a result by one step.)
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Common/Quantization.h"
#include "frontend/Onnx/QuantOps.h"
#include "frontend/Onnx/Windows.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ReduceKind;

namespace systole::onnx {

/// The float numbers that input `i` stands for; scale and zero point follow it.
static Value dequantized(Node &n, unsigned i) {
  return dequantize(n, n.in(i), n.in(i + 1), n.optional(i + 2),
                    n.getBuilder().getF32Type());
}

/// `x` as quantised numbers; scale and zero point are inputs `i` and `i + 1`,
/// `like` has the element type of the result where there is no zero point.
static Value quantized(Node &n, Value x, unsigned i, Value like) {
  Value zeroPoint = n.optional(i + 1);
  Value typed = zeroPoint ? zeroPoint : like;
  if (!x || !typed)
    return {};
  return quantize(n, x, n.in(i), zeroPoint, GraphBuilder::elementType(typed),
                  /*saturate=*/true);
}

//===----------------------------------------------------------------------===//
// Element-wise
//===----------------------------------------------------------------------===//

template <typename OpTy>
static void importBinary(Node &n) {
  Value result = n.make<OpTy>({dequantized(n, 0), dequantized(n, 3)});
  n.set(0, quantized(n, result, 6, n.in(0)));
}

static void importSigmoid(Node &n) {
  n.set(0, quantized(n, n.sigmoid(dequantized(n, 0)), 3, n.in(0)));
}

static void importLeakyRelu(Node &n) {
  Value x = dequantized(n, 0);
  Value scaled = n.mul(x, n.real("alpha", 0.01));
  Value isNegative = n.compare(graph::ComparePredicate::lt, x, 0.0);
  n.set(0, quantized(n, n.select(isNegative, scaled, x), 3, n.in(0)));
}

static void importSoftmax(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  auto axis = n.resolveAxis(n.integer("axis", -1), *rank);
  if (!axis)
    return;
  Value x = dequantized(n, 0);
  // Before operator set 13 a softmax is over all dimensions from its axis on.
  bool flattens = n.integer("opset", 13) < 13 && *axis != *rank - 1;
  Value result =
      flattens ? n.reshape(n.softmax(flattenTo2D(n, x, *axis), 1), n.shapeOf(x))
               : n.softmax(x, *axis);
  n.set(0, quantized(n, result, 3, n.in(0)));
}

static void importWhere(Node &n) {
  Value chosen = n.select(n.in(0), dequantized(n, 1), dequantized(n, 4));
  n.set(0, quantized(n, chosen, 7, n.in(1)));
}

static void importConcat(Node &n) {
  if (n.numInputs() < 5 || n.numInputs() % 3 != 2)
    return (void)n.error("its inputs are not a scale and a zero point, then "
                         "three for each tensor");
  auto rank = n.rank(2);
  if (!rank)
    return;
  auto axis = n.resolveAxis(n.integer("axis", 1), *rank);
  if (!axis)
    return;
  SmallVector<Value> parts;
  for (unsigned i = 2; i < n.numInputs(); i += 3)
    parts.push_back(dequantized(n, i));
  n.set(0, quantized(n, n.concat(parts, *axis), 0, n.in(2)));
}

//===----------------------------------------------------------------------===//
// Means
//===----------------------------------------------------------------------===//

/// The mean of quantised input 0 over `axes`: an exact sum, then one factor.
static Value quantizedMean(Node &n, ArrayRef<int64_t> axes, bool keepDims) {
  Value x = n.in(0), scale = n.in(1), zeroPoint = n.optional(4);
  if (!x || !scale)
    return {};
  Type i32 = n.getBuilder().getI32Type(), f32 = n.getBuilder().getF32Type();
  Extent count = 1;
  for (int64_t axis : axes)
    count = n.product(count, n.extent(x, axis));
  Value sum =
      n.reduce(ReduceKind::sum, n.cast(centred(n, x, n.optional(2)), i32), axes,
               keepDims);
  Value number = n.cast(n.squeeze(n.shape({count}), {0}), f32);
  Value factor = n.div(scale, n.mul(n.in(3), number));
  return requantize(n, sum, factor, zeroPoint,
                    GraphBuilder::elementType(zeroPoint ? zeroPoint : x));
}

static void importGlobalAveragePool(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  int64_t first = n.integer("channels_last", 0) ? 1 : 2;
  SmallVector<int64_t> axes;
  for (int64_t d = first; d < *rank - 2 + first; ++d)
    axes.push_back(d);
  n.set(0, quantizedMean(n, axes, /*keepDims=*/true));
}

static void importReduceMean(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  SmallVector<int64_t> all = llvm::to_vector(llvm::seq<int64_t>(0, *rank));
  auto axes = n.resolveAxes(n.integers("axes").value_or(all), *rank);
  if (axes)
    n.set(0, quantizedMean(n, *axes, n.integer("keepdims", 1)));
}

/// `x` with its channels moved from the last dimension to the second, or back.
static Value moveChannels(Node &n, Value x, int64_t rank, bool toSecond) {
  SmallVector<int64_t> perm{0};
  if (toSecond)
    perm.push_back(rank - 1);
  for (int64_t d = toSecond ? 1 : 2; d < rank - (toSecond ? 1 : 0); ++d)
    perm.push_back(d);
  if (!toSecond)
    perm.push_back(1);
  return n.transpose(x, perm);
}

static void importAveragePool(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  bool last = n.integer("channels_last", 0) != 0;
  Value x = dequantized(n, 0);
  Value mean = averagePool(n, last ? moveChannels(n, x, *rank, true) : x);
  if (mean && last)
    mean = moveChannels(n, mean, *rank, false);
  n.set(0, quantized(n, mean, 3, n.in(0)));
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// Quantised Gemm: y = alpha a b + c, of which c holds 32-bit integers.
static void importGemm(Node &n) {
  Value a = n.in(0), b = n.in(3), bScale = n.in(4), bZero = n.in(5);
  Value bias = n.optional(6), scale = n.optional(7), zeroPoint = n.optional(8);
  if (!a || !b || !bScale || !bZero)
    return;
  Value left = centred(n, a, n.in(2));
  // Parameters are of columns of b as it is multiplied.
  Value right =
      centred(n, n.integer("transB", 0) ? n.transpose(b, {1, 0}) : b, bZero);
  if (n.integer("transA", 0))
    left = n.transpose(left, {1, 0});
  Value sum = n.matmul(left, right, n.getBuilder().getI32Type());
  if (bias)
    sum = n.add(sum, bias);
  Value factor = n.mul(n.in(1), bScale);
  if (double alpha = n.real("alpha", 1); alpha != 1)
    factor = n.mul(factor, alpha);
  if (scale && zeroPoint)
    return n.set(0, requantize(n, sum, n.div(factor, scale), zeroPoint,
                               GraphBuilder::elementType(zeroPoint)));
  n.set(0, dequantize(n, sum, factor, {}, n.getBuilder().getF32Type()));
}

/// A product of integers as floats, which may get a bias.
static void importMatMulToFloat(Node &n) {
  Value aZero = n.optional(4), bZero = n.optional(5), bias = n.optional(6);
  Value sum = n.matmul(centred(n, n.in(0), aZero), centred(n, n.in(1), bZero),
                       n.getBuilder().getI32Type());
  Value result = dequantize(n, sum, n.mul(n.in(2), n.in(3)), {},
                            n.getBuilder().getF32Type());
  n.set(0, bias ? n.add(result, bias) : result);
}

/// The same with a left side of floats, which is quantised to its own range.
static void importDynamicMatMul(Node &n) {
  Value b = n.in(1), bScale = n.in(2), bZero = n.optional(3);
  Value bias = n.optional(4);
  DynamicRange range = dynamicRange(n, n.in(0));
  Value sum = n.matmul(centred(n, range.quantized, range.zeroPoint),
                       centred(n, b, bZero), n.getBuilder().getI32Type());
  Value result = dequantize(n, sum, n.mul(range.scale, bScale), {},
                            n.getBuilder().getF32Type());
  n.set(0, bias ? n.add(result, bias) : result);
}

llvm::ArrayRef<Operator> microsoftOperators() {
  static constexpr llvm::StringLiteral ms = kMicrosoftDomain;
  static constexpr Operator rows[] = {
      {"DequantizeLinear", 1, 28, importDequantizeLinear, ms},
      {"DynamicQuantizeMatMul", 1, 28, importDynamicMatMul, ms},
      {"MatMulIntegerToFloat", 1, 28, importMatMulToFloat, ms},
      {"QGemm", 1, 28, importGemm, ms},
      {"QLinearAdd", 1, 28, importBinary<graph::AddOp>, ms},
      {"QLinearAveragePool", 1, 28, importAveragePool, ms},
      {"QLinearConcat", 1, 28, importConcat, ms},
      {"QLinearGlobalAveragePool", 1, 28, importGlobalAveragePool, ms},
      {"QLinearLeakyRelu", 1, 28, importLeakyRelu, ms},
      {"QLinearMul", 1, 28, importBinary<graph::MulOp>, ms},
      {"QLinearReduceMean", 1, 28, importReduceMean, ms},
      {"QLinearSigmoid", 1, 28, importSigmoid, ms},
      {"QLinearSoftmax", 1, 28, importSoftmax, ms},
      {"QLinearWhere", 1, 28, importWhere, ms},
      {"QuantizeLinear", 1, 28, importQuantizeLinear, ms},
  };
  return rows;
}

} // namespace systole::onnx
