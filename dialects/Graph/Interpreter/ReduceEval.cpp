//===- ReduceEval.cpp - Reductions and normalisation ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// graph.reduce, graph.softmax, graph.batch_norm. Sums, means and products of
// floats are formed in double in row-major order and rounded once; those of
// integers in 64 bits, wrapping.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/Elements.h"
#include "dialects/Graph/Interpreter/Evaluate.h"
#include <cmath>

using namespace mlir;

namespace systole::graph {

namespace {
/// The dimensions of a reduction, split into those kept and those combined.
struct Split {
  SmallVector<int64_t> keptShape, keptStrides;
  SmallVector<int64_t> combinedShape, combinedStrides;

  Split(const Tensor &input, ArrayRef<int64_t> axes) {
    SmallVector<int64_t> strides = rowMajorStrides(input.getShape());
    for (int64_t d = 0; d < input.rank(); ++d) {
      bool combined = llvm::is_contained(axes, d);
      (combined ? combinedShape : keptShape).push_back(input.dim(d));
      (combined ? combinedStrides : keptStrides).push_back(strides[d]);
    }
  }
};
} // namespace

/// Combines floats; `read(i)` gives the i-th of `count`.
template <typename Read>
static double combineFloats(ReduceKind kind, Type type, int64_t count,
                            Read read) {
  bool isMax = kind == ReduceKind::max;
  double value = kind == ReduceKind::prod ? 1.0 : 0.0;
  if (isMax || kind == ReduceKind::min)
    value = extremeFloat(type, /*lowest=*/isMax);
  for (int64_t i = 0; i < count; ++i) {
    double element = read(i);
    switch (kind) {
    case ReduceKind::sum:
    case ReduceKind::mean:
      value += element;
      break;
    case ReduceKind::prod:
      value *= element;
      break;
    case ReduceKind::max:
      value = largerOf(value, element);
      break;
    case ReduceKind::min:
      value = smallerOf(value, element);
      break;
    }
  }
  return kind == ReduceKind::mean ? value / static_cast<double>(count) : value;
}

/// Combines integers of compute type T: int64_t, or uint64_t if unsigned.
template <typename T, typename Read>
static T combineIntegers(ReduceKind kind, Type type, int64_t count, Read read) {
  bool isMax = kind == ReduceKind::max;
  T value = kind == ReduceKind::prod ? 1 : 0;
  if (isMax || kind == ReduceKind::min)
    value = extreme<T>(type, /*lowest=*/isMax);
  for (int64_t i = 0; i < count; ++i) {
    T element = static_cast<T>(read(i));
    switch (kind) {
    case ReduceKind::sum:
    case ReduceKind::mean:
      value = static_cast<uint64_t>(value) + static_cast<uint64_t>(element);
      break;
    case ReduceKind::prod:
      value = static_cast<uint64_t>(value) * static_cast<uint64_t>(element);
      break;
    case ReduceKind::max:
      value = largerOf(value, element);
      break;
    case ReduceKind::min:
      value = smallerOf(value, element);
      break;
    }
  }
  if (kind == ReduceKind::mean)
    return count ? value / static_cast<T>(count) : 0;
  return value;
}

Evaluated evaluate(ReduceOp op, Operands operands) {
  const Tensor &input = operands[0];
  Type type = input.getElementType();
  if (failed(checkAxes(op, op.getAxes(), input.rank())))
    return failure();
  Evaluated result = allocate(
      op, type, reducedShape(input.getShape(), op.getAxes(), op.getKeepDims()));
  if (failed(result))
    return failure();
  Split split(input, op.getAxes());
  // Where the combined elements lie, relative to the first of them.
  SmallVector<int64_t> offsets;
  for (Odometer c(split.combinedShape); !c.done(); c.next())
    offsets.push_back(c.dot(split.combinedStrides));
  int64_t count = static_cast<int64_t>(offsets.size());
  ReduceKind kind = op.getKind();
  for (Odometer k(split.keptShape); !k.done(); k.next()) {
    int64_t first = k.dot(split.keptStrides), to = k.position();
    auto readFloat = [&](int64_t i) {
      return input.getDouble(first + offsets[i]);
    };
    auto readInt = [&](int64_t i) { return input.getInt(first + offsets[i]); };
    if (isa<FloatType>(type))
      result->setDouble(to, combineFloats(kind, type, count, readFloat));
    else if (readsUnsigned(type))
      Writer<uint64_t>(*result).set(
          to, combineIntegers<uint64_t>(kind, type, count, readInt));
    else
      Writer<int64_t>(*result).set(
          to, combineIntegers<int64_t>(kind, type, count, readInt));
  }
  return result;
}

/// Softmax of the `count` elements from `first` on, `stride` apart.
template <typename T>
static void softmaxRow(const Tensor &input, Tensor &result, int64_t first,
                       int64_t stride, int64_t count) {
  Reader<T> in(input);
  T largest = -std::numeric_limits<T>::infinity();
  for (int64_t i = 0; i < count; ++i)
    largest = largerOf(largest, in[first + i * stride]);
  double sum = 0.0;
  for (int64_t i = 0; i < count; ++i)
    sum += std::exp(in[first + i * stride] - largest);
  for (int64_t i = 0; i < count; ++i) {
    int64_t at = first + i * stride;
    result.setDouble(at, std::exp(in[at] - largest) / sum);
  }
}

Evaluated evaluate(SoftmaxOp op, Operands operands) {
  const Tensor &input = operands[0];
  int64_t axis = op.getAxis();
  if (failed(checkAxes(op, axis, input.rank())))
    return failure();
  Evaluated result = allocate(op, input.getElementType(), input.getShape());
  if (failed(result))
    return failure();
  Split split(input, axis);
  withFloatType(input.getElementType(), [&](auto zero) {
    for (Odometer k(split.keptShape); !k.done(); k.next())
      softmaxRow<decltype(zero)>(input, *result, k.dot(split.keptStrides),
                                 split.combinedStrides[0], input.dim(axis));
  });
  return result;
}

Evaluated evaluate(BatchNormOp op, Operands operands) {
  const Tensor &input = operands[0];
  int64_t axis = op.getAxis();
  if (failed(checkAxes(op, axis, input.rank())))
    return failure();
  int64_t channels = input.dim(axis);
  for (const Tensor &parameter : operands.drop_front())
    if (parameter.getShape() != ArrayRef<int64_t>(channels))
      return op.emitOpError("a parameter has shape ")
             << shapeText(parameter.getShape()) << ", expected " << channels;
  Evaluated result = allocate(op, input.getElementType(), input.getShape());
  if (failed(result))
    return failure();
  int64_t stride = rowMajorStrides(input.getShape())[axis];
  withFloatType(input.getElementType(), [&](auto zero) {
    using T = decltype(zero);
    Reader<T> in(input), scale(operands[1]), bias(operands[2]);
    Reader<T> mean(operands[3]), variance(operands[4]);
    T epsilon = static_cast<T>(op.getEpsilon().convertToDouble());
    Writer<T> out(*result);
    for (int64_t i = 0; i < input.size(); ++i) {
      int64_t c = i / stride % channels;
      T deviation = std::sqrt(variance[c] + epsilon);
      out.set(i, (in[i] - mean[c]) / deviation * scale[c] + bias[c]);
    }
  });
  return result;
}

} // namespace systole::graph
