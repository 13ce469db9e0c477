//===- HoistInvariants.cpp - Out of loops and branches --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From the innermost region outwards:
//
//   1. An operation of a loop whose operands come from outside moves before the
//      loop. The condition runs once at least, so that all of it may move; the
//      body may not run at all, so that only what cannot fail may.
//   2. Two equal operations of both branches, whose operands come from outside,
//      become one before the conditional: it runs in any case, as before. This
//      makes others equal, whose operands they were.
//   3. A result for which both branches give the same outside value is that
//      value.
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/OperationSupport.h"
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "llvm/Support/DebugLog.h"

#define DEBUG_TYPE "graph-hoist-invariants"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHHOISTINVARIANTS
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

/// True if every operand of `op` is defined outside `region`.
static bool readsOnlyOutside(Operation *op, Region &region) {
  return llvm::none_of(op->getOperands(), [&](Value operand) {
    return region.isAncestor(operand.getParentRegion());
  });
}

static bool hasStaticTypes(Operation *op) {
  auto isStatic = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && tensor.hasStaticShape();
  };
  return llvm::all_of(op->getOperandTypes(), isStatic) &&
         llvm::all_of(op->getResultTypes(), isStatic);
}

/// True if `op` succeeds for any values of its operands: the verifier has
/// checked all that static shapes and constants say.
static bool cannotFail(Operation *op) {
  if (isa<ConstantOp, ShapeOfOp>(op))
    return true;
  if (!hasStaticTypes(op))
    return false;
  return isElementwise(op) ||
         isa<TransposeOp, SqueezeOp, UnsqueezeOp, ConcatOp, ReduceOp, SoftmaxOp,
             MatMulOp, ConvOp, MaxPoolOp, AvgPoolOp, BatchNormOp>(op) ||
         (isa<ReshapeOp, BroadcastOp>(op) && constantInts(op->getOperand(1)));
}

/// True if `op` may run elsewhere at all: no regions, no effects.
static bool isMovable(Operation *op) {
  return op->getNumRegions() == 0 && isPure(op) &&
         !op->hasTrait<OpTrait::IsTerminator>();
}

namespace {

/// Hoists in one module and counts.
struct Hoister {
  int64_t fromLoops = 0, fromBranches = 0;

  void run(Operation *root) {
    // Post-order: what leaves an inner loop may leave the outer one, too.
    root->walk([&](Operation *op) {
      if (auto loop = dyn_cast<WhileOp>(op)) {
        leaveLoop(loop, loop.getCondition(), /*mayFail=*/true);
        leaveLoop(loop, loop.getBody(), /*mayFail=*/false);
      } else if (auto branch = dyn_cast<IfOp>(op)) {
        mergeBranches(branch);
        forwardResults(branch);
      }
    });
  }

private:
  void leaveLoop(WhileOp loop, Region &region, bool mayFail) {
    for (Operation &op : llvm::make_early_inc_range(region.front())) {
      if (!isMovable(&op) || !readsOnlyOutside(&op, region))
        continue;
      if (!mayFail && !cannotFail(&op)) {
        remarkMissed(&op, DEBUG_TYPE,
                     "it is computed in every iteration, though nothing in "
                     "the loop changes it: it may fail, and the loop may not "
                     "run at all");
        continue;
      }
      LDBG() << "out of a loop: " << op;
      op.moveBefore(loop);
      // A constant is data: it costs nothing in either place.
      fromLoops += !isa<ConstantOp>(op);
    }
  }

  void mergeBranches(IfOp branch) {
    Region &onTrue = branch.getThenRegion(), &onFalse = branch.getElseRegion();
    for (Operation &op : llvm::make_early_inc_range(onTrue.front())) {
      if (!isMovable(&op) || !readsOnlyOutside(&op, onTrue))
        continue;
      Operation *twin = findEqual(&op, onFalse);
      if (!twin)
        continue;
      LDBG() << "out of both branches: " << op;
      op.moveBefore(branch);
      addLocation(&op, twin);
      twin->replaceAllUsesWith(op.getResults());
      twin->erase();
      ++fromBranches;
    }
  }

  static Operation *findEqual(Operation *op, Region &region) {
    for (Operation &other : region.front())
      if (OperationEquivalence::isEquivalentTo(
              op, &other, OperationEquivalence::IgnoreLocations))
        return &other;
    return nullptr;
  }

  static void forwardResults(IfOp branch) {
    Operation *onTrue = branch.getThenRegion().front().getTerminator();
    Operation *onFalse = branch.getElseRegion().front().getTerminator();
    for (auto [result, a, b] :
         llvm::zip_equal(branch.getResults(), onTrue->getOperands(),
                         onFalse->getOperands()))
      if (a == b && a.getType() == result.getType())
        result.replaceAllUsesWith(a);
  }
};

struct GraphHoistInvariants
    : systole::graph::impl::GraphHoistInvariantsBase<GraphHoistInvariants> {
  using GraphHoistInvariantsBase::GraphHoistInvariantsBase;

  void runOnOperation() override {
    Hoister hoister;
    hoister.run(getOperation());
    numFromLoops += hoister.fromLoops;
    numFromBranches += hoister.fromBranches;
  }
};

} // namespace
