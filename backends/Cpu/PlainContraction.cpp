//===- PlainContraction.cpp - Any contraction, element by element ---------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The slow way that always works: for each output element, one sum in a
// register. It serves integers, small floats, unusual layouts and shapes.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/Contraction.h"
#include "backends/Cpu/ElementTypes.h"
#include "backends/Cpu/ElementwiseEmitter.h"
#include "backends/Cpu/StridedMap.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;
using P = arith::CmpIPredicate;

/// 0 in compute form.
static Value zeroOf(KernelBuilder &k, Type element) {
  Type type = computeType(element);
  return isa<FloatType>(type) ? floatConstant(k.b, k.loc, type, 0.0)
                              : intConstant(k.b, k.loc, type, 0);
}

/// x * y as numbers of the element type `sum` of the result.
static Value product(KernelBuilder &k, Value x, Value y, Type sum) {
  auto converted = [&](Value factor, size_t input) {
    return convertElement(k.b, k.loc, factor, k.inputs[input].element(), sum);
  };
  return emitMul(k.b, k.loc, converted(x, 0), converted(y, 1));
}

static LogicalResult lowerMatMul(HostBuilder &host, graph::MatMulOp op) {
  CodeTensor lhs = host.get(op.getLhs()), rhs = host.get(op.getRhs());
  SmallVector<Value> left = lhs.dims, right = rhs.dims;
  bool leftVector = left.size() == 1, rightVector = right.size() == 1;
  if (leftVector)
    left.insert(left.begin(), host.c(1));
  if (rightVector)
    right.push_back(host.c(1));
  Value depth = left.back(), rows = left[left.size() - 2],
        columns = right.back();
  host.check(host.cmp(P::eq, depth, right[right.size() - 2]),
             "matrix of depth %lld times one of depth %lld",
             {depth, right[right.size() - 2]});
  auto batchOf = [](const CodeTensor &tensor, ArrayRef<Value> dims) {
    CodeTensor batch = tensor;
    batch.dims.assign(dims.begin(), dims.end() - 2);
    batch.type = RankedTensorType::get(
        SmallVector<int64_t>(batch.dims.size(), ShapedType::kDynamic),
        tensor.element());
    return batch;
  };
  CodeTensor leftBatch = batchOf(lhs, left), rightBatch = batchOf(rhs, right);
  SmallVector<Value> batch = broadcastDims(host, {leftBatch, rightBatch}),
                     dims = batch;
  if (!leftVector)
    dims.push_back(rows);
  if (!rightVector)
    dims.push_back(columns);
  CodeTensor output = host.define(op.getResult(), dims);
  // Batch strides of a matrix, 0 where it is repeated.
  auto strides = [&](const CodeTensor &matrices, Value size) {
    SmallVector<Value> result = broadcastView(host, matrices, batch).strides;
    for (Value &stride : result)
      stride = host.mul(stride, size);
    return result;
  };
  KernelBuilder k = host.kernel("matmul", {lhs, rhs}, output);
  SmallVector<Value> leftStrides =
                         k.import(strides(leftBatch, host.mul(rows, depth))),
                     rightStrides = k.import(
                         strides(rightBatch, host.mul(depth, columns)));
  SmallVector<Value> loops(batch);
  loops.push_back(rows);
  loops.push_back(columns);
  SmallVector<Value> sizes = k.import(loops);
  Value length = k.import(depth), width = sizes.back();
  k.nest(sizes, loops.size() - 1, [&](ArrayRef<Value> at) {
    ArrayRef<Value> batchAt = at.drop_back(2);
    Value row =
        k.add(k.linear(batchAt, leftStrides), k.mul(at[at.size() - 2], length));
    Value column = k.add(k.linear(batchAt, rightStrides), at.back());
    Value sum =
        k.carriedLoop(k.c(0), length, 1, zeroOf(k, output.element()),
                      [&](Value i, ValueRange carried) -> SmallVector<Value> {
                        Value x = k.load(k.inputs[0], k.add(row, i));
                        Value y =
                            k.load(k.inputs[1], k.add(column, k.mul(i, width)));
                        return {emitAdd(k.b, k.loc, carried[0],
                                        product(k, x, y, output.element()))};
                      })[0];
    k.store(k.outputs[0], k.linear(at, k.strides(sizes)),
            roundToElement(k.b, k.loc, sum, output.element()));
  });
  Value count = host.product(ArrayRef<Value>(loops).drop_back());
  host.launch(k, count, host.mul(depth, columns), {lhs, rhs}, output);
  return success();
}

namespace {
/// A convolution by definition, in any layout.
struct PlainConv {
  HostBuilder &host;
  graph::ConvOp op;
  KernelBuilder &k;
  ArrayRef<WindowDim> windows; ///< In the kernel.
  SmallVector<Value> inStrides, filterStrides;
  Value channelsPerGroup, outputsPerGroup;

  Value element(ArrayRef<Value> out);
};
} // namespace

Value PlainConv::element(ArrayRef<Value> out) {
  auto inLayout = op.getInputLayout(), filterLayout = op.getFilterLayout(),
       outLayout = op.getOutputLayout();
  Value o = out[outLayout.channel()];
  Value group = k.div(o, outputsPerGroup);
  Value base = k.mul(out[outLayout.batch()], inStrides[inLayout.batch()]);
  Value filterBase = k.mul(o, filterStrides[filterLayout.outputChannel()]);
  std::function<SmallVector<Value>(size_t, Value, Value, ValueRange)> taps =
      [&](size_t d, Value at, Value filterAt,
          ValueRange carried) -> SmallVector<Value> {
    if (d == windows.size()) {
      Value x = k.load(k.inputs[0], at), y = k.load(k.inputs[1], filterAt);
      return {emitAdd(k.b, k.loc, carried[0],
                      product(k, x, y, k.outputs[0].element()))};
    }
    const WindowDim &w = windows[d];
    Value start =
        k.sub(k.mul(out[outLayout.spatial(d)], k.c(w.stride)), w.padLow);
    Value low = k.ceilDiv(k.max(k.sub(k.c(0), start), k.c(0)), w.dilation);
    Value room = k.max(k.sub(w.input, start), k.c(0));
    Value high = k.max(k.min(k.ceilDiv(room, w.dilation), w.kernel), low);
    return k.carriedLoop(
        low, high, 1, carried, [&](Value tap, ValueRange next) {
          Value index = k.add(start, k.mul(tap, k.c(w.dilation)));
          return taps(d + 1,
                      k.add(at, k.mul(index, inStrides[inLayout.spatial(d)])),
                      k.add(filterAt,
                            k.mul(tap, filterStrides[filterLayout.spatial(d)])),
                      next);
        });
  };
  Value init =
      op.getBias() ? k.load(k.inputs[2], o) : zeroOf(k, k.outputs[0].element());
  return k.carriedLoop(
      k.c(0), channelsPerGroup, 1, init, [&](Value i, ValueRange carried) {
        Value channel = k.add(k.mul(group, channelsPerGroup), i);
        return taps(0,
                    k.add(base, k.mul(channel, inStrides[inLayout.channel()])),
                    k.add(filterBase,
                          k.mul(i, filterStrides[filterLayout.inputChannel()])),
                    carried);
      })[0];
}

static LogicalResult lowerConv(HostBuilder &host, graph::ConvOp op) {
  CodeTensor input = host.get(op.getInput()), filter = host.get(op.getFilter());
  auto inLayout = op.getInputLayout(), filterLayout = op.getFilterLayout(),
       outLayout = op.getOutputLayout();
  int64_t spatial = inLayout.numSpatial();
  SmallVector<Value> dims(input.rank());
  dims[outLayout.batch()] = input.dims[inLayout.batch()];
  Value outputs = filter.dims[filterLayout.outputChannel()];
  dims[outLayout.channel()] = outputs;
  SmallVector<WindowDim> windows;
  for (int64_t d = 0; d < spatial; ++d) {
    windows.push_back(resolveWindow(host, input.dims[inLayout.spatial(d)],
                                    filter.dims[filterLayout.spatial(d)],
                                    op.getStrides()[d], op.getDilations()[d],
                                    op.getPads()[d], op.getPads()[spatial + d],
                                    op.getAutoPad(), false));
    dims[outLayout.spatial(d)] = windows.back().output;
  }
  Value perGroup = filter.dims[filterLayout.inputChannel()];
  Value channels = input.dims[inLayout.channel()];
  host.check(
      host.cmp(P::eq, channels, host.mul(perGroup, host.c(op.getGroups()))),
      "%lld input channels where the filter has %lld for each group",
      {channels, perGroup});
  Value left = host.rem(outputs, host.c(op.getGroups()));
  host.check(host.cmp(P::eq, left, host.c(0)),
             "%lld output channels are not divisible by %lld groups",
             {outputs, host.c(op.getGroups())});
  CodeTensor output = host.define(op.getResult(), dims);
  SmallVector<CodeTensor> inputs{input, filter};
  if (op.getBias()) {
    inputs.push_back(host.get(op.getBias()));
    checkBias(host, inputs.back(), outputs);
  }
  KernelBuilder k = host.kernel("conv", inputs, output);
  SmallVector<WindowDim> inside;
  for (const WindowDim &w : windows)
    inside.push_back(importWindow(k, w));
  SmallVector<Value> sizes = k.import(output.dims);
  PlainConv conv{host,
                 op,
                 k,
                 inside,
                 k.strides(k.import(input.dims)),
                 k.strides(k.import(filter.dims)),
                 k.import(perGroup),
                 k.div(k.import(outputs), k.c(op.getGroups()))};
  k.nest(sizes, input.rank() - 1, [&](ArrayRef<Value> at) {
    k.store(k.outputs[0], k.linear(at, k.strides(sizes)),
            roundToElement(k.b, k.loc, conv.element(at), output.element()));
  });
  Value cost = host.mul(output.dims.back(), perGroup);
  for (const WindowDim &w : windows)
    cost = host.mul(cost, w.kernel);
  host.launch(k, host.product(ArrayRef<Value>(output.dims).drop_back()), cost,
              inputs, output);
  return success();
}

void systole::cpu::checkBias(HostBuilder &host, const CodeTensor &bias,
                             Value outputs) {
  host.check(host.cmp(P::eq, bias.dims[0], outputs),
             "a bias of %lld elements for %lld output channels",
             {bias.dims[0], outputs});
}

LogicalResult systole::cpu::lowerPlainContraction(HostBuilder &host,
                                                  Operation *op) {
  if (auto matmul = dyn_cast<graph::MatMulOp>(op))
    return lowerMatMul(host, matmul);
  return lowerConv(host, cast<graph::ConvOp>(op));
}
