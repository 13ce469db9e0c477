//===- UnitEmitter.cpp - Makes the integer form of units ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a unit computes in floats is written between graph.dequantize and
// graph.quantize; frontend/Common/IntegerForm.h makes integers of that, as it
// does for models that come quantised.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Quantize/UnitEmitter.h"
#include "frontend/Common/Quantization.h"
#include "passes/Transforms/Graph/ChannelConstants.h"
#include "passes/Transforms/Quantize/IntegerKernels.h"
#include "passes/Transforms/Quantize/QuantizedWeights.h"
#include "llvm/ADT/EquivalenceClasses.h"

using namespace mlir;
using namespace systole;
using namespace systole::graph;

//===----------------------------------------------------------------------===//
// Scales
//===----------------------------------------------------------------------===//

DenseMap<Value, Int8Scale> systole::graph::chooseScales(const UnitPlan &plan) {
  llvm::EquivalenceClasses<void *> classes;
  SmallVector<Value> values(plan.read.begin(), plan.read.end());
  for (const Unit &unit : plan.units)
    if (unit.kind == UnitKind::Move) {
      values.push_back(unit.output);
      for (Value input : unit.inputs)
        classes.unionSets(input.getAsOpaquePointer(),
                          unit.output.getAsOpaquePointer());
    }
  auto leaderOf = [&](Value value) {
    return classes.getOrInsertLeaderValue(value.getAsOpaquePointer());
  };
  DenseMap<void *, Interval> ranges;
  for (Value value : values) {
    Interval range = *rangeOf(value);
    auto [it, isNew] = ranges.try_emplace(leaderOf(value), range);
    if (!isNew)
      it->second = {std::min(it->second.low, range.low),
                    std::max(it->second.high, range.high)};
  }
  DenseMap<Value, Int8Scale> scales;
  for (Value value : values)
    scales[value] = int8Scale(ranges.lookup(leaderOf(value)));
  return scales;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

void UnitEmitter::forget() {
  floats.clear();
  integers.clear();
}

/// Scale and zero point of a value as operands; no zero point where it is 0.
static std::pair<Value, Value> operandsOf(frontend::GraphBuilder &b,
                                          Int8Scale by) {
  Builder &types = b.getBuilder();
  return {b.scalar(types.getF32Type(), by.scale),
          by.zeroPoint ? b.scalar(types.getI8Type(), by.zeroPoint) : Value()};
}

/// The 8-bit counterpart of `value`, made now if nobody needed it yet.
Value UnitEmitter::integer(Builder &b, Value value) {
  Value &known = integers[value];
  if (!known) {
    auto [scale, zero] = operandsOf(b, scaleOf(value));
    known = frontend::quantize(b, number(value), scale, zero,
                               b.getBuilder().getI8Type(), true);
  }
  return known;
}

/// What 8-bit integers stand for that are the counterpart of `like`.
Value UnitEmitter::asNumber(Builder &b, Value numbers, Value like) {
  auto [scale, zero] = operandsOf(b, scaleOf(like));
  return frontend::dequantize(b, numbers, scale, zero,
                              b.getBuilder().getF32Type());
}

//===----------------------------------------------------------------------===//
// Copies between dequantised operands and a quantised result
//===----------------------------------------------------------------------===//

/// True if quantising the unit's output does what `op`, a bound, does.
bool UnitEmitter::isImplied(Operation *op, const Unit &unit) const {
  if (!isBound(op) || !scales.contains(unit.output))
    return false;
  int32_t border = quantizedNumber(boundOf(op), scaleOf(unit.output));
  return isa<MinOp>(op) ? border == 127 : border == -128;
}

/// The dequantised weights of a contraction; null where they are none.
static Value emitWeights(frontend::GraphBuilder &b, Operation *op,
                         float inputScale) {
  auto weights = quantizeWeights(op, inputScale);
  if (!weights)
    return {};
  Type f32 = b.getBuilder().getF32Type();
  int64_t trailing = weights->numbers.rank() - 1 - weights->channelDim;
  SmallVector<double> numbers(weights->scales.begin(), weights->scales.end());
  Value scale = numbers.size() == 1
                    ? b.scalar(f32, numbers[0])
                    : makeChannelConstant(b.getBuilder(), b.getLocation(), f32,
                                          numbers, trailing);
  // What stands before a contraction must not become floats again.
  frontend::GraphBuilder keeping(b.getBuilder(), b.getLocation());
  keeping.keepOperations();
  return frontend::dequantize(keeping, b.constant(weights->numbers), scale, {},
                              f32);
}

/// The counterpart of operand `i` of an operation of a unit.
Value UnitEmitter::quantizedOperand(Builder &b, Operation *op, unsigned i) {
  Value operand = op->getOperand(i);
  if (constantAttribute(operand)) {
    if (i != 1 || operand != weightsOf(op))
      return operand;
    return emitWeights(b, op, scaleOf(op->getOperand(0)).scale);
  }
  return asNumber(b, integer(b, operand), operand);
}

Value UnitEmitter::emitCopies(Builder &b, const Unit &unit) {
  IRMapping mapping;
  for (auto [i, op] : llvm::enumerate(unit.ops)) {
    bool rest = llvm::all_of(ArrayRef(unit.ops).drop_front(i),
                             [&](auto *next) { return isImplied(next, unit); });
    if (rest && i > 0) {
      mapping.map(op->getResult(0), mapping.lookup(op->getOperand(0)));
      continue;
    }
    SmallVector<Value> operands;
    for (unsigned k = 0; k < op->getNumOperands(); ++k) {
      Value made = mapping.lookupOrNull(op->getOperand(k));
      operands.push_back(made ? made : quantizedOperand(b, op, k));
      if (!operands.back())
        return {};
    }
    // A bias of one row is one of columns.
    if (isa<AddOp>(op) && unit.kind == UnitKind::Contraction)
      for (Value &operand : operands)
        if (auto type = cast<RankedTensorType>(operand.getType());
            constantAttribute(operand) && type.getRank() > 1 &&
            type.getNumElements() == type.getShape().back())
          operand = b.reshape(operand, b.ints({type.getNumElements()}));
    Operation *copy = builder.clone(*op);
    copy->setOperands(operands);
    mapping.map(op->getResult(0), copy->getResult(0));
  }
  return mapping.lookup(unit.output);
}

/// A move of integers.
Value UnitEmitter::emitMove(Builder &b, Operation *move) {
  SmallVector<Value> operands;
  for (Value operand : move->getOperands())
    operands.push_back(scales.contains(operand) ? integer(b, operand)
                                                : number(operand));
  Operation *copy = builder.clone(*move);
  copy->setOperands(operands);
  auto type = cast<TensorType>(copy->getResult(0).getType());
  copy->getResult(0).setType(type.clone(b.getBuilder().getI8Type()));
  return copy->getResult(0);
}

//===----------------------------------------------------------------------===//
// Units
//===----------------------------------------------------------------------===//

LogicalResult UnitEmitter::emit(const Unit &unit) {
  Operation *main = unit.main();
  Builder b(builder, main->getLoc());
  Value input = unit.inputs[0], result, quantized;
  switch (unit.kind) {
  case UnitKind::Contraction:
  case UnitKind::Elementwise:
    result = emitCopies(b, unit);
    break;
  case UnitKind::Move:
    quantized = emitMove(b, main);
    break;
  case UnitKind::Mean:
    result = emitMean(b, main, integer(b, input), scaleOf(input));
    break;
  case UnitKind::Softmax:
    result = emitSoftmax(b, cast<SoftmaxOp>(main), integer(b, input),
                         scaleOf(input));
    break;
  case UnitKind::Function:
    result = emitTable(b, unit, scaleOf(input));
    break;
  }
  if (!result && !quantized)
    return main->emitError("cannot be computed on integers")
           << (b.failed() ? ": " + b.getMessages().front() : std::string());
  // Quantised values are what everybody reads, so that all read the same. A
  // table is quantised before it is read.
  if (result && plan.read.contains(unit.output)) {
    auto [scale, zero] = operandsOf(b, scaleOf(unit.output));
    quantized =
        frontend::quantize(b, result, scale, zero, builder.getI8Type(), true);
  }
  if (unit.kind == UnitKind::Function)
    (quantized ? quantized : result) =
        lookUp(b, quantized ? quantized : result, integer(b, input));
  if (quantized) {
    integers[unit.output] = quantized;
    result = asNumber(b, quantized, unit.output);
  }
  if (!result)
    return main->emitError("cannot be computed on integers");
  floats.map(unit.output, result);
  return success();
}
