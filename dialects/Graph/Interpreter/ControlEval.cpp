//===- ControlEval.cpp - Functions, regions and the life of values --------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A tensor is dropped after the last operation of its block that uses it, also
// inside regions, so that a large model needs the memory of what is live, not
// of all it computes.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/ControlEval.h"
#include "llvm/ADT/ScopeExit.h"

using namespace mlir;

namespace systole::graph {

/// Calls may nest this deep; models do not recurse, and the stack is finite.
static constexpr int64_t kMaxCallDepth = 200;

LogicalResult checkType(Location loc, const Twine &what, Type declared,
                        const Tensor &tensor) {
  auto type = dyn_cast<TensorType>(declared);
  if (!type)
    return emitError(loc) << "the interpreter does not support values of type "
                          << declared;
  bool fits =
      tensor && type.getElementType() == tensor.getElementType() &&
      (!type.hasRank() ||
       succeeded(verifyCompatibleShape(type.getShape(), tensor.getShape())));
  if (fits)
    return success();
  InFlightDiagnostic message = emitError(loc) << what;
  if (!tensor)
    return message << " is missing";
  return message << " has type " << tensor.getType() << ", expected "
                 << declared;
}

bool isControlOp(Operation *op) {
  return isa<IfOp, WhileOp, GroupOp, YieldOp, VariableOp, ReadVariableOp,
             AssignVariableOp, func::CallOp, func::ReturnOp>(op);
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

const ControlWalk::Deaths &ControlWalk::deathsOf(Block &block) {
  std::unique_ptr<Deaths> &result = deaths[&block];
  if (result)
    return *result;
  result = std::make_unique<Deaths>();
  // `birth` is null for arguments: unused ones die at the block's start.
  auto addValue = [&](Value value, Operation *birth) {
    Operation *last = birth;
    for (Operation *user : value.getUsers()) {
      Operation *inBlock = block.findAncestorOpInBlock(*user);
      if (inBlock && (!last || last->isBeforeInBlock(inBlock)))
        last = inBlock;
    }
    (*result)[last].push_back(value);
  };
  for (Value argument : block.getArguments())
    addValue(argument, nullptr);
  for (Operation &op : block)
    for (Value value : op.getResults())
      addValue(value, &op);
  return *result;
}

FailureOr<ControlWalk::Tensors>
ControlWalk::runBlock(Block &block, ArrayRef<Tensor> arguments, Frame &frame) {
  const Deaths &dying = deathsOf(block);
  auto drop = [&](Operation *after) {
    if (auto it = dying.find(after); it != dying.end())
      for (Value value : it->second)
        frame.erase(value);
  };
  for (auto [value, tensor] : llvm::zip_equal(block.getArguments(), arguments))
    frame[value] = tensor;
  drop(nullptr);
  for (Operation &op : block.without_terminator()) {
    if (failed(runOp(op, frame)))
      return failure();
    drop(&op);
  }
  Operation *terminator = block.getTerminator();
  Tensors yielded;
  for (Value value : terminator->getOperands())
    yielded.push_back(frame.lookup(value));
  drop(terminator);
  return yielded;
}

LogicalResult ControlWalk::runOp(Operation &op, Frame &frame) {
  Tensors operands, results;
  for (Value value : op.getOperands())
    operands.push_back(frame.lookup(value));
  if (isControlOp(&op)) {
    FailureOr<Tensors> computed = runControl(op, operands, frame);
    if (failed(computed))
      return failure();
    results = std::move(*computed);
  } else if (failed(evaluateOp(&op, operands, results))) {
    return failure();
  }
  for (auto [i, value] : llvm::enumerate(op.getResults())) {
    if (failed(checkType(op.getLoc(), "result " + Twine(i), value.getType(),
                         results[i])))
      return failure();
    frame[value] = results[i];
  }
  return options.observer ? options.observer(&op, results) : success();
}

//===----------------------------------------------------------------------===//
// Operations with regions, and calls
//===----------------------------------------------------------------------===//

/// The one element of a condition, or failure with a message at `op`.
static FailureOr<bool> readCondition(Operation *op, const Tensor &condition) {
  if (condition.size() != 1)
    return op->emitOpError("condition has ")
           << condition.size() << " elements, expected 1";
  return condition.getInt(0) != 0;
}

FailureOr<ControlWalk::Tensors>
ControlWalk::runControl(Operation &op, ArrayRef<Tensor> operands,
                        Frame &frame) {
  if (auto ifOp = dyn_cast<IfOp>(op))
    return runIf(ifOp, operands, frame);
  if (auto whileOp = dyn_cast<WhileOp>(op))
    return runWhile(whileOp, operands, frame);
  if (auto group = dyn_cast<GroupOp>(op))
    return runBlock(group.getBody().front(), operands, frame);
  if (auto read = dyn_cast<ReadVariableOp>(op))
    return runRead(read);
  if (auto assign = dyn_cast<AssignVariableOp>(op))
    return runAssign(assign, operands[0]);
  return runCall(cast<func::CallOp>(op), operands);
}

FailureOr<ControlWalk::Tensors>
ControlWalk::runIf(IfOp op, ArrayRef<Tensor> operands, Frame &frame) {
  FailureOr<bool> condition = readCondition(op, operands[0]);
  if (failed(condition))
    return failure();
  Region &taken = *condition ? op.getThenRegion() : op.getElseRegion();
  return runBlock(taken.front(), {}, frame);
}

FailureOr<ControlWalk::Tensors>
ControlWalk::runWhile(WhileOp op, ArrayRef<Tensor> operands, Frame &frame) {
  Tensors carried(operands);
  for (int64_t iteration = 0;; ++iteration) {
    for (auto [i, tensor] : llvm::enumerate(carried))
      if (failed(checkType(op.getLoc(), "carried value " + Twine(i),
                           op.getResult(i).getType(), tensor)))
        return failure();
    FailureOr<Tensors> asked =
        runBlock(op.getCondition().front(), carried, frame);
    if (failed(asked))
      return failure();
    FailureOr<bool> goOn = readCondition(op, asked->front());
    if (failed(goOn))
      return failure();
    if (!*goOn)
      return carried;
    if (iteration == options.maxWhileIterations)
      return op.emitOpError("did not end after ") << iteration << " iterations";
    FailureOr<Tensors> next = runBlock(op.getBody().front(), carried, frame);
    if (failed(next))
      return failure();
    carried = std::move(*next);
  }
}

FailureOr<ControlWalk::Tensors>
ControlWalk::runCall(func::CallOp op, ArrayRef<Tensor> operands) {
  auto callee =
      symbols.lookupNearestSymbolFrom<func::FuncOp>(op, op.getCalleeAttr());
  if (!callee || callee.isExternal())
    return op.emitOpError("calls '")
           << op.getCallee() << "', which has no body";
  if (callDepth >= kMaxCallDepth)
    return op.emitOpError("nests calls deeper than ") << kMaxCallDepth;
  return runFunction(callee, operands);
}

FailureOr<ControlWalk::Tensors>
ControlWalk::runFunction(func::FuncOp function, ArrayRef<Tensor> arguments) {
  ++callDepth;
  auto leave = llvm::scope_exit([&] { --callDepth; });
  if (!function.getBody().hasOneBlock())
    return function.emitError("the interpreter runs functions of one block");
  Frame frame;
  return runBlock(function.getBody().front(), arguments, frame);
}

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

FailureOr<ControlWalk::Tensors> ControlWalk::runRead(ReadVariableOp op) {
  Tensor value = state.read(op.getVariable());
  if (!value)
    return op.emitOpError()
           << op.getVariableAttr() << " is no variable of the state";
  return Tensors{value};
}

FailureOr<ControlWalk::Tensors> ControlWalk::runAssign(AssignVariableOp op,
                                                       const Tensor &value) {
  Tensor before = state.read(op.getVariable());
  if (!before)
    return op.emitOpError()
           << op.getVariableAttr() << " is no variable of the state";
  // C2
  if (failed(checkType(op.getLoc(), "the value", before.getType(), value)))
    return failure();
  // What nobody owns is the caller's memory: it need not outlive the run.
  Tensor kept = value;
  if (!value.getOwner()) {
    kept = Tensor(value.getElementType(), value.getShape());
    std::memcpy(kept.data(), value.data(), value.byteSize());
  }
  state.assign(op.getVariable(), kept);
  return Tensors{};
}

} // namespace systole::graph
