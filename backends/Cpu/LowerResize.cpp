//===- LowerResize.cpp - graph.resize for the CPU -------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One pass over the data for each resized dimension, seen as [outer, dimension,
// inner]: for each element of the dimension its position and weights once, then
// a weighted sum of lines. Between passes the data are floats of the compute
// type.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/Lowerings.h"
#include "backends/Cpu/QuantEmitter.h"
#include "backends/Cpu/StrictFloat.h"
#include "backends/Cpu/StridedMap.h"
#include "dialects/Graph/IR/GraphConstants.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;
using P = arith::CmpIPredicate;
using F = StrictFloat::P;
using graph::Interpolation;

namespace {
/// Emits one pass: its kernel reads the data, the scales and, with cropping,
/// the region.
struct ResizePass {
  graph::ResizeOp op;
  KernelBuilder &k;
  int64_t which; ///< Number of the dimension among the operation's axes.
  Value before, after, inner; ///< Sizes in the kernel.
  Value inside; ///< The position is one of the input; null: all are.

  StrictFloat f64() { return {k, k.b.getF64Type()}; }
  /// Entry of the list that is input `operand` of the kernel.
  Value entry(int64_t operand, int64_t i) {
    return k.load(k.inputs[operand], k.c(i));
  }
  Value scale() { return entry(1, which); }
  bool crops() { return op.getCoordinates() == graph::ResizeCoordinates::crop; }
  bool normalizes() { return op.getAntialias() || op.getExcludeOutside(); }

  Value position(Value i);
  Value nearest(Value x);
  Value weight(Value distance);
  Value tapWeight(Value x, Value stretch, Value j);
  Value clamped(Value j) {
    return k.max(k.min(j, k.sub(before, k.c(1))), k.c(0));
  }
  Value extrapolation(Type type) {
    return floatConstant(k.b, k.loc, type,
                         op.getExtrapolation().convertToDouble());
  }
  void pick(Value x, Value from, Value to);
  void interpolate(Value x, Value from, Value to);
};
} // namespace

/// Where element `i` of the result lies; sets `inside`.
Value ResizePass::position(Value i) {
  StrictFloat f = f64();
  Value at = f.fromIndex(i), n = f.fromIndex(before), m = f.fromIndex(after);
  Value s = scale(), one = f.c(1.0), half = f.c(0.5);
  Value length = f.mul(s, n), last = f.sub(n, one);
  Value isSingle = f.cmp(F::OEQ, length, one);
  auto halfPixel = [&] { return f.sub(f.div(f.add(at, half), s), half); };
  switch (op.getCoordinates()) {
  case graph::ResizeCoordinates::half_pixel:
    return halfPixel();
  case graph::ResizeCoordinates::half_pixel_symmetric: {
    Value shift = f.mul(f.div(n, f.c(2.0)), f.sub(one, f.div(m, length)));
    return f.add(shift, halfPixel());
  }
  case graph::ResizeCoordinates::half_pixel_unless_single:
    return f.pick(k.cmp(P::eq, after, k.c(1)), f.c(0.0), halfPixel());
  case graph::ResizeCoordinates::align_corners:
    return f.pick(isSingle, f.c(0.0),
                  f.div(f.mul(at, last), f.sub(length, one)));
  case graph::ResizeCoordinates::asymmetric:
    return f.div(at, s);
  case graph::ResizeCoordinates::crop:
    break;
  }
  int64_t count = static_cast<int64_t>(op.getAxes().size());
  Value start = entry(2, which), end = entry(2, count + which);
  Value width = f.mul(f.sub(end, start), last);
  Value along = f.pick(isSingle, f.div(width, f.c(2.0)),
                       f.div(f.mul(at, width), f.sub(length, one)));
  Value x = f.add(f.mul(start, last), along);
  inside = f.both(f.cmp(F::OGE, x, f.c(0.0)), f.cmp(F::OLE, x, last));
  return x;
}

Value ResizePass::nearest(Value x) {
  StrictFloat f = f64();
  switch (op.getRounding()) {
  case graph::NearestRounding::prefer_floor:
    return clamped(f.toIndex(f.ceil(f.sub(x, f.c(0.5)))));
  case graph::NearestRounding::prefer_ceil:
    return clamped(f.toIndex(f.floor(f.add(x, f.c(0.5)))));
  case graph::NearestRounding::floor:
    return clamped(f.toIndex(f.floor(x)));
  case graph::NearestRounding::ceil:
    return clamped(f.toIndex(f.ceil(x)));
  }
  llvm_unreachable("every rounding is listed");
}

/// The weight of an element at a distance.
Value ResizePass::weight(Value distance) {
  StrictFloat f = f64();
  Value d = f.abs(distance), one = f.c(1.0);
  if (op.getMode() == Interpolation::linear)
    return f.max(f.c(0.0), f.sub(one, d));
  double a = op.getCubicA().convertToDouble();
  Value near = f.add(
      f.mul(f.mul(f.sub(f.mul(f.c(a + 2.0), d), f.c(a + 3.0)), d), d), one);
  Value far = f.sub(f.mul(f.add(f.mul(f.sub(f.mul(f.c(a), d), f.c(5.0 * a)), d),
                                f.c(8.0 * a)),
                          d),
                    f.c(4.0 * a));
  return f.pick(f.cmp(F::OLE, d, one), near,
                f.pick(f.cmp(F::OLT, d, f.c(2.0)), far, f.c(0.0)));
}

/// The weight of element `j` for position `x`.
Value ResizePass::tapWeight(Value x, Value stretch, Value j) {
  StrictFloat f = f64();
  Value w = weight(f.mul(stretch, f.sub(f.fromIndex(j), x)));
  if (!op.getExcludeOutside())
    return w;
  Value isInput =
      k.logicalAnd(k.cmp(P::sge, j, k.c(0)), k.cmp(P::slt, j, before));
  return f.pick(isInput, w, f.c(0.0));
}

/// Copies the line of the nearest element.
void ResizePass::pick(Value x, Value from, Value to) {
  Value line = k.add(from, k.mul(nearest(x), inner));
  k.loop(k.c(0), inner, 1, [&](Value i) {
    Value value = k.load(k.inputs[0], k.add(line, i));
    if (inside) {
      Type type = value.getType();
      Value other =
          isa<FloatType>(type)
              ? extrapolation(type)
              : convertElement(k.b, k.loc, extrapolation(k.b.getF64Type()),
                               k.b.getF64Type(), k.inputs[0].element());
      value = k.select(inside, value, other);
    }
    k.store(k.outputs[0], k.add(to, i), value);
  });
}

/// Sums the lines around position `x`.
void ResizePass::interpolate(Value x, Value from, Value to) {
  StrictFloat f = f64();
  StrictFloat t{k, computeType(k.outputs[0].element())};
  double reach = op.getMode() == Interpolation::linear ? 1.0 : 2.0;
  Value stretch = op.getAntialias() ? f.min(f.c(1.0), scale()) : f.c(1.0);
  Value half = op.getAntialias() ? f.toIndex(f.ceil(f.div(f.c(reach), stretch)))
                                 : k.c(static_cast<int64_t>(reach));
  Value first = k.add(k.sub(f.toIndex(f.floor(x)), half), k.c(1));
  Value count = k.mul(half, k.c(2));
  Value sum;
  if (normalizes()) {
    sum = k.carriedLoop(k.c(0), count, 1, f.c(0.0),
                        [&](Value tap, ValueRange carried) {
                          Value w = tapWeight(x, stretch, k.add(first, tap));
                          return SmallVector<Value>{f.add(carried[0], w)};
                        })[0];
    sum = f.pick(f.cmp(F::OEQ, sum, f.c(0.0)), f.c(1.0), sum);
  }
  const CodeTensor &in = k.inputs[0], &out = k.outputs[0];
  k.loop(k.c(0), inner, 1,
         [&](Value i) { k.store(out, k.add(to, i), t.c(0.0)); });
  k.loop(k.c(0), count, 1, [&](Value tap) {
    Value j = k.add(first, tap);
    Value w = tapWeight(x, stretch, j);
    w = t.convert(sum ? f.div(w, sum) : w);
    Value line = k.add(from, k.mul(clamped(j), inner));
    k.loop(k.c(0), inner, 1, [&](Value i) {
      Value value = convertElement(k.b, k.loc, k.load(in, k.add(line, i)),
                                   in.element(), out.element());
      Value at = k.add(to, i);
      k.store(out, at, t.add(k.load(out, at), t.mul(w, value)));
    });
  });
  if (!inside)
    return;
  k.loop(k.c(0), inner, 1, [&](Value i) {
    Value at = k.add(to, i);
    k.store(out, at, t.pick(inside, k.load(out, at), extrapolation(t.type)));
  });
}

//===----------------------------------------------------------------------===//
// On the host
//===----------------------------------------------------------------------===//

/// The new sizes, checked against the other lists.
static SmallVector<Value> resizeSizes(HostBuilder &host, graph::ResizeOp op,
                                      const CodeTensor &input) {
  int64_t count = static_cast<int64_t>(op.getAxes().size());
  SmallVector<Value> sizes;
  auto known = graph::constantInts(op.getSizes());
  CodeTensor sizeList = host.get(op.getSizes()),
             scales = host.get(op.getScales());
  host.check(host.cmp(P::eq, sizeList.dims[0], host.c(count)),
             "%lld sizes for %lld axes", {sizeList.dims[0], host.c(count)});
  host.check(host.cmp(P::eq, scales.dims[0], host.c(count)),
             "%lld scales for %lld axes", {scales.dims[0], host.c(count)});
  if (op.getRegion()) {
    Value length = host.get(op.getRegion()).dims[0];
    host.check(host.cmp(P::eq, length, host.c(2 * count)),
               "a region of %lld numbers for %lld axes",
               {length, host.c(count)});
  }
  StrictFloat f{host, host.b.getF64Type()};
  for (auto [i, axis] : llvm::enumerate(op.getAxes())) {
    Value size = known ? host.c((*known)[i])
                       : host.toIndex(host.load(sizeList, host.c(i)));
    Value empty = host.cmp(P::eq, input.dims[axis], host.c(0));
    Value fits = host.select(empty, host.cmp(P::eq, size, host.c(0)),
                             host.cmp(P::sge, size, host.c(0)));
    host.check(fits, "cannot resize a dimension of size %lld to %lld",
               {input.dims[axis], size});
    Value scale = host.load(scales, host.c(i));
    Value inRange = f.both(f.cmp(F::OGE, scale, f.c(0x1p-24)),
                           f.cmp(F::OLE, scale, f.c(0x1p24)));
    host.check(inRange, "the scale of axis %lld is not between 2^-24 and 2^24",
               {host.c(axis)});
    sizes.push_back(size);
  }
  return sizes;
}

/// Resizes dimension number `which` of the axes: `in` to `out`.
static void launchPass(HostBuilder &host, graph::ResizeOp op, int64_t which,
                       const CodeTensor &in, const CodeTensor &out) {
  int64_t axis = op.getAxes()[which];
  SmallVector<CodeTensor> inputs{in, host.get(op.getScales())};
  if (op.getRegion())
    inputs.push_back(host.get(op.getRegion()));
  ArrayRef<Value> dims(out.dims);
  Value outer = host.product(dims.take_front(axis));
  Value inner = host.product(dims.drop_front(axis + 1));
  KernelBuilder k = host.kernel("resize", inputs, out);
  ResizePass pass{op,
                  k,
                  which,
                  k.import(in.dims[axis]),
                  k.import(out.dims[axis]),
                  k.import(inner),
                  Value()};
  k.nest({k.import(outer), pass.after}, 2, [&](ArrayRef<Value> at) {
    StrictFloat f = pass.f64();
    pass.inside = Value();
    // Beyond the tensor, any place has the edge's value.
    Value x = f.min(f.max(pass.position(at[1]), f.c(-0x1p40)), f.c(0x1p40));
    Value from = k.mul(k.mul(at[0], pass.before), pass.inner);
    Value to = k.mul(k.add(k.mul(at[0], pass.after), at[1]), pass.inner);
    if (op.getMode() == Interpolation::nearest)
      pass.pick(x, from, to);
    else
      pass.interpolate(x, from, to);
  });
  Value count = host.mul(outer, out.dims[axis]);
  host.launch(k, count, host.add(host.mul(inner, host.c(8)), host.c(40)),
              inputs, out);
}

LogicalResult systole::cpu::lowerResize(HostBuilder &host, graph::ResizeOp op) {
  CodeTensor input = host.get(op.getInput());
  SmallVector<Value> sizes = resizeSizes(host, op, input);
  auto resultType = cast<RankedTensorType>(op.getResult().getType());
  SmallVector<Value> dims = input.dims;
  for (auto [i, axis] : llvm::enumerate(op.getAxes()))
    dims[axis] = sizes[i];
  CodeTensor output = host.define(op.getResult(), dims);
  Type element = input.element();
  Type between = element.isF64() || op.getMode() == Interpolation::nearest
                     ? element
                     : Type(host.b.getF32Type());
  CodeTensor current = input;
  SmallVector<int64_t> shape(input.type.getShape());
  int64_t count = static_cast<int64_t>(op.getAxes().size());
  for (int64_t i = 0; i < count; ++i) {
    int64_t axis = op.getAxes()[i];
    shape[axis] = resultType.getDimSize(axis);
    SmallVector<Value> next = current.dims;
    next[axis] = output.dims[axis];
    bool isLast = i + 1 == count && between == element;
    CodeTensor target = output;
    if (!isLast)
      target = host.scratch(RankedTensorType::get(shape, between), next);
    launchPass(host, op, i, current, target);
    current = target;
  }
  if (current.pointer == output.pointer)
    return success();
  launchMap(host, "round", output.dims, wholeView(host, current),
            wholeView(host, output), 4, [&](KernelBuilder &k, ValueRange v) {
              if (auto integer = dyn_cast<IntegerType>(element))
                if (current.element() != element)
                  return emitSaturatedInteger(k.b, k.loc, v[0], integer);
              return convertElement(k.b, k.loc, v[0], current.element(),
                                    element);
            });
  return success();
}
