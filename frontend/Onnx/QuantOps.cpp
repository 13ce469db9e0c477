//===- QuantOps.cpp - ONNX quantised operators ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Integer products are exact sums of 32-bit integers between graph.dequantize
// and graph.quantize. Zero points of float types are zero by definition.
//
//===----------------------------------------------------------------------===//

#include "frontend/Onnx/QuantOps.h"
#include "frontend/Common/Composites.h"
#include "frontend/Common/Quantization.h"
#include "frontend/Onnx/Windows.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ReduceKind;

namespace systole::onnx {

/// The zero point in operand `i` if it is one of integers, else null.
static Value integerZeroPoint(Node &n, unsigned i) {
  Value zeroPoint = n.optional(i);
  if (zeroPoint && isa<IntegerType>(GraphBuilder::elementType(zeroPoint)))
    return zeroPoint;
  return {};
}

/// The element type of attribute `name`; null where it is absent or 0.
static Type typeAttribute(Node &n, llvm::StringRef name) {
  int64_t number = n.integer(name, 0);
  if (number == 0)
    return {};
  Type type = elementTypeOf(n.getContext(), number);
  if (!type)
    n.error("attribute '" + name + "' names no element type");
  return type;
}

/// Axis of the parameters and size of their blocks.
static bool quantAxis(Node &n, int64_t &axis, int64_t &block) {
  auto rank = n.rank(0);
  if (!rank)
    return false;
  axis = n.integer("axis", 1);
  block = n.opset >= 21 ? n.integer("block_size", 0) : 0;
  if (axis < 0)
    axis += *rank;
  return true;
}

//===----------------------------------------------------------------------===//
// To quantised numbers and back
//===----------------------------------------------------------------------===//

void importQuantizeLinear(Node &n) {
  Value x = n.in(0), scale = n.in(1), given = n.optional(2);
  Value zeroPoint = integerZeroPoint(n, 2);
  int64_t axis, block;
  if (!x || !scale || !quantAxis(n, axis, block))
    return;
  Type to = typeAttribute(n, "output_dtype");
  if (given)
    to = GraphBuilder::elementType(given);
  if (!to)
    to = IntegerType::get(n.getContext(), 8, IntegerType::Unsigned);
  // The quotient has the scale's precision, unless one is asked for.
  Type precision = typeAttribute(n, "precision");
  if (!precision)
    precision = GraphBuilder::elementType(scale);
  if (!isa<FloatType>(precision) || precision.getIntOrFloatBitWidth() < 16)
    precision = n.getBuilder().getF32Type();
  scale = alignParameter(n, n.cast(scale, precision), x, axis, block);
  if (zeroPoint)
    zeroPoint = alignParameter(n, zeroPoint, x, axis, block);
  n.set(0, quantize(n, n.cast(x, precision), scale, zeroPoint, to,
                    n.integer("saturate", 1)));
}

void importDequantizeLinear(Node &n) {
  Value x = n.in(0), scale = n.in(1), zeroPoint = integerZeroPoint(n, 2);
  int64_t axis, block;
  if (!x || !scale || !quantAxis(n, axis, block))
    return;
  Type to = typeAttribute(n, "output_dtype");
  if (!to)
    to = GraphBuilder::elementType(scale);
  scale = alignParameter(n, scale, x, axis, block);
  if (zeroPoint)
    zeroPoint = alignParameter(n, zeroPoint, x, axis, block);
  // frontend/Common/IntegerForm.h looks for it, also behind constants.
  n.keepOperations();
  n.set(0, dequantize(n, x, scale, zeroPoint, to));
}

static void importDynamicQuantizeLinear(Node &n) {
  if (!n.rank(0))
    return;
  DynamicRange range = dynamicRange(n, n.in(0));
  n.set(0, range.quantized);
  n.set(1, range.scale);
  n.set(2, range.zeroPoint);
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// A parameter of a matrix's rows (one for each, or one) as a column.
static Value ofRows(Node &n, Value parameter) {
  if (GraphBuilder::rankOf(parameter) != 1)
    return parameter;
  return GraphBuilder::sizeOf(parameter, 0) == 1 ? n.squeeze(parameter, {0})
                                                 : n.unsqueeze(parameter, {1});
}

/// One of a tensor's channels, dimension 1 of `rank`; or of a filter's, 0.
static Value ofChannels(Node &n, Value parameter, int64_t dimensionsAfter) {
  if (GraphBuilder::rankOf(parameter) != 1)
    return parameter;
  if (GraphBuilder::sizeOf(parameter, 0) == 1)
    return n.squeeze(parameter, {0});
  SmallVector<int64_t> axes;
  for (int64_t d = 0; d < dimensionsAfter; ++d)
    axes.push_back(1 + d);
  return n.unsqueeze(parameter, axes);
}

static void importMatMulInteger(Node &n) {
  Value a = n.in(0), b = n.in(1);
  Value aZero = n.optional(2), bZero = n.optional(3);
  n.set(0, n.matmul(centred(n, a, aZero ? ofRows(n, aZero) : aZero),
                    centred(n, b, bZero), n.getBuilder().getI32Type()));
}

static void importQLinearMatMul(Node &n) {
  Value aScale = n.in(1), bScale = n.in(4), scale = n.in(6), zero = n.in(7);
  Value sum =
      n.matmul(centred(n, n.in(0), ofRows(n, n.in(2))),
               centred(n, n.in(3), n.in(5)), n.getBuilder().getI32Type());
  Value factor = n.div(n.mul(ofRows(n, aScale), bScale), ofRows(n, scale));
  if (!zero)
    return;
  n.set(0, requantize(n, sum, factor, ofRows(n, zero),
                      GraphBuilder::elementType(zero)));
}

static void importConvInteger(Node &n) {
  Window w;
  Value filter = n.in(1), xZero = n.optional(2), wZero = n.optional(3);
  if (!readWindow(n, w) || !filter)
    return;
  if (wZero)
    wZero = ofChannels(n, wZero, w.spatial + 1);
  n.set(0,
        convolution(n, w, centred(n, n.in(0), xZero), centred(n, filter, wZero),
                    {}, n.getBuilder().getI32Type()));
}

static void importQLinearConv(Node &n) {
  Window w;
  Value xScale = n.in(1), filter = n.in(3), wScale = n.in(4), wZero = n.in(5);
  Value scale = n.in(6), zero = n.in(7), bias = n.optional(8);
  if (!readWindow(n, w) || !filter || !zero || !wScale || !wZero)
    return;
  Value sum =
      convolution(n, w, centred(n, n.in(0), n.in(2)),
                  centred(n, filter, ofChannels(n, wZero, w.spatial + 1)), bias,
                  n.getBuilder().getI32Type());
  Value factor = n.div(n.mul(xScale, ofChannels(n, wScale, w.spatial)), scale);
  n.set(0, requantize(n, sum, factor, zero, GraphBuilder::elementType(zero)));
}

llvm::ArrayRef<Operator> quantOperators() {
  static constexpr Operator rows[] = {
      {"ConvInteger", 10, 28, importConvInteger},
      {"DequantizeLinear", 10, 28, importDequantizeLinear},
      {"DynamicQuantizeLinear", 11, 28, importDynamicQuantizeLinear},
      {"MatMulInteger", 10, 28, importMatMulInteger},
      {"QLinearConv", 10, 28, importQLinearConv},
      {"QLinearMatMul", 10, 28, importQLinearMatMul},
      {"QuantizeLinear", 10, 28, importQuantizeLinear},
  };
  return rows;
}

} // namespace systole::onnx
