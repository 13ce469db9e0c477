//===- StringEval.cpp - Operations on strings -----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/StringFunctions.h"
#include "dialects/Graph/Interpreter/Evaluate.h"
#include "dialects/Graph/Interpreter/Stretched.h"

using namespace mlir;

namespace systole::graph {

/// A result of `elementType` whose element i is computed, by `set(result, i)`
/// after `at` was moved, from the operands' elements that broadcast to it.
template <typename Set>
static Evaluated forEach(Operation *op, Operands operands, Type elementType,
                         Set set) {
  SmallVector<ArrayRef<int64_t>> shapes;
  for (const Tensor &operand : operands)
    shapes.push_back(operand.getShape());
  auto shape = broadcastShape(op, shapes);
  if (failed(shape))
    return failure();
  Evaluated result = allocate(op, elementType, *shape);
  if (failed(result))
    return failure();
  SmallVector<Stretched> stretched;
  for (const Tensor &operand : operands)
    stretched.emplace_back(operand, *shape);
  SmallVector<int64_t, 2> at(operands.size());
  for (Odometer o(*shape); !o.done(); o.next()) {
    for (auto [k, place] : llvm::enumerate(stretched))
      at[k] = place.at(o);
    set(*result, o.position(), at);
  }
  return result;
}

/// Adapts an attribute to splitFields.
static int64_t limitOf(std::optional<int64_t> limit) {
  return limit.value_or(-1);
}

Evaluated evaluate(StringEqualOp op, Operands operands) {
  return forEach(op, operands, getElementTypeOrSelf(op.getType()),
                 [&](Tensor &result, int64_t i, ArrayRef<int64_t> at) {
                   result.setInt(i, operands[0].getString(at[0]) ==
                                        operands[1].getString(at[1]));
                 });
}

Evaluated evaluate(StringConcatOp op, Operands operands) {
  return forEach(op, operands, operands[0].getElementType(),
                 [&](Tensor &result, int64_t i, ArrayRef<int64_t> at) {
                   result.setString(i, (operands[0].getString(at[0]) +
                                        operands[1].getString(at[1]))
                                           .str());
                 });
}

Evaluated evaluate(StringCaseOp op, Operands operands) {
  return forEach(op, operands, operands[0].getElementType(),
                 [&](Tensor &result, int64_t i, ArrayRef<int64_t> at) {
                   result.setString(i, changeCase(operands[0].getString(at[0]),
                                                  op.getUpper()));
                 });
}

Evaluated evaluate(StringFieldCountOp op, Operands operands) {
  return forEach(op, operands, getElementTypeOrSelf(op.getType()),
                 [&](Tensor &result, int64_t i, ArrayRef<int64_t> at) {
                   result.setInt(i, splitFields(operands[0].getString(at[0]),
                                                op.getDelimiter(),
                                                limitOf(op.getLimit()))
                                        .size());
                 });
}

Evaluated evaluate(StringFieldOp op, Operands operands) {
  return forEach(op, operands, operands[0].getElementType(),
                 [&](Tensor &result, int64_t i, ArrayRef<int64_t> at) {
                   std::vector<llvm::StringRef> fields =
                       splitFields(operands[0].getString(at[0]),
                                   op.getDelimiter(), limitOf(op.getLimit()));
                   int64_t index = operands[1].getInt(at[1]);
                   bool exists = index >= 0 && index < static_cast<int64_t>(
                                                           fields.size());
                   result.setString(i, exists ? fields[index] : "");
                 });
}

Evaluated evaluate(StringMatchOp op, Operands operands) {
  std::string error;
  std::optional<Automaton> automaton = compilePattern(op.getPattern(), error);
  if (!automaton)
    return op.emitOpError("pattern cannot be used: ") << error;
  return forEach(
      op, operands, getElementTypeOrSelf(op.getType()),
      [&](Tensor &result, int64_t i, ArrayRef<int64_t> at) {
        result.setInt(i, automaton->matches(operands[0].getString(at[0])));
      });
}

} // namespace systole::graph
