//===- FoldTransposes.cpp - Transposes meet and cancel --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// 1. Sink transposes and absorb them, to a fixed point (TransposePatterns.h).
// 2. Turn those left that move no data into reshapes.
//
// That transposes of transposes are one is the operation's own fold, which the
// rewrite driver tries first.
//
//===----------------------------------------------------------------------===//

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Graph/Rewriting.h"
#include "passes/Transforms/Graph/ShapeInference.h"
#include "passes/Transforms/Graph/TransposePatterns.h"
#include "llvm/Support/DebugLog.h"

#define DEBUG_TYPE "graph-fold-transposes"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHFOLDTRANSPOSES
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

/// Far more rewrites than any model needs: a transpose passes each operation at
/// most a few times.
static constexpr int64_t kMaxRewritesPerOp = 256;

/// Positions of the dimensions known to be 1.
static SmallVector<int64_t> unitDims(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> dims;
  for (auto [d, size] : llvm::enumerate(shape))
    if (size == 1)
      dims.push_back(d);
  return dims;
}

namespace {

/// T(constant) -> constant.
struct TransposeConstant : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(TransposeOp op,
                                PatternRewriter &rewriter) const override {
    if (!isReadableConstant(op.getInput()))
      return rewriter.notifyMatchFailure(op,
                                         "operand is no constant with bytes");
    Value value =
        createTranspose(rewriter, op.getLoc(), op.getInput(), op.getPerm());
    rewriter.replaceOp(op, value);
    return success();
  }
};

/// shape_of(T(x)) -> gather(shape_of(x), perm).
struct ShapeOfTranspose : OpRewritePattern<ShapeOfOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ShapeOfOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = op.getInput().getDefiningOp<TransposeOp>();
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "operand is not a transpose");
    Value shape = ShapeOfOp::create(rewriter, op.getLoc(), op.getType(),
                                    transpose.getInput());
    Value perm = makeIndexConstant(rewriter, op.getLoc(), transpose.getPerm());
    rewriter.replaceOpWithNewOp<GatherOp>(op, op.getType(), shape, perm,
                                          rewriter.getI64IntegerAttr(0));
    return success();
  }
};

/// matmul(reshape(T(x), [n, k]), W) -> matmul(reshape(x, [n, k]), W'), where T
/// leaves the first dimension and W' is W with its rows in the order of x.
struct FlattenIntoMatMul : OpRewritePattern<MatMulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MatMulOp op,
                                PatternRewriter &rewriter) const override {
    auto reshape = op.getLhs().getDefiningOp<ReshapeOp>();
    auto transpose = reshape ? reshape.getInput().getDefiningOp<TransposeOp>()
                             : TransposeOp();
    if (!transpose || transpose.getPerm().empty() ||
        transpose.getPerm().front() != 0)
      return rewriter.notifyMatchFailure(op,
                                         "left side is no flattened transpose");
    RankedTensorType type = rankedType(transpose.getResult());
    RankedTensorType weightType = rankedType(op.getRhs());
    RankedTensorType flatType = rankedType(reshape.getResult());
    ElementsAttr weights = constantAttribute(op.getRhs());
    if (!type || !weights || !flatType || weightType.getRank() != 2 ||
        flatType.getRank() != 2)
      return rewriter.notifyMatchFailure(op,
                                         "right side is no constant matrix");
    ArrayRef<int64_t> flattened = type.getShape().drop_front();
    if (countElements(flattened) != weightType.getDimSize(0) ||
        countElements(flattened) == 0)
      return rewriter.notifyMatchFailure(op,
                                         "not all dimensions are flattened");
    std::optional<SmallVector<int64_t>> target =
        constantInts(reshape.getShape());
    if (!target || (*target)[1] == 0)
      return rewriter.notifyMatchFailure(op,
                                         "target of the reshape is unclear");
    FailureOr<Tensor> tensor = tensorFromAttribute(weights);
    if (failed(tensor) || elementBytes(tensor->getElementType()) == 0)
      return rewriter.notifyMatchFailure(op, "constant cannot be read");

    // W[t1, .., m], with rows named after the transpose, to W'[x1, .., m].
    SmallVector<int64_t> shape(flattened), order;
    SmallVector<int64_t> undo = inverse(transpose.getPerm());
    shape.push_back(weightType.getDimSize(1));
    for (int64_t to : ArrayRef(undo).drop_front())
      order.push_back(to - 1);
    order.push_back(shape.size() - 1);
    Tensor rows = transposeTensor(tensor->reshaped(shape), order)
                      .reshaped(weightType.getShape());
    Value flat = ReshapeOp::create(
        rewriter, reshape.getLoc(), reshape.getType(), transpose.getInput(),
        reshape.getShape(), reshape.getCopyZerosAttr());
    Value matrix = makeConstant(rewriter, op.getRhs().getLoc(), rows);
    rewriter.replaceOpWithNewOp<MatMulOp>(op, op.getType(), flat, matrix,
                                          op.getSumTypeAttr());
    return success();
  }
};

/// T(x) -> reshape(x), where only dimensions of size 1 change places. With
/// several dynamic dimensions, which one -1 cannot say: unsqueeze(squeeze(x)).
struct TransposeToReshape : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(TransposeOp op,
                                PatternRewriter &rewriter) const override {
    RankedTensorType type = rankedType(op.getInput());
    if (!type || !rankedType(op.getResult()))
      return rewriter.notifyMatchFailure(op, "rank is not known");
    SmallVector<int64_t> moved;
    for (int64_t from : op.getPerm())
      if (type.getDimSize(from) != 1)
        moved.push_back(from);
    if (!llvm::is_sorted(moved))
      return rewriter.notifyMatchFailure(op, "elements change places");

    SmallVector<int64_t> target = permuted(type.getShape(), op.getPerm());
    // An empty tensor leaves a -1 open.
    if (type.getNumDynamicDims() > 1 ||
        (type.getNumDynamicDims() == 1 && llvm::is_contained(target, 0))) {
      auto core = SqueezeOp::create(rewriter, op.getLoc(), op.getInput(),
                                    unitDims(type.getShape()));
      rewriter.replaceOpWithNewOp<UnsqueezeOp>(
          op, op.getType(), core,
          rewriter.getDenseI64ArrayAttr(unitDims(target)));
      return success();
    }
    llvm::replace(target, ShapedType::kDynamic, int64_t(-1));
    Value shape = makeIndexConstant(rewriter, op.getLoc(), target);
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getInput(),
                                           shape, UnitAttr());
    return success();
  }
};

} // namespace

/// Tells that `op` is one of `left` transposes, and what it stands between.
static void remarkLeft(TransposeOp op, int64_t left) {
  std::string readers;
  llvm::SmallSetVector<StringRef, 4> names;
  for (Operation *user : op->getUsers())
    names.insert(isa<func::ReturnOp>(user) ? "the result"
                                           : user->getName().stripDialect());
  for (StringRef name : names)
    readers += (readers.empty() ? "" : ", ") + name.str();
  Operation *producer = op.getInput().getDefiningOp();
  remarkMissed(op, DEBUG_TYPE,
               "elements are moved, one of " + Twine(left) +
                   " transposes left, between " +
                   (producer ? producer->getName().stripDialect()
                             : StringRef("an input")) +
                   " and " + readers);
}

namespace {

struct GraphFoldTransposes
    : systole::graph::impl::GraphFoldTransposesBase<GraphFoldTransposes> {
  using GraphFoldTransposesBase::GraphFoldTransposesBase;

  void runOnOperation() override {
    int64_t before = countTransposes(getOperation());
    RewritePatternSet moving(&getContext()), finishing(&getContext());
    populateSinkTransposePatterns(moving, reassociate);
    populateAbsorbTransposePatterns(moving, reassociate);
    populateFinishTransposePatterns(finishing);
    // Sinking ends by itself (SinkTransposes.cpp says why); should a rule be
    // wrong, this bound turns a hang into transposes that are left.
    int64_t numOps = 0;
    getOperation()->walk([&](Operation *) { ++numOps; });
    MatchFailureRemarks remarks(&getContext(), DEBUG_TYPE);
    GreedyRewriteConfig config;
    config.setMaxNumRewrites(kMaxRewritesPerOp * numOps);
    config.setListener(&remarks);
    if (failed(
            applyPatternsGreedily(getOperation(), std::move(moving), config)) ||
        failed(applyPatternsGreedily(getOperation(), std::move(finishing))))
      LDBG() << "stopped before the fixed point; the graph is correct as it is";
    // A twin's type may tell more than the operation that it replaced.
    if (before != 0)
      inferShapes(getOperation());
    int64_t after = countTransposes(getOperation());
    numRemoved += std::max<int64_t>(before - after, 0);
    numLeft += after;
    getOperation()->walk([&](TransposeOp op) { remarkLeft(op, after); });
  }
};

} // namespace

void systole::graph::populateAbsorbTransposePatterns(
    RewritePatternSet &patterns, bool reassociate) {
  patterns.add<TransposeConstant, ShapeOfTranspose>(patterns.getContext());
  if (reassociate)
    patterns.add<FlattenIntoMatMul>(patterns.getContext());
}

void systole::graph::populateFinishTransposePatterns(
    RewritePatternSet &patterns) {
  patterns.add<TransposeToReshape>(patterns.getContext());
}
