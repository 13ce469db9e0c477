//===- ElementwiseOps.cpp - ONNX operators on each element ---------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Arithmetic, comparison, logic and conversion. Operator sets before 7
// broadcast only on request, and align the second operand at an axis.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Common/Import.h"
#include "frontend/Common/Strings.h"
#include "frontend/Onnx/Node.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ComparePredicate;

namespace systole::onnx {

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

/// A composite of one operand.
template <Value (*build)(GraphBuilder &, Value)>
static void composite(Node &n) {
  n.set(0, build(n, n.in(0)));
}

static Value reciprocal(GraphBuilder &b, Value x) {
  return x ? b.div(b.like(x, 1.0), x) : x;
}

/// Floor of a float; integers are their own.
static void importFloor(Node &n) {
  Value x = n.in(0);
  n.set(0, x && isa<FloatType>(GraphBuilder::elementType(x)) ? n.floor(x) : x);
}

static void importIdentity(Node &n) { n.set(0, n.in(0)); }

/// Largest finite number of an 8-bit float type; 0 for all other types.
static double largestFloat8(Type type) {
  if (isa<Float8E4M3FNType>(type))
    return 448;
  if (isa<Float8E4M3FNUZType>(type))
    return 240;
  return isa<Float8E5M2Type, Float8E5M2FNUZType>(type) ? 57344 : 0;
}

/// Conversion to powers of two (f8E8M0FNU), rounded as attribute 'round_mode'
/// says: the exponent of a 32-bit float, or the next. Signs are dropped;
/// infinities become NaN.
static Value castToPowers(Node &n, Value x) {
  Type ui32 = n.getBuilder().getIntegerType(32, /*isSigned=*/false);
  Type ui8 = n.getBuilder().getIntegerType(8, /*isSigned=*/false);
  auto bitcast = [&](Value value, Type to) {
    return n.make<graph::BitcastOp>({value}, {n.attr("to", TypeAttr::get(to))});
  };
  Value bits = bitcast(n.cast(x, n.getBuilder().getF32Type()), ui32);
  Value exponent = n.make<graph::AndOp>(
      {n.make<graph::ShiftRightOp>({bits, n.like(bits, 23)}),
       n.like(bits, 0xff)});
  Value mantissa = n.make<graph::AndOp>({bits, n.like(bits, 0x7fffff)});
  std::string mode = n.string("round_mode", "up");
  Value goesUp;
  if (mode == "up")
    goesUp = n.compare(ComparePredicate::gt, mantissa, 0.0);
  else if (mode == "nearest")
    goesUp = n.compare(ComparePredicate::ge, mantissa, double(0x400000));
  else if (mode != "down")
    return n.error("round_mode '" + mode + "' is unknown");
  if (goesUp) {
    double last = n.integer("saturate", 1) ? 0xfe : 0xff;
    goesUp = n.make<graph::AndOp>(
        {goesUp, n.compare(ComparePredicate::lt, exponent, last)});
    exponent = n.add(exponent, n.cast(goesUp, ui32));
  }
  return bitcast(n.cast(exponent, ui8), Float8E8M0FNUType::get(n.getContext()));
}

/// Conversion that keeps to the range of 8-bit floats unless told otherwise.
static Value saturatingCast(Node &n, Value x, Type to) {
  if (isa_and_present<Float8E8M0FNUType>(to) &&
      GraphBuilder::elementType(x) != to)
    return castToPowers(n, x);
  double largest = largestFloat8(to);
  if (largest > 0 && n.integer("saturate", 1) &&
      isa<FloatType>(GraphBuilder::elementType(x)) &&
      largestFloat8(GraphBuilder::elementType(x)) == 0)
    x = n.max(n.min(x, largest), -largest);
  return n.cast(x, to);
}

static void importCast(Node &n) {
  const AttributeProto *to = n.attribute("to");
  // Before operator set 6 the type was a name.
  int64_t type = n.integer("to", 0);
  if (to && to->type() == 3)
    return (void)n.error("the type's name as text is not supported");
  Type element = elementTypeOf(n.getContext(), static_cast<int32_t>(type));
  Value x = n.in(0);
  if (!x)
    return;
  if (!element || isa<graph::StringType>(element) ||
      isa<graph::StringType>(GraphBuilder::elementType(x)))
    return (void)n.error("conversion from " +
                         numpyTypeName(GraphBuilder::elementType(x)) + " to " +
                         dataTypeName(static_cast<int32_t>(type)) +
                         " is not supported");
  n.set(0, saturatingCast(n, x, element));
}

static void importCastLike(Node &n) {
  Value x = n.in(0), like = n.in(1);
  if (x && like)
    n.set(0, saturatingCast(n, x, GraphBuilder::elementType(like)));
}

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

/// The second operand shaped for numpy's broadcasting (operator sets below 7).
static Value alignLegacy(Node &n, Value a, Value b) {
  if (n.opset >= 7 || !n.integer("broadcast", 0) || !n.attribute("axis") ||
      !a || !b)
    return b;
  auto rankA = n.rank(0), rankB = n.rank(1);
  if (!rankA || !rankB)
    return {};
  auto axis = n.resolveAxis(n.integer("axis", 0), *rankA);
  if (!axis || *axis + *rankB > *rankA)
    return n.error("the second operand does not fit at the axis");
  // Ones at the end move it to its axis.
  SmallVector<int64_t> ones;
  for (int64_t d = *rankB; d < *rankA - *axis; ++d)
    ones.push_back(d);
  return n.unsqueeze(b, ones);
}

template <typename OpTy>
static void binary(Node &n) {
  Value a = n.in(0);
  n.set(0, n.make<OpTy>({a, alignLegacy(n, a, n.in(1))}));
}

template <ComparePredicate predicate>
static void comparison(Node &n) {
  Value a = n.in(0);
  if (predicate == ComparePredicate::eq && a &&
      isa<graph::StringType>(GraphBuilder::elementType(a)))
    return n.set(0, equal(n, a, n.in(1)));
  n.set(0, n.compare(predicate, a, alignLegacy(n, a, n.in(1))));
}

static void importPow(Node &n) {
  Value base = n.in(0), exponent = alignLegacy(n, base, n.in(1));
  if (!base || !exponent)
    return;
  Type type = GraphBuilder::elementType(base),
       power = GraphBuilder::elementType(exponent);
  // The operands' types may differ; the result has the base's.
  if (isa<IntegerType>(type) && isa<FloatType>(power))
    return n.set(
        0, n.cast(n.make<graph::PowOp>({n.cast(base, power), exponent}), type));
  n.set(0, n.make<graph::PowOp>({base, n.cast(exponent, type)}));
}

/// a - b * floor(a / b), or with `fmod` the remainder of C.
static void importMod(Node &n) {
  Value a = n.in(0), b = n.in(1);
  if (!a || !b)
    return;
  bool isFloat = isa<FloatType>(GraphBuilder::elementType(a));
  if (isFloat && !n.integer("fmod", 0))
    return (void)n.error("floats need fmod = 1");
  Value quotient = n.div(a, b);
  if (isFloat)
    quotient = n.select(n.compare(ComparePredicate::ge, quotient, 0.0),
                        n.floor(quotient), ceil(n, quotient));
  Value remainder = n.sub(a, n.mul(b, quotient));
  bool isUnsigned = GraphBuilder::elementType(a).isUnsignedInteger();
  if (!n.integer("fmod", 0) && !isUnsigned) {
    // Python's sign: that of the divisor.
    Value wrong = n.make<graph::AndOp>(
        {n.compare(ComparePredicate::ne, remainder, 0.0),
         n.compare(ComparePredicate::ne,
                   n.compare(ComparePredicate::lt, remainder, 0.0),
                   n.compare(ComparePredicate::lt, b, 0.0))});
    remainder = n.select(wrong, n.add(remainder, b), remainder);
  }
  n.set(0, remainder);
}

//===----------------------------------------------------------------------===//
// Any number of operands
//===----------------------------------------------------------------------===//

template <typename OpTy>
static Value fold(Node &n) {
  Value result = n.in(0);
  for (unsigned i = 1; i < n.numInputs(); ++i)
    result = n.make<OpTy>({result, n.in(i)});
  return result;
}

template <typename OpTy>
static void variadic(Node &n) {
  n.set(0, fold<OpTy>(n));
}

static void importMean(Node &n) {
  n.set(0, n.div(fold<graph::AddOp>(n), static_cast<double>(n.numInputs())));
}

static void importWhere(Node &n) {
  n.set(0, n.select(n.in(0), n.in(1), n.in(2)));
}

static void importClip(Node &n) {
  Value x = n.in(0), low = n.optional(1), high = n.optional(2);
  if (!x)
    return;
  if (n.opset < 11) {
    if (n.attribute("min"))
      low = n.like(x, n.real("min", 0));
    if (n.attribute("max"))
      high = n.like(x, n.real("max", 0));
  }
  // A scalar may come as a tensor of one element: it must not add dimensions.
  auto bound = [&](Value value) {
    auto rank = GraphBuilder::rankOf(value);
    return rank && *rank > 0 ? n.reshape(value, llvm::ArrayRef<Extent>())
                             : value;
  };
  if (low)
    x = n.max(x, bound(low));
  if (high)
    x = n.min(x, bound(high));
  n.set(0, x);
}

llvm::ArrayRef<Operator> elementwiseOperators() {
  static constexpr Operator rows[] = {
      {"Abs", 1, 28, importUnary<graph::AbsOp>},
      {"Add", 1, 28, binary<graph::AddOp>},
      {"And", 1, 28, binary<graph::AndOp>},
      {"Cast", 1, 28, importCast},
      {"CastLike", 15, 28, importCastLike},
      {"Ceil", 1, 28, composite<frontend::ceil>},
      {"Clip", 1, 28, importClip},
      {"Div", 1, 28, binary<graph::DivOp>},
      {"Equal", 1, 28, comparison<ComparePredicate::eq>},
      {"Erf", 9, 28, importUnary<graph::ErfOp>},
      {"Exp", 1, 28, importUnary<graph::ExpOp>},
      {"Floor", 1, 28, importFloor},
      {"Greater", 1, 28, comparison<ComparePredicate::gt>},
      {"GreaterOrEqual", 12, 28, comparison<ComparePredicate::ge>},
      {"Identity", 1, 28, importIdentity, "", true},
      {"Less", 1, 28, comparison<ComparePredicate::lt>},
      {"LessOrEqual", 12, 28, comparison<ComparePredicate::le>},
      {"Log", 1, 28, importUnary<graph::LogOp>},
      {"Max", 1, 28, variadic<graph::MaxOp>},
      {"Mean", 1, 28, importMean},
      {"Min", 1, 28, variadic<graph::MinOp>},
      {"Mod", 10, 28, importMod},
      {"Mul", 1, 28, binary<graph::MulOp>},
      {"Neg", 1, 28, importUnary<graph::NegOp>},
      {"Not", 1, 28, importUnary<graph::NotOp>},
      {"Or", 1, 28, binary<graph::OrOp>},
      {"Pow", 1, 28, importPow},
      {"Reciprocal", 1, 28, composite<reciprocal>},
      {"Round", 11, 28, composite<roundHalfEven>},
      {"Sign", 9, 28, composite<sign>},
      {"Sqrt", 1, 28, importUnary<graph::SqrtOp>},
      {"Sub", 1, 28, binary<graph::SubOp>},
      {"Sum", 1, 28, variadic<graph::AddOp>},
      {"Where", 9, 28, importWhere},
      {"Xor", 1, 28, binary<graph::XorOp>},
  };
  return rows;
}

} // namespace systole::onnx
