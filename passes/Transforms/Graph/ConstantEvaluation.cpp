//===- ConstantEvaluation.cpp - Arithmetic on constants -------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An operation is made, evaluated and erased; its value stays.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Graph/ConstantEvaluation.h"
#include "dialects/Graph/Interpreter/Interpreter.h"
#include <cmath>

using namespace mlir;

namespace systole::graph {

/// The operands of `op` as tensors, or failure if one is not a readable
/// constant.
static FailureOr<SmallVector<Tensor>> constantOperands(Operation *op) {
  SmallVector<Tensor> tensors;
  for (Value operand : op->getOperands()) {
    ElementsAttr attribute = constantAttribute(operand);
    if (!attribute)
      return failure();
    FailureOr<Tensor> tensor = tensorFromAttribute(attribute);
    if (failed(tensor))
      return failure();
    tensors.push_back(*tensor);
  }
  return tensors;
}

FailureOr<SmallVector<Tensor>> evaluateConstants(Operation *op) {
  ScopedDiagnosticHandler silence(op->getContext(),
                                  [](Diagnostic &) { return success(); });
  FailureOr<SmallVector<Tensor>> operands = constantOperands(op);
  SmallVector<Tensor> results;
  if (failed(operands) || failed(evaluateOp(op, *operands, results)))
    return failure();
  return results;
}

static bool allFinite(const Tensor &tensor) {
  if (!isa<FloatType>(tensor.getElementType()))
    return true;
  for (int64_t i = 0; i < tensor.size(); ++i)
    if (!std::isfinite(tensor.getDouble(i)))
      return false;
  return true;
}

/// Evaluates the operation `name` of constants, of one result.
static Value evaluate(OpBuilder &builder, Location loc, StringRef name,
                      ValueRange operands) {
  int64_t most = 0;
  for (Value operand : operands) {
    if (!isReadableConstant(operand) || hasExoticElements(operand.getType()))
      return nullptr;
    most = std::max(most, rankedType(operand).getNumElements());
  }
  ScopedDiagnosticHandler silence(builder.getContext(),
                                  [](Diagnostic &) { return success(); });
  OperationState state(loc, name);
  state.addOperands(operands);
  state.addTypes(builder.getNoneType());
  if (failed(inferResultTypes(state)))
    return nullptr;
  // Outside of any block: no rewrite driver hears of it.
  Operation *op = Operation::create(state);
  FailureOr<SmallVector<Tensor>> results = evaluateConstants(op);
  op->erase();
  if (failed(results) || results->front().size() > most ||
      !allFinite(results->front()))
    return nullptr;
  return makeConstant(builder, loc, results->front());
}

Value combineConstants(OpBuilder &builder, Location loc, StringRef name,
                       Value a, Value b) {
  return evaluate(builder, loc, name, {a, b});
}

Value mapConstant(OpBuilder &builder, Location loc, StringRef name,
                  Value operand) {
  return evaluate(builder, loc, name, operand);
}

} // namespace systole::graph
