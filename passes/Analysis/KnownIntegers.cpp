//===- KnownIntegers.cpp - Small integer tensors, element by element ------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One function for each kind of operation; unknown elements stay unknown
// wherever a rule does not need them. Arithmetic that would overflow is
// unknown.
//
//===----------------------------------------------------------------------===//

#include "passes/Analysis/KnownIntegers.h"
#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "dialects/Graph/IR/ShapeUtils.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/CheckedArithmetic.h"

using namespace mlir;
using namespace systole::graph;

using Known = std::optional<KnownIntegers>;

/// Shape computations deeper than this are not followed: recursion stays
/// shallow.
static constexpr unsigned kMaxDepth = 32;

namespace {
/// One question: how deep it may still go, and what it has found on its way.
/// Values with several readers are met again on each path to them.
struct Walk {
  unsigned depth;
  llvm::DenseMap<Value, KnownIntegers> &found;

  Walk deeper() const { return {depth - 1, found}; }
};
} // namespace

/// The elements of any small integer tensor; nullopt for other values.
static Known follow(Value value, Walk walk);

/// Number of elements of a small integer tensor, or nullopt.
static std::optional<int64_t> smallSize(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape() || type.getRank() > 1 ||
      !isa<IntegerType>(type.getElementType()) ||
      type.getNumElements() > kMaxKnownIntegers)
    return std::nullopt;
  return type.getNumElements();
}

static Known followConstant(ElementsAttr attribute) {
  FailureOr<Tensor> tensor = tensorFromAttribute(attribute);
  if (failed(tensor))
    return std::nullopt;
  KnownIntegers elements;
  for (int64_t i = 0; i < tensor->size(); ++i)
    elements.push_back({tensor->getInt(i), std::nullopt});
  return elements;
}

static Known followShapeOf(ShapeOfOp op) {
  auto type = dyn_cast<RankedTensorType>(op.getInput().getType());
  if (!type)
    return std::nullopt;
  KnownIntegers elements;
  for (int64_t d = 0; d < type.getRank(); ++d) {
    DimSource source = dimSource(op.getInput(), d);
    int64_t size = type.getDimSize(d);
    if (ShapedType::isDynamic(size))
      size =
          cast<RankedTensorType>(source.value.getType()).getDimSize(source.dim);
    if (ShapedType::isStatic(size))
      elements.push_back({size, std::nullopt});
    else
      elements.push_back({std::nullopt, source});
  }
  return elements;
}

static Known followGather(GatherOp op, Walk walk) {
  Known input = follow(op.getInput(), walk),
        indices = follow(op.getIndices(), walk);
  if (!input || !indices)
    return std::nullopt;
  int64_t size = input->size();
  KnownIntegers elements;
  for (const KnownInteger &index : *indices) {
    if (!index.number || *index.number < -size || *index.number >= size)
      elements.push_back({});
    else
      elements.push_back(
          (*input)[*index.number + (*index.number < 0 ? size : 0)]);
  }
  return elements;
}

static Known followSlice(SliceOp op, Walk walk) {
  Known input = follow(op.getInput(), walk);
  auto starts = constantInts(op.getStarts()), ends = constantInts(op.getEnds());
  auto steps = constantInts(op.getSteps());
  if (!input || !starts || !ends || !steps || op.getAxes().size() != 1 ||
      steps->front() == 0)
    return std::nullopt;
  SliceRange range = resolveSlice(input->size(), starts->front(), ends->front(),
                                  steps->front());
  KnownIntegers elements;
  for (int64_t i = 0; i < range.count; ++i)
    elements.push_back((*input)[range.start + i * steps->front()]);
  return elements;
}

static Known followConcat(ConcatOp op, Walk walk) {
  KnownIntegers elements;
  for (Value value : op.getInputs()) {
    Known input = follow(value, walk);
    if (!input)
      return std::nullopt;
    llvm::append_range(elements, *input);
  }
  return elements;
}

/// A cast keeps elements that fit the new type; a dimension fits 32 bits or
/// more, because no real tensor is larger.
static Known followCast(CastOp op, Walk walk) {
  Known input = follow(op.getInput(), walk);
  auto type = dyn_cast<IntegerType>(op.getTo());
  if (!input || !type || type.getWidth() < 32)
    return std::nullopt;
  for (KnownInteger &element : *input)
    if (element.number &&
        *element.number != static_cast<int32_t>(*element.number) &&
        type.getWidth() < 64)
      element = {};
  return input;
}

/// The number that a binary operation gives, or nullopt.
static std::optional<int64_t> compute(Operation *op, int64_t lhs, int64_t rhs) {
  using Number = std::optional<int64_t>;
  return llvm::TypeSwitch<Operation *, Number>(op)
      .Case<AddOp>([&](auto) { return llvm::checkedAdd(lhs, rhs); })
      .Case<SubOp>([&](auto) { return llvm::checkedSub(lhs, rhs); })
      .Case<MulOp>([&](auto) { return llvm::checkedMul(lhs, rhs); })
      .Case<DivOp>([&](auto) -> Number {
        if (rhs == 0 || rhs == -1)
          return std::nullopt; // Rare; the interpreter knows the rules.
        return lhs / rhs;
      })
      .Case<MaxOp>([&](auto) -> Number { return std::max(lhs, rhs); })
      .Case<MinOp>([&](auto) -> Number { return std::min(lhs, rhs); })
      .Case<CompareOp>([&](CompareOp compare) -> Number {
        switch (compare.getPredicate()) {
        case ComparePredicate::eq:
          return lhs == rhs;
        case ComparePredicate::ne:
          return lhs != rhs;
        case ComparePredicate::lt:
          return lhs < rhs;
        case ComparePredicate::le:
          return lhs <= rhs;
        case ComparePredicate::gt:
          return lhs > rhs;
        case ComparePredicate::ge:
          return lhs >= rhs;
        }
        return std::nullopt;
      })
      .Default([](Operation *) -> Number { return std::nullopt; });
}

/// A dimension compared with a negative number, or changed by a neutral one.
static KnownInteger computeSymbolic(Operation *op, const KnownInteger &lhs,
                                    const KnownInteger &rhs) {
  if (isa<MulOp, DivOp>(op) && rhs.number == 1)
    return lhs;
  if (isa<MulOp>(op) && lhs.number == 1)
    return rhs;
  if (isa<AddOp, SubOp>(op) && rhs.number == 0)
    return lhs;
  if (isa<AddOp>(op) && lhs.number == 0)
    return rhs;
  // ONNX exporters ask whether a target is -1: no dimension is.
  auto compare = dyn_cast<CompareOp>(op);
  bool dimensionAgainstNegative =
      (lhs.dimension && rhs.number && *rhs.number < 0) ||
      (rhs.dimension && lhs.number && *lhs.number < 0);
  if (compare && dimensionAgainstNegative) {
    if (compare.getPredicate() == ComparePredicate::eq)
      return {0, std::nullopt};
    if (compare.getPredicate() == ComparePredicate::ne)
      return {1, std::nullopt};
  }
  return {};
}

/// Element `i` of an operand that is broadcast to more elements.
static KnownInteger broadcastElement(const KnownIntegers &elements, int64_t i) {
  size_t index = elements.size() == 1 ? 0 : i;
  return index < elements.size() ? elements[index] : KnownInteger();
}

static Known followBinary(Operation *op, int64_t size, Walk walk) {
  Known lhs = follow(op->getOperand(0), walk),
        rhs = follow(op->getOperand(1), walk);
  if (!lhs || !rhs)
    return std::nullopt;
  KnownIntegers elements;
  for (int64_t i = 0; i < size; ++i) {
    KnownInteger a = broadcastElement(*lhs, i);
    KnownInteger b = broadcastElement(*rhs, i);
    if (a.number && b.number)
      elements.push_back({compute(op, *a.number, *b.number), std::nullopt});
    else
      elements.push_back(computeSymbolic(op, a, b));
  }
  return elements;
}

static Known followSelect(SelectOp op, int64_t size, Walk walk) {
  Known condition = follow(op.getCondition(), walk);
  Known onTrue = follow(op.getOnTrue(), walk),
        onFalse = follow(op.getOnFalse(), walk);
  if (!condition || !onTrue || !onFalse)
    return std::nullopt;
  KnownIntegers elements;
  for (int64_t i = 0; i < size; ++i) {
    std::optional<int64_t> choice = broadcastElement(*condition, i).number;
    KnownInteger a = broadcastElement(*onTrue, i);
    KnownInteger b = broadcastElement(*onFalse, i);
    if (choice)
      elements.push_back(*choice ? a : b);
    else
      elements.push_back(a == b ? a : KnownInteger());
  }
  return elements;
}

/// What the rules tell of the result of `op`, which has `size` elements.
static Known followResult(Operation *op, int64_t size, Walk walk) {
  Value value = op->getResult(0);
  if (ElementsAttr attribute = constantAttribute(value))
    return followConstant(attribute);
  // Integer widths below 64 wrap: only what dimensions are computed in counts.
  bool wraps = !getElementTypeOrSelf(value).isInteger(64);
  return llvm::TypeSwitch<Operation *, Known>(op)
      .Case<ShapeOfOp>([&](ShapeOfOp op) { return followShapeOf(op); })
      .Case<GatherOp>([&](GatherOp op) { return followGather(op, walk); })
      .Case<SliceOp>([&](SliceOp op) { return followSlice(op, walk); })
      .Case<ConcatOp>([&](ConcatOp op) { return followConcat(op, walk); })
      .Case<CastOp>([&](CastOp op) { return followCast(op, walk); })
      // The same elements in the same order.
      .Case<SqueezeOp, UnsqueezeOp, ReshapeOp>(
          [&](auto op) { return follow(op.getInput(), walk); })
      .Case<CompareOp>([&](auto op) { return followBinary(op, size, walk); })
      .Case<SelectOp>([&](SelectOp op) { return followSelect(op, size, walk); })
      .Case<AddOp, SubOp, MulOp, DivOp, MaxOp, MinOp>([&](auto op) -> Known {
        if (wraps)
          return std::nullopt;
        return followBinary(op, size, walk);
      })
      .Default([](Operation *) -> Known { return std::nullopt; });
}

static Known follow(Value value, Walk walk) {
  std::optional<int64_t> size = smallSize(value);
  if (!size)
    return std::nullopt;
  if (auto known = walk.found.find(value); known != walk.found.end())
    return known->second;
  Operation *op = value.getDefiningOp();
  Known elements;
  if (op && op->getNumResults() == 1 && walk.depth > 0)
    elements = followResult(op, *size, walk.deeper());
  // Where no rule applies, or where declared types contradict each other, the
  // number of elements is known and nothing else.
  if (!elements || static_cast<int64_t>(elements->size()) != *size)
    elements.emplace(*size);
  return walk.found[value] = *elements;
}

std::optional<KnownIntegers> systole::graph::knownIntegers(Value value) {
  llvm::DenseMap<Value, KnownIntegers> found;
  return follow(value, {kMaxDepth, found});
}
