//===- IntegerForm.cpp - Quantised graphs computed on integers ------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rules, each a function; dq and q are graph.dequantize and graph.quantize,
// f is a factor, s and z are a scale and a zero point:
//
//   transpose(dq(x, s, z))              -> dq(transpose(x), transpose(s, z))
//   conv or matmul(dq(x), dq(w), bias)  -> dq(sum of products, s_x * s_w)
//   matmul(dq(x), dq(w)), w in blocks    -> sum over blocks of dq(sum of
//   products) dq(sum, f) + bias                   -> dq(sum + bias / f, f)   if
//   quantised q(dq(sum, f), s, z)                 -> q(dq(sum, f / s), 1, z)
//   q(max(dq(sum, f), c), s, z)         -> max(q(dq(sum, f), s, z), q(c, s, z))
//   q(move(dq(x, s, z)), s, z)          -> move(x)
//
// The last two change nothing: quantising is monotone, and of what a number
// stands for gives the number back.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/IntegerForm.h"
#include "frontend/Common/Quantization.h"
#include <numeric>

using namespace mlir;
using systole::graph::DequantizeOp;
using systole::graph::QuantizeOp;

namespace systole::frontend {

//===----------------------------------------------------------------------===//
// Questions
//===----------------------------------------------------------------------===//

static bool isSmallInteger(Value value) {
  auto type = dyn_cast<IntegerType>(getElementTypeOrSelf(value.getType()));
  return type && type.getWidth() > 1 && type.getWidth() <= 8;
}

static bool hasOneElement(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape() && type.getNumElements() == 1;
}

/// True if both are one value, none at all, or constants of equal numbers,
/// whatever their shapes.
static bool areEqual(Value a, Value b) {
  if (!a || !b || a == b)
    return a == b;
  ElementsAttr left = graph::constantAttribute(a),
               right = graph::constantAttribute(b);
  if (!left || !right || left.getElementType() != right.getElementType())
    return false;
  if (left == right)
    return true;
  auto x = graph::tensorFromAttribute(left),
       y = graph::tensorFromAttribute(right);
  return succeeded(x) && succeeded(y) && x->size() == y->size() &&
         x->byteSize() == y->byteSize() &&
         std::memcmp(x->data(), y->data(), x->byteSize()) == 0;
}

/// True for a zero point that is none: absent, or zeros.
static bool isNoZeroPoint(Value zeroPoint) {
  if (!zeroPoint)
    return true;
  ElementsAttr attribute = graph::constantAttribute(zeroPoint);
  if (!attribute)
    return false;
  auto tensor = graph::tensorFromAttribute(attribute);
  for (int64_t i = 0; succeeded(tensor) && i < tensor->size(); ++i)
    if (tensor->getDouble(i) != 0.0)
      return false;
  return succeeded(tensor);
}

/// The dequantisation to f32 that gives `value`: of small integers, or, for
/// `sums`, of a contraction's.
static DequantizeOp dequantized(Value value, bool sums) {
  auto op = value ? value.getDefiningOp<DequantizeOp>() : DequantizeOp();
  if (!op || !getElementTypeOrSelf(op.getType()).isF32())
    return {};
  bool fits = sums ? isNoZeroPoint(op.getZeroPoint()) &&
                         getElementTypeOrSelf(op.getInput().getType())
                             .isSignlessInteger(32)
                   : isSmallInteger(op.getInput());
  return fits ? op : DequantizeOp();
}

/// True if a parameter beside a value of `rank` dimensions is one number, or
/// one for each index of dimension `dim`.
static bool variesAlong(Value parameter, int64_t rank, int64_t dim) {
  auto type = dyn_cast<RankedTensorType>(parameter.getType());
  if (!type || !type.hasStaticShape() || type.getRank() > rank)
    return false;
  int64_t shift = rank - type.getRank();
  for (int64_t d = 0; d < type.getRank(); ++d)
    if (type.getDimSize(d) != 1 && d + shift != dim)
      return false;
  return true;
}

//===----------------------------------------------------------------------===//
// Contractions
//===----------------------------------------------------------------------===//

/// A parameter as one number, or as a list of them.
static Value flat(GraphBuilder &b, Value parameter) {
  int64_t count = cast<RankedTensorType>(parameter.getType()).getNumElements();
  return count == 1
             ? b.reshape(parameter, b.numbers(b.getBuilder().getI64Type(), {}))
             : b.reshape(parameter, b.ints({count}));
}

/// A flat parameter of the channels, dimension `dim` of `rank`.
static Value alongDim(GraphBuilder &b, Value parameter, int64_t rank,
                      int64_t dim) {
  if (GraphBuilder::rankOf(parameter) == 0)
    return parameter;
  SmallVector<int64_t> after;
  for (int64_t d = dim + 1; d < rank; ++d)
    after.push_back(d - dim);
  return b.unsqueeze(parameter, after);
}

/// True if everything that `value` becomes is quantised numbers.
static bool isQuantizedNext(Value value) {
  return !value.use_empty() &&
         llvm::all_of(value.getUsers(), [](Operation *user) {
           return isa<QuantizeOp>(user) ||
                  (isa<graph::MaxOp, graph::MinOp, graph::ReluOp>(user) &&
                   isQuantizedNext(user->getResult(0)));
         });
}

/// The bias of a sum, which becomes `sum`, as a whole multiple of `factor`: the
/// numbers themselves where it is such already; rounded where quantising hides
/// that; else null.
static Value integerBias(GraphBuilder &b, Value bias, Value factor, Value sum) {
  if (auto given = dequantized(bias, /*sums=*/true);
      given && areEqual(given.getScale(), factor))
    return given.getInput();
  if (!isQuantizedNext(sum))
    return {};
  return quantize(b, bias, factor, {}, b.getBuilder().getI32Type(), true);
}

/// The attributes of a contraction, with sums of 32 bits.
static SmallVector<NamedAttribute> withSums(GraphBuilder &b, Operation *op) {
  SmallVector<NamedAttribute> attributes(op->getAttrs());
  attributes.push_back(
      b.attr("sum_type", TypeAttr::get(b.getBuilder().getI32Type())));
  return attributes;
}

static Value rewriteConv(GraphBuilder &b, graph::ConvOp op) {
  auto x = dequantized(op.getInput(), false),
       w = dequantized(op.getFilter(), false);
  int64_t rank = op.getInputLayout().rank();
  if (!x || !w || !hasOneElement(x.getScale()) ||
      (x.getZeroPoint() && !hasOneElement(x.getZeroPoint())) ||
      !variesAlong(w.getScale(), rank, op.getFilterLayout().outputChannel()))
    return {};
  Value factor = b.mul(flat(b, x.getScale()), flat(b, w.getScale()));
  Value bias = op.getBias()
                   ? integerBias(b, op.getBias(), factor, op.getResult())
                   : Value();
  Value sum =
      b.make<graph::ConvOp>({centred(b, x.getInput(), x.getZeroPoint()),
                             centred(b, w.getInput(), w.getZeroPoint()), bias},
                            withSums(b, op), 1);
  auto alongChannels = [&](Value parameter) {
    return alongDim(b, parameter, rank, op.getOutputLayout().channel());
  };
  Value result = dequantize(b, sum, alongChannels(factor), {},
                            b.getBuilder().getF32Type());
  return op.getBias() && !bias ? b.add(result, alongChannels(op.getBias()))
                               : result;
}

/// Rows that constant scales [rows, columns] have in common, the most of which
/// all blocks consist; 0 if there is nothing to be won.
static int64_t rowsOfBlocks(Value scale) {
  constexpr int64_t kFewestRows = 4;
  ElementsAttr attribute = graph::constantAttribute(scale);
  auto type = dyn_cast<RankedTensorType>(scale.getType());
  if (!attribute || type.getRank() != 2)
    return 0;
  auto tensor = graph::tensorFromAttribute(attribute);
  int64_t rows = type.getDimSize(0), bytes = 0, common = rows;
  if (failed(tensor) || rows < 1)
    return 0;
  bytes = tensor->byteSize() / rows;
  for (int64_t row = 1; row < rows; ++row) {
    const char *data = tensor->data() + row * bytes;
    if (std::memcmp(data, data - bytes, bytes) != 0)
      common = std::gcd(common, row);
  }
  return common < kFewestRows ? 0 : common;
}

/// A product with weights that have a scale for each block of rows: of each
/// block a sum of integers, of these a sum of floats.
static Value rewriteBlocks(GraphBuilder &b, DequantizeOp x, DequantizeOp w) {
  auto rank = GraphBuilder::rankOf(x.getInput());
  int64_t rows = rowsOfBlocks(w.getScale());
  if (!rank || *rank < 2 || rows == 0 ||
      GraphBuilder::rankOf(w.getInput()) != 2)
    return {};
  // x [.., m, k] as [.., block, m, row], w [k, n] as [block, row, n].
  Value left = centred(b, x.getInput(), x.getZeroPoint());
  SmallVector<Extent> cut;
  SmallVector<int64_t> order;
  for (int64_t d = 0; d < *rank - 1; ++d) {
    cut.push_back(b.extent(left, d));
    order.push_back(d);
  }
  int64_t depth = GraphBuilder::sizeOf(w.getInput(), 0);
  cut.append({Extent(depth / rows), Extent(rows)});
  order.insert(order.end() - 1, *rank - 1);
  order.push_back(*rank);
  left = b.transpose(b.reshape(left, b.shape(cut)), order);
  Value right = centred(b, w.getInput(), w.getZeroPoint());
  right = b.reshape(
      right, b.shape({Extent(depth / rows), Extent(rows), b.extent(right, 1)}));
  Value sums = b.matmul(left, right, b.getBuilder().getI32Type());
  Value scales =
      b.slice(w.getScale(), b.ints({0}), b.ints({depth}), b.ints({rows}), {0});
  Value factor = b.mul(flat(b, x.getScale()), b.unsqueeze(scales, {1}));
  return b.reduce(graph::ReduceKind::sum,
                  dequantize(b, sums, factor, {}, b.getBuilder().getF32Type()),
                  {*rank - 2}, false);
}

static Value rewriteMatMul(GraphBuilder &b, graph::MatMulOp op) {
  auto x = dequantized(op.getLhs(), false), w = dequantized(op.getRhs(), false);
  auto rank = GraphBuilder::rankOf(op.getRhs());
  if (!x || !w || !rank || *rank < 2 || !hasOneElement(x.getScale()) ||
      (x.getZeroPoint() && !hasOneElement(x.getZeroPoint())))
    return {};
  if (!variesAlong(w.getScale(), *rank, *rank - 1))
    return rewriteBlocks(b, x, w);
  Value sum =
      b.make<graph::MatMulOp>({centred(b, x.getInput(), x.getZeroPoint()),
                               centred(b, w.getInput(), w.getZeroPoint())},
                              withSums(b, op));
  return dequantize(b, sum, b.mul(flat(b, x.getScale()), flat(b, w.getScale())),
                    {}, b.getBuilder().getF32Type());
}

/// A sum of a contraction and a constant.
static Value rewriteAdd(GraphBuilder &b, graph::AddOp op) {
  for (auto [sum, bias] : {std::pair(op.getLhs(), op.getRhs()),
                           std::pair(op.getRhs(), op.getLhs())}) {
    auto product = dequantized(sum, true), given = dequantized(bias, true);
    Value constant = given ? given.getInput() : bias;
    if (!product || sum.getType() != op.getType() ||
        !graph::constantAttribute(constant))
      continue;
    // The factor is one number, or one for each column; so may the bias be.
    auto type = dyn_cast<RankedTensorType>(bias.getType());
    if (!type || !type.hasStaticShape() || type.getRank() > 1 ||
        GraphBuilder::rankOf(product.getScale()).value_or(2) > 1)
      continue;
    Value whole = integerBias(b, bias, product.getScale(), op.getResult());
    return whole
               ? dequantize(b, b.add(product.getInput(), whole),
                            product.getScale(), {}, b.getBuilder().getF32Type())
               : Value();
  }
  return {};
}

//===----------------------------------------------------------------------===//
// Quantising
//===----------------------------------------------------------------------===//

/// `value` quantised as `like` does it.
static Value quantizeLike(GraphBuilder &b, QuantizeOp like, Value value) {
  return quantize(b, value, like.getScale(), like.getZeroPoint(), like.getTo(),
                  like.getSaturate());
}

static bool isOne(Value scale) {
  ElementsAttr attribute = graph::constantAttribute(scale);
  if (!attribute || attribute.getNumElements() != 1)
    return false;
  auto tensor = graph::tensorFromAttribute(attribute);
  return succeeded(tensor) && tensor->getDouble(0) == 1.0;
}

/// q(dq(sum, f), s, z): one factor.
static Value mergeScales(GraphBuilder &b, QuantizeOp op) {
  auto sum = dequantized(op.getInput(), true);
  if (!sum || !hasOneElement(op.getScale()) || isOne(op.getScale()) ||
      !isa<IntegerType>(op.getTo()))
    return {};
  Value factor = b.div(sum.getScale(), flat(b, op.getScale()));
  return requantize(b, sum.getInput(), factor, op.getZeroPoint(), op.getTo());
}

/// q(max or min or relu(dq(sum, f), c)): bounds on integers.
static Value moveBoundOut(GraphBuilder &b, QuantizeOp op) {
  Operation *bound = op.getInput().getDefiningOp();
  if (!isa_and_nonnull<graph::MaxOp, graph::MinOp, graph::ReluOp>(bound) ||
      !hasOneElement(op.getScale()) ||
      (op.getZeroPoint() && !hasOneElement(op.getZeroPoint())) ||
      !bound->hasOneUse() || !isa<IntegerType>(op.getTo()) ||
      bound->getOperand(0).getType() != bound->getResult(0).getType())
    return {};
  Value inner = bound->getOperand(0);
  // Bounds may follow each other: relu, then min.
  Operation *producer = inner.getDefiningOp();
  if (!dequantized(inner, true) &&
      !isa_and_nonnull<graph::MaxOp, graph::MinOp, graph::ReluOp>(producer))
    return {};
  Value limit =
      isa<graph::ReluOp>(bound) ? b.like(inner, 0.0) : bound->getOperand(1);
  if (!hasOneElement(limit) || !graph::constantAttribute(limit))
    return {};
  Value number = quantizeLike(b, op, inner),
        border = quantizeLike(b, op, limit);
  return isa<graph::MinOp>(bound) ? b.min(number, border)
                                  : b.max(number, border);
}

/// q(move(dq(x, s, z)), s, z) where each result is some operand, or a largest.
static Value moveOnIntegers(GraphBuilder &b, QuantizeOp op) {
  Operation *move = op.getInput().getDefiningOp();
  if (!isa_and_nonnull<graph::MaxPoolOp, graph::ReshapeOp, graph::TransposeOp,
                       graph::SqueezeOp, graph::UnsqueezeOp, graph::SliceOp,
                       graph::BroadcastOp>(move) ||
      !move->hasOneUse())
    return {};
  auto x = dequantized(move->getOperand(0), false);
  if (!x || !hasOneElement(x.getScale()) ||
      !areEqual(x.getScale(), op.getScale()) ||
      getElementTypeOrSelf(x.getInput().getType()) != op.getTo() ||
      (x.getZeroPoint() && !hasOneElement(x.getZeroPoint())) ||
      !areEqual(x.getZeroPoint(), op.getZeroPoint()))
    return {};
  OpBuilder &builder = b.getBuilder();
  Operation *moved = builder.clone(*move);
  moved->setOperand(0, x.getInput());
  auto type = cast<TensorType>(move->getResult(0).getType());
  moved->getResult(0).setType(type.clone(op.getTo()));
  return moved->getResult(0);
}

/// transpose(dq(x, s, z)), as it stands before a matrix product.
static Value turnBeforehand(GraphBuilder &b, graph::TransposeOp op) {
  auto x = dequantized(op.getInput(), false);
  auto rank = GraphBuilder::rankOf(op.getInput());
  bool feedsProduct =
      op->hasOneUse() && isa<graph::MatMulOp>(*op->user_begin());
  if (!x || !rank || !feedsProduct)
    return {};
  auto turned = [&](Value parameter) -> Value {
    if (!parameter || hasOneElement(parameter))
      return parameter;
    SmallVector<int64_t> front;
    for (int64_t d = GraphBuilder::rankOf(parameter).value_or(*rank); d < *rank;
         ++d)
      front.push_back(static_cast<int64_t>(front.size()));
    if (!front.empty())
      parameter = b.unsqueeze(parameter, front);
    return b.transpose(parameter, op.getPerm());
  };
  return dequantize(b, b.transpose(x.getInput(), op.getPerm()),
                    turned(x.getScale()), turned(x.getZeroPoint()),
                    b.getBuilder().getF32Type());
}

//===----------------------------------------------------------------------===//
// The walk
//===----------------------------------------------------------------------===//

static Value rewrite(GraphBuilder &b, Operation *op) {
  if (auto quantize = dyn_cast<QuantizeOp>(op)) {
    for (auto rule : {mergeScales, moveBoundOut, moveOnIntegers})
      if (Value result = rule(b, quantize))
        return result;
    return {};
  }
  if (auto conv = dyn_cast<graph::ConvOp>(op))
    return rewriteConv(b, conv);
  if (auto matmul = dyn_cast<graph::MatMulOp>(op))
    return rewriteMatMul(b, matmul);
  if (auto add = dyn_cast<graph::AddOp>(op))
    return rewriteAdd(b, add);
  if (auto transpose = dyn_cast<graph::TransposeOp>(op))
    return turnBeforehand(b, transpose);
  return {};
}

int64_t useIntegers(func::FuncOp function) {
  int64_t count = 0;
  for (bool changed = true; changed;) {
    changed = false;
    SmallVector<Operation *> all;
    function.walk([&](Operation *op) { all.push_back(op); });
    for (Operation *op : all) {
      OpBuilder builder(op);
      GraphBuilder b(builder, op->getLoc());
      Value result = rewrite(b, op);
      if (!result)
        continue;
      // A shape may be known better than before.
      op->getResult(0).replaceAllUsesWith(result);
      op->erase();
      changed = true;
      ++count;
    }
  }
  return count;
}

} // namespace systole::frontend
