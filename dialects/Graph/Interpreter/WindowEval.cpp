//===- WindowEval.cpp - Pooling -------------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// graph.max_pool and graph.avg_pool: for each batch entry, channel and output
// position, the elements of the window, in order. Means are summed in double.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/Elements.h"
#include "dialects/Graph/Interpreter/Evaluate.h"

using namespace mlir;

namespace systole::graph {

namespace {
/// A pooling, resolved. Coordinates are those of the result.
struct Pool {
  LayoutAttr layout;
  ArrayRef<int64_t> kernel, strides, dilations;
  SmallVector<int64_t> inShape, inStrides, outShape;
  /// Padding of each spatial dimension.
  SmallVector<int64_t> padLow, padHigh;

  /// The number of input element `offset` among the spatial positions; -1 for
  /// none.
  int64_t spatialNumber(int64_t offset) const {
    int64_t number = offset < 0 ? -1 : 0;
    for (int64_t d = 0; offset >= 0 && d < layout.numSpatial(); ++d) {
      int64_t dim = layout.spatial(d);
      number = number * inShape[dim] + offset / inStrides[dim] % inShape[dim];
    }
    return number;
  }

  /// Calls `visit(offset, inPadding)` for each element of the window at result
  /// coordinates `o`: the element's number in the input, or -1 outside; and
  /// whether it lies inside the input or its padding.
  template <typename Visit>
  void window(const Odometer &o, Visit visit) const {
    int64_t base = o[layout.batch()] * inStrides[layout.batch()] +
                   o[layout.channel()] * inStrides[layout.channel()];
    for (Odometer q(kernel); !q.done(); q.next()) {
      bool inside = true, padded = true;
      int64_t offset = base;
      for (size_t d = 0; d < kernel.size(); ++d) {
        int64_t dim = layout.spatial(d);
        int64_t at = o[dim] * strides[d] + q[d] * dilations[d] - padLow[d];
        padded &= at < inShape[dim] + padHigh[d];
        inside &= at >= 0 && at < inShape[dim];
        if (inside)
          offset += at * inStrides[dim];
      }
      visit(inside ? offset : -1, padded);
    }
  }
};
} // namespace

/// Resolves the windows of a pooling operation on `input`.
template <typename PoolOp>
static FailureOr<Pool> resolvePool(PoolOp op, const Tensor &input) {
  Pool pool;
  pool.layout = op.getLayout();
  pool.kernel = op.getKernel();
  pool.strides = op.getStrides();
  pool.dilations = op.getDilations();
  if (input.rank() != pool.layout.rank())
    return op.emitOpError("layout does not fit an input of shape ")
           << shapeText(input.getShape());
  pool.inShape = SmallVector<int64_t>(input.getShape());
  pool.inStrides = rowMajorStrides(input.getShape());
  pool.outShape = pool.inShape;
  int64_t numSpatial = pool.layout.numSpatial();
  for (int64_t d = 0; d < numSpatial; ++d) {
    int64_t dim = pool.layout.spatial(d);
    auto window = checkedWindow(op, d, pool.inShape[dim], pool.kernel[d],
                                op.getCeilMode());
    if (failed(window))
      return failure();
    pool.outShape[dim] = window->outSize;
    pool.padLow.push_back(window->padLow);
    pool.padHigh.push_back(window->padHigh);
  }
  return pool;
}

Evaluated evaluate(MaxPoolOp op, Operands operands) {
  const Tensor &input = operands[0];
  Type type = input.getElementType();
  FailureOr<Pool> pool = resolvePool(op, input);
  if (failed(pool))
    return failure();
  Evaluated result = allocate(op, type, pool->outShape);
  if (failed(result))
    return failure();
  withRealType(type, [&](auto zero) {
    using T = decltype(zero);
    Reader<T> in(input);
    Writer<T> out(*result);
    for (Odometer o(pool->outShape); !o.done(); o.next()) {
      T best = extreme<T>(type, /*lowest=*/true);
      pool->window(o, [&](int64_t offset, bool) {
        if (offset >= 0)
          best = largerOf(best, in[offset]);
      });
      out.set(o.position(), best);
    }
  });
  return result;
}

Evaluated evaluate(ArgMaxPoolOp op, Operands operands) {
  const Tensor &input = operands[0];
  FailureOr<Pool> pool = resolvePool(op, input);
  if (failed(pool))
    return failure();
  Evaluated result =
      allocate(op, IntegerType::get(op.getContext(), 64), pool->outShape);
  if (failed(result))
    return failure();
  withRealType(input.getElementType(), [&](auto zero) {
    Reader<decltype(zero)> in(input);
    for (Odometer o(pool->outShape); !o.done(); o.next()) {
      int64_t best = -1;
      pool->window(o, [&](int64_t offset, bool) {
        if (offset < 0)
          return;
        // The first element, then what is larger, or the first NaN.
        if (best < 0 || in[offset] > in[best] ||
            (in[offset] != in[offset] && in[best] == in[best]))
          best = offset;
      });
      result->store<int64_t>(o.position(), pool->spatialNumber(best));
    }
  });
  return result;
}

Evaluated evaluate(AvgPoolOp op, Operands operands) {
  const Tensor &input = operands[0];
  FailureOr<Pool> pool = resolvePool(op, input);
  if (failed(pool))
    return failure();
  Evaluated result = allocate(op, input.getElementType(), pool->outShape);
  if (failed(result))
    return failure();
  bool countPadding = op.getCountIncludePad();
  for (Odometer o(pool->outShape); !o.done(); o.next()) {
    double sum = 0.0;
    int64_t count = 0;
    pool->window(o, [&](int64_t offset, bool padded) {
      if (offset >= 0)
        sum += input.getDouble(offset);
      count += offset >= 0 || (countPadding && padded);
    });
    result->setDouble(o.position(), sum / static_cast<double>(count));
  }
  return result;
}

} // namespace systole::graph
