//===- SimplifySlices.cpp - Fewer copies by slice and concat --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   slice(slice(x))                     ->  slice(x)
//   slice(concat(.., y, ..))            ->  slice(y), or a smaller concat
//   concat(slice(x, a:b), slice(x, b:c)) ->  slice(x, a:c), or x
//   concat(concat(x, y), z)             ->  concat(x, y, z)
//
// Slices are resolved to first index, count and step along dimensions of known
// size; those with an unknown one stay.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/ShapeUtils.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "passes/Transforms/Graph/ShapeInference.h"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHSIMPLIFYSLICES
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

namespace {

/// What a slice takes along one dimension.
struct AxisRange {
  int64_t axis, start, count, step;
};

/// How often rules applied.
struct Counts {
  int64_t slices = 0, concats = 0;
};

} // namespace

/// The ranges of `op` in the order of its axes, or nullopt where a bound or a
/// size is not known.
static std::optional<SmallVector<AxisRange>> rangesOf(SliceOp op) {
  RankedTensorType type = rankedType(op.getInput());
  auto starts = constantInts(op.getStarts()), ends = constantInts(op.getEnds()),
       steps = constantInts(op.getSteps());
  if (!type || !starts || !ends || !steps)
    return std::nullopt;
  SmallVector<AxisRange> ranges;
  for (auto [k, axis] : llvm::enumerate(op.getAxes())) {
    if (type.isDynamicDim(axis) || (*steps)[k] == 0)
      return std::nullopt;
    SliceRange range = resolveSlice(type.getDimSize(axis), (*starts)[k],
                                    (*ends)[k], (*steps)[k]);
    ranges.push_back({axis, range.start, range.count, (*steps)[k]});
  }
  return ranges;
}

/// The end that makes a slice of `range` over `size` elements. A negative step
/// that goes through index 0 ends below -size, by the rule of `graph.slice`.
static int64_t endOf(const AxisRange &range, int64_t size) {
  if (range.count == 0)
    return range.start;
  int64_t last = range.start + (range.count - 1) * range.step;
  if (range.step > 0)
    return last + 1;
  return last == 0 ? -size - 1 : last - 1;
}

/// `input` sliced by `ranges`, of the given type; `input` itself where they
/// take everything.
static Value makeSlice(PatternRewriter &rewriter, Location loc, Type type,
                       Value input, ArrayRef<AxisRange> ranges) {
  SmallVector<int64_t> axes, starts, ends, steps;
  for (const AxisRange &range : ranges) {
    int64_t size = rankedType(input).getDimSize(range.axis);
    if (range.start == 0 && range.count == size && range.step == 1)
      continue;
    axes.push_back(range.axis);
    starts.push_back(range.start);
    ends.push_back(endOf(range, size));
    steps.push_back(range.step);
  }
  if (axes.empty() && input.getType() == type)
    return input;
  return SliceOp::create(rewriter, loc, type, input,
                         makeIndexConstant(rewriter, loc, starts),
                         makeIndexConstant(rewriter, loc, ends),
                         makeIndexConstant(rewriter, loc, steps),
                         rewriter.getDenseI64ArrayAttr(axes));
}

namespace {

struct SliceOfSlice : OpRewritePattern<SliceOp> {
  SliceOfSlice(MLIRContext *context, Counts &counts)
      : OpRewritePattern(context), counts(counts) {}

  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<SliceOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "the input is no slice");
    auto outerRanges = rangesOf(op), innerRanges = rangesOf(inner);
    if (!outerRanges || !innerRanges)
      return declined(rewriter, op,
                      "it is not merged with the slice before it: bounds or "
                      "sizes are known only when it runs");
    SmallVector<AxisRange> ranges = *innerRanges;
    for (const AxisRange &range : *outerRanges) {
      auto *known = llvm::find_if(
          ranges, [&](const AxisRange &r) { return r.axis == range.axis; });
      if (known == ranges.end())
        ranges.push_back(range);
      else
        *known = {range.axis, known->start + range.start * known->step,
                  range.count, range.step * known->step};
    }
    llvm::sort(ranges, [](const AxisRange &a, const AxisRange &b) {
      return a.axis < b.axis;
    });
    if (llvm::any_of(ranges, [](const AxisRange &r) { return r.count == 0; }))
      return rewriter.notifyMatchFailure(op, "nothing is left");
    rewriter.replaceOp(op, makeSlice(rewriter, fuseLocations({inner, op}),
                                     op.getType(), inner.getInput(), ranges));
    ++counts.slices;
    return success();
  }

  Counts &counts;
};

/// The operands that a slice along the concatenation's axis touches become the
/// only ones.
struct SliceOfConcat : OpRewritePattern<SliceOp> {
  SliceOfConcat(MLIRContext *context, Counts &counts)
      : OpRewritePattern(context), counts(counts) {}

  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto concat = op.getInput().getDefiningOp<ConcatOp>();
    if (!concat)
      return rewriter.notifyMatchFailure(op, "the input is no concat");
    auto ranges = rangesOf(op);
    if (!ranges)
      return declined(rewriter, op,
                      "all that is put together before it is copied: its "
                      "bounds or sizes are known only when it runs");
    int64_t axis = concat.getAxis();
    auto *range = llvm::find_if(
        *ranges, [&](const AxisRange &r) { return r.axis == axis; });
    if (range == ranges->end() || range->count == 0)
      return rewriter.notifyMatchFailure(op, "every operand is taken");
    int64_t last = range->start + (range->count - 1) * range->step;
    int64_t low = std::min(range->start, last);
    int64_t high = std::max(range->start, last), at = 0;
    SmallVector<Value> touched;
    int64_t before = 0; // Elements before the first operand touched.
    for (Value input : concat.getInputs()) {
      RankedTensorType type = rankedType(input);
      if (!type || type.isDynamicDim(axis))
        return declined(rewriter, op,
                        "all that is put together before it is copied: the "
                        "size of a part is known only when it runs");
      int64_t end = at + type.getDimSize(axis);
      if (at <= high && end > low) {
        if (touched.empty())
          before = at;
        touched.push_back(input);
      }
      at = end;
    }
    if (touched.size() == concat.getInputs().size())
      return rewriter.notifyMatchFailure(op, "every operand is touched");
    Location loc = fuseLocations({concat, op});
    Value source = touched.front();
    if (touched.size() > 1)
      source = ConcatOp::create(rewriter, loc, touched, axis);
    range->start -= before;
    rewriter.replaceOp(op,
                       makeSlice(rewriter, loc, op.getType(), source, *ranges));
    ++counts.slices;
    return success();
  }

  Counts &counts;
};

/// Neighbouring operands that are consecutive parts of one value.
struct ConcatOfSlices : OpRewritePattern<ConcatOp> {
  ConcatOfSlices(MLIRContext *context, Counts &counts)
      : OpRewritePattern(context), counts(counts) {}

  LogicalResult matchAndRewrite(ConcatOp op,
                                PatternRewriter &rewriter) const override {
    for (unsigned i = 0; i + 1 < op.getInputs().size(); ++i) {
      auto first = op.getInputs()[i].getDefiningOp<SliceOp>();
      auto second = op.getInputs()[i + 1].getDefiningOp<SliceOp>();
      auto joined = join(first, second, op.getAxis());
      if (!joined)
        continue;
      RankedTensorType type = rankedType(first.getInput());
      SmallVector<int64_t> shape(type.getShape());
      shape[joined->axis] = joined->count;
      Value part = makeSlice(rewriter, fuseLocations({first, second}),
                             type.clone(shape), first.getInput(), *joined);
      SmallVector<Value> inputs(op.getInputs());
      inputs[i] = part;
      inputs.erase(inputs.begin() + i + 1);
      replace(rewriter, op, inputs);
      ++counts.concats;
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no two operands are neighbours");
  }

  /// The range that both slices take together, along `axis` alone.
  static std::optional<AxisRange> join(SliceOp first, SliceOp second,
                                       int64_t axis) {
    if (!first || !second || first.getInput() != second.getInput())
      return std::nullopt;
    auto a = rangesOf(first), b = rangesOf(second);
    if (!a || !b || a->size() != 1 || b->size() != 1)
      return std::nullopt;
    AxisRange x = a->front(), y = b->front();
    if (x.axis != axis || y.axis != axis || x.step != 1 || y.step != 1 ||
        x.start + x.count != y.start)
      return std::nullopt;
    return AxisRange{axis, x.start, x.count + y.count, 1};
  }

  static void replace(PatternRewriter &rewriter, ConcatOp op,
                      ArrayRef<Value> inputs) {
    if (inputs.size() == 1 && inputs[0].getType() == op.getType())
      rewriter.replaceOp(op, inputs[0]);
    else
      rewriter.replaceOpWithNewOp<ConcatOp>(op, op.getType(), inputs,
                                            op.getAxisAttr());
  }

  Counts &counts;
};

/// A concatenation whose only use is one along the same dimension.
struct ConcatOfConcat : OpRewritePattern<ConcatOp> {
  ConcatOfConcat(MLIRContext *context, Counts &counts)
      : OpRewritePattern(context), counts(counts) {}

  LogicalResult matchAndRewrite(ConcatOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<Value> inputs;
    SmallVector<Operation *> merged{op};
    for (Value input : op.getInputs()) {
      auto inner = input.getDefiningOp<ConcatOp>();
      if (inner && inner->hasOneUse() && inner.getAxis() == op.getAxis()) {
        llvm::append_range(inputs, inner.getInputs());
        merged.push_back(inner);
      } else {
        inputs.push_back(input);
      }
    }
    if (merged.size() == 1)
      return rewriter.notifyMatchFailure(
          op, "no operand is a concat of the same axis for this alone");
    auto joined = ConcatOp::create(rewriter, fuseLocations(merged),
                                   op.getType(), inputs, op.getAxisAttr());
    rewriter.replaceOp(op, joined);
    ++counts.concats;
    return success();
  }

  Counts &counts;
};

struct GraphSimplifySlices
    : systole::graph::impl::GraphSimplifySlicesBase<GraphSimplifySlices> {
  using GraphSimplifySlicesBase::GraphSimplifySlicesBase;

  void runOnOperation() override {
    Counts counts;
    RewritePatternSet patterns(&getContext());
    patterns.add<SliceOfSlice, SliceOfConcat, ConcatOfSlices, ConcatOfConcat>(
        &getContext(), counts);
    MatchFailureRemarks remarks(&getContext(), getArgument());
    (void)applyPatternsGreedily(getOperation(), std::move(patterns),
                                GreedyRewriteConfig().setListener(&remarks));
    if (counts.slices + counts.concats != 0)
      inferShapes(getOperation());
    numSlicesMerged += counts.slices;
    numConcatsMerged += counts.concats;
  }
};

} // namespace
