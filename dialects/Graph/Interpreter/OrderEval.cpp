//===- OrderEval.cpp - Extremes, orders and scans along a dimension -------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// graph.arg_reduce, graph.top_k, graph.cumulative: for each line of elements
// along an axis, its elements one after the other.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/Elements.h"
#include "dialects/Graph/Interpreter/Evaluate.h"
#include <numeric>

using namespace mlir;

namespace systole::graph {

namespace {
/// The lines of a tensor along one dimension: outer x inner of them, elements
/// `inner` apart.
struct Lines {
  int64_t outer, length, inner;

  Lines(ArrayRef<int64_t> shape, int64_t axis)
      : outer(countElements(shape.take_front(axis))), length(shape[axis]),
        inner(countElements(shape.drop_front(axis + 1))) {}

  /// Calls `visit(first element of a line, number of the line)`; `size` is how
  /// many elements a line of the visited tensor has.
  template <typename Visit>
  void each(int64_t size, Visit visit) const {
    for (int64_t o = 0; o < outer; ++o)
      for (int64_t i = 0; i < inner; ++i)
        visit(o * size * inner + i, o * inner + i);
  }
};
} // namespace

/// True if `a` comes before `b` in increasing order; NaN comes last.
template <typename T>
static bool isBelow(T a, T b) {
  if (a != a || b != b)
    return a == a && b != b;
  return a < b;
}

/// True for NaN, which no integer is.
template <typename T>
static bool isNaN(T a) {
  return a != a;
}

//===----------------------------------------------------------------------===//
// arg_reduce, top_k
//===----------------------------------------------------------------------===//

/// True if `next` takes the place of `best`: NaN beats every number.
template <typename T>
static bool wins(ArgReduceOp op, T next, T best) {
  if (isNaN(next) || isNaN(best))
    return isNaN(next) && (!isNaN(best) || op.getSelectLast());
  if (next == best)
    return op.getSelectLast();
  return op.getKind() == ReduceKind::max ? next > best : next < best;
}

Evaluated evaluate(ArgReduceOp op, Operands operands) {
  const Tensor &input = operands[0];
  int64_t axis = op.getAxis();
  if (failed(checkAxes(op, axis, input.rank())))
    return failure();
  Lines lines(input.getShape(), axis);
  if (lines.length == 0)
    return op.emitOpError("dimension ") << axis << " is empty";
  Evaluated result =
      allocate(op, IntegerType::get(op.getContext(), 64),
               reducedShape(input.getShape(), axis, op.getKeepDims()));
  if (failed(result))
    return failure();
  withRealType(input.getElementType(), [&](auto zero) {
    Reader<decltype(zero)> in(input);
    lines.each(lines.length, [&](int64_t first, int64_t line) {
      int64_t best = 0;
      for (int64_t i = 1; i < lines.length; ++i)
        if (wins(op, in[first + i * lines.inner],
                 in[first + best * lines.inner]))
          best = i;
      result->store<int64_t>(line, best);
    });
  });
  return result;
}

Evaluated evaluate(TopKOp op, Operands operands) {
  const Tensor &input = operands[0];
  int64_t axis = op.getAxis();
  if (failed(checkAxes(op, axis, input.rank())))
    return failure();
  if (operands[1].size() != 1)
    return op.emitOpError("k has ") << operands[1].size() << " elements";
  int64_t k = operands[1].getInt(0);
  Lines lines(input.getShape(), axis);
  if (k < 0 || k > lines.length)
    return op.emitOpError("k is ")
           << k << " for a dimension of size " << lines.length;
  SmallVector<int64_t> shape(input.getShape());
  shape[axis] = k;
  Evaluated result = allocate(op, IntegerType::get(op.getContext(), 64), shape);
  if (failed(result))
    return failure();
  withRealType(input.getElementType(), [&](auto zero) {
    Reader<decltype(zero)> in(input);
    std::vector<int64_t> order(lines.length);
    lines.each(k, [&](int64_t to, int64_t line) {
      int64_t first =
          line / lines.inner * lines.length * lines.inner + line % lines.inner;
      auto at = [&](int64_t i) { return in[first + i * lines.inner]; };
      std::iota(order.begin(), order.end(), 0);
      std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
        return op.getSmallest() ? isBelow(at(a), at(b)) : isBelow(at(b), at(a));
      });
      for (int64_t i = 0; i < k; ++i)
        result->store<int64_t>(to + i * lines.inner, order[i]);
    });
  });
  return result;
}

//===----------------------------------------------------------------------===//
// cumulative
//===----------------------------------------------------------------------===//

/// The value that changes nothing when it is combined.
template <typename T>
static T neutral(ReduceKind kind, Type type) {
  switch (kind) {
  case ReduceKind::max:
    return extreme<T>(type, /*lowest=*/true);
  case ReduceKind::min:
    return extreme<T>(type, /*lowest=*/false);
  case ReduceKind::prod:
    return 1;
  case ReduceKind::sum:
  case ReduceKind::mean:
    return 0;
  }
  llvm_unreachable("every kind is listed");
}

template <typename T>
static T combine(ReduceKind kind, T a, T b) {
  switch (kind) {
  case ReduceKind::max:
    return largerOf(a, b);
  case ReduceKind::min:
    return smallerOf(a, b);
  case ReduceKind::prod:
    return productOf(a, b);
  case ReduceKind::sum:
  case ReduceKind::mean:
    return sumOf(a, b);
  }
  llvm_unreachable("every kind is listed");
}

Evaluated evaluate(CumulativeOp op, Operands operands) {
  const Tensor &input = operands[0];
  int64_t axis = op.getAxis();
  if (failed(checkAxes(op, axis, input.rank())))
    return failure();
  Type type = input.getElementType();
  Evaluated result = allocate(op, type, input.getShape());
  if (failed(result))
    return failure();
  Lines lines(input.getShape(), axis);
  withRealType(type, [&](auto zero) {
    using T = decltype(zero);
    Reader<T> in(input);
    Writer<T> out(*result);
    lines.each(lines.length, [&](int64_t first, int64_t) {
      T total = neutral<T>(op.getKind(), type);
      for (int64_t step = 0; step < lines.length; ++step) {
        int64_t i = op.getReverse() ? lines.length - 1 - step : step;
        int64_t at = first + i * lines.inner;
        T next = combine<T>(op.getKind(), total, in[at]);
        out.set(at, op.getExclusive() ? total : next);
        total = next;
      }
    });
  });
  return result;
}

} // namespace systole::graph
