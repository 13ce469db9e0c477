//===- LowerReduce.cpp - Reductions, softmax, batch normalisation ---------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One accumulator in a register for each output element, or a vector of them
// where the innermost dimension is not reduced. Sums of floats may be
// reassociated unless the compilation is strict.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/ElementTypes.h"
#include "backends/Cpu/ElementwiseEmitter.h"
#include "backends/Cpu/Lowerings.h"
#include "backends/Cpu/MathEmitter.h"
#include "backends/Cpu/ReduceEmitter.h"
#include "backends/Cpu/StridedMap.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;
using P = arith::CmpIPredicate;
using graph::ReduceKind;

namespace {
/// The loops of one reduction: dimensions kept, dimensions reduced.
struct Reduction {
  SmallVector<Value> keptDims, keptStrides, reducedDims, reducedStrides;
};
} // namespace

/// Lanes for a vector of accumulators: where the innermost dimension is kept
/// and known to hold whole vectors.
static int64_t lanesFor(HostBuilder &host, Type element, Value innermost) {
  auto size = CodeBuilder::constant(innermost);
  if (!element.isF32() || !size)
    return 1;
  int64_t lanes = host.lowering.target.vectorBytes() / 4;
  while (lanes > 1 && *size % lanes != 0)
    lanes /= 2;
  return lanes;
}

static void reduceInto(KernelBuilder &k, ReduceKind kind, const Reduction &r,
                       int64_t lanes, Value base, Value outAt) {
  Type element = k.inputs[0].element();
  Value init = startReduction(k, kind, element, lanes);
  std::function<SmallVector<Value>(size_t, Value, ValueRange)> inner =
      [&](size_t d, Value at, ValueRange carried) -> SmallVector<Value> {
    if (d == r.reducedDims.size())
      return {combineReduction(k, kind, element, carried[0],
                               k.loadLanes(k.inputs[0], at, lanes))};
    return k.carriedLoop(
        k.c(0), r.reducedDims[d], 1, carried, [&](Value iv, ValueRange next) {
          return inner(d + 1, k.add(at, k.mul(iv, r.reducedStrides[d])), next);
        });
  };
  Value result = finishReduction(k, kind, element, inner(0, base, init)[0],
                                 k.product(r.reducedDims));
  result = lanes > 1 ? result : roundToElement(k.b, k.loc, result, element);
  k.storeLanes(k.outputs[0], outAt, result, lanes);
}

LogicalResult systole::cpu::lowerReduce(HostBuilder &host, graph::ReduceOp op) {
  CodeTensor input = host.get(op.getInput());
  SmallVector<Value> strides = host.strides(input.dims), outDims;
  Reduction r;
  for (auto [d, dim] : llvm::enumerate(input.dims)) {
    bool reduced = llvm::is_contained(op.getAxes(), static_cast<int64_t>(d));
    (reduced ? r.reducedDims : r.keptDims).push_back(dim);
    (reduced ? r.reducedStrides : r.keptStrides).push_back(strides[d]);
    if (!reduced || op.getKeepDims())
      outDims.push_back(reduced ? host.c(1) : dim);
  }
  CodeTensor output = host.define(op.getResult(), outDims);
  bool lastKept = !r.keptDims.empty() &&
                  !llvm::is_contained(op.getAxes(), input.rank() - 1);
  int64_t lanes =
      lastKept ? lanesFor(host, input.element(), r.keptDims.back()) : 1;
  if (op.getKind() == ReduceKind::mean && isa<IntegerType>(input.element()))
    lanes = 1;
  KernelBuilder k = host.kernel("reduce", input, output);
  Reduction inside{k.import(r.keptDims), k.import(r.keptStrides),
                   k.import(r.reducedDims), k.import(r.reducedStrides)};
  if (lanes > 1)
    inside.keptDims.back() = k.div(inside.keptDims.back(), k.c(lanes));
  k.loop(k.begin, k.end, 1, [&](Value flat) {
    SmallVector<Value> indices = k.delinearize(flat, inside.keptDims);
    if (lanes > 1)
      indices.back() = k.mul(indices.back(), k.c(lanes));
    reduceInto(k, op.getKind(), inside, lanes,
               k.linear(indices, inside.keptStrides), k.mul(flat, k.c(lanes)));
  });
  Value count = host.div(host.product(r.keptDims), host.c(lanes));
  host.launch(k, count, host.mul(host.product(r.reducedDims), host.c(lanes)),
              input, output);
  return success();
}

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

/// Three passes over one line: maximum, sum of exponentials, quotients.
static void softmaxLine(HostBuilder &host, KernelBuilder &k, Value base,
                        Value length, Value stride) {
  const CodeTensor &in = k.inputs[0], &out = k.outputs[0];
  Type element = in.element(), type = computeType(element);
  auto at = [&](Value i) { return k.add(base, k.mul(i, stride)); };
  Value highest = k.carriedLoop(
      k.c(0), length, 1, startReduction(k, ReduceKind::max, element),
      [&](Value i, ValueRange carried) -> SmallVector<Value> {
        return {emitMax(k.b, k.loc, carried[0], k.load(in, at(i)), element)};
      })[0];
  auto exponential = [&](Value i) {
    Value shifted =
        arith::SubFOp::create(k.b, k.loc, k.load(in, at(i)), highest);
    return emitExp(k.b, k.loc, shifted);
  };
  // Where storage is as wide as registers, exponentials wait in the output.
  bool keeps = storageType(element) == type;
  Value sum = k.carriedLoop(
      k.c(0), length, 1, floatConstant(k.b, k.loc, type, 0.0),
      [&](Value i, ValueRange carried) -> SmallVector<Value> {
        Value e = exponential(i);
        if (keeps)
          k.store(out, at(i), e);
        return {arith::AddFOp::create(k.b, k.loc, carried[0], e, kSumFlags)};
      })[0];
  k.loop(k.c(0), length, 1, [&](Value i) {
    Value e = keeps ? k.load(out, at(i)) : exponential(i);
    k.store(out, at(i), arith::DivFOp::create(k.b, k.loc, e, sum));
  });
}

LogicalResult systole::cpu::lowerSoftmax(HostBuilder &host,
                                         graph::SoftmaxOp op) {
  CodeTensor input = host.get(op.getInput());
  // A line is read to its end before its first element is replaced, or each
  // element is read for the last time when it is replaced.
  CodeTensor output =
      host.defineOver(op, op.getResult(), input.dims, op.getInput());
  ArrayRef<Value> dims(input.dims);
  int64_t axis = op.getAxis();
  SmallVector<Value> sizes{host.product(dims.take_front(axis)), dims[axis],
                           host.product(dims.drop_front(axis + 1))};
  KernelBuilder k = host.kernel("softmax", input, output);
  SmallVector<Value> s = k.import(sizes);
  k.nest({s[0], s[2]}, 2, [&](ArrayRef<Value> at) {
    Value base = k.add(k.mul(k.mul(at[0], s[1]), s[2]), at[1]);
    softmaxLine(host, k, base, s[1], s[2]);
  });
  host.launch(k, host.mul(sizes[0], sizes[2]), host.mul(sizes[1], host.c(20)),
              input, output);
  return success();
}

//===----------------------------------------------------------------------===//
// Batch normalisation
//===----------------------------------------------------------------------===//

LogicalResult systole::cpu::lowerBatchNorm(HostBuilder &host,
                                           graph::BatchNormOp op) {
  CodeTensor input = host.get(op.getInput());
  CodeTensor output =
      host.defineOver(op, op.getResult(), input.dims, op.getInput());
  SmallVector<View> views{wholeView(host, input)};
  for (Value parameter :
       {op.getScale(), op.getBias(), op.getMean(), op.getVariance()}) {
    View view{host.get(parameter), host.c(0),
              SmallVector<Value>(input.rank(), host.c(0))};
    host.check(host.cmp(P::eq, view.tensor.dims[0], input.dims[op.getAxis()]),
               "%lld parameters for %lld channels",
               {view.tensor.dims[0], input.dims[op.getAxis()]});
    view.strides[op.getAxis()] = host.c(1);
    views.push_back(view);
  }
  launchMap(host, "batch_norm", output.dims, views, wholeView(host, output), 8,
            [&](KernelBuilder &k, ValueRange v) {
              Value epsilon = floatConstant(k.b, k.loc, v[0].getType(),
                                            op.getEpsilon().convertToDouble());
              Value centred = arith::SubFOp::create(k.b, k.loc, v[0], v[3]);
              Value variance = arith::AddFOp::create(k.b, k.loc, v[4], epsilon);
              Value deviation = math::SqrtOp::create(k.b, k.loc, variance);
              Value normalised =
                  arith::DivFOp::create(k.b, k.loc, centred, deviation);
              Value scaled =
                  arith::MulFOp::create(k.b, k.loc, normalised, v[1]);
              return Value(arith::AddFOp::create(k.b, k.loc, scaled, v[2]));
            });
  return success();
}
