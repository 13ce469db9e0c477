//===- MathOps.cpp - ONNX functions of angles, bits and tests ------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Trigonometric and hyperbolic functions, operations on bits, tests for special
// numbers, and a few functions made of these.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Common/Import.h"
#include "frontend/Onnx/Node.h"
#include <cmath>

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ComparePredicate;

namespace systole::onnx {

/// A composite of one operand, in 32-bit floats or more.
template <Value (*build)(GraphBuilder &, Value)>
static void composite(Node &n) {
  n.set(0, inFloat32(n, n.in(0), [&](Value x) { return build(n, x); }));
}

//===----------------------------------------------------------------------===//
// Bits
//===----------------------------------------------------------------------===//

template <typename OpTy>
static void bitwise(Node &n) {
  n.set(0, n.make<OpTy>({n.in(0), n.in(1)}));
}

static void importBitShift(Node &n) {
  std::string direction = n.string("direction", "");
  if (direction == "LEFT")
    return bitwise<graph::ShiftLeftOp>(n);
  if (direction == "RIGHT")
    return bitwise<graph::ShiftRightOp>(n);
  n.error("direction '" + direction + "' is neither LEFT nor RIGHT");
}

/// The same bits; a boolean is a byte with the number 0 or 1.
static void importBitCast(Node &n) {
  Value x = n.in(0);
  Type to =
      elementTypeOf(n.getContext(), static_cast<int32_t>(n.integer("to", 0)));
  if (!x)
    return;
  Type from = GraphBuilder::elementType(x);
  Type byte = n.getBuilder().getIntegerType(8, /*isSigned=*/false);
  if (!to || !isa<FloatType, IntegerType>(to) ||
      !isa<FloatType, IntegerType>(from))
    return (void)n.error("these element types have no bits to reinterpret");
  bool toBool = to.isInteger(1);
  if (from.isInteger(1))
    x = n.cast(x, byte);
  if (x && GraphBuilder::elementType(x) != (toBool ? byte : to))
    x = n.make<graph::BitcastOp>(
        {x}, {n.attr("to", TypeAttr::get(toBool ? byte : to))});
  n.set(0, toBool ? n.cast(x, to) : x);
}

//===----------------------------------------------------------------------===//
// Tests
//===----------------------------------------------------------------------===//

static void importIsNaN(Node &n) {
  Value x = n.in(0);
  n.set(0, n.compare(ComparePredicate::ne, x, x));
}

static void importIsInf(Node &n) {
  Value x = n.in(0);
  bool positive = n.integer("detect_positive", 1) != 0;
  bool negative = n.integer("detect_negative", 1) != 0;
  if (!x)
    return;
  auto isInfinite = [&](Value value) {
    return n.compare(ComparePredicate::eq, value,
                     std::numeric_limits<double>::infinity());
  };
  if (positive && negative)
    return n.set(0, isInfinite(n.abs(x)));
  if (positive || negative)
    return n.set(0, isInfinite(positive ? x : n.neg(x)));
  n.set(0, n.broadcast(n.scalar(n.getBuilder().getI1Type(), 0), n.shapeOf(x)));
}

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

/// x + bias below -lambd, x - bias above lambd, 0 between; of integers, in
/// floats and back.
static void importShrink(Node &n) {
  Value input = n.in(0);
  Type type = GraphBuilder::elementType(input);
  double bias = n.real("bias", 0), lambda = n.real("lambd", 0.5);
  Value x = isa_and_present<IntegerType>(type)
                ? n.cast(input, n.getBuilder().getF64Type())
                : input;
  Value low = n.compare(ComparePredicate::lt, x, -lambda);
  Value high = n.compare(ComparePredicate::gt, x, lambda);
  Value inner = n.select(high, n.sub(x, bias), n.like(x, 0));
  n.set(0, n.cast(n.select(low, n.add(x, bias), inner), type));
}

/// swish(a) * b.
static void importSwiGlu(Node &n) {
  double alpha = n.real("alpha", 1.0);
  Value gate = inFloat32(n, n.in(0), [&](Value x) {
    return n.mul(x, n.sigmoid(n.mul(x, alpha)));
  });
  n.set(0, n.mul(gate, n.in(1)));
}

/// 1 above the threshold, else 0.
static void importBinarizer(Node &n) {
  Value x = n.in(0);
  Value above = n.compare(ComparePredicate::gt, x, n.real("threshold", 0));
  n.set(0, above ? n.cast(above, GraphBuilder::elementType(x)) : above);
}

llvm::ArrayRef<Operator> mathOperators() {
  static constexpr Operator rows[] = {
      {"Acos", 7, 28, composite<acos>},
      {"Acosh", 9, 28, composite<acosh>},
      {"Asin", 7, 28, composite<asin>},
      {"Asinh", 9, 28, composite<asinh>},
      {"Atan", 7, 28, importUnary<graph::AtanOp>},
      {"Atanh", 9, 28, composite<atanh>},
      {"Binarizer", 1, 28, importBinarizer, kMlDomain},
      {"BitCast", 26, 28, importBitCast},
      {"BitShift", 11, 28, importBitShift},
      {"BitwiseAnd", 18, 28, bitwise<graph::AndOp>},
      {"BitwiseNot", 18, 28, importUnary<graph::NotOp>},
      {"BitwiseOr", 18, 28, bitwise<graph::OrOp>},
      {"BitwiseXor", 18, 28, bitwise<graph::XorOp>},
      {"Cos", 7, 28, importUnary<graph::CosOp>},
      {"Cosh", 9, 28, composite<cosh>},
      {"IsInf", 10, 28, importIsInf},
      {"IsNaN", 9, 28, importIsNaN},
      {"Shrink", 9, 28, importShrink},
      {"Sin", 7, 28, importUnary<graph::SinOp>},
      {"Sinh", 9, 28, composite<sinh>},
      {"SwiGLU", 28, 28, importSwiGlu},
      {"Tan", 7, 28, composite<tan>},
  };
  return rows;
}

} // namespace systole::onnx
