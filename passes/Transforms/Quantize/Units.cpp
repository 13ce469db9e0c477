//===- Units.cpp - What is quantised together -----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See Units.h.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Quantize/Units.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "passes/Transforms/Quantize/Annotations.h"
#include <optional>

using namespace mlir;
using namespace systole::graph;

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

static bool isFloat(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getElementType().isF32();
}

static bool isConstant(Value value) {
  return static_cast<bool>(constantAttribute(value));
}

Value systole::graph::weightsOf(Operation *contraction) {
  Value weights;
  if (auto conv = dyn_cast_or_null<ConvOp>(contraction))
    weights = conv.getFilter();
  else if (auto matmul = dyn_cast_or_null<MatMulOp>(contraction))
    weights = matmul.getRhs();
  return weights && isFloat(weights) && isReadableConstant(weights) ? weights
                                                                    : Value();
}

int64_t systole::graph::inputChannelDim(Operation *contraction) {
  if (auto conv = dyn_cast<ConvOp>(contraction))
    return conv.getInputLayout().channel();
  auto type = dyn_cast<RankedTensorType>(contraction->getOperand(0).getType());
  return type ? type.getRank() - 1 : -1;
}

/// The most products of 9-bit integers whose sum fits 32 bits. Those with 8-bit
/// weights take half of that: a bias may take the other half.
static constexpr int64_t kMostProducts = (int64_t(1) << 30) / (255 * 255) * 2;

/// How many products each sum of a contraction has; -1 where that is unknown.
static int64_t countProducts(Operation *op) {
  RankedTensorType weights = rankedType(op->getOperand(1));
  if (auto conv = dyn_cast<ConvOp>(op)) {
    int64_t outputs =
        weights.getDimSize(conv.getFilterLayout().outputChannel());
    return outputs ? weights.getNumElements() / outputs : 0;
  }
  RankedTensorType rows = rankedType(op->getOperand(0));
  int64_t last = rows && rows.getRank() ? rows.getShape().back() : -1;
  return ShapedType::isDynamic(last) ? -1 : last;
}

static bool isContraction(Operation *op) {
  auto conv = dyn_cast<ConvOp>(op);
  auto matmul = dyn_cast<MatMulOp>(op);
  if (conv &&
      (!weightsOf(op) || (conv.getBias() && !isConstant(conv.getBias()))))
    return false;
  if (matmul && (isConstant(matmul.getLhs()) || !rankedType(matmul.getRhs()) ||
                 rankedType(matmul.getRhs()).getRank() < 2 ||
                 (isConstant(matmul.getRhs()) && !weightsOf(op))))
    return false;
  if (!conv && !matmul)
    return false;
  int64_t products = countProducts(op);
  return products > 0 && products <= kMostProducts;
}

bool systole::graph::isBound(Operation *op) {
  if (isa<ReluOp>(op))
    return true;
  return isa<MaxOp, MinOp>(op) && isReadableConstant(op->getOperand(1)) &&
         hasOneElement(op->getOperand(1)) &&
         op->getOperand(0).getType() == op->getResult(0).getType();
}

float systole::graph::boundOf(Operation *op) {
  if (isa<ReluOp>(op))
    return 0;
  auto tensor = tensorFromAttribute(constantAttribute(op->getOperand(1)));
  return static_cast<float>(tensor->getDouble(0));
}

/// True if the rounding of each step is the standard's: what the interpreter
/// computes, every device computes.
static bool isExact(Operation *op) {
  return isa<AddOp, SubOp, MulOp, DivOp, MaxOp, MinOp, ReluOp, AbsOp, NegOp,
             SqrtOp, FloorOp, RoundOp>(op);
}

/// An element-wise operation on floats, one of them no constant.
static bool isElementwiseOnFloats(Operation *op) {
  return isElementwise(op) && op->getNumResults() == 1 &&
         llvm::all_of(op->getOperands(), isFloat) &&
         !llvm::all_of(op->getOperands(), isConstant) &&
         !isa<QuantizeOp, DequantizeOp, CastOp>(op);
}

static bool isMove(Operation *op) {
  if (isa<ConcatOp>(op))
    return llvm::none_of(op->getOperands(), isConstant);
  return isa<MaxPoolOp, ReshapeOp, TransposeOp, SqueezeOp, UnsqueezeOp, SliceOp,
             BroadcastOp>(op) &&
         !isConstant(op->getOperand(0));
}

/// The largest number of 8-bit integers whose sum fits 32 bits.
static constexpr int64_t kMostTerms = (int64_t(1) << 31) / 256 - 1;

/// A mean of a known number of elements.
static bool isMean(Operation *op) {
  RankedTensorType type = rankedType(op->getOperand(0));
  if (auto reduce = dyn_cast<ReduceOp>(op)) {
    int64_t count = 1;
    for (int64_t axis : reduce.getAxes())
      count = type.isDynamicDim(axis) || count > kMostTerms
                  ? kMostTerms + 1
                  : count * type.getDimSize(axis);
    return reduce.getKind() == ReduceKind::mean && count > 0 &&
           count <= kMostTerms;
  }
  auto pool = dyn_cast<AvgPoolOp>(op);
  if (!pool || pool.getCeilMode())
    return false;
  // Padding that counts makes no difference where there is none.
  bool isPadded = pool.getAutoPad() != AutoPad::explicit_pads ||
                  llvm::any_of(pool.getPads(), [](int64_t p) { return p > 0; });
  if (pool.getCountIncludePad() && isPadded)
    return false;
  for (int64_t d = 0; d < type.getRank(); ++d)
    if (d != pool.getLayout().batch() && type.isDynamicDim(d))
      return false;
  return llvm::all_of(pool.getDilations(), [](int64_t d) { return d == 1; });
}

static bool isSoftmax(Operation *op) {
  auto softmax = dyn_cast<SoftmaxOp>(op);
  return softmax &&
         !rankedType(softmax.getInput()).isDynamicDim(softmax.getAxis());
}

/// True for the operations of units.
static bool isKnown(Operation *op) {
  return op->getNumResults() == 1 && op->getNumOperands() > 0 &&
         isFloat(op->getResult(0)) && isFloat(op->getOperand(0)) &&
         (isContraction(op) || isElementwiseOnFloats(op) || isMove(op) ||
          isMean(op) || isSoftmax(op));
}

//===----------------------------------------------------------------------===//
// Units
//===----------------------------------------------------------------------===//

namespace {
/// Finds units. See Units.h for the rules.
class Planner {
public:
  explicit Planner(func::FuncOp function) : function(function) {}
  UnitPlan plan();

private:
  bool isInternal(Value value);
  bool goesOn(Value value, Operation *user);
  Value rootOf(Value value);
  Unit unitOf(Value output);
  void collect(Operation *op, Unit &unit);
  bool fits(const Unit &unit);

  func::FuncOp function;
  /// Outputs of units so far.
  DenseSet<Value> outputs;
  DenseMap<Value, Value> roots;
};
} // namespace

/// True if `user`, which alone reads `value`, is part of its unit: a bound, or
/// the bias of a matrix product.
bool Planner::goesOn(Value value, Operation *user) {
  if (!isKnown(user))
    return false;
  if (isBound(user))
    return true;
  auto add = dyn_cast<AddOp>(user);
  return add && isa<MatMulOp>(value.getDefiningOp()) &&
         isConstant(add.getLhs() == value ? add.getRhs() : add.getLhs()) &&
         add.getType() == value.getType();
}

/// The value that `value` is an element-wise function of, itself if there are
/// several, or if it ends a unit that begins with a contraction or a sum.
Value Planner::rootOf(Value value) {
  if (Value known = roots.lookup(value))
    return known;
  Value root = value;
  Operation *op = value.getDefiningOp();
  if (op && isKnown(op) && isElementwiseOnFloats(op)) {
    llvm::SmallSetVector<Value, 2> all;
    bool continues = false;
    for (Value operand : op->getOperands())
      if (!isConstant(operand)) {
        all.insert(rootOf(operand));
        Operation *before = operand.getDefiningOp();
        continues |= before && operand.hasOneUse() && goesOn(operand, op) &&
                     isKnown(before) &&
                     (isContraction(before) || (isElementwiseOnFloats(before) &&
                                                rootOf(operand) == operand));
      }
    if (all.size() == 1 && !continues)
      root = all.front();
  }
  roots[value] = root;
  return root;
}

bool Planner::isInternal(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || !isKnown(op) || value.use_empty() || op->hasAttr(kKeepFloatAttr))
    return false;
  Operation *user = *value.user_begin();
  bool begins = isContraction(op) || isElementwiseOnFloats(op);
  if (begins && value.hasOneUse() && goesOn(value, user))
    return true;
  Value root = rootOf(value);
  return root != value && llvm::all_of(value.getUsers(), [&](Operation *other) {
           return isKnown(other) && isElementwiseOnFloats(other) &&
                  rootOf(other->getResult(0)) == root;
         });
}

/// Adds `op`, after what it is computed from inside of the unit.
void Planner::collect(Operation *op, Unit &unit) {
  if (llvm::is_contained(unit.ops, op))
    return;
  for (Value operand : op->getOperands()) {
    if (isConstant(operand) || !isFloat(operand))
      continue;
    if (isInternal(operand))
      collect(operand.getDefiningOp(), unit);
    else if (!llvm::is_contained(unit.inputs, operand))
      unit.inputs.push_back(operand);
  }
  unit.ops.push_back(op);
}

Operation *Unit::main() const {
  for (Operation *op : ops)
    if (isa<ConvOp, MatMulOp>(op))
      return op;
  return ops.back();
}

Unit Planner::unitOf(Value output) {
  Unit unit;
  unit.output = output;
  collect(output.getDefiningOp(), unit);
  Operation *first = unit.main();
  if (isContraction(first))
    unit.kind = UnitKind::Contraction;
  else if (isMove(first))
    unit.kind = UnitKind::Move;
  else if (isSoftmax(first))
    unit.kind = UnitKind::Softmax;
  else if (!isElementwiseOnFloats(first))
    unit.kind = UnitKind::Mean;
  else
    unit.kind = llvm::all_of(unit.ops, isExact) ? UnitKind::Elementwise
                                                : UnitKind::Function;
  return unit;
}

/// True if the unit can be computed from 8-bit integers, and is worth it.
bool Planner::fits(const Unit &unit) {
  if (unit.output.getDefiningOp()->hasAttr(kKeepFloatAttr))
    return false;
  auto isRanged = [](Value value) { return rangeOf(value).has_value(); };
  if (!isRanged(unit.output) || !llvm::all_of(unit.inputs, isRanged))
    return false;
  // A table is for one number, and has one result for each.
  if (unit.kind == UnitKind::Function) {
    bool single = unit.inputs.size() == 1;
    for (Operation *op : unit.ops)
      for (Value operand : op->getOperands())
        single &= !isConstant(operand) ||
                  (hasOneElement(operand) && isReadableConstant(operand));
    if (!single || unit.inputs[0].getType() != unit.output.getType())
      return false;
  }
  return unit.kind == UnitKind::Contraction ||
         llvm::any_of(unit.inputs,
                      [&](Value value) { return outputs.contains(value); });
}

/// Drops units that no other reads and that are exact in floats, too: to go
/// through 8 bits for them would only lose. Fills `read`.
static void dropLast(UnitPlan &plan) {
  std::vector<Unit> kept;
  for (Unit &unit : llvm::reverse(plan.units)) {
    bool exact =
        unit.kind == UnitKind::Move || unit.kind == UnitKind::Elementwise;
    if (exact && !plan.read.contains(unit.output))
      continue;
    plan.read.insert(unit.inputs.begin(), unit.inputs.end());
    kept.push_back(std::move(unit));
  }
  plan.units.assign(std::make_move_iterator(kept.rbegin()),
                    std::make_move_iterator(kept.rend()));
}

UnitPlan Planner::plan() {
  UnitPlan plan;
  for (Operation &op : function.getBody().front()) {
    if (!isKnown(&op) || isInternal(op.getResult(0)))
      continue;
    Unit unit = unitOf(op.getResult(0));
    if (!fits(unit))
      continue;
    outputs.insert(unit.output);
    plan.units.push_back(std::move(unit));
  }
  dropLast(plan);
  return plan;
}

UnitPlan systole::graph::planUnits(func::FuncOp function) {
  return Planner(function).plan();
}
