//===- IndexEval.cpp - Gathering and scattering ---------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each operation finds, for one coordinate after the other, the element or the
// slice that the indices name, and copies or combines it.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/Elements.h"
#include "dialects/Graph/Interpreter/Evaluate.h"

using namespace mlir;

namespace systole::graph {

Evaluated evaluate(RangeOp op, Operands operands) {
  for (const Tensor &operand : operands)
    if (operand.size() != 1)
      return op.emitOpError("an operand has ")
             << operand.size() << " elements, expected 1";
  std::optional<int64_t> count =
      rangeLength(operands[0], operands[1], operands[2]);
  if (!count)
    return op.emitOpError("start, limit and delta make no range");
  Type type = operands[0].getElementType();
  Evaluated result = allocate(op, type, *count);
  if (failed(result))
    return failure();
  withRealType(type, [&](auto zero) {
    using T = decltype(zero);
    T start = Reader<T>(operands[0])[0], delta = Reader<T>(operands[2])[0];
    Writer<T> out(*result);
    for (int64_t i = 0; i < *count; ++i)
      out.set(i, sumOf(start, productOf(static_cast<T>(i), delta)));
  });
  return result;
}

Evaluated evaluate(NonZeroOp op, Operands operands) {
  const Tensor &input = operands[0];
  SmallVector<SmallVector<int64_t>> found;
  withRealType(input.getElementType(), [&](auto zero) {
    Reader<decltype(zero)> in(input);
    for (Odometer o(input.getShape()); !o.done(); o.next()) {
      if (in[o.position()] == 0)
        continue;
      SmallVector<int64_t> &place = found.emplace_back();
      for (int64_t d = 0; d < input.rank(); ++d)
        place.push_back(o[d]);
    }
  });
  int64_t count = static_cast<int64_t>(found.size());
  Evaluated result = allocate(op, IntegerType::get(op.getContext(), 64),
                              {input.rank(), count});
  if (failed(result))
    return failure();
  for (auto [j, place] : llvm::enumerate(found))
    for (auto [d, at] : llvm::enumerate(place))
      result->store<int64_t>(static_cast<int64_t>(d) * count + j, at);
  return result;
}

//===----------------------------------------------------------------------===//
// Indices
//===----------------------------------------------------------------------===//

/// `index` in [0, size), negative ones counted from the end; a message if it is
/// outside.
static FailureOr<int64_t> resolveIndex(Operation *op, int64_t index,
                                       int64_t size) {
  if (index >= -size && index < size)
    return index < 0 ? index + size : index;
  return op->emitOpError("index ")
         << index << " is outside a dimension of size " << size;
}

/// Checks axis, ranks and sizes of gather_elements and scatter_elements.
static LogicalResult checkElementIndices(Operation *op, int64_t axis,
                                         const Tensor &input,
                                         const Tensor &indices) {
  if (failed(checkAxes(op, axis, input.rank())))
    return failure();
  bool fits = indices.rank() == input.rank();
  for (int64_t d = 0; fits && d < input.rank(); ++d)
    fits = d == axis || indices.dim(d) <= input.dim(d);
  if (fits)
    return success();
  return op->emitOpError("indices of shape ")
         << shapeText(indices.getShape()) << " do not fit an operand of shape "
         << shapeText(input.getShape());
}

/// The number of the element of `input` that coordinates `o` of `indices` name.
static FailureOr<int64_t> elementAt(Operation *op, int64_t axis,
                                    const Tensor &input, const Tensor &indices,
                                    const Odometer &o) {
  SmallVector<int64_t> strides = rowMajorStrides(input.getShape());
  FailureOr<int64_t> index =
      resolveIndex(op, indices.getInt(o.position()), input.dim(axis));
  if (failed(index))
    return failure();
  int64_t at = *index * strides[axis];
  for (int64_t d = 0; d < input.rank(); ++d)
    at += d == axis ? 0 : o[d] * strides[d];
  return at;
}

/// The first element of the slice of `input` that a tuple of `length` indices
/// from element `first` on names, beyond `batchDims` dimensions.
static FailureOr<int64_t> sliceAt(Operation *op, const Tensor &input,
                                  const Tensor &indices, int64_t first,
                                  int64_t length, int64_t batchDims) {
  SmallVector<int64_t> strides = rowMajorStrides(input.getShape());
  int64_t at = 0;
  for (int64_t j = 0; j < length; ++j) {
    FailureOr<int64_t> index =
        resolveIndex(op, indices.getInt(first + j), input.dim(batchDims + j));
    if (failed(index))
      return failure();
    at += *index * strides[batchDims + j];
  }
  return at;
}

//===----------------------------------------------------------------------===//
// Gathering
//===----------------------------------------------------------------------===//

Evaluated evaluate(GatherElementsOp op, Operands operands) {
  const Tensor &input = operands[0], &indices = operands[1];
  if (failed(checkElementIndices(op, op.getAxis(), input, indices)))
    return failure();
  Evaluated result = allocate(op, input.getElementType(), indices.getShape());
  if (failed(result))
    return failure();
  int64_t bytes = elementBytes(input.getElementType());
  for (Odometer o(indices.getShape()); !o.done(); o.next()) {
    FailureOr<int64_t> at = elementAt(op, op.getAxis(), input, indices, o);
    if (failed(at))
      return failure();
    std::memcpy(result->data() + o.position() * bytes,
                input.data() + *at * bytes, bytes);
  }
  return result;
}

Evaluated evaluate(GatherNDOp op, Operands operands) {
  const Tensor &input = operands[0], &indices = operands[1];
  int64_t batchDims = op.getBatchDims();
  ArrayRef<int64_t> dims = input.getShape(), places = indices.getShape();
  bool fits = batchDims <= input.rank() && batchDims < indices.rank() &&
              dims.take_front(batchDims) == places.take_front(batchDims) &&
              places.back() <= input.rank() - batchDims;
  if (!fits)
    return op.emitOpError("indices of shape ")
           << shapeText(places) << " do not fit an operand of shape "
           << shapeText(dims) << " with " << batchDims << " batch dimensions";
  int64_t length = places.back();
  SmallVector<int64_t> shape(places.drop_back());
  llvm::append_range(shape, dims.drop_front(batchDims + length));
  Evaluated result = allocate(op, input.getElementType(), shape);
  if (failed(result))
    return failure();
  int64_t slice = countElements(dims.drop_front(batchDims + length));
  int64_t perBatch = countElements(dims.drop_front(batchDims));
  int64_t tuples = countElements(places.drop_back());
  int64_t batches = countElements(places.take_front(batchDims));
  int64_t bytes = elementBytes(input.getElementType());
  for (int64_t i = 0; i < tuples; ++i) {
    auto at = sliceAt(op, input, indices, i * length, length, batchDims);
    if (failed(at))
      return failure();
    int64_t batch = i / (tuples / batches);
    std::memcpy(result->data() + i * slice * bytes,
                input.data() + (batch * perBatch + *at) * bytes, slice * bytes);
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Scattering
//===----------------------------------------------------------------------===//

namespace {
/// A copy of the input, into which updates go one by one.
class Scattered {
public:
  static FailureOr<Scattered> make(Operation *op, ScatterKind kind,
                                   const Tensor &input, const Tensor &updates) {
    Evaluated copy = allocate(op, input.getElementType(), input.getShape());
    if (failed(copy))
      return failure();
    if (input.size())
      std::memcpy(copy->data(), input.data(), input.byteSize());
    return Scattered(kind, *copy, updates);
  }

  /// Combines element `from` of the updates into element `to`.
  void put(int64_t to, int64_t from) {
    Type type = result.getElementType();
    int64_t bytes = elementBytes(type);
    if (kind == ScatterKind::replace) {
      std::memcpy(result.data() + to * bytes, updates.data() + from * bytes,
                  bytes);
      return;
    }
    withRealType(type, [&](auto zero) {
      using T = decltype(zero);
      Writer<T>(result).set(
          to, combine<T>(Reader<T>(result)[to], Reader<T>(updates)[from]));
    });
  }

  Tensor result;

private:
  Scattered(ScatterKind kind, Tensor result, const Tensor &updates)
      : result(result), kind(kind), updates(updates) {}

  template <typename T>
  T combine(T a, T b) const {
    switch (kind) {
    case ScatterKind::add:
      return sumOf(a, b);
    case ScatterKind::mul:
      return productOf(a, b);
    case ScatterKind::max:
      return largerOf(a, b);
    case ScatterKind::min:
      return smallerOf(a, b);
    case ScatterKind::replace:
      return b;
    }
    llvm_unreachable("every kind is listed");
  }

  ScatterKind kind;
  const Tensor &updates;
};
} // namespace

/// Fails unless `updates` have the shape that the indices ask for.
static LogicalResult checkUpdates(Operation *op, const Tensor &updates,
                                  ArrayRef<int64_t> shape) {
  if (updates.getShape() == shape)
    return success();
  return op->emitOpError("updates have shape ")
         << shapeText(updates.getShape()) << ", expected " << shapeText(shape);
}

Evaluated evaluate(ScatterElementsOp op, Operands operands) {
  const Tensor &input = operands[0], &indices = operands[1];
  const Tensor &updates = operands[2];
  if (failed(checkElementIndices(op, op.getAxis(), input, indices)) ||
      failed(checkUpdates(op, updates, indices.getShape())))
    return failure();
  auto scattered = Scattered::make(op, op.getKind(), input, updates);
  if (failed(scattered))
    return failure();
  for (Odometer o(indices.getShape()); !o.done(); o.next()) {
    FailureOr<int64_t> at = elementAt(op, op.getAxis(), input, indices, o);
    if (failed(at))
      return failure();
    scattered->put(*at, o.position());
  }
  return scattered->result;
}

Evaluated evaluate(ScatterNDOp op, Operands operands) {
  const Tensor &input = operands[0], &indices = operands[1];
  const Tensor &updates = operands[2];
  ArrayRef<int64_t> places = indices.getShape();
  if (places.empty() || places.back() > input.rank())
    return op.emitOpError("indices of shape ")
           << shapeText(places) << " do not fit an operand of shape "
           << shapeText(input.getShape());
  int64_t length = places.back();
  SmallVector<int64_t> shape(places.drop_back());
  llvm::append_range(shape, input.getShape().drop_front(length));
  if (failed(checkUpdates(op, updates, shape)))
    return failure();
  auto scattered = Scattered::make(op, op.getKind(), input, updates);
  if (failed(scattered))
    return failure();
  int64_t slice = countElements(input.getShape().drop_front(length));
  int64_t tuples = countElements(places.drop_back());
  for (int64_t i = 0; i < tuples; ++i) {
    auto at = sliceAt(op, input, indices, i * length, length, 0);
    if (failed(at))
      return failure();
    for (int64_t j = 0; j < slice; ++j)
      scattered->put(*at + j, i * slice + j);
  }
  return scattered->result;
}

} // namespace systole::graph
