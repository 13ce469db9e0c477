//===- LowerWindow.cpp - Pooling ------------------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The window of each output position is cut at the input's edges before the
// loops over it start, so that the loops have no condition inside.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/ElementTypes.h"
#include "backends/Cpu/ElementwiseEmitter.h"
#include "backends/Cpu/Lowerings.h"
#include <cmath>

using namespace mlir;
using namespace systole;
using namespace systole::cpu;
using P = arith::CmpIPredicate;

WindowDim systole::cpu::resolveWindow(HostBuilder &host, Value input,
                                      Value kernel, int64_t stride,
                                      int64_t dilation, int64_t padLow,
                                      int64_t padHigh, graph::AutoPad autoPad,
                                      bool ceilMode) {
  WindowDim w{input,  Value(), host.c(padLow), host.c(padHigh),
              kernel, stride,  dilation};
  host.check(host.cmp(P::sge, kernel, host.c(1)), "a kernel of %lld elements",
             {kernel});
  Value extent = host.add(
      host.mul(host.sub(kernel, host.c(1)), host.c(dilation)), host.c(1));
  if (autoPad != graph::AutoPad::explicit_pads) {
    w.output = host.ceilDiv(input, stride);
    Value needed = host.add(
        host.mul(host.sub(w.output, host.c(1)), host.c(stride)), extent);
    Value total = host.max(host.sub(needed, input), host.c(0));
    Value small = host.div(total, host.c(2)), large = host.sub(total, small);
    bool upper = autoPad == graph::AutoPad::same_upper;
    w.padLow = upper ? small : large;
    w.padHigh = upper ? large : small;
    return w;
  }
  Value padded = host.add(input, host.c(padLow + padHigh));
  host.check(host.cmp(P::sge, padded, extent),
             "the padded input of %lld is smaller than the kernel's %lld",
             {padded, extent});
  Value travel = host.sub(padded, extent);
  w.output = host.add(ceilMode ? host.ceilDiv(travel, stride)
                               : host.div(travel, host.c(stride)),
                      host.c(1));
  if (ceilMode) {
    // The last window must start inside the input or its low padding.
    Value lastStart = host.mul(host.sub(w.output, host.c(1)), host.c(stride));
    Value beyond = host.cmp(P::sge, lastStart, host.add(input, host.c(padLow)));
    w.output = host.select(beyond, host.sub(w.output, host.c(1)), w.output);
  }
  return w;
}

WindowDim systole::cpu::importWindow(KernelBuilder &k, const WindowDim &w) {
  return {k.import(w.input),   k.import(w.output), k.import(w.padLow),
          k.import(w.padHigh), k.import(w.kernel), w.stride,
          w.dilation};
}

namespace {
/// A pooling operation's attributes in one place for all kinds.
struct Pool {
  enum Kind { Max, Average, ArgMax } kind;
  Value input, result;
  graph::LayoutAttr layout;
  ArrayRef<int64_t> kernel, strides, dilations, pads;
  graph::AutoPad autoPad;
  bool ceilMode, countPadding;
};

/// Emits the loops over one output position's window.
struct PoolEmitter {
  HostBuilder &host;
  KernelBuilder &k;
  const Pool &pool;
  ArrayRef<WindowDim> windows; ///< In the kernel.
  SmallVector<Value> inStrides;
  int64_t lanes;

  Value start(const WindowDim &w, Value position) {
    return k.sub(k.mul(position, k.c(w.stride)), w.padLow);
  }
  /// First and end tap inside the input.
  std::pair<Value, Value> taps(const WindowDim &w, Value position) {
    Value at = start(w, position);
    Value low = k.ceilDiv(k.max(k.sub(k.c(0), at), k.c(0)), w.dilation);
    Value room = k.max(k.sub(w.input, at), k.c(0));
    return {low, k.max(k.min(k.ceilDiv(room, w.dilation), w.kernel), low)};
  }
  SmallVector<Value> initial();
  SmallVector<Value> visit(Value at, Value number, ValueRange carried);
  void emit(ArrayRef<Value> position, Value base, Value outAt);
  Value divisor(ArrayRef<Value> position,
                ArrayRef<std::pair<Value, Value>> bounds);
};
} // namespace

/// How many elements the mean counts.
Value PoolEmitter::divisor(ArrayRef<Value> position,
                           ArrayRef<std::pair<Value, Value>> bounds) {
  Value count = k.c(1);
  for (auto [w, at, bound] : llvm::zip_equal(windows, position, bounds)) {
    if (!pool.countPadding) {
      count = k.mul(count, k.sub(bound.second, bound.first));
      continue;
    }
    // Taps inside the input and its padding.
    Value room = k.sub(k.add(w.input, w.padHigh), start(w, at));
    count = k.mul(count,
                  k.max(k.min(k.ceilDiv(room, w.dilation), w.kernel), k.c(0)));
  }
  return count;
}

/// What a window's loops carry: the maximum or the sum; for the place of the
/// maximum, its number, too.
SmallVector<Value> PoolEmitter::initial() {
  Type element = k.inputs[0].element(), scalar = computeType(element);
  Type type = lanes > 1 ? Type(VectorType::get(lanes, scalar)) : scalar;
  if (pool.kind == Pool::Average)
    return {floatConstant(k.b, k.loc, type, 0.0)};
  SmallVector<Value> carried{extremeElement(k, element, type, /*lowest=*/true)};
  if (pool.kind == Pool::ArgMax)
    carried.push_back(k.c(-1));
  return carried;
}

/// Takes in element `at`, whose number among the spatial positions is `number`.
SmallVector<Value> PoolEmitter::visit(Value at, Value number,
                                      ValueRange carried) {
  Type element = k.inputs[0].element();
  Value value = k.loadLanes(k.inputs[0], at, lanes);
  if (pool.kind == Pool::Average)
    return {emitAdd(k.b, k.loc, carried[0], value)};
  if (pool.kind == Pool::Max)
    return {emitMax(k.b, k.loc, carried[0], value, element)};
  // The first element, then what is larger, or the first NaN.
  Value wins = k.cmp(P::slt, carried[1], k.c(0));
  auto also = [&](Value condition) {
    wins = arith::OrIOp::create(k.b, k.loc, wins, condition);
  };
  if (!isa<FloatType>(element)) {
    also(
        k.cmp(isUnsignedElement(element) ? P::ugt : P::sgt, value, carried[0]));
  } else {
    using F = arith::CmpFPredicate;
    also(arith::CmpFOp::create(k.b, k.loc, F::OGT, value, carried[0]));
    Value isNan = arith::CmpFOp::create(k.b, k.loc, F::UNO, value, value);
    Value wasNumber =
        arith::CmpFOp::create(k.b, k.loc, F::ORD, carried[0], carried[0]);
    also(k.logicalAnd(isNan, wasNumber));
  }
  return {k.select(wins, value, carried[0]),
          k.select(wins, number, carried[1])};
}

void PoolEmitter::emit(ArrayRef<Value> position, Value base, Value outAt) {
  SmallVector<std::pair<Value, Value>> bounds;
  for (auto [w, at] : llvm::zip_equal(windows, position))
    bounds.push_back(taps(w, at));
  std::function<SmallVector<Value>(size_t, Value, Value, ValueRange)> inner =
      [&](size_t d, Value at, Value number,
          ValueRange carried) -> SmallVector<Value> {
    if (d == windows.size())
      return visit(at, number, carried);
    const WindowDim &w = windows[d];
    Value stride = inStrides[pool.layout.spatial(d)];
    return k.carriedLoop(bounds[d].first, bounds[d].second, 1, carried,
                         [&](Value tap, ValueRange next) {
                           Value index = k.add(start(w, position[d]),
                                               k.mul(tap, k.c(w.dilation)));
                           return inner(d + 1, k.add(at, k.mul(index, stride)),
                                        k.add(k.mul(number, w.input), index),
                                        next);
                         });
  };
  SmallVector<Value> results = inner(0, base, k.c(0), initial());
  Value result = results[0];
  if (pool.kind == Pool::Average) {
    Type type = result.getType();
    Value count =
        arith::SIToFPOp::create(k.b, k.loc, getElementTypeOrSelf(type),
                                k.toI64(divisor(position, bounds)));
    if (lanes > 1)
      count = vector::BroadcastOp::create(k.b, k.loc, type, count);
    result = arith::DivFOp::create(k.b, k.loc, result, count);
  } else if (pool.kind == Pool::ArgMax) {
    result = k.toI64(results[1]);
  }
  k.storeLanes(k.outputs[0], outAt, result, lanes);
}

template <typename OpT>
static Pool describe(OpT op, Pool::Kind kind) {
  return {kind,
          op.getInput(),
          op.getResult(),
          op.getLayout(),
          op.getKernel(),
          op.getStrides(),
          op.getDilations(),
          op.getPads(),
          op.getAutoPad(),
          op.getCeilMode(),
          false};
}

static Pool describe(Operation *op) {
  if (auto max = dyn_cast<graph::MaxPoolOp>(op))
    return describe(max, Pool::Max);
  if (auto argMax = dyn_cast<graph::ArgMaxPoolOp>(op))
    return describe(argMax, Pool::ArgMax);
  auto average = cast<graph::AvgPoolOp>(op);
  Pool pool = describe(average, Pool::Average);
  pool.countPadding = average.getCountIncludePad();
  return pool;
}

LogicalResult systole::cpu::lowerPool(HostBuilder &host, Operation *op) {
  Pool pool = describe(op);
  CodeTensor input = host.get(pool.input);
  int64_t spatial = pool.layout.numSpatial();
  SmallVector<WindowDim> windows;
  SmallVector<Value> dims = input.dims;
  for (int64_t i = 0; i < spatial; ++i) {
    int64_t d = pool.layout.spatial(i);
    windows.push_back(resolveWindow(host, input.dims[d], host.c(pool.kernel[i]),
                                    pool.strides[i], pool.dilations[i],
                                    pool.pads[i], pool.pads[spatial + i],
                                    pool.autoPad, pool.ceilMode));
    dims[d] = windows.back().output;
  }
  CodeTensor output = host.define(pool.result, dims);
  // Channels innermost: a vector of channels at a time.
  int64_t lanes = 1;
  auto channels = CodeBuilder::constant(input.dims.back());
  bool isVector = pool.kind != Pool::ArgMax && input.element().isF32();
  if (pool.layout.channel() == input.rank() - 1 && isVector && channels)
    for (lanes = host.lowering.target.vectorBytes() / 4;
         *channels % lanes != 0;)
      lanes /= 2;
  KernelBuilder k = host.kernel("pool", input, output);
  SmallVector<Value> inDims = k.import(input.dims),
                     outDims = k.import(output.dims);
  SmallVector<WindowDim> inside;
  for (const WindowDim &w : windows)
    inside.push_back(importWindow(k, w));
  PoolEmitter emitter{host, k, pool, inside, k.strides(inDims), lanes};
  SmallVector<Value> outStrides = k.strides(outDims), loops = outDims;
  loops.back() = k.div(loops.back(), k.c(lanes));
  int64_t parallel = input.rank() - 1;
  k.nest(loops, parallel, [&](ArrayRef<Value> at) {
    SmallVector<Value> indices(at), position;
    indices.back() = k.mul(indices.back(), k.c(lanes));
    Value base = k.c(0);
    for (int64_t d = 0; d < input.rank(); ++d)
      if (d == pool.layout.batch() || d == pool.layout.channel())
        base = k.add(base, k.mul(indices[d], emitter.inStrides[d]));
    for (int64_t i = 0; i < spatial; ++i)
      position.push_back(indices[pool.layout.spatial(i)]);
    emitter.emit(position, base, k.linear(indices, outStrides));
  });
  int64_t cost = 1;
  for (int64_t size : pool.kernel)
    cost *= std::min<int64_t>(size, 64);
  Value count = host.product(ArrayRef<Value>(output.dims).take_front(parallel));
  host.launch(k, count, host.mul(output.dims.back(), host.c(cost)), input,
              output);
  return success();
}
