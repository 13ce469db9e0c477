//===- DimSources.cpp - Where dynamic dimensions come from ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One step is a function from a result's dimension to an operand's dimension of
// the same size; the source is where no step applies. Nothing is cached: chains
// are short, and callers rewrite between questions.
//
//===----------------------------------------------------------------------===//

#include "passes/Analysis/DimSources.h"
#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace systole::graph {

/// Chains longer than this are not followed: recursion stays shallow.
static constexpr unsigned kMaxSteps = 64;

namespace {
/// One question: how far it may still go, and what it has found on its way.
/// Values with several readers are met again on each path to them.
struct Walk {
  unsigned steps;
  llvm::DenseMap<std::pair<Value, int64_t>, DimSource> &found;
};
} // namespace

static DimSource resolve(Value value, int64_t dim, Walk walk);

static RankedTensorType typeOf(Value value) {
  return dyn_cast<RankedTensorType>(value.getType());
}

/// The common source of the operands that decide dimension `dim` of a result of
/// `rank` to whose shape they broadcast. Operands known to have size 1 there
/// decide nothing.
static std::optional<DimSource> stepBroadcast(ValueRange operands, int64_t rank,
                                              int64_t dim, Walk walk) {
  std::optional<DimSource> source;
  for (Value operand : operands) {
    RankedTensorType type = typeOf(operand);
    if (!type)
      return std::nullopt;
    int64_t operandDim = dim - (rank - type.getRank());
    if (operandDim < 0 || type.getDimSize(operandDim) == 1)
      continue;
    DimSource candidate = resolve(operand, operandDim, walk);
    if (source && !(*source == candidate))
      return std::nullopt;
    source = candidate;
  }
  return source;
}

/// Batch dimensions pass through convolution, and batch and channels through
/// pooling.
static std::optional<DimSource> stepWindow(Operation *op, int64_t dim) {
  if (auto conv = dyn_cast<ConvOp>(op)) {
    if (dim == conv.getOutputLayout().batch())
      return DimSource{conv.getInput(), conv.getInputLayout().batch()};
    return std::nullopt;
  }
  LayoutAttr layout = isa<MaxPoolOp>(op) ? cast<MaxPoolOp>(op).getLayout()
                                         : cast<AvgPoolOp>(op).getLayout();
  if (dim == layout.batch() || dim == layout.channel())
    return DimSource{op->getOperand(0), dim};
  return std::nullopt;
}

/// Rows come from the left side, columns from the right, batch dimensions from
/// both.
static std::optional<DimSource> stepMatMul(MatMulOp op, int64_t dim,
                                           Walk walk) {
  RankedTensorType lhs = typeOf(op.getLhs()), rhs = typeOf(op.getRhs());
  if (!lhs || !rhs || lhs.getRank() < 2 || rhs.getRank() < 2)
    return std::nullopt;
  int64_t rank = typeOf(op.getResult()).getRank();
  if (dim == rank - 1)
    return DimSource{op.getRhs(), rhs.getRank() - 1};
  if (dim == rank - 2)
    return DimSource{op.getLhs(), lhs.getRank() - 2};
  return stepBroadcast(op->getOperands(), rank, dim, walk);
}

/// The only dynamic dimension of `type`, if the static ones do not make it
/// empty, and the product of those.
static std::optional<std::pair<int64_t, int64_t>>
onlyDynamicDim(RankedTensorType type) {
  SmallVector<int64_t> others;
  int64_t dynamic = -1;
  for (auto [d, size] : llvm::enumerate(type.getShape())) {
    if (ShapedType::isStatic(size))
      others.push_back(size);
    else
      dynamic = d;
  }
  int64_t product = countElements(others);
  if (type.getNumDynamicDims() != 1 || product <= 0)
    return std::nullopt;
  return std::make_pair(dynamic, product);
}

/// A copied dimension, or the only unknown one where all others multiply to the
/// same number before and after.
static std::optional<DimSource> stepReshape(ReshapeOp op, int64_t dim) {
  RankedTensorType input = typeOf(op.getInput());
  if (!input)
    return std::nullopt;
  auto target = constantInts(op.getShape());
  if (target && op.getCopyZeros() && (*target)[dim] == 0)
    return DimSource{op.getInput(), dim};
  auto before = onlyDynamicDim(input),
       after = onlyDynamicDim(typeOf(op.getResult()));
  if (!before || !after || after->first != dim ||
      before->second != after->second)
    return std::nullopt;
  return DimSource{op.getInput(), before->first};
}

/// The dimension that is dimension `dim` once `axes` are dropped.
static int64_t dimBeforeDropping(int64_t dim, ArrayRef<int64_t> axes) {
  for (int64_t axis : axes) // Increasing.
    dim += axis <= dim;
  return dim;
}

/// Dimensions that an operation with axes passes through.
static std::optional<DimSource> stepAxes(Operation *op, int64_t dim) {
  Value input = op->getOperand(0);
  if (auto squeeze = dyn_cast<SqueezeOp>(op))
    return DimSource{input, dimBeforeDropping(dim, squeeze.getAxes())};
  if (auto slice = dyn_cast<SliceOp>(op)) {
    if (llvm::is_contained(slice.getAxes(), dim))
      return std::nullopt;
    return DimSource{input, dim};
  }
  if (auto reduce = dyn_cast<ReduceOp>(op)) {
    if (!reduce.getKeepDims())
      return DimSource{input, dimBeforeDropping(dim, reduce.getAxes())};
    if (llvm::is_contained(reduce.getAxes(), dim))
      return std::nullopt;
    return DimSource{input, dim};
  }
  auto unsqueeze = cast<UnsqueezeOp>(op);
  if (llvm::is_contained(unsqueeze.getAxes(), dim))
    return std::nullopt;
  return DimSource{
      input, dim - llvm::count_if(unsqueeze.getAxes(),
                                  [dim](int64_t axis) { return axis < dim; })};
}

static std::optional<DimSource> stepGroup(GroupOp group, Value value,
                                          int64_t dim, Walk walk) {
  Operation *yield = group.getBody().front().getTerminator();
  Value inside = yield->getOperand(cast<OpResult>(value).getResultNumber());
  if (!typeOf(inside))
    return std::nullopt;
  DimSource source = resolve(inside, dim, walk);
  auto argument = dyn_cast<BlockArgument>(source.value);
  if (!argument || argument.getOwner() != &group.getBody().front())
    return std::nullopt;
  return DimSource{group.getInputs()[argument.getArgNumber()], source.dim};
}

/// One step from dimension `dim` of `value` towards its source.
static std::optional<DimSource> step(Value value, int64_t dim, Walk walk) {
  using Step = std::optional<DimSource>;
  Operation *op = value.getDefiningOp();
  if (!op)
    return std::nullopt;
  if (op->hasTrait<Elementwise>())
    return stepBroadcast(op->getOperands(), typeOf(value).getRank(), dim, walk);
  return llvm::TypeSwitch<Operation *, Step>(op)
      .Case<ConvOp, MaxPoolOp, AvgPoolOp>(
          [&](auto) { return stepWindow(op, dim); })
      .Case<MatMulOp>(
          [&](MatMulOp matmul) { return stepMatMul(matmul, dim, walk); })
      .Case<ReshapeOp>(
          [&](ReshapeOp reshape) { return stepReshape(reshape, dim); })
      .Case<SqueezeOp, UnsqueezeOp, SliceOp, ReduceOp>(
          [&](auto) { return stepAxes(op, dim); })
      .Case<GroupOp>(
          [&](GroupOp group) { return stepGroup(group, value, dim, walk); })
      .Case<SoftmaxOp, BatchNormOp, BitcastOp, CumulativeOp, ScatterElementsOp,
            ScatterNDOp>(
          [&](auto) -> Step { return DimSource{op->getOperand(0), dim}; })
      .Case<GatherElementsOp>([&](GatherElementsOp gather) -> Step {
        return DimSource{gather.getIndices(), dim};
      })
      .Case<TopKOp>([&](TopKOp topK) -> Step {
        if (dim == static_cast<int64_t>(topK.getAxis()))
          return std::nullopt;
        return DimSource{topK.getInput(), dim};
      })
      .Case<TransposeOp>([&](TransposeOp transpose) -> Step {
        return DimSource{transpose.getInput(), transpose.getPerm()[dim]};
      })
      .Case<ConcatOp>([&](ConcatOp concat) -> Step {
        if (dim == static_cast<int64_t>(concat.getAxis()))
          return std::nullopt;
        return DimSource{concat.getInputs().front(), dim};
      })
      .Default([](Operation *) -> Step { return std::nullopt; });
}

static DimSource resolve(Value value, int64_t dim, Walk walk) {
  auto key = std::make_pair(value, dim);
  if (auto known = walk.found.find(key); known != walk.found.end())
    return known->second;
  while (walk.steps-- > 0) {
    std::optional<DimSource> next = step(value, dim, walk);
    if (!next || !typeOf(next->value))
      break;
    value = next->value;
    dim = next->dim;
  }
  return walk.found[key] = {value, dim};
}

DimSource dimSource(Value value, int64_t dim) {
  llvm::DenseMap<std::pair<Value, int64_t>, DimSource> found;
  return resolve(value, dim, {kMaxSteps, found});
}

bool haveSameDim(Value a, int64_t aDim, Value b, int64_t bDim) {
  int64_t aSize = typeOf(a).getDimSize(aDim),
          bSize = typeOf(b).getDimSize(bDim);
  if (ShapedType::isStatic(aSize) && ShapedType::isStatic(bSize))
    return aSize == bSize;
  return dimSource(a, aDim) == dimSource(b, bDim);
}

bool haveSameShape(Value a, Value b) {
  RankedTensorType aType = typeOf(a), bType = typeOf(b);
  if (!aType || !bType || aType.getRank() != bType.getRank())
    return false;
  for (int64_t d = 0; d < aType.getRank(); ++d)
    if (!haveSameDim(a, d, b, d))
      return false;
  return true;
}

} // namespace systole::graph
