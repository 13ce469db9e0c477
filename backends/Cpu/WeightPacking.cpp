//===- WeightPacking.cpp - Panels of weights ------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/Contraction.h"
#include "backends/Cpu/ElementTypes.h"
#include "backends/Cpu/StridedMap.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;

graph::Tensor systole::cpu::packWeights(
    const graph::Tensor &filter, int64_t columns, int64_t groups, int64_t depth,
    int64_t tileColumns, llvm::function_ref<int64_t(int64_t, int64_t)> offset) {
  int64_t perGroup = columns / groups;
  int64_t panelsPerGroup = (perGroup + tileColumns - 1) / tileColumns;
  graph::Tensor packed(filter.getElementType(),
                       {groups * panelsPerGroup, depth, tileColumns});
  int64_t bytes = graph::elementBytes(filter.getElementType());
  char *to = packed.data();
  for (int64_t group = 0; group < groups; ++group)
    for (int64_t panel = 0; panel < panelsPerGroup; ++panel)
      for (int64_t k = 0; k < depth; ++k)
        for (int64_t j = 0; j < tileColumns; ++j, to += bytes) {
          int64_t column = panel * tileColumns + j;
          if (column < perGroup)
            std::memcpy(to,
                        filter.data() +
                            bytes * offset(group * perGroup + column, k),
                        bytes);
        }
  return packed;
}

CodeTensor systole::cpu::packAtRunTime(HostBuilder &host,
                                       const CodeTensor &matrix, Value batch,
                                       Value depth, int64_t columns,
                                       int64_t tileColumns) {
  int64_t panels = (columns + tileColumns - 1) / tileColumns;
  auto staticOr = [](Value value) {
    return CodeBuilder::constant(value).value_or(ShapedType::kDynamic);
  };
  auto type = RankedTensorType::get(
      {staticOr(batch), panels, staticOr(depth), tileColumns},
      matrix.element());
  SmallVector<Value> dims{batch, host.c(panels), depth, host.c(tileColumns)};
  CodeTensor packed = host.scratch(type, dims);
  KernelBuilder k = host.kernel("pack", matrix, packed);
  SmallVector<Value> sizes = k.import(dims);
  k.nest(ArrayRef<Value>(sizes).take_front(3), 3, [&](ArrayRef<Value> at) {
    Value line = k.mul(k.add(k.mul(at[0], sizes[2]), at[2]), k.c(columns));
    Value from = k.add(line, k.mul(at[1], k.c(tileColumns)));
    Value to = k.mul(
        k.add(k.mul(k.add(k.mul(at[0], k.c(panels)), at[1]), sizes[2]), at[2]),
        k.c(tileColumns));
    Value left = k.sub(k.c(columns), k.mul(at[1], k.c(tileColumns)));
    Value valid = k.min(left, k.c(tileColumns));
    k.loop(k.c(0), valid, 1, [&](Value j) {
      k.store(k.outputs[0], k.add(to, j), k.load(k.inputs[0], k.add(from, j)));
    });
    k.loop(valid, k.c(tileColumns), 1, [&](Value j) {
      k.store(k.outputs[0], k.add(to, j),
              floatConstant(k.b, k.loc, computeType(matrix.element()), 0.0));
    });
  });
  Value count = host.product(ArrayRef<Value>(dims).take_front(3));
  host.launch(k, count, host.c(tileColumns), matrix, packed);
  return packed;
}
