//===- StridedMap.cpp - Loops over strided views --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/StridedMap.h"
#include "backends/Cpu/ElementTypes.h"

using namespace mlir;
using namespace systole::cpu;
using P = arith::CmpIPredicate;

View systole::cpu::wholeView(HostBuilder &host, const CodeTensor &tensor) {
  return {tensor, host.c(0), host.strides(tensor.dims)};
}

View systole::cpu::broadcastView(HostBuilder &host, const CodeTensor &tensor,
                                 ArrayRef<Value> dims) {
  SmallVector<Value> own = host.strides(tensor.dims);
  View view{tensor, host.c(0),
            SmallVector<Value>(dims.size() - own.size(), host.c(0))};
  for (auto [dim, stride] : llvm::zip_equal(tensor.dims, own))
    view.strides.push_back(
        host.select(host.cmp(P::eq, dim, host.c(1)), host.c(0), stride));
  return view;
}

SmallVector<Value> systole::cpu::broadcastDims(HostBuilder &host,
                                               ArrayRef<CodeTensor> tensors) {
  int64_t rank = 0;
  for (const CodeTensor &tensor : tensors)
    rank = std::max(rank, tensor.rank());
  SmallVector<Value> dims(rank, host.c(1));
  for (const CodeTensor &tensor : tensors)
    for (auto [d, dim] : llvm::enumerate(tensor.dims)) {
      Value &so_far = dims[rank - tensor.rank() + d];
      Value isOne = host.cmp(P::eq, so_far, host.c(1));
      Value agrees = host.b.createOrFold<arith::OrIOp>(
          host.loc, host.cmp(P::eq, so_far, dim),
          host.b.createOrFold<arith::OrIOp>(host.loc, isOne,
                                            host.cmp(P::eq, dim, host.c(1))));
      host.check(agrees, "dimensions %lld and %lld do not broadcast",
                 {so_far, dim});
      so_far = host.select(isOne, dim, so_far);
    }
  return dims;
}

/// Drops dimensions of size 1 and merges neighbours whose strides continue each
/// other in every view; only where sizes and strides are constants.
static void coalesce(HostBuilder &host, SmallVectorImpl<Value> &dims,
                     MutableArrayRef<View> views) {
  for (int64_t d = static_cast<int64_t>(dims.size()) - 1; d >= 0; --d)
    if (CodeBuilder::constant(dims[d]) == 1) {
      dims.erase(dims.begin() + d);
      for (View &view : views)
        view.strides.erase(view.strides.begin() + d);
    }
  for (int64_t d = static_cast<int64_t>(dims.size()) - 2; d >= 0; --d) {
    auto inner = CodeBuilder::constant(dims[d + 1]);
    bool continues = inner && CodeBuilder::constant(dims[d]) &&
                     llvm::all_of(views, [&](const View &view) {
                       auto s0 = CodeBuilder::constant(view.strides[d]);
                       auto s1 = CodeBuilder::constant(view.strides[d + 1]);
                       return s0 && s1 && *s0 == *s1 * *inner;
                     });
    if (!continues)
      continue;
    dims[d] = host.mul(dims[d], dims[d + 1]);
    dims.erase(dims.begin() + d + 1);
    for (View &view : views)
      view.strides.erase(view.strides.begin() + d);
  }
}

void systole::cpu::launchMap(
    HostBuilder &host, llvm::StringRef name, ArrayRef<Value> sizes,
    ArrayRef<View> inputs, const View &output, int64_t cost,
    llvm::function_ref<Value(KernelBuilder &, ValueRange)> body) {
  SmallVector<Value> dims(sizes);
  SmallVector<View> views(inputs);
  views.push_back(output);
  coalesce(host, dims, views);
  if (dims.empty()) {
    dims.push_back(host.c(1));
    for (View &view : views)
      view.strides.push_back(host.c(0));
  }
  SmallVector<CodeTensor> inputTensors;
  for (const View &view : inputs)
    inputTensors.push_back(view.tensor);
  KernelBuilder k = host.kernel(name, inputTensors, output.tensor);
  SmallVector<Value> kernelDims = k.import(dims);
  SmallVector<Value> offsets;
  SmallVector<SmallVector<Value>> strides;
  for (const View &view : views) {
    offsets.push_back(k.import(view.offset));
    strides.push_back(k.import(view.strides));
  }
  int64_t numParallel = std::max<int64_t>(1, dims.size() - 1);
  k.nest(kernelDims, numParallel, [&](ArrayRef<Value> indices) {
    auto at = [&](size_t v) {
      return k.add(offsets[v], k.linear(indices, strides[v]));
    };
    SmallVector<Value> elements;
    for (size_t v = 0; v < inputs.size(); ++v)
      elements.push_back(k.load(k.inputs[v], at(v)));
    k.store(k.outputs[0], at(inputs.size()), body(k, elements));
  });
  Value count = host.product(ArrayRef<Value>(dims).take_front(numParallel));
  Value rowCost =
      dims.size() > 1 ? host.mul(dims.back(), host.c(cost)) : host.c(cost);
  host.launch(k, count, rowCost, inputTensors, output.tensor);
}

CodeTensor systole::cpu::asBits(const CodeTensor &tensor) {
  CodeTensor result = tensor;
  // An unsigned integer of the same width stands for them.
  Type storage = storageType(tensor.element());
  if (!storage.isF64() && !storage.isF32())
    result.type = RankedTensorType::get(tensor.type.getShape(), storage);
  return result;
}

void systole::cpu::launchCopy(HostBuilder &host, ArrayRef<Value> dims,
                              const View &input, const View &output) {
  View from = input, to = output;
  from.tensor = asBits(from.tensor);
  to.tensor = asBits(to.tensor);
  launchMap(host, "copy", dims, from, to, 1,
            [](KernelBuilder &, ValueRange elements) { return elements[0]; });
}

void systole::cpu::launchFill(HostBuilder &host, const CodeTensor &tensor,
                              double value) {
  launchMap(host, "fill", tensor.dims, {}, wholeView(host, tensor), 1,
            [&](KernelBuilder &k, ValueRange) {
              Type type = computeType(tensor.element());
              return isa<FloatType>(type)
                         ? floatConstant(k.b, k.loc, type, value)
                         : intConstant(k.b, k.loc, type,
                                       static_cast<int64_t>(value));
            });
}
