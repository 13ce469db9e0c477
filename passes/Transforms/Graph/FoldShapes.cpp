//===- FoldShapes.cpp - Shape arithmetic with unknown dimensions ----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For each small integer tensor, what passes/Analysis/KnownIntegers.h knows of
// it:
//
//   1. Known entirely: a constant.
//   2. The target of a reshape or broadcast: known entries refine the result's
//      type. Of a reshape, entries that are the input's dimension at the same
//      place become 0 with copy_zeros, one other unknown becomes -1; if none is
//      left the target is a constant.
//
//===----------------------------------------------------------------------===//

#include "passes/Analysis/KnownIntegers.h"
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "passes/Transforms/Graph/ShapeInference.h"
#include "passes/Transforms/Graph/TypeLattice.h"
#include "llvm/Support/DebugLog.h"

#define DEBUG_TYPE "graph-fold-shapes"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHFOLDSHAPES
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

/// Replaces the uses of an operation's result by a constant if every element is
/// known.
static bool foldValue(Operation *op) {
  if (isa<ConstantOp>(op) || op->getNumResults() != 1 || op->use_empty())
    return false;
  Value result = op->getResult(0);
  std::optional<KnownIntegers> elements = knownIntegers(result);
  if (!elements || !llvm::all_of(*elements, [](const KnownInteger &element) {
        return element.number.has_value();
      }))
    return false;
  RankedTensorType type = rankedType(result);
  Tensor tensor(type.getElementType(), type.getShape());
  for (auto [i, element] : llvm::enumerate(*elements))
    tensor.setInt(i, *element.number);
  OpBuilder builder(op);
  result.replaceAllUsesWith(makeConstant(builder, op->getLoc(), tensor));
  return true;
}

/// Meets the result type of `op` with a shape of known and unknown dimensions.
static void refineResult(Operation *op, ArrayRef<int64_t> shape) {
  Value result = op->getResult(0);
  auto inferred =
      RankedTensorType::get(shape, getElementTypeOrSelf(result.getType()));
  result.setType(meetTypes(result.getType(), inferred));
}

/// The target of a reshape with each unknown entry as 0 (copied) or -1
/// (computed), or nullopt where that cannot say it.
static std::optional<SmallVector<int64_t>>
expressTarget(ReshapeOp op, const KnownIntegers &entries) {
  RankedTensorType inputType = rankedType(op.getInput());
  SmallVector<int64_t> target;
  unsigned numGiven = 0, numComputed = 0, numCopied = 0;
  for (auto [i, entry] : llvm::enumerate(entries)) {
    bool inRank = inputType && static_cast<int64_t>(i) < inputType.getRank();
    if (entry.number) {
      // Without copy_zeros an empty result is meant, which leaves a -1 open.
      if (*entry.number == 0 && !op.getCopyZeros())
        return std::nullopt;
      numGiven += *entry.number == -1;
      numCopied += *entry.number == 0;
      target.push_back(*entry.number);
    } else if (entry.dimension && inRank &&
               *entry.dimension == dimSource(op.getInput(), i)) {
      ++numCopied;
      target.push_back(0);
    } else {
      ++numComputed;
      target.push_back(-1);
    }
  }
  // NOTE: a copied dimension may be 0 when the program runs, which makes a -1
  // ambiguous: only the model itself may have put one beside it.
  if (numGiven + numComputed > 1 || (numCopied > 0 && numComputed > 0))
    return std::nullopt;
  if (numCopied == 1 && numGiven == 0)
    llvm::replace(target, int64_t(0), int64_t(-1));
  return target;
}

/// Returns true if the reshape's target became a constant.
static bool foldReshape(ReshapeOp op) {
  std::optional<KnownIntegers> entries = knownIntegers(op.getShape());
  if (constantAttribute(op.getShape()))
    return false;
  if (!entries) {
    remarkMissed(op, DEBUG_TYPE,
                 "its shape is computed when it runs: it depends on more than "
                 "the shapes of other values");
    return false;
  }
  SmallVector<int64_t> shape;
  for (const KnownInteger &entry : *entries)
    shape.push_back(entry.number.value_or(0) > 0 ? *entry.number
                                                 : ShapedType::kDynamic);
  refineResult(op, shape);

  std::optional<SmallVector<int64_t>> target = expressTarget(op, *entries);
  if (!target) {
    remarkMissed(op, DEBUG_TYPE,
                 "its shape is computed when it runs: more than one of its "
                 "dimensions is not known before");
    return false;
  }
  OpBuilder builder(op);
  op.getShapeMutable().assign(makeIndexConstant(builder, op.getLoc(), *target));
  op.setCopyZeros(llvm::is_contained(*target, 0));
  return true;
}

/// A known entry above 1 is the result's dimension.
static void refineBroadcast(BroadcastOp op) {
  std::optional<KnownIntegers> entries = knownIntegers(op.getShape());
  RankedTensorType type = rankedType(op.getResult());
  if (!entries || !type ||
      type.getRank() < static_cast<int64_t>(entries->size()))
    return;
  SmallVector<int64_t> shape(type.getRank() - entries->size(),
                             ShapedType::kDynamic);
  for (const KnownInteger &entry : *entries)
    shape.push_back(entry.number.value_or(0) > 1 ? *entry.number
                                                 : ShapedType::kDynamic);
  refineResult(op, shape);
}

namespace {

struct GraphFoldShapes
    : systole::graph::impl::GraphFoldShapesBase<GraphFoldShapes> {
  using GraphFoldShapesBase::GraphFoldShapesBase;

  void runOnOperation() override {
    bool mayRefine = false; // A type, by a target or a value that is known.
    getOperation()->walk([&](Operation *op) {
      if (auto reshape = dyn_cast<ReshapeOp>(op))
        numTargetsFolded += foldReshape(reshape);
      if (auto broadcast = dyn_cast<BroadcastOp>(op))
        refineBroadcast(broadcast);
      mayRefine |= isa<ReshapeOp, BroadcastOp>(op);
      bool folded = foldValue(op);
      mayRefine |= folded;
      numValuesFolded += folded;
    });
    // What only computed the folded values is dead.
    removeDeadOperations(getOperation());
    // Users, regions and signatures follow the refined types.
    if (mayRefine)
      inferShapes(getOperation());
  }
};

} // namespace
