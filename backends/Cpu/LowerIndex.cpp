//===- LowerIndex.cpp - Operations that indices or data steer -------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Gathering and scattering: a kernel reports an index that is out of range
// through a flag, which the host checks after it. Sizes that data decide are
// counted first, by the host (range) or by a kernel (non_zero), and take memory
// from the dynamic arena.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/ElementTypes.h"
#include "backends/Cpu/ElementwiseEmitter.h"
#include "backends/Cpu/HostScalars.h"
#include "backends/Cpu/Lowerings.h"
#include "backends/Cpu/StridedMap.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;
using graph::ScatterKind;
using P = arith::CmpIPredicate;

//===----------------------------------------------------------------------===//
// Indices
//===----------------------------------------------------------------------===//

namespace {
/// A place that indices name, and whether all of them were in range.
struct Place {
  Value offset, inside;

  /// Adds `index` (of any integer type; negative ones count from the end) into
  /// a dimension of `size` elements that are `stride` apart.
  void take(KernelBuilder &k, Value index, Value size, Value stride) {
    index = k.toIndex(index);
    Value negative = k.cmp(P::slt, index, k.c(0));
    Value wrapped = k.select(negative, k.add(index, size), index);
    Value good = k.logicalAnd(k.cmp(P::sge, wrapped, k.c(0)),
                              k.cmp(P::slt, wrapped, size));
    inside = inside ? k.logicalAnd(inside, good) : good;
    offset = k.add(offset, k.mul(wrapped, stride));
  }

  /// Runs `body` where the place exists; raises `flag` otherwise.
  void visit(KernelBuilder &k, const CodeTensor &flag,
             llvm::function_ref<void()> body) const {
    if (!inside)
      return body();
    auto branch =
        scf::IfOp::create(k.b, k.loc, inside, /*withElseRegion=*/true);
    k.b.setInsertionPointToStart(branch.thenBlock());
    body();
    k.b.setInsertionPointToStart(branch.elseBlock());
    k.store(flag, k.c(0), intConstant(k.b, k.loc, k.b.getI64Type(), 1));
    k.b.setInsertionPointAfter(branch);
  }
};
} // namespace

/// Ends the run if a kernel raised `flag`.
static void checkIndices(HostBuilder &host, const CodeTensor &flag) {
  Value isGood =
      host.cmp(P::eq, host.toIndex(host.load(flag, host.c(0))), host.c(0));
  host.check(isGood, "an index is outside its dimension");
}

/// gather_elements, scatter_elements: indices reach no further than the input.
static void checkExtents(HostBuilder &host, const CodeTensor &input,
                         const CodeTensor &indices, int64_t axis) {
  for (int64_t d = 0; d < input.rank(); ++d)
    if (d != axis)
      host.check(host.cmp(P::sle, indices.dims[d], input.dims[d]),
                 "%lld indices for a dimension of size %lld",
                 {indices.dims[d], input.dims[d]});
}

//===----------------------------------------------------------------------===//
// Gathering
//===----------------------------------------------------------------------===//

static LogicalResult lowerGather(HostBuilder &host, graph::GatherOp op) {
  CodeTensor input = host.get(op.getInput()),
             indices = host.get(op.getIndices());
  int64_t axis = op.getAxis();
  ArrayRef<Value> inputDims(input.dims);
  SmallVector<Value> dims(inputDims.take_front(axis));
  dims.append(indices.dims);
  llvm::append_range(dims, inputDims.drop_front(axis + 1));
  CodeTensor output = host.define(op.getResult(), dims);
  // Indices are checked also where there is nothing to copy.
  Value copies = host.product(inputDims.take_front(axis));
  Value run = host.select(host.cmp(P::eq, copies, host.c(0)), host.c(0),
                          host.product(inputDims.drop_front(axis + 1)));
  SmallVector<Value> sizes{host.max(copies, host.c(1)),
                           host.product(indices.dims), run};
  SmallVector<CodeTensor> ins{asBits(input), indices},
      outs{asBits(output), host.flag()};
  KernelBuilder k = host.kernel("gather", ins, outs);
  SmallVector<Value> inner = k.import(sizes);
  Value size = k.import(input.dims[axis]);
  k.nest(ArrayRef<Value>(inner).take_front(2), 2, [&](ArrayRef<Value> at) {
    Place from{k.mul(k.mul(at[0], size), inner[2]), {}};
    from.take(k, k.load(k.inputs[1], at[1]), size, inner[2]);
    Value to = k.mul(k.add(k.mul(at[0], inner[1]), at[1]), inner[2]);
    from.visit(k, k.outputs[1], [&] {
      k.loop(k.c(0), inner[2], 1, [&](Value i) {
        k.store(k.outputs[0], k.add(to, i),
                k.load(k.inputs[0], k.add(from.offset, i)));
      });
    });
  });
  host.launch(k, host.mul(sizes[0], sizes[1]), sizes[2], ins, outs);
  checkIndices(host, outs[1]);
  return success();
}

static LogicalResult lowerGatherElements(HostBuilder &host,
                                         graph::GatherElementsOp op) {
  CodeTensor input = host.get(op.getInput()),
             indices = host.get(op.getIndices());
  int64_t axis = op.getAxis();
  checkExtents(host, input, indices, axis);
  CodeTensor output = host.define(op.getResult(), indices.dims);
  SmallVector<CodeTensor> ins{asBits(input), indices},
      outs{asBits(output), host.flag()};
  KernelBuilder k = host.kernel("gather_elements", ins, outs);
  SmallVector<Value> inDims = k.import(input.dims),
                     outDims = k.import(output.dims);
  SmallVector<Value> inStrides = k.strides(inDims),
                     outStrides = k.strides(outDims);
  int64_t parallel = std::max<int64_t>(1, input.rank() - 1);
  k.nest(outDims, parallel, [&](ArrayRef<Value> at) {
    Value to = k.linear(at, outStrides);
    Place from{k.c(0), {}};
    for (int64_t d = 0; d < input.rank(); ++d)
      if (d != axis)
        from.offset = k.add(from.offset, k.mul(at[d], inStrides[d]));
    from.take(k, k.load(k.inputs[1], to), inDims[axis], inStrides[axis]);
    from.visit(k, k.outputs[1], [&] {
      k.store(k.outputs[0], to, k.load(k.inputs[0], from.offset));
    });
  });
  Value count = host.product(ArrayRef<Value>(output.dims).take_front(parallel));
  host.launch(k, count, host.mul(output.dims.back(), host.c(8)), ins, outs);
  checkIndices(host, outs[1]);
  return success();
}

/// The slice of a tensor with dimensions `dims` beyond the batch that the
/// `length` indices from `first` on name.
static Place takeTuple(KernelBuilder &k, const CodeTensor &indices, Value first,
                       int64_t length, ArrayRef<Value> dims, Value base) {
  Place place{base, {}};
  SmallVector<Value> strides = k.strides(dims);
  for (int64_t j = 0; j < length; ++j)
    place.take(k, k.load(indices, k.add(first, k.c(j))), dims[j], strides[j]);
  return place;
}

static LogicalResult lowerGatherND(HostBuilder &host, graph::GatherNDOp op) {
  CodeTensor input = host.get(op.getInput()),
             indices = host.get(op.getIndices());
  int64_t batchDims = op.getBatchDims(),
          length = indices.type.getShape().back();
  ArrayRef<Value> places = ArrayRef<Value>(indices.dims).drop_back();
  ArrayRef<Value> entry = ArrayRef<Value>(input.dims).drop_front(batchDims);
  for (int64_t d = 0; d < batchDims; ++d)
    host.check(host.cmp(P::eq, input.dims[d], indices.dims[d]),
               "batches of %lld and %lld differ",
               {input.dims[d], indices.dims[d]});
  SmallVector<Value> dims(places);
  llvm::append_range(dims, entry.drop_front(length));
  CodeTensor output = host.define(op.getResult(), dims);
  // Batches, tuples of each, elements of a slice.
  SmallVector<Value> sizes{host.product(places.take_front(batchDims)),
                           host.product(places.drop_front(batchDims)),
                           host.product(entry.drop_front(length))};
  SmallVector<CodeTensor> ins{asBits(input), indices},
      outs{asBits(output), host.flag()};
  KernelBuilder k = host.kernel("gather_nd", ins, outs);
  SmallVector<Value> inner = k.import(sizes), inDims = k.import(entry);
  k.nest({inner[0], inner[1]}, 2, [&](ArrayRef<Value> at) {
    Value tuple = k.add(k.mul(at[0], inner[1]), at[1]);
    Place from = takeTuple(k, k.inputs[1], k.mul(tuple, k.c(length)), length,
                           inDims, k.mul(at[0], k.product(inDims)));
    Value to = k.mul(tuple, inner[2]);
    from.visit(k, k.outputs[1], [&] {
      k.loop(k.c(0), inner[2], 1, [&](Value i) {
        k.store(k.outputs[0], k.add(to, i),
                k.load(k.inputs[0], k.add(from.offset, i)));
      });
    });
  });
  host.launch(k, host.mul(sizes[0], sizes[1]), host.add(sizes[2], host.c(8)),
              ins, outs);
  checkIndices(host, outs[1]);
  return success();
}

//===----------------------------------------------------------------------===//
// Scattering
//===----------------------------------------------------------------------===//

/// Combines element `from` of the updates into element `to` of the output.
static void putUpdate(KernelBuilder &k, ScatterKind kind,
                      const CodeTensor &updates, Value from, Value to) {
  const CodeTensor &output = k.outputs[0];
  Type element = output.element();
  Value update = k.load(updates, from);
  if (kind == ScatterKind::replace)
    return k.store(output, to, update);
  Value old = k.load(output, to), next;
  if (kind == ScatterKind::add)
    next = emitAdd(k.b, k.loc, old, update);
  else if (kind == ScatterKind::mul)
    next = emitMul(k.b, k.loc, old, update);
  else if (kind == ScatterKind::max)
    next = emitMax(k.b, k.loc, old, update, element);
  else
    next = emitMin(k.b, k.loc, old, update, element);
  k.store(output, to, roundToElement(k.b, k.loc, next, element));
}

namespace {
/// What both scatters start with. Everything is checked before the output is
/// written to where that is a variable's memory: then nothing may fail later.
struct Scatter {
  ScatterKind kind;
  CodeTensor input, indices, updates;
  SmallVector<CodeTensor, 2> ins, outs; ///< indices, updates; output, flag.
  bool checksFirst;

  template <typename OpT>
  Scatter(HostBuilder &host, OpT op)
      : kind(op.getKind()), input(host.get(op.getInput())),
        indices(host.get(op.getIndices())), updates(host.get(op.getUpdates())),
        checksFirst(host.state.mayCompute(op.getResult())) {}

  /// Makes the output: the input, or a copy, to put updates into.
  template <typename OpT>
  void begin(HostBuilder &host, OpT op) {
    SmallVector<Value, 1> over;
    // Indices and updates are read while the output is written.
    if (op.getIndices() != op.getInput() && op.getUpdates() != op.getInput())
      over.push_back(op.getInput());
    CodeTensor output = host.defineOver(op, op.getResult(), input.dims, over);
    if (output.pointer != input.pointer)
      host.copy(input, output);
    // What only moves needs no decoding.
    bool moves = kind == ScatterKind::replace;
    ins = {indices, moves ? asBits(updates) : updates};
    outs = {moves ? asBits(output) : output, host.flag()};
  }

  void end(HostBuilder &host) {
    if (!checksFirst)
      checkIndices(host, outs[1]);
  }

  void checkUpdates(HostBuilder &host, ArrayRef<Value> dims) {
    for (auto [dim, expected] : llvm::zip_equal(updates.dims, dims))
      host.check(host.cmp(P::eq, dim, expected),
                 "updates of size %lld where %lld are expected",
                 {dim, expected});
  }
};
} // namespace

/// Ends the run if an index is out of range. `test` builds the test of index
/// number `i`, which lies in a row of indices.
static void
checkAllIndices(HostBuilder &host, llvm::StringRef name,
                const CodeTensor &indices, Value count,
                llvm::function_ref<Place(KernelBuilder &, Value)> test) {
  SmallVector<CodeTensor, 1> ins{indices}, outs{host.flag()};
  KernelBuilder k = host.kernel(name, ins, outs);
  k.loop(k.begin, k.end, 1,
         [&](Value i) { test(k, i).visit(k, k.outputs[0], [] {}); });
  host.launch(k, count, host.c(8), ins, outs);
  checkIndices(host, outs[0]);
}

/// Lines along the axis are independent of each other; along a line, updates
/// come in order.
static LogicalResult lowerScatterElements(HostBuilder &host,
                                          graph::ScatterElementsOp op) {
  int64_t axis = op.getAxis();
  Scatter scatter(host, op);
  const CodeTensor &indices = scatter.indices;
  checkExtents(host, scatter.input, indices, axis);
  scatter.checkUpdates(host, indices.dims);
  if (scatter.checksFirst)
    checkAllIndices(host, "scatter_elements_check", indices,
                    host.product(indices.dims), [&](KernelBuilder &k, Value i) {
                      Place place{k.c(0), {}};
                      place.take(k, k.load(k.inputs[0], i),
                                 k.import(scatter.input.dims[axis]), k.c(1));
                      return place;
                    });
  scatter.begin(host, op);
  KernelBuilder k = host.kernel("scatter_elements", scatter.ins, scatter.outs);
  SmallVector<Value> outDims = k.import(scatter.input.dims),
                     dims = k.import(indices.dims);
  SmallVector<Value> outStrides = k.strides(outDims), strides = k.strides(dims),
                     lines = dims;
  Value length = dims[axis];
  lines.erase(lines.begin() + axis);
  k.nest(lines, lines.size(), [&](ArrayRef<Value> at) {
    SmallVector<Value> line(at);
    line.insert(line.begin() + axis, k.c(0));
    Value from = k.linear(line, strides), to = k.linear(line, outStrides);
    k.loop(k.c(0), length, 1, [&](Value i) {
      Value update = k.add(from, k.mul(i, strides[axis]));
      Place place{to, {}};
      place.take(k, k.load(k.inputs[0], update), outDims[axis],
                 outStrides[axis]);
      place.visit(k, k.outputs[1], [&] {
        putUpdate(k, scatter.kind, k.inputs[1], update, place.offset);
      });
    });
  });
  SmallVector<Value> hostLines = indices.dims;
  hostLines.erase(hostLines.begin() + axis);
  host.launch(k, host.product(hostLines),
              host.mul(indices.dims[axis], host.c(8)), scatter.ins,
              scatter.outs);
  scatter.end(host);
  return success();
}

/// Threads share each slice: all take the tuples in order.
static LogicalResult lowerScatterND(HostBuilder &host, graph::ScatterNDOp op) {
  Scatter scatter(host, op);
  const CodeTensor &indices = scatter.indices;
  int64_t length = indices.type.getShape().back();
  ArrayRef<Value> places = ArrayRef<Value>(indices.dims).drop_back();
  ArrayRef<Value> sliceDims =
      ArrayRef<Value>(scatter.input.dims).drop_front(length);
  SmallVector<Value> expected(places);
  llvm::append_range(expected, sliceDims);
  scatter.checkUpdates(host, expected);
  Value tuples = host.product(places), slice = host.product(sliceDims);
  if (scatter.checksFirst)
    checkAllIndices(host, "scatter_nd_check", indices, tuples,
                    [&](KernelBuilder &k, Value i) {
                      return takeTuple(k, k.inputs[0], k.mul(i, k.c(length)),
                                       length, k.import(scatter.input.dims),
                                       k.c(0));
                    });
  scatter.begin(host, op);
  KernelBuilder k = host.kernel("scatter_nd", scatter.ins, scatter.outs);
  SmallVector<Value> dims = k.import(scatter.input.dims);
  Value size = k.import(slice);
  // Empty slices have one iteration, for their indices are checked all the
  // same.
  Value end = k.min(k.end, size);
  k.loop(k.c(0), k.import(tuples), 1, [&](Value tuple) {
    Place place = takeTuple(k, k.inputs[0], k.mul(tuple, k.c(length)), length,
                            dims, k.c(0));
    Value from = k.mul(tuple, size);
    place.visit(k, k.outputs[1], [&] {
      k.loop(k.begin, end, 1, [&](Value i) {
        putUpdate(k, scatter.kind, k.inputs[1], k.add(from, i),
                  k.add(place.offset, i));
      });
    });
  });
  host.launch(k, host.max(slice, host.c(1)), tuples, scatter.ins, scatter.outs);
  scatter.end(host);
  return success();
}

//===----------------------------------------------------------------------===//
// range
//===----------------------------------------------------------------------===//

/// The number of steps of integers from `start` towards `limit`. Distances are
/// unsigned: those of 64-bit integers may have 64 bits.
static Value countIntegers(HostBuilder &host, ArrayRef<Value> numbers,
                           Type element) {
  OpBuilder &b = host.b;
  Location loc = host.loc;
  bool isUnsigned = isUnsignedElement(element);
  Type wide = b.getI64Type();
  SmallVector<Value> n;
  for (Value number : numbers)
    n.push_back(number.getType() == wide ? number
                : isUnsigned
                    ? Value(arith::ExtUIOp::create(b, loc, wide, number))
                    : Value(arith::ExtSIOp::create(b, loc, wide, number)));
  Value zero = intConstant(b, loc, wide, 0), one = intConstant(b, loc, wide, 1);
  host.check(host.cmp(P::ne, n[2], zero), "the numbers of a range are 0 apart");
  Value up = host.cmp(isUnsigned ? P::ne : P::sgt, n[2], zero);
  P below = isUnsigned ? P::ult : P::slt;
  Value ahead =
      host.select(up, host.cmp(below, n[0], n[1]), host.cmp(below, n[1], n[0]));
  Value distance = host.select(up, host.sub(n[1], n[0]), host.sub(n[0], n[1]));
  Value step = host.select(up, n[2], host.sub(zero, n[2]));
  Value whole = arith::DivUIOp::create(b, loc, host.sub(distance, one), step);
  return host.toIndex(host.select(ahead, host.add(whole, one), zero));
}

/// The same of floats: the quotient rounded up, in f64.
static Value countFloats(HostBuilder &host, ArrayRef<Value> numbers) {
  OpBuilder &b = host.b;
  Location loc = host.loc;
  SmallVector<Value> n;
  for (Value number : numbers)
    n.push_back(
        number.getType().isF64()
            ? number
            : Value(arith::ExtFOp::create(b, loc, b.getF64Type(), number)));
  auto compare = [&](arith::CmpFPredicate predicate, Value x,
                     Value y) -> Value {
    return arith::CmpFOp::create(b, loc, predicate, x, y);
  };
  using F = arith::CmpFPredicate;
  Value zero = floatConstant(b, loc, b.getF64Type(), 0.0);
  // Longer ranges are refused for their size.
  Value most = floatConstant(b, loc, b.getF64Type(), 0x1p50);
  Value steps = arith::DivFOp::create(
      b, loc, arith::SubFOp::create(b, loc, n[1], n[0]), n[2]);
  host.check(compare(F::UNE, n[2], zero), "the numbers of a range are 0 apart");
  host.check(compare(F::ORD, steps, steps), "a range that is not of numbers");
  Value clamped = host.select(compare(F::OGT, steps, zero), steps, zero);
  clamped = host.select(compare(F::OGT, clamped, most), most, clamped);
  Value whole = arith::FPToSIOp::create(b, loc, b.getI64Type(), clamped);
  Value back = arith::SIToFPOp::create(b, loc, b.getF64Type(), whole);
  Value next = host.add(whole, intConstant(b, loc, b.getI64Type(), 1));
  return host.toIndex(host.select(compare(F::OLT, back, clamped), next, whole));
}

static LogicalResult lowerRange(HostBuilder &host, graph::RangeOp op) {
  SmallVector<CodeTensor> operands;
  SmallVector<Value> numbers;
  for (Value operand : op->getOperands()) {
    operands.push_back(host.get(operand));
    Value size = host.product(operands.back().dims);
    host.check(host.cmp(P::eq, size, host.c(1)),
               "a range is made from %lld elements", {size});
    // What follows from dimensions is computed, not read.
    auto known = hostScalars(host, operand);
    numbers.push_back(known ? known->front()
                            : host.load(operands.back(), host.c(0)));
  }
  Type element = operands[0].element(), type = computeType(element);
  bool isFloat = isa<FloatType>(element);
  Value count = isFloat ? countFloats(host, numbers)
                        : countIntegers(host, numbers, element);
  CodeTensor output = host.define(op.getResult(), count);
  SmallVector<CodeTensor> ins{operands[0], operands[2]};
  KernelBuilder k = host.kernel("range", ins, output);
  k.loop(k.begin, k.end, 1, [&](Value i) {
    Value number =
        isFloat ? Value(arith::SIToFPOp::create(k.b, k.loc, type, k.toI64(i)))
                : Value(arith::IndexCastOp::create(k.b, k.loc, type, i));
    Value step = emitMul(k.b, k.loc, number, k.load(k.inputs[1], k.c(0)));
    Value sum = emitAdd(k.b, k.loc, k.load(k.inputs[0], k.c(0)), step);
    k.store(k.outputs[0], i, roundToElement(k.b, k.loc, sum, element));
  });
  host.launch(k, output.dims[0], host.c(4), ins, output);
  return success();
}

//===----------------------------------------------------------------------===//
// non_zero
//===----------------------------------------------------------------------===//

static Value isNonZero(KernelBuilder &k, Value value) {
  Type type = value.getType();
  if (isa<FloatType>(type))
    return arith::CmpFOp::create(k.b, k.loc, arith::CmpFPredicate::UNE, value,
                                 floatConstant(k.b, k.loc, type, 0.0));
  return arith::CmpIOp::create(k.b, k.loc, P::ne, value,
                               intConstant(k.b, k.loc, type, 0));
}

/// One pass counts, the second writes.
static LogicalResult lowerNonZero(HostBuilder &host, graph::NonZeroOp op) {
  CodeTensor input = host.get(op.getInput());
  CodeTensor counted =
      host.scratch(RankedTensorType::get({1}, host.b.getI64Type()), host.c(1));
  Value total = host.product(input.dims);
  KernelBuilder counter = host.kernel("count_non_zero", input, counted);
  auto addOne = [](KernelBuilder &k, Value count, Value isSet) {
    return k.add(count, k.select(isSet, k.c(1), k.c(0)));
  };
  Value count = counter.carriedLoop(
      counter.c(0), counter.import(total), 1, counter.c(0),
      [&](Value i, ValueRange carried) -> SmallVector<Value> {
        return {addOne(counter, carried[0],
                       isNonZero(counter, counter.load(counter.inputs[0], i)))};
      })[0];
  counter.store(counter.outputs[0], counter.c(0), counter.toI64(count));
  host.launch(counter, host.c(1), total, input, counted);

  Value found = host.toIndex(host.load(counted, host.c(0)));
  CodeTensor output =
      host.define(op.getResult(), {host.c(input.rank()), found});
  KernelBuilder k = host.kernel("non_zero", input, output);
  SmallVector<Value> dims = k.import(input.dims);
  Value columns = k.outputs[0].dims[1];
  k.carriedLoop(
      k.c(0), k.import(total), 1, k.c(0),
      [&](Value i, ValueRange carried) -> SmallVector<Value> {
        Value column = carried[0], isSet = isNonZero(k, k.load(k.inputs[0], i));
        k.ifThen(isSet, [&] {
          for (auto [d, at] : llvm::enumerate(k.delinearize(i, dims)))
            k.store(k.outputs[0], k.add(k.mul(k.c(d), columns), column),
                    k.toI64(at));
        });
        return {addOne(k, column, isSet)};
      });
  host.launch(k, host.c(1), total, input, output);
  return success();
}

LogicalResult systole::cpu::lowerIndex(HostBuilder &host, Operation *op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case<graph::GatherOp>([&](auto o) { return lowerGather(host, o); })
      .Case<graph::GatherElementsOp>(
          [&](auto o) { return lowerGatherElements(host, o); })
      .Case<graph::GatherNDOp>([&](auto o) { return lowerGatherND(host, o); })
      .Case<graph::ScatterElementsOp>(
          [&](auto o) { return lowerScatterElements(host, o); })
      .Case<graph::ScatterNDOp>([&](auto o) { return lowerScatterND(host, o); })
      .Case<graph::RangeOp>([&](auto o) { return lowerRange(host, o); })
      .Case<graph::NonZeroOp>([&](auto o) { return lowerNonZero(host, o); })
      .Default([](Operation *) { return failure(); });
}
