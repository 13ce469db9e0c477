//===- LowerOrder.cpp - Extremes, orders and scans along a dimension ------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each line along the axis is one iteration of a kernel. The largest k are kept
// in a heap that lies in the result itself: its root is the last in the final
// order, so that most elements are refused by one comparison; at the end the
// heap is taken apart from its root, which leaves the result in order.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/ElementTypes.h"
#include "backends/Cpu/ElementwiseEmitter.h"
#include "backends/Cpu/HostScalars.h"
#include "backends/Cpu/Lowerings.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;
using graph::ReduceKind;
using P = arith::CmpIPredicate;
using F = arith::CmpFPredicate;

namespace {
/// The lines of a tensor along an axis: outer x inner of them, their elements
/// `inner` apart; host or kernel values.
struct Lines {
  Value outer, length, inner;

  static Lines of(CodeBuilder &code, ArrayRef<Value> dims, int64_t axis) {
    return {code.product(dims.take_front(axis)), dims[axis],
            code.product(dims.drop_front(axis + 1))};
  }
  Lines in(KernelBuilder &k) const {
    return {k.import(outer), k.import(length), k.import(inner)};
  }
  /// First element of the line at (outer, inner) where lines have `size`
  /// elements.
  Value first(KernelBuilder &k, ArrayRef<Value> at, Value size) const {
    return k.add(k.mul(k.mul(at[0], size), inner), at[1]);
  }
};

/// Comparison of two elements in compute form.
struct Order {
  KernelBuilder &k;
  Type element;

  bool isFloat() const { return isa<FloatType>(element); }
  Value any(Value x, Value y) {
    return k.b.createOrFold<arith::OrIOp>(k.loc, x, y);
  }
  Value isNot(Value x) {
    return arith::XOrIOp::create(k.b, k.loc, x,
                                 intConstant(k.b, k.loc, x.getType(), 1));
  }
  /// x < y; no number is below NaN.
  Value less(Value x, Value y) {
    if (isFloat())
      return arith::CmpFOp::create(k.b, k.loc, F::OLT, x, y);
    return k.cmp(isUnsignedElement(element) ? P::ult : P::slt, x, y);
  }
  Value equal(Value x, Value y) {
    if (isFloat())
      return arith::CmpFOp::create(k.b, k.loc, F::OEQ, x, y);
    return k.cmp(P::eq, x, y);
  }
  Value isNan(Value x) {
    return arith::CmpFOp::create(k.b, k.loc, F::UNO, x, x);
  }
  /// x < y with NaN as the largest.
  Value below(Value x, Value y) {
    Value result = less(x, y);
    if (!isFloat())
      return result;
    return any(result, k.logicalAnd(isNot(isNan(x)), isNan(y)));
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// arg_reduce
//===----------------------------------------------------------------------===//

/// True where `next` takes the place of `best` (arg_reduce's specification).
static Value takesOver(Order &order, graph::ArgReduceOp op, Value next,
                       Value best) {
  bool isMax = op.getKind() == ReduceKind::max;
  Value taken = isMax ? order.less(best, next) : order.less(next, best);
  if (op.getSelectLast())
    taken = order.any(taken, order.equal(next, best));
  if (!order.isFloat())
    return taken;
  Value nan = order.isNan(next);
  if (!op.getSelectLast())
    nan = order.k.logicalAnd(nan, order.isNot(order.isNan(best)));
  return order.any(taken, nan);
}

LogicalResult systole::cpu::lowerArgReduce(HostBuilder &host,
                                           graph::ArgReduceOp op) {
  CodeTensor input = host.get(op.getInput());
  int64_t axis = op.getAxis();
  Lines lines = Lines::of(host, input.dims, axis);
  host.check(host.cmp(P::sgt, lines.length, host.c(0)),
             "a dimension of size %lld has no largest or smallest element",
             {lines.length});
  SmallVector<Value> dims = input.dims;
  if (op.getKeepDims())
    dims[axis] = host.c(1);
  else
    dims.erase(dims.begin() + axis);
  CodeTensor output = host.define(op.getResult(), dims);
  KernelBuilder k = host.kernel("arg_reduce", input, output);
  Lines inside = lines.in(k);
  Order order{k, input.element()};
  k.nest({inside.outer, inside.inner}, 2, [&](ArrayRef<Value> at) {
    Value first = inside.first(k, at, inside.length);
    SmallVector<Value> best = k.carriedLoop(
        k.c(1), inside.length, 1, {k.c(0), k.load(k.inputs[0], first)},
        [&](Value i, ValueRange carried) -> SmallVector<Value> {
          Value next =
              k.load(k.inputs[0], k.add(first, k.mul(i, inside.inner)));
          Value taken = takesOver(order, op, next, carried[1]);
          return {k.select(taken, i, carried[0]),
                  k.select(taken, next, carried[1])};
        });
    k.store(k.outputs[0], k.add(k.mul(at[0], inside.inner), at[1]),
            k.toI64(best[0]));
  });
  host.launch(k, host.mul(lines.outer, lines.inner),
              host.mul(lines.length, host.c(4)), input, output);
  return success();
}

//===----------------------------------------------------------------------===//
// top_k
//===----------------------------------------------------------------------===//

namespace {
/// The heap of positions in one line of the result.
struct Heap {
  KernelBuilder &k;
  Order order;
  bool smallest;
  Value first, heapFirst, stride; ///< Of the line, of the heap, of both.

  Value slot(Value i) { return k.add(heapFirst, k.mul(i, stride)); }
  Value get(Value i) { return k.toIndex(k.load(k.outputs[0], slot(i))); }
  void put(Value i, Value position) {
    k.store(k.outputs[0], slot(i), k.toI64(position));
  }
  Value element(Value position) {
    return k.load(k.inputs[0], k.add(first, k.mul(position, stride)));
  }
  Value after(Value x, Value y);
  void siftDown(Value start, Value size);
  void build(Value size);
  void offer(Value position, Value size);
  void takeApart(Value size);
};
} // namespace

/// True if position `x` comes after `y` in the final order.
Value Heap::after(Value x, Value y) {
  Value a = element(x), b = element(y);
  Value later = smallest ? order.below(b, a) : order.below(a, b);
  Value earlier = smallest ? order.below(a, b) : order.below(b, a);
  Value tie = k.logicalAnd(order.isNot(earlier), k.cmp(P::sgt, x, y));
  return order.any(later, tie);
}

/// Moves the position in slot `start` down until nothing below comes after it.
void Heap::siftDown(Value start, Value size) {
  Value moved = get(start), last = k.sub(size, k.c(1));
  Value end = k.whileLoop(
      start,
      [&](Value slot) -> std::pair<Value, Value> {
        Value left = k.add(k.mul(slot, k.c(2)), k.c(1));
        Value exists = k.cmp(P::slt, left, size);
        // Both within the heap, also where they do not exist.
        Value a = k.min(left, last), b = k.min(k.add(left, k.c(1)), last);
        Value child = k.select(after(get(b), get(a)), b, a);
        return {k.logicalAnd(exists, after(get(child), moved)), child};
      },
      [&](Value slot, Value child) {
        put(slot, get(child));
        return child;
      });
  put(end, moved);
}

void Heap::build(Value size) {
  k.loop(k.c(0), size, 1, [&](Value i) { put(i, i); });
  Value parents = k.div(size, k.c(2));
  k.loop(k.c(0), parents, 1,
         [&](Value i) { siftDown(k.sub(k.sub(parents, k.c(1)), i), size); });
}

/// Replaces the root if `position` comes before it.
void Heap::offer(Value position, Value size) {
  k.ifThen(after(get(k.c(0)), position), [&] {
    put(k.c(0), position);
    siftDown(k.c(0), size);
  });
}

void Heap::takeApart(Value size) {
  k.loop(k.c(1), size, 1, [&](Value i) {
    Value end = k.sub(size, i), root = get(k.c(0));
    put(k.c(0), get(end));
    put(end, root);
    siftDown(k.c(0), end);
  });
}

LogicalResult systole::cpu::lowerTopK(HostBuilder &host, graph::TopKOp op) {
  CodeTensor input = host.get(op.getInput()), limit = host.get(op.getK());
  int64_t axis = op.getAxis();
  Lines lines = Lines::of(host, input.dims, axis);
  Value given = host.product(limit.dims);
  host.check(host.cmp(P::eq, given, host.c(1)), "k has %lld elements", {given});
  // What follows from dimensions is computed, not read.
  auto known = hostScalars(host, op.getK());
  Value count =
      host.toIndex(known ? known->front() : host.load(limit, host.c(0)));
  Value fits = host.logicalAnd(host.cmp(P::sge, count, host.c(0)),
                               host.cmp(P::sle, count, lines.length));
  host.check(fits, "k is %lld for a dimension of size %lld",
             {count, lines.length});
  SmallVector<Value> dims = input.dims;
  dims[axis] = count;
  CodeTensor output = host.define(op.getResult(), dims);
  KernelBuilder k = host.kernel("top_k", input, output);
  Lines inside = lines.in(k);
  Value size = k.import(output.dims[axis]);
  k.nest({inside.outer, inside.inner}, 2, [&](ArrayRef<Value> at) {
    Heap heap{k,
              {k, input.element()},
              op.getSmallest(),
              inside.first(k, at, inside.length),
              inside.first(k, at, size),
              inside.inner};
    k.ifThen(k.cmp(P::sgt, size, k.c(0)), [&] {
      heap.build(size);
      k.loop(size, inside.length, 1, [&](Value i) { heap.offer(i, size); });
      heap.takeApart(size);
    });
  });
  host.launch(k, host.mul(lines.outer, lines.inner),
              host.mul(lines.length, host.c(20)), input, output);
  return success();
}

//===----------------------------------------------------------------------===//
// cumulative
//===----------------------------------------------------------------------===//

/// One step of a scan, in the order of the elements: nothing is reassociated.
static Value accumulate(KernelBuilder &k, ReduceKind kind, Value total,
                        Value next, Type element) {
  if (kind == ReduceKind::max)
    return emitMax(k.b, k.loc, total, next, element);
  if (kind == ReduceKind::min)
    return emitMin(k.b, k.loc, total, next, element);
  if (kind == ReduceKind::prod)
    return emitMul(k.b, k.loc, total, next);
  return emitAdd(k.b, k.loc, total, next);
}

static Value neutralElement(KernelBuilder &k, ReduceKind kind, Type element) {
  Type type = computeType(element);
  if (kind == ReduceKind::max || kind == ReduceKind::min)
    return extremeElement(k, element, type, /*lowest=*/kind == ReduceKind::max);
  int64_t number = kind == ReduceKind::prod;
  return isa<FloatType>(type)
             ? floatConstant(k.b, k.loc, type, static_cast<double>(number))
             : intConstant(k.b, k.loc, type, number);
}

LogicalResult systole::cpu::lowerCumulative(HostBuilder &host,
                                            graph::CumulativeOp op) {
  CodeTensor input = host.get(op.getInput());
  Lines lines = Lines::of(host, input.dims, op.getAxis());
  CodeTensor output = host.define(op.getResult(), input.dims);
  Type element = input.element();
  KernelBuilder k = host.kernel("cumulative", input, output);
  Lines inside = lines.in(k);
  k.nest({inside.outer, inside.inner}, 2, [&](ArrayRef<Value> at) {
    Value first = inside.first(k, at, inside.length);
    k.carriedLoop(
        k.c(0), inside.length, 1, neutralElement(k, op.getKind(), element),
        [&](Value step, ValueRange carried) -> SmallVector<Value> {
          Value i = op.getReverse() ? k.sub(k.sub(inside.length, k.c(1)), step)
                                    : step;
          Value place = k.add(first, k.mul(i, inside.inner));
          Value next = accumulate(k, op.getKind(), carried[0],
                                  k.load(k.inputs[0], place), element);
          Value stored = op.getExclusive() ? carried[0] : next;
          k.store(k.outputs[0], place,
                  roundToElement(k.b, k.loc, stored, element));
          return {next};
        });
  });
  host.launch(k, host.mul(lines.outer, lines.inner),
              host.mul(lines.length, host.c(4)), input, output);
  return success();
}
