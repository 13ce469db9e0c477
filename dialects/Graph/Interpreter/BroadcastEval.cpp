//===- BroadcastEval.cpp - Operations on broadcast operands ---------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// result[i] = f(lhs[i], rhs[i]) where operands are stretched to one shape as
// numpy does: aligned at the last dimension, a dimension of 1 repeats.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/Elements.h"
#include "dialects/Graph/Interpreter/Stretched.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace mlir;

namespace systole::graph {

//===----------------------------------------------------------------------===//
// Broadcasting
//===----------------------------------------------------------------------===//

FailureOr<SmallVector<int64_t>>
broadcastShape(Operation *op, ArrayRef<ArrayRef<int64_t>> shapes) {
  if (auto shape = broadcastShapes(shapes))
    return *shape;
  std::string texts;
  for (ArrayRef<int64_t> shape : shapes)
    texts += (texts.empty() ? "" : ", ") + shapeText(shape);
  return op->emitOpError("shapes do not broadcast: ") << texts;
}

/// result[i] = function(lhs[i], rhs[i]) in compute type T.
template <typename T, typename Function>
static Evaluated zipAs(Operation *op, Operands operands, Type resultType,
                       Function function) {
  auto shape =
      broadcastShape(op, {operands[0].getShape(), operands[1].getShape()});
  if (failed(shape))
    return failure();
  Evaluated result = allocate(op, resultType, *shape);
  if (failed(result))
    return failure();
  Reader<T> lhs(operands[0]), rhs(operands[1]);
  Stretched left(operands[0], *shape), right(operands[1], *shape);
  using Out = decltype(function(T(), T()));
  Writer<Out> out(*result);
  for (Odometer o(*shape); !o.done(); o.next())
    out.set(o.position(), function(lhs[left.at(o)], rhs[right.at(o)]));
  return result;
}

/// Applies `function`, generic in the compute type, to two numeric operands.
template <typename Function>
static Evaluated zipNumeric(Operation *op, Operands operands,
                            Function function) {
  Type type = operands[0].getElementType();
  return withNumericType(type, [&](auto zero) {
    return zipAs<decltype(zero)>(op, operands, type, function);
  });
}

/// The same for operands that have an order.
template <typename Function>
static Evaluated zipReal(Operation *op, Operands operands, Function function) {
  Type type = operands[0].getElementType();
  return withRealType(type, [&](auto zero) {
    return zipAs<decltype(zero)>(op, operands, type, function);
  });
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

// Integers wrap: signed ones are computed as unsigned, which has no overflow.

Evaluated evaluate(AddOp op, Operands operands) {
  return zipNumeric(op, operands, [](auto a, auto b) { return sumOf(a, b); });
}

Evaluated evaluate(SubOp op, Operands operands) {
  return zipNumeric(op, operands, [](auto a, auto b) -> decltype(a) {
    if constexpr (std::is_integral_v<decltype(a)>)
      return static_cast<uint64_t>(a) - static_cast<uint64_t>(b);
    else
      return a - b;
  });
}

Evaluated evaluate(MulOp op, Operands operands) {
  return zipNumeric(op, operands,
                    [](auto a, auto b) { return productOf(a, b); });
}

Evaluated evaluate(DivOp op, Operands operands) {
  return zipNumeric(op, operands, [](auto a, auto b) -> decltype(a) {
    using T = decltype(a);
    if constexpr (std::is_integral_v<T>) {
      if (b == 0)
        return 0;
      // The smallest integer has no positive twin: its negation is itself.
      if (std::is_signed_v<T> && b == static_cast<T>(-1))
        return 0 - static_cast<uint64_t>(a);
    }
    return a / b;
  });
}

/// Repeated multiplication, wrapping.
template <typename T>
static T integerPower(T base, T exponent) {
  if (std::is_signed_v<T> && exponent < 0) {
    if (base == 1)
      return 1;
    if (base == static_cast<T>(-1))
      return exponent % 2 ? static_cast<T>(-1) : 1;
    return 0;
  }
  uint64_t product = 1, factor = static_cast<uint64_t>(base);
  for (uint64_t bits = exponent; bits; bits >>= 1, factor *= factor)
    if (bits & 1)
      product *= factor;
  return static_cast<T>(product);
}

Evaluated evaluate(PowOp op, Operands operands) {
  return zipReal(op, operands, [](auto a, auto b) -> decltype(a) {
    if constexpr (std::is_integral_v<decltype(a)>)
      return integerPower(a, b);
    else
      return std::pow(a, b);
  });
}

Evaluated evaluate(MaxOp op, Operands operands) {
  return zipReal(op, operands, [](auto a, auto b) { return largerOf(a, b); });
}

Evaluated evaluate(MinOp op, Operands operands) {
  return zipReal(op, operands, [](auto a, auto b) { return smallerOf(a, b); });
}

//===----------------------------------------------------------------------===//
// Logic, choice and repetition
//===----------------------------------------------------------------------===//

/// result[i] = function(lhs[i], rhs[i]) of the bits of two integers.
template <typename Function>
static Evaluated zipBits(Operation *op, Operands operands, Function function) {
  return zipAs<uint64_t>(op, operands, operands[0].getElementType(), function);
}

Evaluated evaluate(AndOp op, Operands operands) {
  return zipBits(op, operands, [](uint64_t a, uint64_t b) { return a & b; });
}

Evaluated evaluate(OrOp op, Operands operands) {
  return zipBits(op, operands, [](uint64_t a, uint64_t b) { return a | b; });
}

Evaluated evaluate(XorOp op, Operands operands) {
  return zipBits(op, operands, [](uint64_t a, uint64_t b) { return a ^ b; });
}

/// The low `width` bits of a shift's count, which is read as unsigned.
static uint64_t shiftCount(uint64_t count, unsigned width) {
  return count & llvm::maskTrailingOnes<uint64_t>(width);
}

Evaluated evaluate(ShiftLeftOp op, Operands operands) {
  unsigned width = operands[0].getElementType().getIntOrFloatBitWidth();
  return zipBits(op, operands, [=](uint64_t a, uint64_t b) -> uint64_t {
    uint64_t count = shiftCount(b, width);
    return count < width ? a << count : 0;
  });
}

Evaluated evaluate(ShiftRightOp op, Operands operands) {
  Type type = operands[0].getElementType();
  unsigned width = type.getIntOrFloatBitWidth();
  return zipReal(op, operands, [=](auto a, auto b) -> decltype(a) {
    if constexpr (std::is_integral_v<decltype(a)>) {
      uint64_t count = shiftCount(b, width);
      if (std::is_unsigned_v<decltype(a)> && count >= width)
        return 0;
      // Extended to 64 bits, the sign goes on.
      return a >> std::min<uint64_t>(count, 63);
    } else {
      llvm_unreachable("the operands are integers");
    }
  });
}

/// a PREDICATE b: with NaN only `ne` is true, as in C++.
template <typename T>
static bool holds(ComparePredicate predicate, T a, T b) {
  switch (predicate) {
  case ComparePredicate::eq:
    return a == b;
  case ComparePredicate::ne:
    return a != b;
  case ComparePredicate::lt:
    return a < b;
  case ComparePredicate::le:
    return a <= b;
  case ComparePredicate::gt:
    return a > b;
  case ComparePredicate::ge:
    return a >= b;
  }
  llvm_unreachable("every predicate is listed");
}

Evaluated evaluate(CompareOp op, Operands operands) {
  Type boolean = IntegerType::get(op.getContext(), 1);
  ComparePredicate predicate = op.getPredicate();
  return withRealType(operands[0].getElementType(), [&](auto zero) {
    using T = decltype(zero);
    return zipAs<T>(op, operands, boolean, [&](T a, T b) -> uint64_t {
      return holds(predicate, a, b);
    });
  });
}

Evaluated evaluate(SelectOp op, Operands operands) {
  const Tensor &condition = operands[0];
  const Tensor &onTrue = operands[1], &onFalse = operands[2];
  auto shape = broadcastShape(
      op, {condition.getShape(), onTrue.getShape(), onFalse.getShape()});
  if (failed(shape))
    return failure();
  Evaluated result = allocate(op, onTrue.getElementType(), *shape);
  if (failed(result))
    return failure();
  int64_t bytes = elementBytes(onTrue.getElementType());
  Stretched choose(condition, *shape), yes(onTrue, *shape), no(onFalse, *shape);
  for (Odometer o(*shape); !o.done(); o.next()) {
    const char *source = condition.load<char>(choose.at(o))
                             ? onTrue.data() + yes.at(o) * bytes
                             : onFalse.data() + no.at(o) * bytes;
    std::memcpy(result->data() + o.position() * bytes, source, bytes);
  }
  return result;
}

Evaluated evaluate(BroadcastOp op, Operands operands) {
  const Tensor &input = operands[0];
  SmallVector<int64_t> wanted = indexValues(operands[1]);
  for (int64_t size : wanted)
    if (size < 0)
      return op.emitOpError("shape has the negative entry ") << size;
  auto shape = broadcastShape(op, {input.getShape(), wanted});
  if (failed(shape))
    return failure();
  Evaluated result = allocate(op, input.getElementType(), *shape);
  if (failed(result))
    return failure();
  int64_t bytes = elementBytes(input.getElementType());
  Stretched source(input, *shape);
  for (Odometer o(*shape); !o.done(); o.next())
    std::memcpy(result->data() + o.position() * bytes,
                input.data() + source.at(o) * bytes, bytes);
  return result;
}

} // namespace systole::graph
