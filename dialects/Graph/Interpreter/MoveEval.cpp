//===- MoveEval.cpp - Elements at other places ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Transpose, concat, slice, pad, gather: each computes, for each coordinate of
// the result, where the element comes from, and copies its bytes.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/Evaluate.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace systole::graph {

Evaluated evaluate(TransposeOp op, Operands operands) {
  const Tensor &input = operands[0];
  ArrayRef<int64_t> perm = op.getPerm();
  if (static_cast<int64_t>(perm.size()) != input.rank())
    return op.emitOpError("perm has ")
           << perm.size() << " entries for an operand of rank " << input.rank();
  SmallVector<int64_t> inputStrides = rowMajorStrides(input.getShape());
  SmallVector<int64_t> shape, strides;
  for (int64_t d : perm) {
    shape.push_back(input.dim(d));
    strides.push_back(inputStrides[d]);
  }
  Evaluated result = allocate(op, input.getElementType(), shape);
  if (failed(result))
    return failure();
  int64_t bytes = elementBytes(input.getElementType());
  for (Odometer o(shape); !o.done(); o.next())
    std::memcpy(result->data() + o.position() * bytes,
                input.data() + o.dot(strides) * bytes, bytes);
  return result;
}

/// The shape of the concatenation, or failure where other dimensions differ.
static FailureOr<SmallVector<int64_t>> concatShape(ConcatOp op,
                                                   Operands operands) {
  SmallVector<int64_t> shape(operands[0].getShape());
  int64_t axis = op.getAxis(), total = 0;
  if (failed(checkAxes(op, axis, operands[0].rank())))
    return failure();
  for (auto [k, operand] : llvm::enumerate(operands)) {
    SmallVector<int64_t> expected = shape;
    if (operand.rank() == static_cast<int64_t>(shape.size()))
      expected[axis] = operand.dim(axis);
    if (operand.getShape() != ArrayRef<int64_t>(expected))
      return op.emitOpError("operand ")
             << k << " of shape " << shapeText(operand.getShape())
             << " does not match operand 0 of shape " << shapeText(shape)
             << " outside axis " << axis;
    total += operand.dim(axis);
  }
  shape[axis] = total;
  return shape;
}

Evaluated evaluate(ConcatOp op, Operands operands) {
  auto shape = concatShape(op, operands);
  if (failed(shape))
    return failure();
  Evaluated result = allocate(op, operands[0].getElementType(), *shape);
  if (failed(result))
    return failure();
  int64_t axis = op.getAxis();
  int64_t bytes = elementBytes(operands[0].getElementType());
  // Everything after the axis is contiguous: one block for each outer index.
  int64_t inner = bytes;
  for (int64_t size : ArrayRef<int64_t>(*shape).drop_front(axis + 1))
    inner *= size;
  int64_t outer = countElements(ArrayRef<int64_t>(*shape).take_front(axis));
  char *to = result->data();
  if (result->size() == 0)
    return result;
  for (int64_t i = 0; i < outer; ++i) {
    for (const Tensor &operand : operands) {
      int64_t block = operand.dim(axis) * inner;
      if (block)
        std::memcpy(to, operand.data() + i * block, block);
      to += block;
    }
  }
  return result;
}

Evaluated evaluate(SliceOp op, Operands operands) {
  const Tensor &input = operands[0];
  SmallVector<int64_t> starts = indexValues(operands[1]);
  SmallVector<int64_t> ends = indexValues(operands[2]);
  SmallVector<int64_t> steps = indexValues(operands[3]);
  size_t count = op.getAxes().size();
  if (starts.size() != count || ends.size() != count || steps.size() != count)
    return op.emitOpError(
               "starts, ends and steps do not have an entry for each "
               "of the ")
           << count << " axes";
  SmallVector<int64_t> shape(input.getShape());
  SmallVector<int64_t> strides = rowMajorStrides(shape);
  int64_t first = 0;
  for (auto [k, axis] : llvm::enumerate(op.getAxes())) {
    if (axis < 0 || axis >= input.rank())
      return op.emitOpError("axis ")
             << axis << " is outside a tensor of rank " << input.rank();
    if (steps[k] == 0)
      return op.emitOpError("step ") << k << " is 0";
    SliceRange range =
        resolveSlice(input.dim(axis), starts[k], ends[k], steps[k]);
    first += range.start * strides[axis];
    // A step beyond the dimension is never taken: the product may overflow.
    strides[axis] *= range.count > 1 ? steps[k] : 0;
    shape[axis] = range.count;
  }
  Evaluated result = allocate(op, input.getElementType(), shape);
  if (failed(result))
    return failure();
  int64_t bytes = elementBytes(input.getElementType());
  for (Odometer o(shape); !o.done(); o.next())
    std::memcpy(result->data() + o.position() * bytes,
                input.data() + (first + o.dot(strides)) * bytes, bytes);
  return result;
}

/// The input index that result index `i` (counted from the first input element)
/// takes its value from, or -1 for the pad value.
static int64_t padSource(PadMode mode, int64_t i, int64_t size) {
  if (i >= 0 && i < size)
    return i;
  switch (mode) {
  case PadMode::constant:
    return -1;
  case PadMode::edge:
    return i < 0 ? 0 : size - 1;
  case PadMode::reflect:
    return i < 0 ? -i : 2 * (size - 1) - i;
  case PadMode::wrap:
    return (i % size + size) % size;
  }
  llvm_unreachable("every mode is listed");
}

/// The shape of the padded tensor, or failure where the pads do not fit.
static FailureOr<SmallVector<int64_t>>
paddedShape(PadOp op, const Tensor &input, ArrayRef<int64_t> pads) {
  int64_t rank = input.rank();
  if (static_cast<int64_t>(pads.size()) != 2 * rank)
    return op.emitOpError("pads has ")
           << pads.size() << " entries, expected " << 2 * rank;
  SmallVector<int64_t> shape;
  for (int64_t d = 0; d < rank; ++d) {
    int64_t size = input.dim(d), low = pads[d], high = pads[rank + d], sum = 0;
    if (llvm::AddOverflow(low, high, sum) ||
        llvm::AddOverflow(size, sum, sum) || sum < 0)
      return op.emitOpError("pads ")
             << low << " and " << high << " do not fit dimension " << d
             << " of size " << size;
    int64_t most = std::max(low, high);
    if (op.getMode() == PadMode::reflect && most > 0 && most >= size)
      return op.emitOpError("reflect pads dimension ")
             << d << " of size " << size << " by " << most;
    bool repeats =
        op.getMode() == PadMode::edge || op.getMode() == PadMode::wrap;
    if (repeats && most > 0 && size == 0)
      return op.emitOpError() << stringifyPadMode(op.getMode())
                              << " pads the empty dimension " << d;
    shape.push_back(sum);
  }
  return shape;
}

Evaluated evaluate(PadOp op, Operands operands) {
  const Tensor &input = operands[0];
  SmallVector<int64_t> pads = indexValues(operands[1]);
  auto shape = paddedShape(op, input, pads);
  if (failed(shape))
    return failure();
  if (operands.size() > 2 && operands[2].size() != 1)
    return op.emitOpError("value has ")
           << operands[2].size() << " elements, expected 1";
  Evaluated result = allocate(op, input.getElementType(), *shape);
  if (failed(result))
    return failure();
  int64_t bytes = elementBytes(input.getElementType());
  const char *value = operands.size() > 2 ? operands[2].data() : nullptr;
  SmallVector<int64_t> strides = rowMajorStrides(input.getShape());
  for (Odometer o(*shape); !o.done(); o.next()) {
    int64_t from = 0;
    bool outside = false;
    for (int64_t d = 0; d < input.rank(); ++d) {
      int64_t source = padSource(op.getMode(), o[d] - pads[d], input.dim(d));
      outside |= source < 0;
      from += source * strides[d];
    }
    const char *element = outside ? value : input.data() + from * bytes;
    if (element)
      std::memcpy(result->data() + o.position() * bytes, element, bytes);
  }
  return result;
}

Evaluated evaluate(GatherOp op, Operands operands) {
  const Tensor &input = operands[0], &indices = operands[1];
  int64_t axis = op.getAxis();
  if (failed(checkAxes(op, axis, input.rank())))
    return failure();
  ArrayRef<int64_t> dims = input.getShape();
  SmallVector<int64_t> shape(dims.take_front(axis));
  llvm::append_range(shape, indices.getShape());
  llvm::append_range(shape, dims.drop_front(axis + 1));
  Evaluated result = allocate(op, input.getElementType(), shape);
  if (failed(result))
    return failure();
  SmallVector<int64_t> picked = indexValues(indices);
  for (int64_t &index : picked) {
    if (index < -dims[axis] || index >= dims[axis])
      return op.emitOpError("index ") << index << " is outside dimension "
                                      << axis << " of size " << dims[axis];
    index += index < 0 ? dims[axis] : 0;
  }
  // For each outer index and each picked index, one contiguous block.
  int64_t block = elementBytes(input.getElementType());
  for (int64_t size : dims.drop_front(axis + 1))
    block *= size;
  int64_t outer = countElements(dims.take_front(axis));
  char *to = result->data();
  for (int64_t i = 0; i < outer && result->size(); ++i)
    for (int64_t index : picked) {
      std::memcpy(to, input.data() + (i * dims[axis] + index) * block, block);
      to += block;
    }
  return result;
}

} // namespace systole::graph
