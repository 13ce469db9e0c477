//===- LowerContraction.cpp - Planning contractions -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Decides how a matmul or convolution, alone or at the root of a group, is
// computed:
//
//   1. packed register tiles (Contraction.h), the group as their epilogue,
//   where
//      elements are f32 or f64, channels are innermost and sizes that shape
//      code are known;
//   2. the depthwise kernel, where each channel has its own filter;
//   3. otherwise the group's operations one after the other, the contraction
//      element by element.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/Contraction.h"
#include "backends/Cpu/ElementTypes.h"
#include "backends/Cpu/ElementwiseEmitter.h"
#include "backends/Cpu/StridedMap.h"
#include "dialects/Graph/IR/GraphConstants.h"
#include "passes/Transforms/Common/Remarks.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;
using P = arith::CmpIPredicate;

namespace {
/// A contraction and what surrounds it, seen from the host.
struct Site {
  Operation *op;   ///< The operation being lowered: the root or its group.
  Operation *root; ///< graph.matmul or graph.conv.
  mutable graph::GroupOp group; // MLIR handles have no const accessors.

  /// A graph value of the root as the host knows it.
  Value outside(Value value) const {
    auto argument = dyn_cast<BlockArgument>(value);
    return group && argument ? group.getInputs()[argument.getArgNumber()]
                             : value;
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Epilogues
//===----------------------------------------------------------------------===//

/// How `operand` is read beside a result of type `result` with channels
/// innermost; nullopt where that is neither one element nor one line.
static std::optional<Epilogue::Access> accessOf(RankedTensorType operand,
                                                RankedTensorType result) {
  if (operand.hasStaticShape() && operand.getNumElements() == 1)
    return Epilogue::Access::Scalar;
  if (operand.getRank() >= 1 && result.getRank() >= 1 &&
      operand.hasStaticShape() &&
      operand.getDimSize(operand.getRank() - 1) ==
          result.getDimSize(result.getRank() - 1) &&
      operand.getNumElements() == operand.getDimSize(operand.getRank() - 1) &&
      operand.getRank() <= result.getRank())
    return Epilogue::Access::Channel;
  if (operand.getShape() == result.getShape() && operand.hasStaticShape())
    return Epilogue::Access::Element;
  return std::nullopt;
}

/// True if a tiled kernel takes such operands for results like `sum`.
static bool isTileable(HostBuilder &host, Type input, Type weights, Type sum) {
  return isContractionElement(host.lowering.target, getElementTypeOrSelf(input),
                              getElementTypeOrSelf(weights),
                              getElementTypeOrSelf(sum));
}

/// Fills the epilogue from the group around the root; false where it cannot run
/// on vectors of channels.
static bool planEpilogue(HostBuilder &host, const Site &site,
                         Epilogue &epilogue) {
  epilogue.rootResult = epilogue.result = site.root->getResult(0);
  if (!site.group)
    return true;
  auto rootType = dyn_cast<RankedTensorType>(epilogue.rootResult.getType());
  Block &body = site.group.getBody().front();
  llvm::DenseMap<Value, bool> known;
  known[epilogue.rootResult] = true;
  for (Operation &op : body.without_terminator()) {
    if (&op == site.root || isa<graph::ConstantOp>(op))
      continue;
    auto type = dyn_cast<RankedTensorType>(op.getResult(0).getType());
    if (!op.hasTrait<graph::Elementwise>() || !type ||
        !isVectorElement(type.getElementType()) || !rootType ||
        type.getShape() != rootType.getShape())
      return false;
    for (Value operand : op.getOperands()) {
      if (!isVectorElement(getElementTypeOrSelf(operand.getType())))
        return false;
      if (known.contains(operand) || scalarConstant(operand))
        continue;
      auto access =
          accessOf(cast<RankedTensorType>(operand.getType()), rootType);
      if (!access || !isa<BlockArgument>(operand))
        return false;
      known[operand] = true;
      epilogue.operands.push_back(
          {operand, host.get(site.outside(operand)), *access});
    }
    known[op.getResult(0)] = true;
    epilogue.operations.push_back(&op);
  }
  epilogue.result = body.getTerminator()->getOperand(0);
  return site.group->getNumResults() == 1;
}

/// Memory for the result: that of an operand which the epilogue reads at the
/// output's own position (a residual), where it is free afterwards.
static CodeTensor defineOutput(HostBuilder &host, const Site &site,
                               const Epilogue &epilogue, ArrayRef<Value> dims) {
  SmallVector<Value> residuals;
  for (const Epilogue::Operand &operand : epilogue.operands)
    if (operand.access == Epilogue::Access::Element)
      residuals.push_back(site.outside(operand.inside));
  return host.defineOver(site.op, site.op->getResult(0), dims, residuals);
}

/// The group's operations one by one.
static LogicalResult lowerSeparately(HostBuilder &host, const Site &site) {
  if (!site.group)
    return lowerPlainContraction(host, site.root);
  Block &body = site.group.getBody().front();
  for (auto [argument, input] :
       llvm::zip_equal(body.getArguments(), site.group.getInputs()))
    host.alias(argument, host.get(input), input);
  for (Operation &inner : body.without_terminator()) {
    LogicalResult done = success();
    if (&inner == site.root)
      done = lowerContraction(host, &inner);
    else if (!isa<graph::ConstantOp>(inner))
      done = lowerOp(host, &inner);
    if (failed(done))
      return failure();
  }
  for (auto [result, inside] : llvm::zip_equal(
           site.group.getResults(), body.getTerminator()->getOperands()))
    host.alias(result, host.get(inside), inside);
  return success();
}

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

/// Plans [batch.., M, K] x [K, N] or a batch of products of equal count.
static std::optional<ContractionPlan> planMatMul(HostBuilder &host,
                                                 const Site &site) {
  auto op = cast<graph::MatMulOp>(site.root);
  auto leftType = dyn_cast<RankedTensorType>(op.getLhs().getType());
  auto rightType = dyn_cast<RankedTensorType>(op.getRhs().getType());
  if (!leftType || !rightType ||
      !isTileable(host, leftType, rightType, op.getType()) ||
      rightType.getRank() < 2 ||
      rightType.isDynamicDim(rightType.getRank() - 1))
    return std::nullopt;
  // Steps of a sum are counted at compile time.
  if (stepOf(leftType.getElementType()) > 1 &&
      leftType.isDynamicDim(leftType.getRank() - 1))
    return std::nullopt;
  int64_t columns = rightType.getDimSize(rightType.getRank() - 1);
  bool batched = llvm::any_of(rightType.getShape().drop_back(2),
                              [](int64_t d) { return d != 1; });
  bool sameBatch =
      leftType.getShape().drop_back(std::min<int64_t>(2, leftType.getRank())) ==
          rightType.getShape().drop_back(2) &&
      rightType.hasStaticShape();
  if (columns == 0 || (batched && !sameBatch) ||
      (!batched &&
       rightType.getRank() > std::max<int64_t>(leftType.getRank(), 2)))
    return std::nullopt;
  ContractionPlan plan;
  plan.sum = getElementTypeOrSelf(op.getType());
  plan.input = host.get(site.outside(op.getLhs()));
  ArrayRef<Value> left(plan.input.dims);
  plan.columns = columns;
  plan.run = plan.rowStride = left.back();
  Value rows = left.size() == 1 ? host.c(1) : left[left.size() - 2];
  Value batch = host.product(left.drop_back(std::min<size_t>(2, left.size())));
  plan.segments = batched ? batch : host.c(1);
  plan.segmentRows = batched ? rows : host.mul(batch, rows);
  plan.segmentDims = {plan.segments};
  plan.segmentStrides = {host.mul(rows, plan.run)};
  plan.weightsPerSegment = batched;
  auto knownRows = CodeBuilder::constant(plan.segmentRows);
  plan.tile = host.lowering.target.contractionTile(
      knownRows.value_or(-1), columns, plan.sum.getIntOrFloatBitWidth() / 8);
  if (knownRows == 0)
    return std::nullopt;

  Value rightValue = site.outside(op.getRhs());
  if (ElementsAttr constant =
          batched ? ElementsAttr() : constantThroughGroup(rightValue)) {
    auto filter = graph::tensorFromAttribute(constant);
    int64_t depth = rightType.getDimSize(rightType.getRank() - 2);
    plan.weights = host.constantTensor(
        packWeights(*filter, {columns, 1, depth, depth, plan.tile.columns()},
                    [&](int64_t o, int64_t k) { return k * columns + o; }));
    if (!rightType.isDynamicDim(rightType.getRank() - 2))
      host.check(host.cmp(P::eq, plan.run, host.c(depth)),
                 "matrix of depth %lld times one of depth %lld",
                 {plan.run, host.c(depth)});
    return plan;
  }
  CodeTensor right = host.get(rightValue);
  Value depth = right.dims[right.dims.size() - 2];
  host.check(host.cmp(P::eq, plan.run, depth),
             "matrix of depth %lld times one of depth %lld", {plan.run, depth});
  plan.weights = packAtRunTime(host, right, plan.segments, depth, columns,
                               plan.tile.columns());
  return plan;
}

static SmallVector<Value> matMulDims(HostBuilder &host, const Site &site) {
  auto op = cast<graph::MatMulOp>(site.root);
  SmallVector<Value> dims = host.get(site.outside(op.getLhs())).dims;
  auto result = cast<RankedTensorType>(op.getResult().getType());
  // Where the left side is a vector its dimension goes; the last becomes N.
  dims.back() =
      host.c(cast<RankedTensorType>(op.getRhs().getType()).getShape().back());
  while (static_cast<int64_t>(dims.size()) < result.getRank())
    dims.insert(dims.begin(), host.c(1));
  return dims;
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

namespace {
/// A convolution with channels innermost, its padding already in memory.
struct ConvGeometry {
  CodeTensor input; ///< Padded.
  SmallVector<Value> outputDims;
  SmallVector<int64_t> kernel;
  int64_t channels, outputs, channelsPerGroup;
};
} // namespace

/// Letters "n01..c" for any number of spatial dimensions.
static bool isChannelsLast(graph::LayoutAttr layout) {
  return layout == graph::LayoutAttr::channelsLast(layout.getContext(),
                                                   layout.numSpatial());
}

/// Copies `input` into zeros where there is padding.
static CodeTensor padInput(HostBuilder &host, const CodeTensor &input,
                           ArrayRef<WindowDim> windows) {
  bool needed = llvm::any_of(windows, [](const WindowDim &w) {
    return CodeBuilder::constant(w.padLow) != 0 ||
           CodeBuilder::constant(w.padHigh) != 0;
  });
  if (!needed)
    return input;
  SmallVector<Value> dims = input.dims;
  SmallVector<int64_t> shape;
  for (auto [i, w] : llvm::enumerate(windows))
    dims[i + 1] = host.add(host.add(w.padLow, w.input), w.padHigh);
  for (Value dim : dims)
    shape.push_back(CodeBuilder::constant(dim).value_or(ShapedType::kDynamic));
  CodeTensor padded =
      host.scratch(RankedTensorType::get(shape, input.element()), dims);
  launchFill(host, padded, 0.0);
  View to = wholeView(host, padded);
  for (auto [i, w] : llvm::enumerate(windows))
    to.offset = host.add(to.offset, host.mul(w.padLow, to.strides[i + 1]));
  launchCopy(host, input.dims, wholeView(host, input), to);
  return padded;
}

/// True if planConv can take the convolution; looks at types and attributes
/// only.
static bool isPlannable(HostBuilder &host, const Site &site) {
  auto op = cast<graph::ConvOp>(site.root);
  auto inType = dyn_cast<RankedTensorType>(op.getInput().getType());
  auto outType = dyn_cast<RankedTensorType>(op.getResult().getType());
  ElementsAttr filter = constantThroughGroup(site.outside(op.getFilter()));
  if (!inType || !outType || !filter ||
      !isTileable(host, inType, filter.getType(), outType) ||
      !isChannelsLast(op.getInputLayout()) ||
      !isChannelsLast(op.getOutputLayout()) ||
      inType.isDynamicDim(inType.getRank() - 1))
    return false;
  int64_t outputs = outType.getShape().back(),
          channels = inType.getShape().back();
  auto shape = cast<ShapedType>(filter.getType()).getShape();
  return !ShapedType::isDynamic(outputs) && outputs > 0 && channels > 0 &&
         llvm::all_of(shape, [](int64_t d) { return d > 0; }) &&
         !llvm::is_contained(inType.getShape(), 0) &&
         !llvm::is_contained(outType.getShape(), 0);
}

static ConvGeometry resolveGeometry(HostBuilder &host, const Site &site) {
  auto op = cast<graph::ConvOp>(site.root);
  CodeTensor input = host.get(site.outside(op.getInput()));
  auto filterType = cast<RankedTensorType>(op.getFilter().getType());
  graph::LayoutAttr filter = op.getFilterLayout();
  int64_t spatial = op.getInputLayout().numSpatial();
  ConvGeometry g;
  g.channels = input.type.getShape().back();
  g.outputs = filterType.getDimSize(filter.outputChannel());
  g.channelsPerGroup = filterType.getDimSize(filter.inputChannel());
  SmallVector<WindowDim> windows;
  g.outputDims = input.dims;
  for (int64_t i = 0; i < spatial; ++i) {
    g.kernel.push_back(filterType.getDimSize(filter.spatial(i)));
    windows.push_back(
        resolveWindow(host, input.dims[i + 1], host.c(g.kernel[i]),
                      op.getStrides()[i], op.getDilations()[i], op.getPads()[i],
                      op.getPads()[spatial + i], op.getAutoPad(), false));
    g.outputDims[i + 1] = windows.back().output;
  }
  g.outputDims.back() = host.c(g.outputs);
  g.input = padInput(host, input, windows);
  return g;
}

/// Offsets in the constant filter of output channel o and, in the order in
/// which the reduction goes, element k = (kernel position, input channel).
static std::function<int64_t(int64_t, int64_t)>
filterOffset(graph::ConvOp op, const ConvGeometry &g) {
  auto shape = cast<RankedTensorType>(op.getFilter().getType()).getShape();
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t d = static_cast<int64_t>(shape.size()) - 2; d >= 0; --d)
    strides[d] = strides[d + 1] * shape[d + 1];
  graph::LayoutAttr layout = op.getFilterLayout();
  SmallVector<int64_t> spatial;
  for (size_t i = 0; i < g.kernel.size(); ++i)
    spatial.push_back(strides[layout.spatial(i)]);
  int64_t output = strides[layout.outputChannel()],
          input = strides[layout.inputChannel()];
  return [=, kernel = g.kernel, channels = g.channelsPerGroup](int64_t o,
                                                               int64_t k) {
    int64_t offset = o * output + k % channels * input;
    int64_t position = k / channels;
    for (int64_t i = static_cast<int64_t>(kernel.size()) - 1; i >= 0; --i) {
      offset += position % kernel[i] * spatial[i];
      position /= kernel[i];
    }
    return offset;
  };
}

/// What dense and depthwise convolutions share: segments are batch entries
/// times all spatial dimensions but the last; taps all kernel dimensions but
/// `merged`.
template <typename PlanT>
static void planWindows(HostBuilder &host, graph::ConvOp op,
                        const ConvGeometry &g, bool mergeLast, PlanT &plan) {
  SmallVector<Value> strides = host.strides(g.input.dims);
  int64_t spatial = g.kernel.size();
  plan.input = g.input;
  plan.segmentDims = {g.outputDims[0]};
  plan.segmentStrides = {strides[0]};
  for (int64_t i = 0; i + 1 < spatial; ++i) {
    plan.segmentDims.push_back(g.outputDims[i + 1]);
    plan.segmentStrides.push_back(
        host.mul(strides[i + 1], host.c(op.getStrides()[i])));
  }
  plan.segments = host.product(plan.segmentDims);
  plan.segmentRows = g.outputDims[spatial];
  plan.rowStride = host.mul(strides[spatial], host.c(op.getStrides().back()));
  for (int64_t i = 0; i < spatial - (mergeLast ? 1 : 0); ++i)
    plan.taps.push_back(
        {g.kernel[i], host.mul(strides[i + 1], host.c(op.getDilations()[i]))});
}

static ContractionPlan planConv(HostBuilder &host, const Site &site,
                                const ConvGeometry &g) {
  auto op = cast<graph::ConvOp>(site.root);
  ContractionPlan plan;
  plan.sum = getElementTypeOrSelf(op.getType());
  plan.columns = g.outputs;
  plan.groups = op.getGroups();
  plan.groupInputs = g.channelsPerGroup;
  bool merge = op.getDilations().back() == 1 && plan.groups == 1;
  planWindows(host, op, g, merge, plan);
  int64_t run = g.channelsPerGroup * (merge ? g.kernel.back() : 1);
  plan.run = host.c(run);
  auto ones = [](ArrayRef<int64_t> values) {
    return llvm::all_of(values, [](int64_t v) { return v == 1; });
  };
  if (ones(g.kernel) && ones(op.getStrides()) && plan.groups == 1) {
    // A matrix product: all positions are rows of one segment.
    plan.segmentRows = host.mul(plan.segments, plan.segmentRows);
    plan.segments = host.c(1);
    plan.segmentDims = {plan.segments};
    plan.segmentStrides = {host.c(0)};
    plan.taps.clear();
  }
  plan.tile = host.lowering.target.contractionTile(
      CodeBuilder::constant(plan.segmentRows).value_or(-1),
      g.outputs / plan.groups, plan.sum.getIntOrFloatBitWidth() / 8);
  int64_t depth = g.channelsPerGroup;
  for (int64_t size : g.kernel)
    depth *= size;
  auto filter = graph::tensorFromAttribute(
      constantThroughGroup(site.outside(op.getFilter())));
  plan.weights = host.constantTensor(packWeights(
      *filter, {g.outputs, plan.groups, depth, run, plan.tile.columns()},
      filterOffset(op, g)));
  return plan;
}

static DepthwisePlan planDepthwise(HostBuilder &host, const Site &site,
                                   const ConvGeometry &g) {
  auto op = cast<graph::ConvOp>(site.root);
  DepthwisePlan plan;
  plan.sum = getElementTypeOrSelf(op.getType());
  planWindows(host, op, g, /*mergeLast=*/false, plan);
  plan.channels = g.channels;
  plan.tile = host.lowering.target.depthwiseTile(
      CodeBuilder::constant(plan.segmentRows).value_or(-1), g.channels,
      plan.sum.getIntOrFloatBitWidth() / 8);
  auto filter = graph::tensorFromAttribute(
      constantThroughGroup(site.outside(op.getFilter())));
  int64_t taps = filter->size() / g.channels;
  auto offset = filterOffset(op, g);
  graph::Tensor weights(filter->getElementType(), {taps, g.channels});
  int64_t bytes = graph::elementBytes(filter->getElementType());
  for (int64_t t = 0; t < taps; ++t)
    for (int64_t c = 0; c < g.channels; ++c)
      std::memcpy(weights.data() + bytes * (t * g.channels + c),
                  filter->data() + bytes * offset(c, t), bytes);
  plan.weights = host.constantTensor(weights);
  return plan;
}

//===----------------------------------------------------------------------===//
// Entry
//===----------------------------------------------------------------------===//

static LogicalResult lowerConvSite(HostBuilder &host, const Site &site,
                                   Epilogue &epilogue) {
  auto op = cast<graph::ConvOp>(site.root);
  ConvGeometry g = resolveGeometry(host, site);
  bool depthwise = g.channelsPerGroup == 1 &&
                   int64_t(op.getGroups()) == g.channels &&
                   g.outputs == g.channels && g.channels > 1;
  std::optional<CodeTensor> bias;
  if (op.getBias()) {
    bias = host.get(site.outside(op.getBias()));
    checkBias(host, *bias, host.c(g.outputs));
  }
  auto finish = [&](auto plan, auto launch) {
    plan.bias = bias;
    plan.epilogue = epilogue;
    plan.output = defineOutput(host, site, epilogue, g.outputDims);
    launch(host, plan);
    return success();
  };
  graph::remarkPassed(site.root, "cpu",
                      depthwise ? "depthwise convolution"
                                : "tiled convolution");
  if (depthwise)
    return finish(planDepthwise(host, site, g), launchDepthwise);
  return finish(planConv(host, site, g), launchContraction);
}

LogicalResult systole::cpu::lowerContraction(HostBuilder &host, Operation *op) {
  Site site{op, op, dyn_cast<graph::GroupOp>(op)};
  if (site.group)
    for (Operation &inner : site.group.getBody().front())
      if (isa<graph::MatMulOp, graph::ConvOp>(inner)) {
        site.root = &inner;
        break;
      }
  Epilogue epilogue;
  bool isConv = isa<graph::ConvOp>(site.root);
  auto separately = [&](llvm::StringRef why) {
    graph::remarkMissed(site.root, "cpu", why);
    return lowerSeparately(host, site);
  };
  if (isConv && !isPlannable(host, site))
    return separately("plain loops, because the filter is no constant, or its "
                      "type, its layout or a size "
                      "is none that the tiled kernel takes");
  if (!planEpilogue(host, site, epilogue))
    return separately("its group runs one by one, because it reads a value in "
                      "no way that the "
                      "kernel can follow while it stores");
  if (isConv)
    return lowerConvSite(host, site, epilogue);
  std::optional<ContractionPlan> plan = planMatMul(host, site);
  if (!plan)
    return separately(
        "plain loops, because the element type or the batch dimensions are not "
        "those of the tiled kernel");
  graph::remarkPassed(site.root, "cpu", "tiled matrix product");
  plan->epilogue = epilogue;
  plan->output = defineOutput(host, site, epilogue, matMulDims(host, site));
  launchContraction(host, *plan);
  return success();
}
