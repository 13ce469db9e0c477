//===- ElementwiseOps.cpp - TFLite operators on each element --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Arithmetic, comparison, logic and conversion. What is quantised goes to
// Quantized.h; the rest is the graph's own.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Tflite/Quantized.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ComparePredicate;

namespace systole::tflite {

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

/// An operator that is an operation of one operand.
template <typename OpTy>
static void unary(Node &n) {
  n.set(0, n.make<OpTy>({n.in(0)}));
}

/// A composite of one operand.
template <Value (*build)(GraphBuilder &, Value)>
static void composite(Node &n) {
  n.set(0, build(n, n.in(0)));
}

static Value rsqrt(GraphBuilder &b, Value x) {
  return x ? b.div(b.like(x, 1.0), b.sqrt(x)) : x;
}
static Value square(GraphBuilder &b, Value x) { return b.mul(x, x); }
static Value elu1(GraphBuilder &b, Value x) { return elu(b, x, 1.0); }
static Value reluN1To1(GraphBuilder &b, Value x) {
  return b.min(b.max(x, -1.0), 1.0);
}
static Value relu6(GraphBuilder &b, Value x) { return b.min(b.relu(x), 6.0); }
static Value relu0To1(GraphBuilder &b, Value x) {
  return b.min(b.relu(x), 1.0);
}
static Value hardSwish(GraphBuilder &b, Value x) {
  return b.div(b.mul(x, relu6(b, b.add(x, 3.0))), 6.0);
}
static Value zerosLike(GraphBuilder &b, Value x) {
  return x ? b.broadcast(b.like(x, 0.0), b.shapeOf(x)) : x;
}

static void importGelu(Node &n) {
  n.set(0, gelu(n, n.in(0), n.option(&fb::GeluOptions::approximate, false)));
}

static void importLeakyRelu(Node &n) {
  float alpha = n.option(&fb::LeakyReluOptions::alpha, 0.0f);
  if (n.isQuantized(0))
    return quantizedLeakyRelu(n, alpha);
  n.set(0, leakyRelu(n, n.in(0), alpha));
}

static void importPrelu(Node &n) {
  Value x = n.in(0);
  Value slope = n.mul(x, n.in(1));
  if (slope)
    n.set(0, n.select(n.compare(ComparePredicate::ge, x, 0.0), x, slope));
}

static void importCast(Node &n) {
  Type to = n.outputType(0);
  Value x = n.in(0);
  if (!to || isa<graph::StringType>(to))
    return (void)n.error("conversion to its type is not supported");
  n.set(0, n.cast(x, to));
}

/// The float form of `plain`, or the tables of 8-bit numbers.
template <void (*plain)(Node &), double (*function)(double)>
static void tabulated(Node &n) {
  if (n.isQuantized(0))
    return quantizedTable(n, function);
  plain(n);
}
/// The same with 16-bit numbers, too.
template <void (*plain)(Node &), double (*function)(double)>
static void sigmoid(Node &n) {
  if (n.isQuantized(0) && n.inputTensor(0)->type() == fb::TensorType_INT16)
    return quantizedSigmoid16(n);
  tabulated<plain, function>(n);
}
static double logistic(double x) {
  return 1.0f / (1.0f + std::exp(-static_cast<float>(x)));
}
static double tanhOf(double x) { return std::tanh(static_cast<float>(x)); }
static double expOf(double x) { return std::exp(static_cast<float>(x)); }
static double eluOf(double x) {
  return x < 0 ? std::expm1(static_cast<float>(x)) : x;
}

/// RELU and its relatives: of quantised numbers, a rescaling with other bounds.
template <void (*plain)(Node &), fb::Activation activation>
static void clamped(Node &n) {
  if (n.isQuantized(0))
    return quantizedClamp(n, activation);
  plain(n);
}

static void importHardSwish(Node &n) {
  if (n.isQuantized(0))
    return quantizedHardSwish(n);
  composite<hardSwish>(n);
}

static void importAbs(Node &n) {
  if (n.isQuantized(0))
    return quantizedAbs(n);
  unary<graph::AbsOp>(n);
}

static void importRsqrt(Node &n) {
  if (n.isQuantized(0))
    return quantizedRsqrt(n);
  composite<rsqrt>(n);
}

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

/// An operation of two operands that ends with an activation; `Options` has it.
template <typename OpTy, typename Options>
static void arithmetic(Node &n) {
  if (n.isOutputQuantized(0))
    return quantizedArithmetic(
        n, n.option(&Options::activation, fb::Activation_NONE));
  n.set(0, n.activate(n.make<OpTy>({n.in(0), n.in(1)}),
                      n.option(&Options::activation, fb::Activation_NONE)));
}

/// Largest or smallest: of quantised numbers with one meaning, of the integers.
template <typename OpTy>
static void extreme(Node &n) {
  if (n.isQuantized(0) && !haveOneMeaning(n, {0, 1}))
    return;
  n.set(0, n.make<OpTy>({n.in(0), n.in(1)}));
}

template <typename OpTy>
static void binary(Node &n) {
  n.set(0, n.make<OpTy>({n.in(0), n.in(1)}));
}

template <ComparePredicate predicate>
static void comparison(Node &n) {
  if (n.isQuantized(0))
    return quantizedComparison(n, predicate);
  n.set(0, n.compare(predicate, n.in(0), n.in(1)));
}

static Value squaredDifference(Node &n) {
  Value d = n.sub(n.in(0), n.in(1));
  return n.mul(d, d);
}
static void importSquaredDifference(Node &n) { n.set(0, squaredDifference(n)); }

/// The quotient, rounded down.
static Value floorDiv(Node &n) {
  Value a = n.in(0), b = n.in(1);
  if (!a || !b)
    return {};
  if (isa<FloatType>(GraphBuilder::elementType(a)))
    return n.floor(n.div(a, b));
  // One less where the signs differ and something remains.
  Value quotient = n.div(a, b);
  Value rest = n.sub(a, n.mul(quotient, b));
  Value remains = n.compare(ComparePredicate::ne, rest, 0.0);
  Value differ =
      n.make<graph::XorOp>({n.compare(ComparePredicate::lt, rest, 0.0),
                            n.compare(ComparePredicate::lt, b, 0.0)});
  Value lower = n.make<graph::AndOp>({remains, differ});
  return lower ? n.sub(quotient, n.cast(lower, GraphBuilder::elementType(a)))
               : lower;
}
static void importFloorDiv(Node &n) { n.set(0, floorDiv(n)); }
static void importFloorMod(Node &n) {
  n.set(0, n.sub(n.in(0), n.mul(floorDiv(n), n.in(1))));
}

static void importAddN(Node &n) {
  Value sum = n.in(0);
  for (unsigned i = 1; i < n.numInputs(); ++i)
    sum = n.add(sum, n.in(i));
  n.set(0, sum);
}

/// SELECT's condition may have the rank of the first dimension alone.
static void importSelect(Node &n) {
  Value condition = n.in(0), x = n.in(1), y = n.in(2);
  if (n.isQuantized(1) && !haveOneMeaning(n, {1, 2}))
    return;
  auto rank = GraphBuilder::rankOf(condition), full = GraphBuilder::rankOf(x);
  if (n.code == fb::BuiltinOperator_SELECT && rank && full && *rank == 1 &&
      *full > 1)
    condition =
        n.unsqueeze(condition, llvm::to_vector(llvm::seq<int64_t>(1, *full)));
  n.set(0, n.select(condition, x, y));
}

llvm::ArrayRef<Operator> elementwiseOperators() {
  using namespace graph;
  static const Operator rows[] = {
      {fb::BuiltinOperator_ABS, importAbs, Plain | Int8 | Int16},
      {fb::BuiltinOperator_ADD, arithmetic<AddOp, fb::AddOptions>,
       Plain | Int8 | Int16},
      {fb::BuiltinOperator_ADD_N, importAddN, Plain},
      {fb::BuiltinOperator_BITWISE_XOR, binary<XorOp>, Plain},
      {fb::BuiltinOperator_CAST, importCast, Plain},
      {fb::BuiltinOperator_CEIL, composite<frontend::ceil>, Plain},
      {fb::BuiltinOperator_COS, unary<CosOp>, Plain},
      {fb::BuiltinOperator_DIV, arithmetic<DivOp, fb::DivOptions>, Plain},
      {fb::BuiltinOperator_ELU, tabulated<composite<elu1>, eluOf>,
       Plain | Int8},
      {fb::BuiltinOperator_EQUAL, comparison<ComparePredicate::eq>,
       Plain | Int8},
      {fb::BuiltinOperator_EXP, tabulated<unary<ExpOp>, expOf>, Plain | Int8},
      {fb::BuiltinOperator_FLOOR, unary<FloorOp>, Plain},
      {fb::BuiltinOperator_FLOOR_DIV, importFloorDiv, Plain},
      {fb::BuiltinOperator_FLOOR_MOD, importFloorMod, Plain},
      {fb::BuiltinOperator_GELU, importGelu, Plain},
      {fb::BuiltinOperator_GREATER, comparison<ComparePredicate::gt>,
       Plain | Int8},
      {fb::BuiltinOperator_GREATER_EQUAL, comparison<ComparePredicate::ge>,
       Plain | Int8},
      {fb::BuiltinOperator_HARD_SWISH, importHardSwish, Plain | Int8},
      {fb::BuiltinOperator_LEAKY_RELU, importLeakyRelu, Plain | Int8 | Int16},
      {fb::BuiltinOperator_LESS, comparison<ComparePredicate::lt>,
       Plain | Int8},
      {fb::BuiltinOperator_LESS_EQUAL, comparison<ComparePredicate::le>,
       Plain | Int8},
      {fb::BuiltinOperator_LOG, unary<LogOp>, Plain},
      {fb::BuiltinOperator_LOGICAL_AND, binary<AndOp>, Plain},
      {fb::BuiltinOperator_LOGICAL_NOT, unary<NotOp>, Plain},
      {fb::BuiltinOperator_LOGICAL_OR, binary<OrOp>, Plain},
      {fb::BuiltinOperator_LOGISTIC, sigmoid<unary<SigmoidOp>, logistic>,
       Plain | Int8 | Int16},
      {fb::BuiltinOperator_MAXIMUM, extreme<MaxOp>, Plain | Int8 | Int16},
      {fb::BuiltinOperator_MINIMUM, extreme<MinOp>, Plain | Int8 | Int16},
      {fb::BuiltinOperator_MUL, arithmetic<MulOp, fb::MulOptions>,
       Plain | Int8 | Int16},
      {fb::BuiltinOperator_NEG, unary<NegOp>, Plain},
      {fb::BuiltinOperator_NOT_EQUAL, comparison<ComparePredicate::ne>,
       Plain | Int8},
      {fb::BuiltinOperator_POW, binary<PowOp>, Plain},
      {fb::BuiltinOperator_PRELU, importPrelu, Plain},
      {fb::BuiltinOperator_RELU, clamped<unary<ReluOp>, fb::Activation_RELU>,
       Plain | Int8 | Int16},
      {fb::BuiltinOperator_RELU6,
       clamped<composite<relu6>, fb::Activation_RELU6>, Plain | Int8 | Int16},
      {fb::BuiltinOperator_RELU_0_TO_1, composite<relu0To1>, Plain},
      {fb::BuiltinOperator_RELU_N1_TO_1,
       clamped<composite<reluN1To1>, fb::Activation_RELU_N1_TO_1>,
       Plain | Int8 | Int16},
      {fb::BuiltinOperator_RIGHT_SHIFT, binary<ShiftRightOp>, Plain},
      {fb::BuiltinOperator_ROUND, unary<RoundOp>, Plain},
      {fb::BuiltinOperator_RSQRT, importRsqrt, Plain | Int8},
      {fb::BuiltinOperator_SELECT, importSelect, Plain | Int8 | Int16},
      {fb::BuiltinOperator_SELECT_V2, importSelect, Plain | Int8 | Int16},
      {fb::BuiltinOperator_SIGN, composite<frontend::sign>, Plain},
      {fb::BuiltinOperator_SIN, unary<SinOp>, Plain},
      {fb::BuiltinOperator_SQRT, unary<SqrtOp>, Plain},
      {fb::BuiltinOperator_SQUARE, composite<square>, Plain},
      {fb::BuiltinOperator_SQUARED_DIFFERENCE, importSquaredDifference, Plain},
      {fb::BuiltinOperator_SUB, arithmetic<SubOp, fb::SubOptions>,
       Plain | Int8 | Int16},
      {fb::BuiltinOperator_TANH, sigmoid<unary<TanhOp>, tanhOf>,
       Plain | Int8 | Int16},
      {fb::BuiltinOperator_ZEROS_LIKE, composite<zerosLike>, Plain},
  };
  return rows;
}

} // namespace systole::tflite
