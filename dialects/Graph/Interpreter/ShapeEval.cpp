//===- ShapeEval.cpp - The same elements in another shape -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Constants, shapes as values, and operations that move no element. Results
// share the operand's memory.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/Interpreter/Evaluate.h"

using namespace mlir;

namespace systole::graph {

Evaluated evaluate(ConstantOp op, Operands) {
  FailureOr<Tensor> value = tensorFromAttribute(op.getValue());
  if (failed(value))
    return op.emitOpError("the constant's data is missing or malformed");
  return value;
}

Evaluated evaluate(ShapeOfOp op, Operands operands) {
  const Tensor &input = operands[0];
  Evaluated result =
      allocate(op, IntegerType::get(op.getContext(), 64), {input.rank()});
  if (failed(result))
    return failure();
  for (int64_t d = 0; d < input.rank(); ++d)
    result->store<int64_t>(d, input.dim(d));
  return result;
}

Evaluated evaluate(ReshapeOp op, Operands operands) {
  const Tensor &input = operands[0];
  SmallVector<int64_t> shape = indexValues(operands[1]);
  int64_t inferred = -1;
  for (int64_t d = 0; d < static_cast<int64_t>(shape.size()); ++d) {
    if (shape[d] == 0 && op.getCopyZeros()) {
      if (d >= input.rank())
        return op.emitOpError("shape entry ")
               << d << " copies a dimension beyond the operand's rank of "
               << input.rank();
      shape[d] = input.dim(d);
    } else if (shape[d] == -1 && inferred < 0) {
      inferred = d;
    } else if (shape[d] < 0) {
      return op.emitOpError("shape entry ")
             << d << " is " << shape[d]
             << (inferred < 0 ? "" : ", a second -1");
    }
  }
  if (inferred >= 0) {
    shape[inferred] = 1;
    int64_t others = countElements(shape);
    if (others <= 0 || input.size() % others != 0)
      return op.emitOpError("cannot infer the -1 entry: ")
             << input.size() << " elements do not divide by the other entries";
    shape[inferred] = input.size() / others;
  }
  if (countElements(shape) != input.size())
    return op.emitOpError("cannot reshape ")
           << input.size() << " elements of shape "
           << shapeText(input.getShape()) << " to " << shapeText(shape);
  return input.reshaped(shape);
}

Evaluated evaluate(SqueezeOp op, Operands operands) {
  const Tensor &input = operands[0];
  if (failed(checkAxes(op, op.getAxes(), input.rank())))
    return failure();
  SmallVector<int64_t> shape;
  for (int64_t d = 0; d < input.rank(); ++d) {
    if (!llvm::is_contained(op.getAxes(), d))
      shape.push_back(input.dim(d));
    else if (input.dim(d) != 1)
      return op.emitOpError("dimension ")
             << d << " is squeezed but has size " << input.dim(d);
  }
  return input.reshaped(shape);
}

Evaluated evaluate(UnsqueezeOp op, Operands operands) {
  const Tensor &input = operands[0];
  int64_t rank = input.rank() + static_cast<int64_t>(op.getAxes().size());
  if (failed(checkAxes(op, op.getAxes(), rank)))
    return failure();
  SmallVector<int64_t> shape;
  int64_t next = 0;
  for (int64_t d = 0; d < rank; ++d)
    shape.push_back(llvm::is_contained(op.getAxes(), d) ? 1
                                                        : input.dim(next++));
  return input.reshaped(shape);
}

Evaluated evaluate(BitcastOp op, Operands operands) {
  const Tensor &input = operands[0];
  Type to = op.getTo();
  if (to.getIntOrFloatBitWidth() >= 8)
    return Tensor(to, input.getShape(), const_cast<char *>(input.data()),
                  input.getOwner());
  // Narrow elements fill their byte by their own rule.
  Evaluated result = allocate(op, to, input.getShape());
  if (failed(result))
    return failure();
  auto narrow = IntegerType::get(op.getContext(), to.getIntOrFloatBitWidth(),
                                 isa<IntegerType>(to) && !to.isUnsignedInteger()
                                     ? IntegerType::Signless
                                     : IntegerType::Unsigned);
  Tensor bits(narrow, input.getShape(), result->data(), result->getOwner());
  for (int64_t i = 0; i < input.size(); ++i)
    bits.setInt(i, input.load<uint8_t>(i));
  return result;
}

} // namespace systole::graph
