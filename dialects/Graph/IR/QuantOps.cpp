//===- QuantOps.cpp - Inference of quantisation ---------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// graph.quantize, graph.dequantize and graph.rescale.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/InferUtils.h"

using namespace mlir;
using namespace systole::graph;

/// Integers of 2 to 32 bits, floats of at most 16.
static bool isQuantizedElement(Type type) {
  if (auto integer = dyn_cast<IntegerType>(type))
    return integer.getWidth() >= 2 && integer.getWidth() <= 32;
  auto real = dyn_cast<FloatType>(type);
  return real && real.getWidth() <= 16;
}

/// Appends the broadcast of all operands with element type `element`.
template <typename OpTy>
static LogicalResult inferQuantized(MaybeLocation location, ValueRange operands,
                                    Type element, InferredTypeList &types) {
  auto shape = inferBroadcast<OpTy>(location, operands);
  if (failed(shape))
    return failure();
  if (!*shape)
    return inferUnranked<OpTy>(location, element, types);
  return inferRanked<OpTy>(location, **shape, element, types);
}

LogicalResult QuantizeOp::inferReturnTypes(MLIRContext *,
                                           MaybeLocation location,
                                           Adaptor adaptor,
                                           InferredTypeList &types) {
  Type input = elementType(adaptor.getInput());
  Type scale = elementType(adaptor.getScale());
  Type to = adaptor.getTo();
  // C1
  if (input != scale)
    return inferError<QuantizeOp>(location,
                                  "operand element types differ: input ", input,
                                  ", scale ", scale);
  // C3
  if (!isQuantizedElement(to))
    return inferError<QuantizeOp>(
        location, "cannot quantize to ", to,
        ": not an integer of 2 to 32 bits or a float of at most 16");
  // C2
  Value zeroPoint = adaptor.getZeroPoint();
  if (zeroPoint && (elementType(zeroPoint) != to || !isa<IntegerType>(to)))
    return inferError<QuantizeOp>(location, "zero_point ", zeroPoint.getType(),
                                  " does not hold integers of type ", to);
  // C4
  return inferQuantized<QuantizeOp>(location, adaptor.getOperands(), to, types);
}

LogicalResult DequantizeOp::inferReturnTypes(MLIRContext *,
                                             MaybeLocation location,
                                             Adaptor adaptor,
                                             InferredTypeList &types) {
  Type input = elementType(adaptor.getInput());
  // C2
  if (!isQuantizedElement(input))
    return inferError<DequantizeOp>(
        location, "input ", adaptor.getInput().getType(),
        " holds neither integers of 2 to 32 bits nor floats of at most 16");
  // C1
  Value zeroPoint = adaptor.getZeroPoint();
  if (zeroPoint && elementType(zeroPoint) != input)
    return inferError<DequantizeOp>(
        location, "operand element types differ: input ", input,
        ", zero_point ", elementType(zeroPoint));
  // C3
  return inferQuantized<DequantizeOp>(location, adaptor.getOperands(),
                                      elementType(adaptor.getScale()), types);
}

LogicalResult RescaleOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                          Adaptor adaptor,
                                          InferredTypeList &types) {
  // C1
  for (Value factor : {adaptor.getMultiplier(), adaptor.getShift()})
    if (!elementType(factor).isSignlessInteger(32))
      return inferError<RescaleOp>(location, "multiplier and shift hold i32, ",
                                   "not ", elementType(factor));
  // C2
  Type input = elementType(adaptor.getInput());
  bool once = adaptor.getRounding() == RescaleRounding::once;
  if (!input.isSignlessInteger(32) && !(once && input.isSignlessInteger(64)))
    return inferError<RescaleOp>(location, "input holds ", input, ", not i32",
                                 once ? " or i64" : " (i64 is rounded once)");
  // C3
  return inferQuantized<RescaleOp>(location, adaptor.getOperands(),
                                   elementType(adaptor.getShift()), types);
}
