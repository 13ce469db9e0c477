//===- SignalOps.cpp - Inference of transforms and random bits ------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// graph.dft, graph.det and graph.random_bits.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/InferUtils.h"

using namespace mlir;
using namespace systole::graph;

LogicalResult DftOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                      Adaptor adaptor,
                                      InferredTypeList &types) {
  RankedTensorType input = rankedType(adaptor.getInput());
  // C1
  if (input && (input.getRank() < 2 || dimsDiffer(input.getShape().back(), 2)))
    return inferError<DftOp>(location, "last dimension of input ", input,
                             " is not 2: a real and an imaginary part");
  // C2
  if (input &&
      failed(checkAxis<DftOp>(location, static_cast<int64_t>(adaptor.getAxis()),
                              input.getRank() - 1)))
    return failure();
  // C3
  Type element = elementType(adaptor.getInput());
  return input ? inferRanked<DftOp>(location, input.getShape(), element, types)
               : inferUnranked<DftOp>(location, element, types);
}

LogicalResult DetOp::inferReturnTypes(MLIRContext *, MaybeLocation location,
                                      Adaptor adaptor,
                                      InferredTypeList &types) {
  // C2
  Type element = elementType(adaptor.getInput());
  RankedTensorType input = rankedType(adaptor.getInput());
  if (!input)
    return inferUnranked<DetOp>(location, element, types);
  // C1
  ArrayRef<int64_t> shape = input.getShape();
  if (shape.size() < 2 || dimsDiffer(shape.back(), shape[shape.size() - 2]))
    return inferError<DetOp>(location, "input ", input,
                             " does not hold square matrices");
  return inferRanked<DetOp>(location, shape.drop_back(2), element, types);
}

LogicalResult RandomBitsOp::inferReturnTypes(MLIRContext *context,
                                             MaybeLocation location,
                                             Adaptor adaptor,
                                             InferredTypeList &types) {
  Type element = IntegerType::get(context, 32, IntegerType::Unsigned);
  RankedTensorType shape = rankedType(adaptor.getShape());
  RankedTensorType key = rankedType(adaptor.getKey());
  // C2
  if (key && key.hasStaticShape() && key.getNumElements() != 1)
    return inferError<RandomBitsOp>(location, "key ", key,
                                    " does not have one element");
  // C1
  if (shape && shape.getRank() != 1)
    return inferError<RandomBitsOp>(location, "operand 'shape' has rank ",
                                    shape.getRank(), ", not 1");
  // C3
  if (!shape || shape.isDynamicDim(0))
    return inferUnranked<RandomBitsOp>(location, element, types);
  std::optional<SmallVector<int64_t>> sizes = constantInts(adaptor.getShape());
  if (!sizes)
    sizes = SmallVector<int64_t>(shape.getDimSize(0), ShapedType::kDynamic);
  // C1
  else if (llvm::any_of(*sizes, [](int64_t size) { return size < 0; }))
    return inferError<RandomBitsOp>(location, "shape [",
                                    ArrayRef<int64_t>(*sizes),
                                    "] has a negative entry");
  return inferRanked<RandomBitsOp>(location, *sizes, element, types);
}
