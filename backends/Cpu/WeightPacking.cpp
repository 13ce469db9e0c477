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
    const graph::Tensor &filter, const PackingShape &shape,
    llvm::function_ref<int64_t(int64_t, int64_t)> offset) {
  int64_t perGroup = shape.columns / shape.groups;
  int64_t width = shape.tileColumns, panels = (perGroup + width - 1) / width;
  int64_t step = stepOf(filter.getElementType());
  int64_t runSteps = (shape.run + step - 1) / step;
  int64_t steps = shape.run ? shape.depth / shape.run * runSteps : 0;
  graph::Tensor packed(filter.getElementType(),
                       {shape.groups * panels, steps, width * step});
  int64_t bytes = graph::elementBytes(filter.getElementType());
  char *to = packed.data();
  for (int64_t panel = 0; panel < shape.groups * panels; ++panel)
    for (int64_t line = 0; line < steps; ++line)
      for (int64_t j = 0; j < width; ++j)
        for (int64_t part = 0; part < step; ++part, to += bytes) {
          int64_t column = panel % panels * width + j;
          int64_t at = line % runSteps * step + part;
          if (column < perGroup && at < shape.run)
            std::memcpy(to,
                        filter.data() +
                            bytes * offset(panel / panels * perGroup + column,
                                           line / runSteps * shape.run + at),
                        bytes);
        }
  return packed;
}

/// Element [at, column] of the matrix that starts at `base`, 0 where `at` is no
/// row.
static Value elementOrZero(KernelBuilder &k, Value base, Value at, Value rows,
                           Value columns, Value column, bool isSure) {
  Type element = k.inputs[0].element();
  Value last = k.sub(rows, k.c(1));
  Value row = isSure ? at : k.min(at, last);
  Value found =
      k.load(k.inputs[0], k.add(k.add(base, k.mul(row, columns)), column));
  if (isSure)
    return found;
  return k.select(k.cmp(arith::CmpIPredicate::sle, at, last), found,
                  intConstant(k.b, k.loc, computeType(element), 0));
}

CodeTensor systole::cpu::packAtRunTime(HostBuilder &host,
                                       const CodeTensor &matrix, Value batch,
                                       Value depth, int64_t columns,
                                       int64_t tileColumns) {
  int64_t panels = (columns + tileColumns - 1) / tileColumns;
  int64_t step = stepOf(matrix.element());
  auto staticOr = [](Value value) {
    return CodeBuilder::constant(value).value_or(ShapedType::kDynamic);
  };
  Value steps = host.ceilDiv(depth, step);
  auto type = RankedTensorType::get(
      {staticOr(batch), panels, staticOr(steps), tileColumns * step},
      matrix.element());
  SmallVector<Value> dims{batch, host.c(panels), steps,
                          host.c(tileColumns * step)};
  CodeTensor packed = host.scratch(type, dims);
  KernelBuilder k = host.kernel("pack", matrix, packed);
  SmallVector<Value> sizes = k.import(dims);
  Value rows = k.import(depth), width = k.c(columns);
  Type compute = computeType(matrix.element());
  Value zero = isa<FloatType>(compute) ? floatConstant(k.b, k.loc, compute, 0.0)
                                       : intConstant(k.b, k.loc, compute, 0);
  k.nest(ArrayRef<Value>(sizes).take_front(3), 3, [&](ArrayRef<Value> at) {
    Value base = k.mul(k.mul(at[0], rows), width);
    Value first = k.mul(at[1], k.c(tileColumns));
    Value to = k.mul(
        k.add(k.mul(k.add(k.mul(at[0], k.c(panels)), at[1]), sizes[2]), at[2]),
        k.c(tileColumns * step));
    Value valid = k.min(k.sub(width, first), k.c(tileColumns));
    for (int64_t part = 0; part < step; ++part) {
      Value row = k.add(k.mul(at[2], k.c(step)), k.c(part));
      auto place = [&](Value j) {
        return k.add(to, k.add(k.mul(j, k.c(step)), k.c(part)));
      };
      k.loop(k.c(0), valid, 1, [&](Value j) {
        k.store(k.outputs[0], place(j),
                elementOrZero(k, base, row, rows, width, k.add(first, j),
                              part == 0));
      });
      k.loop(valid, k.c(tileColumns), 1,
             [&](Value j) { k.store(k.outputs[0], place(j), zero); });
    }
  });
  Value count = host.product(ArrayRef<Value>(dims).take_front(3));
  host.launch(k, count, host.c(tileColumns * step), matrix, packed);
  return packed;
}
