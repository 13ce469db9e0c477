//===- LowerElementwise.cpp - Element by element --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Element-wise operations and groups of them: one loop nest that loads each
// operand once, evaluates the whole expression in registers and stores once.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/ElementTypes.h"
#include "backends/Cpu/ElementwiseEmitter.h"
#include "backends/Cpu/Lowerings.h"
#include "backends/Cpu/StridedMap.h"
#include "dialects/Graph/IR/GraphConstants.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;

std::optional<double> systole::cpu::scalarConstant(Value value) {
  ElementsAttr attribute = constantThroughGroup(value);
  if (!attribute || attribute.getNumElements() != 1 ||
      !isa<FloatType, IntegerType>(attribute.getElementType()))
    return std::nullopt;
  auto tensor = graph::tensorFromAttribute(attribute);
  if (failed(tensor))
    return std::nullopt;
  // 64-bit integers beyond 2^53 are not doubles: leave those in memory.
  double number = tensor->getDouble(0);
  if (attribute.getElementType().isInteger(64) && std::abs(number) > 0x1p53)
    return std::nullopt;
  return number;
}

Value systole::cpu::materializeScalar(OpBuilder &b, Location loc, double number,
                                      Type element, int64_t lanes) {
  Type type = computeType(element);
  if (lanes > 1)
    type = VectorType::get(lanes, type);
  return isa<FloatType>(element)
             ? floatConstant(b, loc, type, number)
             : intConstant(b, loc, type, static_cast<int64_t>(number));
}

Expression systole::cpu::expressionOf(Operation *op) {
  Expression expression;
  auto group = dyn_cast<graph::GroupOp>(op);
  if (!group) {
    expression.operations.push_back(op);
    for (Value operand : op->getOperands())
      expression.leaves.push_back({operand, operand});
    expression.result = expression.hostResult = op->getResult(0);
    return expression;
  }
  Block &body = group.getBody().front();
  for (Operation &inner : body.without_terminator())
    if (!isa<graph::ConstantOp>(inner))
      expression.operations.push_back(&inner);
  for (auto [outside, inside] :
       llvm::zip_equal(group.getInputs(), body.getArguments()))
    expression.leaves.push_back({outside, inside});
  expression.result = body.getTerminator()->getOperand(0);
  expression.hostResult = group.getResult(0);
  return expression;
}

LogicalResult systole::cpu::lowerElementwise(HostBuilder &host, Operation *op) {
  Expression expression = expressionOf(op);
  SmallVector<CodeTensor> tensors;
  SmallVector<Value> insideOf, outsideOf;
  for (auto [outside, inside] : expression.leaves) {
    if (scalarConstant(inside) || llvm::is_contained(insideOf, inside))
      continue;
    tensors.push_back(host.get(outside));
    insideOf.push_back(inside);
    outsideOf.push_back(outside);
  }
  SmallVector<Value> dims = broadcastDims(host, tensors);
  // Scalar constants may have more dimensions (of size 1) than the rest.
  auto type = cast<RankedTensorType>(expression.hostResult.getType());
  while (static_cast<int64_t>(dims.size()) < type.getRank())
    dims.insert(dims.begin(), host.c(1));
  CodeTensor output =
      host.defineOver(op, expression.hostResult, dims, outsideOf);
  SmallVector<View> views;
  for (const CodeTensor &tensor : tensors)
    views.push_back(broadcastView(host, tensor, output.dims));
  launchMap(host, op->getName().stripDialect(), output.dims, views,
            wholeView(host, output),
            static_cast<int64_t>(8 * expression.operations.size()),
            [&](KernelBuilder &k, ValueRange elements) {
              llvm::DenseMap<Value, Value> values;
              for (auto [inside, element] : llvm::zip_equal(insideOf, elements))
                values[inside] = element;
              return evaluate(k, expression.operations, expression.result,
                              values, 1);
            });
  return success();
}

Value systole::cpu::evaluate(CodeBuilder &k, ArrayRef<Operation *> operations,
                             Value result, llvm::DenseMap<Value, Value> &values,
                             int64_t lanes) {
  auto lookup = [&](Value value) {
    if (Value known = values.lookup(value))
      return known;
    auto number = scalarConstant(value);
    assert(number && "every other leaf is bound by the caller");
    return materializeScalar(k.b, k.loc, *number,
                             getElementTypeOrSelf(value.getType()), lanes);
  };
  for (Operation *op : operations) {
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(lookup(operand));
    values[op->getResult(0)] = emitElementwise(k.b, k.loc, op, operands);
  }
  return lookup(result);
}
