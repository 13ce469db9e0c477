//===- ReduceEmitter.cpp - One step of a reduction ------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/ReduceEmitter.h"
#include "backends/Cpu/ElementTypes.h"
#include "backends/Cpu/ElementwiseEmitter.h"
#include "backends/Cpu/Lowerings.h"
#include <cmath>

using namespace mlir;
using namespace systole;
using namespace systole::cpu;
using graph::ReduceKind;

Value systole::cpu::extremeElement(KernelBuilder &k, Type element, Type type,
                                   bool lowest) {
  if (auto floating = dyn_cast<FloatType>(element)) {
    const llvm::fltSemantics &semantics = floating.getFloatSemantics();
    double value = APFloat::semanticsHasInf(semantics)
                       ? INFINITY
                       : APFloat::getLargest(semantics).convertToDouble();
    return floatConstant(k.b, k.loc, type, lowest ? -value : value);
  }
  unsigned width = element.getIntOrFloatBitWidth();
  bool isUnsigned = isUnsignedElement(element);
  APInt value = isUnsigned ? (lowest ? APInt::getMinValue(width)
                                     : APInt::getMaxValue(width))
                           : (lowest ? APInt::getSignedMinValue(width)
                                     : APInt::getSignedMaxValue(width));
  return intConstant(k.b, k.loc, type,
                     isUnsigned ? static_cast<int64_t>(value.getZExtValue())
                                : value.getSExtValue());
}

/// Integer means sum in 64 bits; everything else in the compute type.
static Type accumulatorType(Type element, ReduceKind kind) {
  if (kind == ReduceKind::mean && isa<IntegerType>(element))
    return IntegerType::get(element.getContext(), 64);
  return computeType(element);
}

Value systole::cpu::startReduction(KernelBuilder &k, ReduceKind kind,
                                   Type element, int64_t lanes) {
  Type type = accumulatorType(element, kind);
  if (lanes > 1)
    type = VectorType::get(lanes, type);
  if (kind == ReduceKind::max || kind == ReduceKind::min)
    return extremeElement(k, element, type, kind == ReduceKind::max);
  return isa<FloatType>(element)
             ? floatConstant(k.b, k.loc, type, kind == ReduceKind::prod)
             : intConstant(k.b, k.loc, type, kind == ReduceKind::prod);
}

Value systole::cpu::combineReduction(KernelBuilder &k, ReduceKind kind,
                                     Type element, Value accumulator,
                                     Value value) {
  switch (kind) {
  case ReduceKind::max:
    return emitMax(k.b, k.loc, accumulator, value, element);
  case ReduceKind::min:
    return emitMin(k.b, k.loc, accumulator, value, element);
  case ReduceKind::prod:
    return isa<FloatType>(element)
               ? Value(arith::MulFOp::create(k.b, k.loc, accumulator, value,
                                             kSumFlags))
               : emitMul(k.b, k.loc, accumulator, value);
  case ReduceKind::sum:
  case ReduceKind::mean:
    break;
  }
  if (isa<FloatType>(element))
    return arith::AddFOp::create(k.b, k.loc, accumulator, value, kSumFlags);
  Type wide = withShapeOf(k.b.getI64Type(), value.getType());
  if (kind == ReduceKind::mean && value.getType() != wide)
    value = isUnsignedElement(element)
                ? Value(arith::ExtUIOp::create(k.b, k.loc, wide, value))
                : Value(arith::ExtSIOp::create(k.b, k.loc, wide, value));
  return emitAdd(k.b, k.loc, accumulator, value);
}

static Value finishMean(KernelBuilder &k, Type element, Value sum,
                        Value count) {
  Type type = sum.getType();
  if (isa<FloatType>(element)) {
    Value number = arith::SIToFPOp::create(
        k.b, k.loc, getElementTypeOrSelf(type), k.toI64(count));
    if (isa<VectorType>(type))
      number = vector::BroadcastOp::create(k.b, k.loc, type, number);
    return arith::DivFOp::create(k.b, k.loc, sum, number);
  }
  Value safe = k.toI64(k.max(count, k.c(1)));
  Value quotient = isUnsignedElement(element)
                       ? Value(arith::DivUIOp::create(k.b, k.loc, sum, safe))
                       : Value(arith::DivSIOp::create(k.b, k.loc, sum, safe));
  Type target = computeType(element);
  return target == type
             ? quotient
             : Value(arith::TruncIOp::create(k.b, k.loc, target, quotient));
}

Value systole::cpu::finishReduction(KernelBuilder &k, ReduceKind kind,
                                    Type element, Value accumulator,
                                    Value count) {
  return kind == ReduceKind::mean ? finishMean(k, element, accumulator, count)
                                  : accumulator;
}
