//===- LowerSample.cpp - graph.sample for the CPU -------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For each position the neighbours and weights of each dimension once, then for
// each channel the sum over their combinations, which are known in number and
// unrolled.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/Lowerings.h"
#include "backends/Cpu/StrictFloat.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;
using P = arith::CmpIPredicate;
using F = StrictFloat::P;
using graph::BorderMode;
using graph::Interpolation;

namespace {
/// One neighbour in one dimension: its index, inside the dimension; its weight;
/// and whether it exists (null: it does).
struct Neighbour {
  Value index, weight, exists;
};

/// Emits the reading at one position.
struct SampleEmitter {
  graph::SampleOp op;
  KernelBuilder &k;
  StrictFloat f;                     ///< The type that all is computed in.
  SmallVector<Value> sizes, strides; ///< Of the spatial dimensions.
  SmallVector<SmallVector<Neighbour, 4>> neighbours;

  bool moves() { return op.getMode() == Interpolation::nearest; }
  Value low() { return f.c(op.getAlignCorners() ? 0.0 : -0.5); }
  Value reflected(Value x, Value low, Value high);
  Value insideBorder(Value x, Value size);
  Neighbour neighbour(Value i, Value size, Value weight);
  SmallVector<Neighbour, 4> neighboursOf(Value x, Value size);
  Value sum(size_t d, Value at, Value exists);
};
} // namespace

/// `x`, which is not between `low` and `high`, reflected until it is.
Value SampleEmitter::reflected(Value x, Value low, Value high) {
  Value range = f.sub(high, low), zero = f.c(0.0);
  Value isPoint = f.cmp(F::OLE, range, zero);
  Value below = f.cmp(F::OLT, x, low);
  Value beyond = f.pick(below, f.sub(low, x), f.sub(x, high));
  Value divisor = f.pick(isPoint, f.c(1.0), range);
  Value times = f.floor(f.div(beyond, divisor));
  Value rest = f.sub(beyond, f.mul(times, divisor));
  Value even = f.mul(f.floor(f.div(times, f.c(2.0))), f.c(2.0));
  Value turned = f.cmp(F::UNE, f.sub(times, even), zero);
  Value fromLow = arith::XOrIOp::create(k.b, k.loc, below, turned);
  Value moved = f.pick(fromLow, f.add(low, rest), f.sub(high, rest));
  return f.pick(isPoint, low, moved);
}

/// Where the border's rule moves `x`.
Value SampleEmitter::insideBorder(Value x, Value size) {
  if (op.getBorder() == BorderMode::zeros)
    return x;
  Value last = f.sub(f.fromIndex(size), f.c(1.0));
  Value high = f.sub(last, low());
  Value isInside = f.both(f.cmp(F::OGE, x, low()), f.cmp(F::OLE, x, high));
  Value moved = op.getBorder() == BorderMode::edge
                    ? f.min(f.max(x, f.c(0.0)), last)
                    : reflected(x, low(), high);
  return f.pick(isInside, x, moved);
}

/// The element that stands for index `i`, a whole number.
Neighbour SampleEmitter::neighbour(Value i, Value size, Value weight) {
  Neighbour n{Value(), weight, Value()};
  if (op.getBorder() == BorderMode::zeros)
    n.exists =
        f.both(f.cmp(F::OGE, i, f.c(0.0)), f.cmp(F::OLT, i, f.fromIndex(size)));
  if (op.getBorder() == BorderMode::reflect)
    i = insideBorder(i, size);
  n.index = k.max(k.min(f.toIndex(i), k.sub(size, k.c(1))), k.c(0));
  return n;
}

SmallVector<Neighbour, 4> SampleEmitter::neighboursOf(Value x, Value size) {
  Value limit = f.c(0x1p30);
  x = f.pick(f.cmp(F::OLE, f.abs(x), limit), x, f.c(-0x1p30));
  if (moves())
    x = f.round(x);
  x = insideBorder(x, size);
  if (moves())
    return {neighbour(f.round(x), size, Value())};
  Value down = f.floor(x), t = f.sub(x, down), one = f.c(1.0);
  if (op.getMode() == Interpolation::linear)
    return {neighbour(down, size, f.sub(one, t)),
            neighbour(f.add(down, one), size, t)};
  // Keys' function with -0.75 at distances t + 1, t, 1 - t, 2 - t.
  const double a = -0.75;
  auto near = [&](Value d) {
    return f.add(f.mul(f.mul(f.sub(f.mul(f.c(a + 2), d), f.c(a + 3)), d), d),
                 one);
  };
  auto far = [&](Value d) {
    Value inner =
        f.add(f.mul(f.sub(f.mul(f.c(a), d), f.c(5 * a)), d), f.c(8 * a));
    return f.sub(f.mul(inner, d), f.c(4 * a));
  };
  Value weights[] = {far(f.add(t, one)), near(t), near(f.sub(one, t)),
                     far(f.sub(f.c(2.0), t))};
  SmallVector<Neighbour, 4> result;
  for (auto [i, weight] : llvm::enumerate(weights))
    result.push_back(neighbour(
        f.sub(f.add(down, f.c(static_cast<double>(i))), one), size, weight));
  return result;
}

/// The weighted sum over dimensions from `d` on, from element `at` on.
Value SampleEmitter::sum(size_t d, Value at, Value exists) {
  if (d == neighbours.size()) {
    Value value = k.load(k.inputs[0], at);
    if (!moves())
      value = f.convert(value);
    if (!exists)
      return value;
    Type type = value.getType();
    Value zero = isa<FloatType>(type) ? floatConstant(k.b, k.loc, type, 0.0)
                                      : intConstant(k.b, k.loc, type, 0);
    return k.select(exists, value, zero);
  }
  Value total = moves() ? Value() : f.c(0.0);
  for (const Neighbour &n : neighbours[d]) {
    Value both = exists && n.exists ? f.both(exists, n.exists)
                 : exists           ? exists
                                    : n.exists;
    Value part = sum(d + 1, k.add(at, k.mul(n.index, strides[d])), both);
    total = total ? f.add(total, f.mul(n.weight, part)) : part;
  }
  return total;
}

//===----------------------------------------------------------------------===//
// On the host
//===----------------------------------------------------------------------===//

/// Checks what the types leave open.
static void checkSample(HostBuilder &host, graph::SampleOp op,
                        const CodeTensor &input, const CodeTensor &positions,
                        Value count) {
  int64_t spatial = input.rank() - 2;
  Value numbers = positions.dims.back();
  host.check(host.cmp(P::eq, numbers, host.c(spatial)),
             "positions of %lld numbers for %lld spatial dimensions",
             {numbers, host.c(spatial)});
  Value rows =
      op.getEntries() ? host.get(op.getEntries()).dims[0] : input.dims[0];
  host.check(host.cmp(P::eq, positions.dims[0], rows),
             "%lld rows of positions for %lld entries",
             {positions.dims[0], rows});
  for (int64_t d = 0; d < spatial; ++d) {
    Value full = host.cmp(P::sgt, input.dims[2 + d], host.c(0));
    Value nothing = host.cmp(P::eq, count, host.c(0));
    host.check(host.b.createOrFold<arith::OrIOp>(host.loc, full, nothing),
               "cannot read from a dimension of size 0");
  }
}

/// A tensor as integers of its width: its bits move as they are.
static CodeTensor asBits(CodeTensor tensor) {
  Type storage = storageType(tensor.element());
  if (!isa<FloatType>(storage))
    tensor.type = tensor.type.clone(storage);
  return tensor;
}

LogicalResult systole::cpu::lowerSample(HostBuilder &host, graph::SampleOp op) {
  CodeTensor input = host.get(op.getInput()),
             positions = host.get(op.getPositions());
  SmallVector<Value> dims{positions.dims[0], input.dims[1]};
  ArrayRef<Value> points =
      ArrayRef<Value>(positions.dims).drop_front().drop_back();
  dims.append(points.begin(), points.end());
  checkSample(host, op, input, positions, host.product(dims));
  CodeTensor output = host.define(op.getResult(), dims);
  bool wide = input.element().isF64() || positions.element().isF64();
  SmallVector<CodeTensor> inputs{input, positions}, outputs{output};
  if (op.getMode() == Interpolation::nearest) {
    inputs[0] = asBits(input);
    outputs[0] = asBits(output);
  }
  CodeTensor bad;
  if (op.getEntries()) {
    inputs.push_back(host.get(op.getEntries()));
    outputs.push_back(bad = host.flag());
  }
  Value perRow = host.product(points);
  KernelBuilder k = host.kernel("sample", inputs, outputs);
  Value channels = k.import(input.dims[1]), entries = k.import(input.dims[0]);
  Value count = k.import(perRow);
  SampleEmitter emitter{
      op,
      k,
      {k, wide ? Type(k.b.getF64Type()) : Type(k.b.getF32Type())},
      k.import(ArrayRef<Value>(input.dims).drop_front(2)),
      {},
      {}};
  emitter.strides = k.strides(emitter.sizes);
  Value plane = k.product(emitter.sizes);
  auto read = [&](Value row, Value point, Value entry) {
    emitter.neighbours.clear();
    Value first =
        k.mul(k.add(k.mul(row, count), point), k.c(emitter.sizes.size()));
    for (auto [d, size] : llvm::enumerate(emitter.sizes)) {
      Value x = emitter.f.convert(k.load(k.inputs[1], k.add(first, k.c(d))));
      emitter.neighbours.push_back(emitter.neighboursOf(x, size));
    }
    k.loop(k.c(0), channels, 1, [&](Value c) {
      Value base = k.mul(k.add(k.mul(entry, channels), c), plane);
      Value value = emitter.sum(0, base, Value());
      if (!emitter.moves())
        value = convertElement(k.b, k.loc, value, emitter.f.type,
                               k.outputs[0].element());
      k.store(k.outputs[0],
              k.add(k.mul(k.add(k.mul(row, channels), c), count), point),
              value);
    });
  };
  k.nest({k.import(positions.dims[0]), count}, 2, [&](ArrayRef<Value> at) {
    if (!op.getEntries())
      return read(at[0], at[1], at[0]);
    Value entry = k.toIndex(k.load(k.inputs[2], at[0]));
    Value known = k.logicalAnd(k.cmp(P::sge, entry, k.c(0)),
                               k.cmp(P::slt, entry, entries));
    auto branch = scf::IfOp::create(k.b, k.loc, known, /*withElseRegion=*/true);
    k.b.setInsertionPointToStart(branch.thenBlock());
    read(at[0], at[1], entry);
    k.b.setInsertionPointToStart(branch.elseBlock());
    k.store(k.outputs[1], k.c(0), intConstant(k.b, k.loc, k.b.getI64Type(), 1));
    k.b.setInsertionPointAfter(branch);
  });
  int64_t taps = op.getMode() == Interpolation::cubic ? 64 : 16;
  host.launch(k, host.mul(positions.dims[0], perRow),
              host.add(host.mul(input.dims[1], host.c(taps)), host.c(100)),
              inputs, outputs);
  if (op.getEntries()) {
    Value good =
        host.cmp(P::eq, host.toIndex(host.load(bad, host.c(0))), host.c(0));
    host.check(good, "an entry is not among the %lld of the input",
               {input.dims[0]});
  }
  return success();
}
