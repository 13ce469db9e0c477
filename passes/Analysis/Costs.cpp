//===- Costs.cpp - What an operation costs --------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Multiply-accumulates and parameters, from types alone. Sizes come from files:
// sums and products that overflow are unknown.
//
//===----------------------------------------------------------------------===//

#include "passes/Analysis/Costs.h"
#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/CheckedArithmetic.h"

using namespace mlir;
using namespace systole::graph;

using Count = std::optional<int64_t>;

static Count numElements(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  int64_t count = type ? countElements(type.getShape()) : -1;
  return count < 0 ? Count() : Count(count);
}

static Count product(Count a, Count b) {
  return a && b ? llvm::checkedMul(*a, *b) : Count();
}

static Count sum(Count a, Count b) {
  return a && b ? llvm::checkedAdd(*a, *b) : Count();
}

/// Each output element takes one filter of the output channel's.
static Count convMacs(ConvOp op) {
  Count outputs = numElements(op.getResult()),
        weights = numElements(op.getFilter());
  if (!outputs || !weights)
    return std::nullopt;
  auto type = cast<RankedTensorType>(op.getFilter().getType());
  int64_t channels = type.getDimSize(op.getFilterLayout().outputChannel());
  return channels == 0 ? Count(0) : product(outputs, *weights / channels);
}

/// Each output element takes one row of the left side.
static Count matMulMacs(MatMulOp op) {
  auto type = dyn_cast<RankedTensorType>(op.getLhs().getType());
  if (!type || ShapedType::isDynamic(type.getShape().back()))
    return std::nullopt;
  return product(numElements(op.getResult()), type.getShape().back());
}

/// The sum over the operations of `region`.
static Count overRegion(Region &region, Count (*count)(Operation *)) {
  Count total = 0;
  for (Operation &op : region.getOps())
    total = sum(total, count(&op));
  return total;
}

/// The sum over all regions of `op`; of a conditional, the larger branch.
static Count overRegions(Operation *op, Count (*count)(Operation *)) {
  if (auto branch = dyn_cast<IfOp>(op)) {
    Count onTrue = overRegion(branch.getThenRegion(), count);
    Count onFalse = overRegion(branch.getElseRegion(), count);
    return onTrue && onFalse ? std::max(onTrue, onFalse) : Count();
  }
  Count total = 0;
  for (Region &region : op->getRegions())
    total = sum(total, overRegion(region, count));
  return total;
}

Count systole::graph::countMacs(Operation *op) {
  return llvm::TypeSwitch<Operation *, Count>(op)
      .Case<ConvOp>([](ConvOp op) { return convMacs(op); })
      .Case<MatMulOp>([](MatMulOp op) { return matMulMacs(op); })
      .Default([](Operation *op) { return overRegions(op, countMacs); });
}

static Count bytesOf(Value value) {
  Type element = getElementTypeOrSelf(value.getType());
  return product(numElements(value),
                 std::max<int64_t>(elementBytes(element), 1));
}

Count systole::graph::countBytesMoved(Operation *op) {
  bool isKernel = isa<GroupOp>(op) || op->getNumRegions() == 0;
  if (!isKernel)
    return overRegions(op, countBytesMoved);
  if (op->hasTrait<OpTrait::ConstantLike>() ||
      op->hasTrait<OpTrait::IsTerminator>() ||
      isa<ReshapeOp, SqueezeOp, UnsqueezeOp, ShapeOfOp>(op))
    return 0;
  Count total = 0;
  for (Value operand :
       llvm::SmallSetVector<Value, 4>(op->operand_begin(), op->operand_end()))
    total = sum(total, bytesOf(operand));
  for (Value result : op->getResults())
    total = sum(total, bytesOf(result));
  return total;
}

/// True if a constant is a trained parameter rather than a number that the
/// model's formulas contain.
static bool isParameter(ConstantOp op) {
  auto type = cast<ShapedType>(op.getValue().getType());
  if (!isa<FloatType>(type.getElementType()))
    return false;
  return type.getNumElements() > 1 ||
         llvm::any_of(op->getUsers(), [](Operation *user) {
           return isa<ConvOp, MatMulOp, BatchNormOp>(user);
         });
}

int64_t systole::graph::countParameters(Operation *op) {
  int64_t total = 0;
  op->walk([&](ConstantOp constant) {
    if (isParameter(constant))
      total += cast<ShapedType>(constant.getValue().getType()).getNumElements();
  });
  return total;
}

int64_t systole::graph::countOperandParameters(Operation *op) {
  int64_t total = 0;
  for (Value operand : op->getOperands())
    if (auto constant = operand.getDefiningOp<ConstantOp>())
      if (isParameter(constant))
        total +=
            cast<ShapedType>(constant.getValue().getType()).getNumElements();
  return total;
}

int64_t systole::graph::countConstantBytes(Operation *op) {
  int64_t bytes = 0;
  op->walk([&](ConstantOp constant) {
    bytes += bytesOf(constant.getResult()).value_or(0);
  });
  return bytes;
}
