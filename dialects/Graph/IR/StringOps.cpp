//===- StringOps.cpp - Inference of operations on strings -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/InferUtils.h"
#include "dialects/Graph/IR/StringFunctions.h"

using namespace mlir;
using namespace systole::graph;

/// The shape that all operands broadcast to, with elements of type `element`.
template <typename OpTy>
static LogicalResult inferTogether(MaybeLocation location, ValueRange operands,
                                   Type element, InferredTypeList &types) {
  auto shape = inferBroadcast<OpTy>(location, operands);
  if (failed(shape))
    return failure();
  return *shape ? inferRanked<OpTy>(location, **shape, element, types)
                : inferUnranked<OpTy>(location, element, types);
}

/// `limit` of the operations on fields.
template <typename OpTy>
static LogicalResult checkLimit(MaybeLocation location,
                                typename OpTy::Adaptor adaptor) {
  std::optional<int64_t> limit = adaptor.getLimit();
  if (limit && *limit < 0)
    return inferError<OpTy>(location, "limit ", *limit, " is negative");
  return success();
}

LogicalResult StringEqualOp::inferReturnTypes(MLIRContext *context,
                                              MaybeLocation location,
                                              Adaptor adaptor,
                                              InferredTypeList &types) {
  // C1
  return inferTogether<StringEqualOp>(location, adaptor.getOperands(),
                                      IntegerType::get(context, 1), types);
}

LogicalResult StringConcatOp::inferReturnTypes(MLIRContext *,
                                               MaybeLocation location,
                                               Adaptor adaptor,
                                               InferredTypeList &types) {
  // C1
  return inferTogether<StringConcatOp>(location, adaptor.getOperands(),
                                       elementType(adaptor.getLhs()), types);
}

LogicalResult StringCaseOp::inferReturnTypes(MLIRContext *,
                                             MaybeLocation location,
                                             Adaptor adaptor,
                                             InferredTypeList &types) {
  // C1
  return inferTogether<StringCaseOp>(location, adaptor.getOperands(),
                                     elementType(adaptor.getInput()), types);
}

LogicalResult StringFieldCountOp::inferReturnTypes(MLIRContext *context,
                                                   MaybeLocation location,
                                                   Adaptor adaptor,
                                                   InferredTypeList &types) {
  // C2
  if (failed(checkLimit<StringFieldCountOp>(location, adaptor)))
    return failure();
  // C1
  return inferTogether<StringFieldCountOp>(
      location, adaptor.getOperands(), IntegerType::get(context, 64), types);
}

LogicalResult StringFieldOp::inferReturnTypes(MLIRContext *,
                                              MaybeLocation location,
                                              Adaptor adaptor,
                                              InferredTypeList &types) {
  // C1 is the operand's type constraint.
  // C3
  if (failed(checkLimit<StringFieldOp>(location, adaptor)))
    return failure();
  // C2
  return inferTogether<StringFieldOp>(location, adaptor.getOperands(),
                                      elementType(adaptor.getInput()), types);
}

LogicalResult StringMatchOp::inferReturnTypes(MLIRContext *context,
                                              MaybeLocation location,
                                              Adaptor adaptor,
                                              InferredTypeList &types) {
  // C2
  std::string error;
  if (!compilePattern(adaptor.getPattern(), error))
    return inferError<StringMatchOp>(location, "pattern '",
                                     adaptor.getPattern(),
                                     "' cannot be used: ", error);
  // C1
  return inferTogether<StringMatchOp>(location, adaptor.getOperands(),
                                      IntegerType::get(context, 1), types);
}
