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

/// Adapts an attribute to splitFields.
static int64_t limitOf(std::optional<int64_t> limit) {
  return limit.value_or(-1);
}

Evaluated evaluate(StringEqualOp op, Operands operands) {
  return overBroadcast(op, operands, getElementTypeOrSelf(op.getType()),
                       [&](Tensor &result, int64_t i, ArrayRef<int64_t> at) {
                         result.setInt(i, operands[0].getString(at[0]) ==
                                              operands[1].getString(at[1]));
                       });
}

Evaluated evaluate(StringConcatOp op, Operands operands) {
  return overBroadcast(op, operands, operands[0].getElementType(),
                       [&](Tensor &result, int64_t i, ArrayRef<int64_t> at) {
                         result.setString(i, (operands[0].getString(at[0]) +
                                              operands[1].getString(at[1]))
                                                 .str());
                       });
}

Evaluated evaluate(StringCaseOp op, Operands operands) {
  return overBroadcast(
      op, operands, operands[0].getElementType(),
      [&](Tensor &result, int64_t i, ArrayRef<int64_t> at) {
        result.setString(
            i, changeCase(operands[0].getString(at[0]), op.getUpper()));
      });
}

Evaluated evaluate(StringFieldCountOp op, Operands operands) {
  return overBroadcast(
      op, operands, getElementTypeOrSelf(op.getType()),
      [&](Tensor &result, int64_t i, ArrayRef<int64_t> at) {
        result.setInt(i, splitFields(operands[0].getString(at[0]),
                                     op.getDelimiter(), limitOf(op.getLimit()))
                             .size());
      });
}

Evaluated evaluate(StringFieldOp op, Operands operands) {
  return overBroadcast(
      op, operands, operands[0].getElementType(),
      [&](Tensor &result, int64_t i, ArrayRef<int64_t> at) {
        std::vector<llvm::StringRef> fields =
            splitFields(operands[0].getString(at[0]), op.getDelimiter(),
                        limitOf(op.getLimit()));
        int64_t index = operands[1].getInt(at[1]);
        bool exists = index >= 0 && index < static_cast<int64_t>(fields.size());
        result.setString(i, exists ? fields[index] : "");
      });
}

Evaluated evaluate(StringMatchOp op, Operands operands) {
  std::string error;
  std::optional<Automaton> automaton = compilePattern(op.getPattern(), error);
  if (!automaton)
    return op.emitOpError("pattern cannot be used: ") << error;
  return overBroadcast(
      op, operands, getElementTypeOrSelf(op.getType()),
      [&](Tensor &result, int64_t i, ArrayRef<int64_t> at) {
        result.setInt(i, automaton->matches(operands[0].getString(at[0])));
      });
}

} // namespace systole::graph
