//===- ShapeFolds.cpp - Folds of constants and data movement --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A fold that returns an operand requires that the types are equal: it never
// changes what is known of a shape.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/InferUtils.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace systole::graph;

/// The value's type if it is a ranked tensor of static shape, else null.
static RankedTensorType staticType(Value value) {
  RankedTensorType type = rankedType(value);
  return type && type.hasStaticShape() ? type : RankedTensorType();
}

/// True if `values` are 0, 1, 2, ...
static bool isIota(ArrayRef<int64_t> values) {
  for (auto [i, value] : llvm::enumerate(values))
    if (value != static_cast<int64_t>(i))
      return false;
  return true;
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

OpFoldResult ShapeOfOp::fold(FoldAdaptor) {
  RankedTensorType input = staticType(getInput());
  RankedTensorType type = rankedType(getResult());
  if (!input || !type || !type.hasStaticShape())
    return {};
  return DenseElementsAttr::get(type, input.getShape());
}

OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  // Equal static shapes determine where each element goes.
  if (staticType(getInput()) && getInput().getType() == getType())
    return getInput();
  return {};
}

OpFoldResult SqueezeOp::fold(FoldAdaptor) {
  if (getAxes().empty() && getInput().getType() == getType())
    return getInput();
  // squeeze(unsqueeze(x)) over the same dimensions is x.
  auto inner = getInput().getDefiningOp<UnsqueezeOp>();
  if (inner && inner.getAxes() == getAxes() &&
      inner.getInput().getType() == getType())
    return inner.getInput();
  return {};
}

OpFoldResult UnsqueezeOp::fold(FoldAdaptor) {
  if (getAxes().empty() && getInput().getType() == getType())
    return getInput();
  // unsqueeze(squeeze(x)) over the same dimensions is x.
  auto inner = getInput().getDefiningOp<SqueezeOp>();
  if (inner && inner.getAxes() == getAxes() &&
      inner.getInput().getType() == getType())
    return inner.getInput();
  return {};
}

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  if (isIota(getPerm()) && getInput().getType() == getType())
    return getInput();
  auto inner = getInput().getDefiningOp<TransposeOp>();
  if (!inner)
    return {};
  // Dimension d of the result is dimension inner[perm[d]] of the inner input.
  SmallVector<int64_t> perm;
  for (int64_t d : getPerm())
    perm.push_back(inner.getPerm()[d]);
  if (isIota(perm) && inner.getInput().getType() == getType())
    return inner.getInput();
  setPerm(perm);
  getInputMutable().assign(inner.getInput());
  return getResult();
}

OpFoldResult BroadcastOp::fold(FoldAdaptor) {
  if (staticType(getInput()) && getInput().getType() == getType())
    return getInput();
  return {};
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  if (getInputs().size() == 1 && getInputs()[0].getType() == getType())
    return getInputs()[0];
  // Operands without elements add nothing, as long as one remains.
  SmallVector<Value> kept;
  int64_t axis = getAxis();
  for (Value input : getInputs()) {
    RankedTensorType type = rankedType(input);
    if (!type || axis >= type.getRank() || type.getDimSize(axis) != 0)
      kept.push_back(input);
  }
  if (kept.empty() || kept.size() == getInputs().size())
    return {};
  getInputsMutable().assign(kept);
  return getResult();
}

OpFoldResult SliceOp::fold(FoldAdaptor) {
  // Equal static shapes and positive steps: every element is kept in its order.
  std::optional<SmallVector<int64_t>> steps = constantInts(getSteps());
  bool forward =
      steps && llvm::all_of(*steps, [](int64_t step) { return step > 0; });
  if (forward && staticType(getInput()) && getInput().getType() == getType())
    return getInput();
  return {};
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType() && isConstantSplat(getPads(), 0))
    return getInput();
  return {};
}

OpFoldResult GatherOp::fold(FoldAdaptor) {
  // Known dimensions of a shape that is not known as a whole.
  auto shape = getInput().getDefiningOp<ShapeOfOp>();
  RankedTensorType source =
      shape ? rankedType(shape.getInput()) : RankedTensorType();
  RankedTensorType type = staticType(getResult());
  if (!source || !type)
    return {};
  std::optional<SmallVector<int64_t>> indices = constantInts(getIndices());
  if (!indices)
    return {};
  SmallVector<int64_t> dims;
  for (int64_t index : *indices) {
    int64_t d = index < 0 ? index + source.getRank() : index;
    if (d < 0 || d >= source.getRank() || source.isDynamicDim(d))
      return {};
    dims.push_back(source.getDimSize(d));
  }
  if (static_cast<int64_t>(dims.size()) != type.getNumElements())
    return {};
  return DenseElementsAttr::get(type, ArrayRef<int64_t>(dims));
}

//===----------------------------------------------------------------------===//
// reshape: canonicalisation
//===----------------------------------------------------------------------===//

namespace {

/// A static result says all that the shape operand could:
/// `reshape(x, computed) -> static` becomes `reshape(x, constant)`.
struct ConstantReshapeShape : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    RankedTensorType type = staticType(op.getResult());
    if (!type)
      return rewriter.notifyMatchFailure(op, "the result's shape is unknown");
    std::optional<SmallVector<int64_t>> entries = constantInts(op.getShape());
    if (entries && type.getShape() == ArrayRef<int64_t>(*entries) &&
        !op.getCopyZeros())
      return rewriter.notifyMatchFailure(op,
                                         "the shape is the result's already");
    Value shape = makeIndexConstant(rewriter, op.getLoc(), type.getShape());
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, type, op.getInput(), shape,
                                           /*copy_zeros=*/false);
    return success();
  }
};

/// Only the last of several reshapes matters, unless it copies dimensions.
struct MergeReshapes : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getCopyZeros())
      return rewriter.notifyMatchFailure(op, "the shape refers to the input's");
    Value source;
    if (auto inner = op.getInput().getDefiningOp<ReshapeOp>())
      source = inner.getInput();
    else if (auto squeeze = op.getInput().getDefiningOp<SqueezeOp>())
      source = squeeze.getInput();
    else if (auto unsqueeze = op.getInput().getDefiningOp<UnsqueezeOp>())
      source = unsqueeze.getInput();
    if (!source)
      return rewriter.notifyMatchFailure(op, "the input is not reshaped");
    rewriter.modifyOpInPlace(op, [&] { op.getInputMutable().assign(source); });
    return success();
  }
};

} // namespace

void ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &results,
                                            MLIRContext *context) {
  results.add<ConstantReshapeShape, MergeReshapes>(context);
}
