//===- MultiplyBytes.cpp - Bytes instead of centred 16-bit integers -------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   matmul(x - z, w)         ->  matmul(x, w) - z * sum(w)
//   conv(x - z, w, b), pads  ->  conv(pad(x, z), w, b - z * sum(w))
//
// for bytes x, one number z, and constant weights that fit a byte. All sums
// wrap at 32 bits, so that the bits are the same whatever the numbers.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/ShapeUtils.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Transforms/Common/Remarks.h"
#include "passes/Transforms/Graph/Passes.h"
#include "passes/Transforms/Graph/Rewriting.h"

namespace systole::graph {
#define GEN_PASS_DEF_GRAPHMULTIPLYBYTES
#include "passes/Transforms/Graph/Passes.h.inc"
} // namespace systole::graph

using namespace mlir;
using namespace systole::graph;

namespace {
/// x - zero, x of 8 bits, transposed if `perm` says so.
struct Centred {
  Value x;
  int64_t zero = 0;
  SmallVector<int64_t> perm;

  bool isSigned() const {
    return !getElementTypeOrSelf(x.getType()).isUnsignedInteger();
  }
  /// What stands for zero among unsigned bytes.
  int64_t unsignedZero() const { return zero + (isSigned() ? 128 : 0); }
};
} // namespace

/// The bytes that `value`, of 16 bits, is made of, or nullopt.
static std::optional<Centred> centredBytes(Value value) {
  Centred result;
  if (auto transpose = value.getDefiningOp<TransposeOp>()) {
    if (!transpose->hasOneUse())
      return std::nullopt;
    result.perm.assign(transpose.getPerm().begin(), transpose.getPerm().end());
    value = transpose.getInput();
  }
  if (auto sub = value.getDefiningOp<SubOp>()) {
    auto zero = isReadableConstant(sub.getRhs())
                    ? tensorFromAttribute(constantAttribute(sub.getRhs()))
                    : FailureOr<Tensor>(failure());
    if (failed(zero) || zero->size() != 1)
      return std::nullopt;
    result.zero = zero->getInt(0);
    value = sub.getLhs();
  }
  auto cast = value.getDefiningOp<CastOp>();
  if (!cast || !rankedType(cast.getInput()))
    return std::nullopt;
  auto element =
      dyn_cast<IntegerType>(getElementTypeOrSelf(cast.getInput().getType()));
  if (!element || element.getWidth() != 8)
    return std::nullopt;
  result.x = cast.getInput();
  return result;
}

/// The constant `weights` in 8 bits, or nullopt where one does not fit.
static std::optional<Tensor> byteWeights(Value weights) {
  if (!isReadableConstant(weights))
    return std::nullopt;
  auto wide = tensorFromAttribute(constantAttribute(weights));
  if (failed(wide))
    return std::nullopt;
  Type i8 = IntegerType::get(weights.getContext(), 8);
  auto bytes = Tensor::tryAllocate(i8, wide->getShape());
  if (failed(bytes))
    return std::nullopt;
  for (int64_t i = 0; i < wide->size(); ++i) {
    int64_t weight = wide->getInt(i);
    if (weight < -128 || weight > 127)
      return std::nullopt;
    bytes->setInt(i, weight);
  }
  return *bytes;
}

/// -zero times the sum of the weights of each index of `dim`, plus `bias`,
/// which may be none; i32.
static Tensor correction(const Tensor &weights, int64_t dim, int64_t zero,
                         const Tensor *bias) {
  int64_t count = weights.dim(dim), inner = 1;
  for (int64_t d = dim + 1; d < weights.rank(); ++d)
    inner *= weights.dim(d);
  Tensor result(IntegerType::get(weights.getElementType().getContext(), 32),
                {count});
  std::vector<int64_t> sums(count, 0);
  for (int64_t i = 0; i < weights.size(); ++i)
    sums[i / inner % count] += weights.getInt(i);
  // Low bits are the same in 64 bits and in 32.
  for (int64_t o = 0; o < count; ++o)
    result.setInt(o, (bias ? bias->getInt(o) : 0) - zero * sums[o]);
  return result;
}

/// The bytes, unsigned, in their dimensions' order.
static Value unsignedBytes(PatternRewriter &rewriter, Location loc,
                           const Centred &c) {
  auto ordered = [&](Value bytes) {
    return c.perm.empty() ? bytes
                          : createTranspose(rewriter, loc, bytes, c.perm);
  };
  if (!c.isSigned())
    return ordered(c.x);
  MLIRContext *context = rewriter.getContext();
  Type i16 = IntegerType::get(context, 16),
       ui8 = IntegerType::get(context, 8, IntegerType::Unsigned);
  auto as = [&](Type element) { return rankedType(c.x).clone(element); };
  Value wide = CastOp::create(rewriter, loc, as(i16), c.x, i16);
  Value moved = AddOp::create(rewriter, loc, as(i16), wide,
                              makeScalarConstant(rewriter, loc, i16, 128));
  return ordered(CastOp::create(rewriter, loc, as(ui8), moved, ui8));
}

/// The operands that are rewritten, or why not.
static FailureOr<std::pair<Centred, Tensor>>
matchFactors(PatternRewriter &rewriter, Operation *op, Value input,
             Value weights, std::optional<Type> sum) {
  if (!sum || !sum->isSignlessInteger(32) ||
      !getElementTypeOrSelf(input.getType()).isSignlessInteger(16))
    return rewriter.notifyMatchFailure(op, "no product of 16-bit integers");
  auto centred = centredBytes(input);
  if (!centred)
    return rewriter.notifyMatchFailure(op, "no centred bytes");
  auto bytes = byteWeights(weights);
  if (!bytes)
    return declined(rewriter, op,
                    "it multiplies 16-bit integers: its weights are no "
                    "constants that fit a byte");
  return std::pair(*centred, *bytes);
}

namespace {

struct MultiplyMatMul : OpRewritePattern<MatMulOp> {
  MultiplyMatMul(MLIRContext *context, int64_t &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(MatMulOp op,
                                PatternRewriter &rewriter) const override {
    auto factors =
        matchFactors(rewriter, op, op.getLhs(), op.getRhs(), op.getSumType());
    if (failed(factors))
      return failure();
    auto &[centred, weights] = *factors;
    if (weights.rank() != 2 || rankedType(op.getLhs()).getRank() < 2)
      return rewriter.notifyMatchFailure(op, "no matrix of weights");
    Location loc = op.getLoc();
    Value sum = MatMulOp::create(
        rewriter, loc, op.getType(), unsignedBytes(rewriter, loc, centred),
        makeConstant(rewriter, loc, weights), op.getSumTypeAttr());
    Tensor offset = correction(weights, 1, centred.unsignedZero(), nullptr);
    rewriter.replaceOpWithNewOp<AddOp>(op, op.getType(), sum,
                                       makeConstant(rewriter, loc, offset));
    ++count;
    return success();
  }

  int64_t &count;
};

struct MultiplyConv : OpRewritePattern<ConvOp> {
  MultiplyConv(MLIRContext *context, int64_t &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(ConvOp op,
                                PatternRewriter &rewriter) const override;

  int64_t &count;
};

} // namespace

/// The pads of all dimensions of a convolution's input, low ones first; nullopt
/// where they follow from a size that is not known.
static std::optional<SmallVector<int64_t>> resolvedPads(ConvOp op) {
  LayoutAttr layout = op.getInputLayout(), filter = op.getFilterLayout();
  RankedTensorType input = rankedType(op.getInput()),
                   weights = rankedType(op.getFilter());
  int64_t rank = layout.rank(), spatial = layout.numSpatial();
  SmallVector<int64_t> pads(2 * rank, 0);
  for (int64_t i = 0; i < spatial; ++i) {
    int64_t d = layout.spatial(i), size = input.getDimSize(d);
    pads[d] = op.getPads()[i];
    pads[rank + d] = op.getPads()[spatial + i];
    if (op.getAutoPad() == AutoPad::explicit_pads)
      continue;
    if (ShapedType::isDynamic(size))
      return std::nullopt;
    auto window = resolveWindow(size, weights.getDimSize(filter.spatial(i)),
                                op.getStrides()[i], op.getDilations()[i], 0, 0,
                                op.getAutoPad(), /*ceilMode=*/false);
    if (!window)
      return std::nullopt;
    pads[d] = window->padLow;
    pads[rank + d] = window->padHigh;
  }
  return pads;
}

/// `x` with `pads` of the number `filler` around.
static Value padded(PatternRewriter &rewriter, Location loc, Value x,
                    ArrayRef<int64_t> pads, int64_t filler) {
  if (llvm::all_of(pads, [](int64_t pad) { return pad == 0; }))
    return x;
  RankedTensorType type = rankedType(x);
  SmallVector<int64_t> shape(type.getShape());
  for (auto [d, size] : llvm::enumerate(shape))
    if (!ShapedType::isDynamic(size))
      size += pads[d] + pads[type.getRank() + d];
  Value number =
      makeScalarConstant(rewriter, loc, type.getElementType(), double(filler));
  return PadOp::create(rewriter, loc, type.clone(shape), PadMode::constant, x,
                       makeIndexConstant(rewriter, loc, pads), number);
}

LogicalResult MultiplyConv::matchAndRewrite(ConvOp op,
                                            PatternRewriter &rewriter) const {
  auto factors = matchFactors(rewriter, op, op.getInput(), op.getFilter(),
                              op.getSumType());
  if (failed(factors))
    return failure();
  auto &[centred, weights] = *factors;
  if (op.getGroups() != 1)
    return declined(rewriter, op,
                    "it multiplies 16-bit integers: its channels are in "
                    "groups");
  auto pads = resolvedPads(op);
  int64_t zero = centred.unsignedZero();
  bool pads8 = pads && (zero >= 0 && zero <= 255);
  if (!pads8 && !(pads && llvm::all_of(*pads, [](int64_t p) { return !p; })))
    return declined(rewriter, op,
                    "it multiplies 16-bit integers: its padding follows from "
                    "a size that is not known");
  std::optional<Tensor> bias;
  if (Value given = op.getBias()) {
    if (!isReadableConstant(given))
      return declined(rewriter, op,
                      "it multiplies 16-bit integers: its bias is no constant");
    bias = *tensorFromAttribute(constantAttribute(given));
  }
  Location loc = op.getLoc();
  Value input =
      padded(rewriter, loc, unsignedBytes(rewriter, loc, centred), *pads, zero);
  Tensor offset = correction(weights, op.getFilterLayout().outputChannel(),
                             zero, bias ? &*bias : nullptr);
  SmallVector<int64_t> none(op.getPads().size(), 0);
  rewriter.replaceOpWithNewOp<ConvOp>(
      op, op.getType(), input, makeConstant(rewriter, loc, weights),
      makeConstant(rewriter, loc, offset), op.getInputLayout(),
      op.getFilterLayout(), op.getOutputLayout(), op.getStrides(),
      op.getDilations(), none, AutoPad::explicit_pads, op.getGroups(),
      op.getSumTypeAttr());
  ++count;
  return success();
}

namespace {
struct GraphMultiplyBytes
    : systole::graph::impl::GraphMultiplyBytesBase<GraphMultiplyBytes> {
  using GraphMultiplyBytesBase::GraphMultiplyBytesBase;

  void runOnOperation() override {
    int64_t count = 0;
    RewritePatternSet patterns(&getContext());
    patterns.add<MultiplyMatMul, MultiplyConv>(&getContext(), count);
    MatchFailureRemarks remarks(&getContext(), getArgument());
    (void)applyPatternsGreedily(getOperation(), std::move(patterns),
                                GreedyRewriteConfig().setListener(&remarks));
    numRewritten += count;
  }
};
} // namespace
