//===- ChooseLayout.cpp - Channels-last convolution and pooling -----------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rule: an operation that carries layouts gets the chosen ones, and transposes
// around it:
//
//   y = max_pool(x) nc01   becomes   y = T'(max_pool(T(x)) n01c)
//
// The pass only inserts; graph-fold-transposes removes what cancels.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "llvm/Support/DebugLog.h"

#define DEBUG_TYPE "graph-choose-layout"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHCHOOSELAYOUT
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

namespace {

/// The layouts that the target wants.
struct LayoutChoice {
  bool channelsLast;

  LayoutAttr activations(LayoutAttr current) const {
    MLIRContext *context = current.getContext();
    return channelsLast
               ? LayoutAttr::channelsLast(context, current.numSpatial())
               : LayoutAttr::channelsFirst(context, current.numSpatial());
  }
  LayoutAttr filter(LayoutAttr current) const {
    MLIRContext *context = current.getContext();
    return channelsLast
               ? LayoutAttr::filterChannelsLast(context, current.numSpatial())
               : LayoutAttr::filterChannelsFirst(context, current.numSpatial());
  }
};

} // namespace

/// The permutation that turns a tensor of layout `from` into one of layout
/// `to`.
static SmallVector<int64_t> permBetween(LayoutAttr from, LayoutAttr to) {
  SmallVector<int64_t> perm;
  for (char letter : to.getDims())
    perm.push_back(from.find(letter));
  return perm;
}

/// Gives the operation's only result the layout `to` and transposes it back for
/// its users.
static void changeResult(OpBuilder &builder, Operation *op, LayoutAttr from,
                         LayoutAttr to) {
  SmallVector<int64_t> perm = permBetween(from, to);
  if (isIdentity(perm))
    return;
  Value result = op->getResult(0);
  auto type = cast<RankedTensorType>(result.getType());
  result.setType(permutedType(type, perm));
  builder.setInsertionPointAfter(op);
  auto back = TransposeOp::create(builder, op->getLoc(), type, result,
                                  builder.getDenseI64ArrayAttr(inverse(perm)));
  result.replaceAllUsesExcept(back, back);
}

/// Returns true if the convolution changed.
static bool changeConv(ConvOp conv, const LayoutChoice &choice) {
  LayoutAttr input = choice.activations(conv.getInputLayout());
  LayoutAttr filter = choice.filter(conv.getFilterLayout());
  LayoutAttr output = choice.activations(conv.getOutputLayout());
  if (input == conv.getInputLayout() && filter == conv.getFilterLayout() &&
      output == conv.getOutputLayout())
    return false;

  OpBuilder builder(conv);
  Location loc = conv.getLoc();
  LayoutAttr oldOutput = conv.getOutputLayout();
  conv.getInputMutable().assign(
      createTranspose(builder, loc, conv.getInput(),
                      permBetween(conv.getInputLayout(), input)));
  conv.getFilterMutable().assign(
      createTranspose(builder, loc, conv.getFilter(),
                      permBetween(conv.getFilterLayout(), filter)));
  conv.setInputLayoutAttr(input);
  conv.setFilterLayoutAttr(filter);
  conv.setOutputLayoutAttr(output);
  changeResult(builder, conv, oldOutput, output);
  return true;
}

/// Returns true if the pooling operation changed.
template <typename PoolOp>
static bool changePool(PoolOp pool, const LayoutChoice &choice) {
  LayoutAttr from = pool.getLayout(), to = choice.activations(from);
  if (from == to)
    return false;
  OpBuilder builder(pool);
  pool.getInputMutable().assign(createTranspose(
      builder, pool.getLoc(), pool.getInput(), permBetween(from, to)));
  pool.setLayoutAttr(to);
  changeResult(builder, pool, from, to);
  return true;
}

/// Why the layout of `op` has to stay as the model has it; empty: it need not.
static StringRef whyNotChange(Operation *op) {
  auto conv = dyn_cast<ConvOp>(op);
  if (!rankedType(op->getOperand(0)) || !rankedType(op->getResult(0)) ||
      (conv && !rankedType(conv.getFilter())))
    return "the rank is not known, so the model's layout stays";
  int64_t numSpatial = rankedType(op->getOperand(0)).getRank() - 2;
  return numSpatial >= 1 && numSpatial <= 3
             ? ""
             : "only one to three spatial dimensions have another layout";
}

/// True for operations that have layouts which may change.
static bool canChange(Operation *op) {
  // A group is a kernel already chosen for its layout.
  if (!isa<ConvOp, MaxPoolOp, AvgPoolOp>(op) || op->getParentOfType<GroupOp>())
    return false;
  StringRef why = whyNotChange(op);
  if (!why.empty())
    remarkMissed(op, DEBUG_TYPE, why);
  return why.empty();
}

namespace {

struct GraphChooseLayout
    : systole::graph::impl::GraphChooseLayoutBase<GraphChooseLayout> {
  using GraphChooseLayoutBase::GraphChooseLayoutBase;

  void runOnOperation() override {
    LayoutChoice choice{channelsLast};
    SmallVector<Operation *> candidates;
    getOperation()->walk([&](Operation *op) {
      if (canChange(op))
        candidates.push_back(op);
    });
    for (Operation *op : candidates) {
      bool changed = false;
      if (auto conv = dyn_cast<ConvOp>(op))
        changed = changeConv(conv, choice);
      else if (auto pool = dyn_cast<MaxPoolOp>(op))
        changed = changePool(pool, choice);
      else if (auto pool = dyn_cast<AvgPoolOp>(op))
        changed = changePool(pool, choice);
      numOpsChanged += changed;
      LDBG() << (changed ? "changed " : "kept ") << op->getName();
    }
    numTransposes += countTransposes(getOperation());
  }
};

} // namespace
