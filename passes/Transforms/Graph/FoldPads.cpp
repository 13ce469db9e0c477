//===- FoldPads.cpp - Padding into what reads it --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   conv(pad(x, zeros))          ->  conv(x) with larger pads
//   avg_pool(pad(x, zeros))      ->  avg_pool(x) that counts its padding
//   max_pool(pad(x, -infinity))  ->  max_pool(x) with larger pads
//   max_pool(pad(x, zeros))      ->  the same, where no element of x is
//   negative pad(pad(x, c), c)            ->  pad(x, c)
//
// A maximum over zeros and elements that are not negative is the maximum over
// the elements, as long as each window holds one: its padding must be narrower
// than the kernel.
//
//===----------------------------------------------------------------------===//

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/AlgebraRules.h"
#include "passes/Transforms/Graph/Passes.h"
#include <cmath>

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHFOLDPADS
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

/// The pads of a constant padding that removes nothing, or nullopt.
static std::optional<SmallVector<int64_t>> growingPads(PadOp op) {
  auto pads = constantInts(op.getPads());
  if (op.getMode() != PadMode::constant || !pads ||
      llvm::any_of(*pads, [](int64_t pad) { return pad < 0; }))
    return std::nullopt;
  return pads;
}

/// True if `op` fills with zeros.
static bool fillsWithZeros(PadOp op) {
  return !op.getValue() || isConstantSplat(op.getValue(), 0.0);
}

/// True if `op` fills with minus infinity.
static bool fillsWithLowest(PadOp op) {
  return op.getValue() && isConstantSplat(op.getValue(), -INFINITY);
}

/// The window operation's pads with those of `op` added: low ones, then high
/// ones. Nullopt where `op` also pads other dimensions than the spatial ones.
static std::optional<SmallVector<int64_t>>
joinedPads(PadOp op, LayoutAttr layout, ArrayRef<int64_t> own) {
  auto pads = growingPads(op);
  if (!pads)
    return std::nullopt;
  int64_t rank = pads->size() / 2, spatial = layout.numSpatial();
  if (rank != spatial + 2)
    return std::nullopt;
  SmallVector<int64_t> joined(own);
  if (joined.empty())
    joined.assign(2 * spatial, 0);
  for (int64_t i = 0; i < spatial; ++i) {
    int64_t d = layout.spatial(i);
    joined[i] += (*pads)[d];
    joined[spatial + i] += (*pads)[rank + d];
    (*pads)[d] = (*pads)[rank + d] = 0;
  }
  if (llvm::any_of(*pads, [](int64_t pad) { return pad != 0; }))
    return std::nullopt;
  return joined;
}

static LayoutAttr layoutOf(ConvOp op) { return op.getInputLayout(); }
static LayoutAttr layoutOf(MaxPoolOp op) { return op.getLayout(); }
static LayoutAttr layoutOf(AvgPoolOp op) { return op.getLayout(); }

/// Why `op` cannot take the padding `pad`, which makes its pads `pads`; empty
/// if it can.
static StringRef obstacle(ConvOp, PadOp pad, ArrayRef<int64_t>) {
  return fillsWithZeros(pad) ? "" : "a convolution pads with zeros";
}

static StringRef obstacle(AvgPoolOp op, PadOp pad, ArrayRef<int64_t>) {
  if (!fillsWithZeros(pad))
    return "pooling pads with zeros";
  // Padding of its own that the mean does not count would be counted.
  bool ownPads =
      llvm::any_of(op.getPads(), [](int64_t value) { return value != 0; });
  if (ownPads && !op.getCountIncludePad())
    return "the mean counts one padding and not the other";
  return op.getCeilMode() ? "windows may reach beyond the padding" : "";
}

static StringRef obstacle(MaxPoolOp op, PadOp pad, ArrayRef<int64_t> pads) {
  if (op.getCeilMode())
    return "windows may reach beyond the padding";
  if (fillsWithLowest(pad))
    return "";
  if (!fillsWithZeros(pad) || !isNonNegative(pad.getInput()))
    return "the padding may be the largest element of a window";
  for (auto [i, size] : llvm::enumerate(pads)) {
    int64_t kernel = op.getKernel()[i % op.getKernel().size()];
    int64_t dilation = op.getDilations()[i % op.getKernel().size()];
    if (size >= kernel || dilation != 1)
      return "a window may hold nothing but padding";
  }
  return "";
}

/// How a reason begins, as padding sees it.
static constexpr llvm::StringLiteral kOutside =
    "it is no part of the operation that reads it: ";

/// What changes besides the pads.
static void adapt(ConvOp) {}
static void adapt(MaxPoolOp) {}
static void adapt(AvgPoolOp op) { op.setCountIncludePad(true); }

namespace {

/// How often each rule applied.
struct Counts {
  int64_t folded = 0, merged = 0;
};

template <typename OpTy>
struct PadIntoWindow : OpRewritePattern<OpTy> {
  PadIntoWindow(MLIRContext *context, Counts &counts)
      : OpRewritePattern<OpTy>(context), counts(counts) {}

  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    auto pad = op.getInput().template getDefiningOp<PadOp>();
    if (!pad)
      return rewriter.notifyMatchFailure(op, "the input is not padded");
    if (op.getAutoPad() != AutoPad::explicit_pads)
      return declined(rewriter, pad,
                      Twine(kOutside) + "its pads follow from the size");
    auto pads = joinedPads(pad, layoutOf(op), op.getPads());
    if (!pads)
      return declined(rewriter, pad,
                      Twine(kOutside) +
                          "not only spatial dimensions are padded, by "
                          "constants that remove nothing");
    StringRef reason = obstacle(op, pad, *pads);
    if (!reason.empty())
      return declined(rewriter, pad, Twine(kOutside) + reason);
    rewriter.modifyOpInPlace(op, [&] {
      addLocation(op, pad);
      op.setPads(*pads);
      adapt(op);
      op.getInputMutable().assign(pad.getInput());
    });
    ++counts.folded;
    return success();
  }

  Counts &counts;
};

/// pad(pad(x, c), c) -> pad(x, c).
struct MergePads : OpRewritePattern<PadOp> {
  MergePads(MLIRContext *context, Counts &counts)
      : OpRewritePattern(context), counts(counts) {}

  LogicalResult matchAndRewrite(PadOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<PadOp>();
    auto outerPads = growingPads(op);
    auto innerPads = inner ? growingPads(inner) : std::nullopt;
    if (!outerPads || !innerPads || outerPads->size() != innerPads->size())
      return rewriter.notifyMatchFailure(op, "not two constant paddings");
    bool alike = op.getValue() == inner.getValue() ||
                 (fillsWithZeros(op) && fillsWithZeros(inner));
    if (!alike)
      return declined(rewriter, op,
                      "it is not merged with the padding before it, which "
                      "fills with another value");
    for (auto [outer, more] : llvm::zip_equal(*outerPads, *innerPads))
      outer += more;
    Location loc = fuseLocations({inner, op});
    Value pads = makeIndexConstant(rewriter, loc, *outerPads);
    auto merged = PadOp::create(rewriter, loc, op.getType(), op.getMode(),
                                inner.getInput(), pads, op.getValue());
    rewriter.replaceOp(op, merged);
    ++counts.merged;
    return success();
  }

  Counts &counts;
};

struct GraphFoldPads : systole::graph::impl::GraphFoldPadsBase<GraphFoldPads> {
  using GraphFoldPadsBase::GraphFoldPadsBase;

  void runOnOperation() override {
    Counts counts;
    RewritePatternSet patterns(&getContext());
    patterns.add<PadIntoWindow<ConvOp>, PadIntoWindow<MaxPoolOp>,
                 PadIntoWindow<AvgPoolOp>, MergePads>(&getContext(), counts);
    MatchFailureRemarks remarks(&getContext(), getArgument());
    (void)applyPatternsGreedily(getOperation(), std::move(patterns),
                                GreedyRewriteConfig().setListener(&remarks));
    numFolded += counts.folded;
    numMerged += counts.merged;
  }
};

} // namespace
