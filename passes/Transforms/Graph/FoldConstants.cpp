//===- FoldConstants.cpp - Evaluate what is constant ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operations are visited in order, so that one walk folds whole chains. The
// reference interpreter computes the values: folding cannot disagree with it.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/Interpreter.h"
#include "passes/Analysis/Costs.h"
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/ConstantEvaluation.h"
#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "passes/Transforms/Graph/ShapeInference.h"
#include "llvm/Support/DebugLog.h"

#define DEBUG_TYPE "graph-fold-constants"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHFOLDCONSTANTS
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

/// Bytes of a result, by its type or else by what constants imply; -1 if
/// unknown.
static int64_t resultBytes(Operation *op) {
  int64_t bytes = 0;
  for (Value result : op->getResults()) {
    RankedTensorType type = rankedType(result);
    int64_t count = type ? countElements(type.getShape()) : -1;
    if (count < 0)
      return -1;
    bytes += count * std::max<int64_t>(elementBytes(type.getElementType()), 1);
  }
  return bytes;
}

/// Replaces `if` on a constant by the branch taken. Returns true if it did.
static bool foldIf(IfOp op) {
  ElementsAttr attribute = constantAttribute(op.getCondition());
  FailureOr<Tensor> condition =
      attribute ? tensorFromAttribute(attribute) : FailureOr<Tensor>(failure());
  if (failed(condition) || condition->size() != 1)
    return false;
  Region &taken =
      condition->getInt(0) ? op.getThenRegion() : op.getElseRegion();
  Operation *yield = taken.front().getTerminator();
  op->replaceAllUsesWith(yield->getOperands());
  yield->erase();
  op->getBlock()->getOperations().splice(op->getIterator(),
                                         taken.front().getOperations());
  op.erase();
  return true;
}

namespace {

struct GraphFoldConstants
    : systole::graph::impl::GraphFoldConstantsBase<GraphFoldConstants> {
  using GraphFoldConstantsBase::GraphFoldConstantsBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (Region &region : module->getRegions())
      foldRegion(region);
    removeDeadOperations(module);
    // A branch's value may have a more precise type than the conditional had.
    if (numFolded.getValue() != 0 || numBranchesFolded.getValue() != 0)
      inferShapes(module);
  }

private:
  void foldRegion(Region &region) {
    for (Block &block : region)
      for (Operation *op = block.empty() ? nullptr : &block.front(); op;)
        op = foldOperation(op);
  }

  /// Folds `op` if it can be, and what it contains otherwise. Returns the next
  /// operation to visit.
  Operation *foldOperation(Operation *op) {
    Operation *previous = op->getPrevNode();
    Block *block = op->getBlock();
    if (auto conditional = dyn_cast<IfOp>(op);
        conditional && foldIf(conditional)) {
      ++numBranchesFolded;
      // The branch's operations stand where the conditional stood.
      return previous ? previous->getNextNode() : &block->front();
    }
    Operation *next = op->getNextNode();
    // Groups are kernels already chosen.
    if (!isa<GroupOp>(op))
      for (Region &region : op->getRegions())
        foldRegion(region);
    if (isFoldable(op)) {
      bool done = evaluate(op);
      numFolded += done;
      if (!done)
        remarkMissed(op, DEBUG_TYPE,
                     "its operands are constant, but computing it fails: it "
                     "will when the program comes to it");
    }
    return next;
  }

  /// True if `op` may be evaluated; counts those that only a limit keeps.
  bool isFoldable(Operation *op) {
    if (op->getNumRegions() != 0 || op->getNumResults() == 0 ||
        op->hasTrait<OpTrait::ConstantLike>() || !isPure(op) || op->use_empty())
      return false;
    if (!llvm::all_of(op->getOperands(), constantAttribute) || !canEvaluate(op))
      return false;
    int64_t inputBytes = 0;
    for (Value operand : op->getOperands()) {
      RankedTensorType type = rankedType(operand);
      inputBytes += type.getNumElements() * elementBytes(type.getElementType());
    }
    // Weights are kept in few bits and computed on in more, up to f32.
    if (isElementwise(op))
      inputBytes *= 4;
    int64_t bytes = resultBytes(op);
    std::optional<int64_t> macs = countMacs(op);
    if (bytes >= 0 && bytes <= std::max<int64_t>(inputBytes, maxBytes) &&
        macs && *macs <= maxMacs)
      return true;
    ++numTooLarge;
    remarkLimit(op, bytes, macs);
    return false;
  }

  /// Tells which limit keeps `op` for run time.
  void remarkLimit(Operation *op, int64_t bytes, std::optional<int64_t> macs) {
    auto number = [](int64_t value, int64_t unknown, StringRef unit) {
      return value == unknown ? "unknown " + unit.str()
                              : std::to_string(value) + " " + unit.str();
    };
    remarkMissed(op, DEBUG_TYPE,
                 "its operands are constant, but it is computed when the "
                 "program runs: a result of " +
                     number(bytes, -1, "bytes") + " and " +
                     number(macs.value_or(-1), -1, "multiply-accumulates") +
                     " is beyond the limits of " + Twine(maxBytes.getValue()) +
                     " and " + Twine(maxMacs.getValue()));
  }

  /// Replaces the uses of `op` by what the interpreter computes. Returns false
  /// if that fails: then the program fails there, if it comes there.
  static bool evaluate(Operation *op) {
    FailureOr<SmallVector<Tensor>> results = evaluateConstants(op);
    if (failed(results))
      return false;
    OpBuilder builder(op);
    for (auto [result, tensor] : llvm::zip_equal(op->getResults(), *results)) {
      if (elementBytes(tensor.getElementType()) == 0)
        return false; // Strings have no constant of this form.
      result.replaceAllUsesWith(makeConstant(builder, op->getLoc(), tensor));
    }
    LDBG() << "folded " << op->getName();
    return true;
  }
};

} // namespace
