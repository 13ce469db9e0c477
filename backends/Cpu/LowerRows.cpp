//===- LowerRows.cpp - Groups that run row by row -------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A "rows" group (graph-fuse-rows) is one loop over rows. Within a row:
//
//   1. A reduction has a level: one more than the reductions that its operand
//      depends on. For each level, one sweep over the row computes the operands
//      of all reductions of this level, element by element, from the group's
//      operands and the numbers that lower levels gave.
//   2. What is one number a row is computed as soon as its operands are.
//   3. A last sweep computes and stores the result, if it is a row.
//
// What several sweeps need is computed in each: a row stays in the first-level
// cache, arithmetic is cheaper than a second tensor.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/ElementTypes.h"
#include "backends/Cpu/Lowerings.h"
#include "backends/Cpu/ReduceEmitter.h"
#include "backends/Cpu/StridedMap.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;

namespace {
/// How an operand is read in a sweep.
enum class Access { Scalar, OnePerRow, OneRow, Rows };

/// An operand of the group inside the kernel.
struct RowOperand {
  Value inside;
  Access access;
};

/// Emits the kernel of one group.
class RowEmitter {
public:
  RowEmitter(HostBuilder &host, graph::GroupOp group);
  LogicalResult run();

private:
  Access accessOf(Value inside) const;
  /// True if `value`, in the group, has an element for each position of a row.
  bool isRow(Value value) const;
  int64_t levelOf(Value value);
  /// The members that compute rows for `targets`, in order.
  SmallVector<Operation *> rowSlice(ArrayRef<Value> targets) const;
  /// `values` with those of the operands at element `i` of the row at `base`.
  llvm::DenseMap<Value, Value> valuesAt(KernelBuilder &k, Value base, Value i);
  void emitNumbers(KernelBuilder &k, int64_t level);
  void emitSweep(KernelBuilder &k, Value base, int64_t level);
  void emitRow(KernelBuilder &k, Value row);

  HostBuilder &host;
  graph::GroupOp group;
  /// Members other than constants, in order.
  SmallVector<Operation *> members;
  SmallVector<RowOperand> operands;
  llvm::DenseMap<Value, int64_t> levels;
  /// One number a row, in compute form.
  llvm::DenseMap<Value, Value> numbers;
  /// What is yielded, the type of rows, and the highest level.
  Value result;
  RankedTensorType rowType;
  int64_t maxLevel = 0;
  /// Elements of a row, in the kernel.
  Value length;
};
} // namespace

RowEmitter::RowEmitter(HostBuilder &host, graph::GroupOp group)
    : host(host), group(group) {
  Block &body = group.getBody().front();
  for (Operation &op : body.without_terminator()) {
    if (isa<graph::ConstantOp>(op))
      continue;
    members.push_back(&op);
    if (auto reduce = dyn_cast<graph::ReduceOp>(op))
      rowType = cast<RankedTensorType>(reduce.getInput().getType());
  }
  result = body.getTerminator()->getOperand(0);
  for (Operation *op : members)
    maxLevel = std::max(maxLevel, levelOf(op->getResult(0)));
}

bool RowEmitter::isRow(Value value) const {
  auto type = cast<RankedTensorType>(value.getType());
  return type.getRank() == rowType.getRank() && type.getShape().back() != 1;
}

Access RowEmitter::accessOf(Value inside) const {
  auto type = cast<RankedTensorType>(inside.getType());
  if (type.hasStaticShape() && type.getNumElements() == 1)
    return Access::Scalar;
  if (type.getRank() == rowType.getRank() && type.getShape().back() == 1)
    return Access::OnePerRow;
  bool isOneRow =
      type.hasStaticShape() && type.getNumElements() == type.getShape().back();
  return isOneRow ? Access::OneRow : Access::Rows;
}

int64_t RowEmitter::levelOf(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return 0;
  auto known = levels.find(value);
  if (known != levels.end())
    return known->second;
  int64_t level = 0;
  for (Value operand : op->getOperands())
    level = std::max(level, levelOf(operand));
  return levels[value] = level + isa<graph::ReduceOp>(op);
}

SmallVector<Operation *> RowEmitter::rowSlice(ArrayRef<Value> targets) const {
  llvm::SmallPtrSet<Operation *, 16> needed;
  for (Value target : targets)
    needed.insert(target.getDefiningOp());
  SmallVector<Operation *> slice;
  for (Operation *op : llvm::reverse(members)) {
    if (!needed.contains(op) || isa<graph::ReduceOp>(op) ||
        !isRow(op->getResult(0)))
      continue;
    slice.push_back(op);
    for (Value operand : op->getOperands())
      needed.insert(operand.getDefiningOp());
  }
  std::reverse(slice.begin(), slice.end());
  return slice;
}

llvm::DenseMap<Value, Value> RowEmitter::valuesAt(KernelBuilder &k, Value base,
                                                  Value i) {
  llvm::DenseMap<Value, Value> values = numbers;
  for (auto [v, operand] : llvm::enumerate(operands)) {
    if (operand.access == Access::Rows)
      values[operand.inside] = k.load(k.inputs[v], k.add(base, i));
    else if (operand.access == Access::OneRow)
      values[operand.inside] = k.load(k.inputs[v], i);
  }
  return values;
}

/// Members that are one number a row and depend on reductions up to `level`.
void RowEmitter::emitNumbers(KernelBuilder &k, int64_t level) {
  SmallVector<Operation *> ready;
  for (Operation *op : members)
    if (!isa<graph::ReduceOp>(op) && !isRow(op->getResult(0)) &&
        levelOf(op->getResult(0)) == level)
      ready.push_back(op);
  if (!ready.empty())
    evaluate(k, ready, ready.back()->getResult(0), numbers, 1);
}

void RowEmitter::emitSweep(KernelBuilder &k, Value base, int64_t level) {
  SmallVector<graph::ReduceOp> reductions;
  SmallVector<Value> inputs, starts;
  for (Operation *op : members)
    if (auto reduce = dyn_cast<graph::ReduceOp>(op))
      if (levelOf(reduce.getResult()) == level) {
        reductions.push_back(reduce);
        inputs.push_back(reduce.getInput());
        starts.push_back(
            startReduction(k, reduce.getKind(), rowType.getElementType()));
      }
  Type element = rowType.getElementType();
  SmallVector<Value> sums = k.carriedLoop(
      k.c(0), length, 1, starts, [&](Value i, ValueRange carried) {
        llvm::DenseMap<Value, Value> values = valuesAt(k, base, i);
        SmallVector<Operation *> slice = rowSlice(inputs);
        if (!slice.empty())
          evaluate(k, slice, slice.back()->getResult(0), values, 1);
        SmallVector<Value> next;
        for (auto [reduce, sum] : llvm::zip_equal(reductions, carried))
          next.push_back(combineReduction(k, reduce.getKind(), element, sum,
                                          values.lookup(reduce.getInput())));
        return next;
      });
  for (auto [reduce, sum] : llvm::zip_equal(reductions, sums))
    numbers[reduce.getResult()] =
        finishReduction(k, reduce.getKind(), element, sum, length);
}

void RowEmitter::emitRow(KernelBuilder &k, Value row) {
  Value base = k.mul(row, length);
  for (auto [v, operand] : llvm::enumerate(operands)) {
    if (operand.access == Access::Scalar)
      numbers[operand.inside] = k.load(k.inputs[v], k.c(0));
    else if (operand.access == Access::OnePerRow)
      numbers[operand.inside] = k.load(k.inputs[v], row);
  }
  emitNumbers(k, 0);
  for (int64_t level = 1; level <= maxLevel; ++level) {
    emitSweep(k, base, level);
    emitNumbers(k, level);
  }
  if (!isRow(result))
    return k.store(k.outputs[0], row, numbers.lookup(result));
  k.loop(k.c(0), length, 1, [&](Value i) {
    llvm::DenseMap<Value, Value> values = valuesAt(k, base, i);
    Value element = evaluate(k, rowSlice(result), result, values, 1);
    k.store(k.outputs[0], k.add(base, i), element);
  });
}

LogicalResult RowEmitter::run() {
  SmallVector<CodeTensor> tensors;
  SmallVector<Value> rowsOutside;
  for (auto [outside, inside] : llvm::zip_equal(
           group.getInputs(), group.getBody().front().getArguments())) {
    if (scalarConstant(inside))
      continue;
    tensors.push_back(host.get(outside));
    operands.push_back({inside, accessOf(inside)});
    if (operands.back().access == Access::Rows)
      rowsOutside.push_back(outside);
  }
  SmallVector<Value> dims = broadcastDims(host, tensors);
  SmallVector<Value> outDims = dims;
  if (!isRow(result))
    outDims.back() = host.c(1);
  // A row is stored in the last sweep, each element after it was read.
  CodeTensor output =
      host.defineOver(group, group.getResult(0), outDims, rowsOutside);
  KernelBuilder k = host.kernel("rows", tensors, output);
  length = k.import(dims.back());
  k.loop(k.begin, k.end, 1, [&](Value row) { emitRow(k, row); });
  Value rows = host.product(ArrayRef<Value>(dims).drop_back());
  int64_t cost = 4 * static_cast<int64_t>(members.size());
  host.launch(k, rows, host.mul(dims.back(), host.c(cost)), tensors, output);
  return success();
}

LogicalResult systole::cpu::lowerRows(HostBuilder &host, graph::GroupOp op) {
  return RowEmitter(host, op).run();
}
