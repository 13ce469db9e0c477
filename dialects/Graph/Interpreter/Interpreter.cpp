//===- Interpreter.cpp - The reference interpreter ------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The interpreter's interface: which operations there are, and the checks
// around their evaluation.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/Interpreter.h"
#include "dialects/Graph/Interfaces/DecomposableOp.h"
#include "dialects/Graph/Interpreter/ControlEval.h"
#include "dialects/Graph/Interpreter/Evaluate.h"
#include "dialects/Graph/Interpreter/State.h"

using namespace mlir;

namespace systole::graph {

namespace {
/// Operations that have an `evaluate` function.
template <typename... Ops>
struct OpList {
  static bool contains(Operation *op) { return isa<Ops...>(op); }

  /// Calls the `evaluate` of op's class.
  static Evaluated evaluateIn(Operation *op, Operands operands) {
    return TypeSwitch<Operation *, Evaluated>(op)
        .template Case<Ops...>(
            [&](auto typed) { return evaluate(typed, operands); })
        .Default([](Operation *other) {
          return other->emitOpError("is unknown to the interpreter");
        });
  }
};
} // namespace

using EvaluatedOps =
    OpList<AbsOp, NegOp, ExpOp, Expm1Op, LogOp, Log1pOp, SqrtOp, SinOp, CosOp,
           AtanOp, TanhOp, ErfOp, SigmoidOp, FloorOp, RoundOp, ReluOp, NotOp,
           CastOp, BitcastOp, AddOp, SubOp, MulOp, DivOp, PowOp, MaxOp, MinOp,
           AndOp, OrOp, XorOp, ShiftLeftOp, ShiftRightOp, CompareOp, SelectOp,
           BroadcastOp, ConstantOp, ShapeOfOp, ReshapeOp, SqueezeOp,
           UnsqueezeOp, TransposeOp, ConcatOp, SliceOp, PadOp, GatherOp,
           RangeOp, NonZeroOp, GatherElementsOp, GatherNDOp, ScatterElementsOp,
           ScatterNDOp, ArgReduceOp, TopKOp, CumulativeOp, MatMulOp, ConvOp,
           MaxPoolOp, ArgMaxPoolOp, AvgPoolOp, ReduceOp, SoftmaxOp, BatchNormOp,
           ResizeOp, SampleOp, NonMaxSuppressionOp, DftOp, DetOp, RandomBitsOp,
           StringEqualOp, StringConcatOp, StringCaseOp, StringFieldCountOp,
           StringFieldOp, StringMatchOp, QuantizeOp, DequantizeOp, RescaleOp>;

bool canEvaluate(Operation *op) {
  return EvaluatedOps::contains(op) || isControlOp(op);
}

/// An operation of a plugin: what it decomposes into, in a function of its own.
static LogicalResult evaluateDecomposed(DecomposableOp op,
                                        ArrayRef<Tensor> operands,
                                        SmallVectorImpl<Tensor> &results) {
  OpBuilder builder(op->getContext());
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder, op->getLoc());
  builder.setInsertionPointToStart(module->getBody());
  auto function = func::FuncOp::create(
      builder, op->getLoc(), "decomposed",
      builder.getFunctionType(op->getOperandTypes(), op->getResultTypes()));
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToStart(body);
  Operation *copy = builder.clone(*op);
  copy->setOperands(body->getArguments());
  auto values = decompose(cast<DecomposableOp>(copy), builder);
  if (failed(values))
    return failure();
  builder.setInsertionPointToEnd(body);
  func::ReturnOp::create(builder, op->getLoc(), *values);
  copy->erase();
  auto computed = interpret(function, operands);
  if (failed(computed))
    return failure();
  results.assign(computed->begin(), computed->end());
  return success();
}

LogicalResult evaluateOp(Operation *op, ArrayRef<Tensor> operands,
                         SmallVectorImpl<Tensor> &results) {
  if (operands.size() != op->getNumOperands())
    return op->emitOpError("is evaluated on ")
           << operands.size() << " operands, expected " << op->getNumOperands();
  for (auto [i, value] : llvm::enumerate(op->getOperands()))
    if (failed(checkType(op->getLoc(), "operand " + Twine(i), value.getType(),
                         operands[i])))
      return failure();
  if (auto decomposable = dyn_cast<DecomposableOp>(op))
    return evaluateDecomposed(decomposable, operands, results);
  Evaluated result = EvaluatedOps::evaluateIn(op, operands);
  if (failed(result) || failed(checkType(op->getLoc(), "result 0",
                                         op->getResult(0).getType(), *result)))
    return failure();
  results.assign(1, *result);
  return success();
}

/// Runs on the caller's state, or on one of the run's own.
static FailureOr<SmallVector<Tensor>>
interpretOnState(func::FuncOp function, ArrayRef<Tensor> arguments,
                 const InterpreterOptions &options) {
  if (options.state) {
    State before = *options.state;
    auto results =
        ControlWalk(options, *options.state).runFunction(function, arguments);
    if (failed(results))
      *options.state = std::move(before);
    return results;
  }
  auto module = function->getParentOfType<ModuleOp>();
  FailureOr<State> own = module ? State::begin(module) : State();
  if (failed(own))
    return failure();
  return ControlWalk(options, *own).runFunction(function, arguments);
}

FailureOr<SmallVector<Tensor>> interpret(func::FuncOp function,
                                         ArrayRef<Tensor> arguments,
                                         const InterpreterOptions &options) {
  if (function.isExternal())
    return function.emitError("the function has no body to interpret");
  FunctionType type = function.getFunctionType();
  if (arguments.size() != type.getNumInputs())
    return function.emitError("takes ")
           << type.getNumInputs() << " arguments, not " << arguments.size();
  for (auto [i, declared] : llvm::enumerate(type.getInputs()))
    if (failed(checkType(function.getLoc(), "argument " + Twine(i), declared,
                         arguments[i])))
      return failure();
  return interpretOnState(function, arguments, options);
}

} // namespace systole::graph
