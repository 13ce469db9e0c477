//===- State.cpp - The variables of a module ------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/State.h"
#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "dialects/Graph/Interpreter/Interpreter.h"

using namespace mlir;
using namespace systole::graph;

/// The value that a variable starts with, or failure with a message.
static FailureOr<Tensor> initialValue(VariableOp variable) {
  RankedTensorType type = variable.getTensorType();
  if (auto initial = variable.getInitial()) {
    FailureOr<Tensor> value = tensorFromAttribute(*initial);
    if (succeeded(value))
      return value;
    return variable.emitOpError(
        "starts with a value whose data is missing or has the wrong size");
  }
  FailureOr<Tensor> zeros =
      Tensor::tryAllocate(type.getElementType(), type.getShape());
  if (succeeded(zeros))
    return zeros;
  return variable.emitOpError("of type ") << type << " exceeds memory";
}

FailureOr<State> State::begin(ModuleOp module) {
  State state;
  for (auto variable : module.getOps<VariableOp>()) {
    FailureOr<Tensor> initial = initialValue(variable);
    if (failed(initial))
      return failure();
    state.variables[variable.getSymName()] = {*initial, *initial,
                                              variable.getPerSample()};
  }
  InterpreterOptions options;
  options.state = &state;
  for (auto function : module.getOps<func::FuncOp>())
    if (function->hasAttr(kInitializerAttr) &&
        failed(interpret(function, {}, options)))
      return failure();
  return state;
}

void State::beginSample() {
  for (auto &entry : variables)
    if (entry.second.perSample)
      entry.second.value = entry.second.initial;
}
