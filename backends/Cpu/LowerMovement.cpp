//===- LowerMovement.cpp - Operations that move data ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reshapes share memory. Transpositions, slices, broadcasts, concatenation and
// constant padding are copies between strided views. The other pads compute an
// address for each element.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/ElementTypes.h"
#include "backends/Cpu/Lowerings.h"
#include "backends/Cpu/StridedMap.h"
#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/IR/ShapeUtils.h"
#include "passes/Analysis/Aliasing.h"
#include "runtime/src/abi.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;
using P = arith::CmpIPredicate;

/// `result` is `source`'s memory with dimensions `dims`.
static void aliasWithDims(HostBuilder &host, Value result, Value source,
                          ArrayRef<Value> dims) {
  auto type = cast<RankedTensorType>(result.getType());
  CodeTensor tensor{type, host.get(source).pointer, {}};
  for (auto [dim, size] : llvm::zip_equal(dims, type.getShape()))
    tensor.dims.push_back(ShapedType::isDynamic(size) ? dim : host.c(size));
  assert(
      graph::sharingValues(source).contains(result) &&
      "the analysis must know of every view, or memory is written too early");
  host.alias(result, tensor, source);
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

static LogicalResult lowerShapeOf(HostBuilder &host, graph::ShapeOfOp op) {
  CodeTensor input = host.get(op.getInput());
  CodeTensor output = host.define(op.getResult(), host.c(input.rank()));
  for (auto [d, dim] : llvm::enumerate(input.dims))
    host.store(output, host.c(d), host.toI64(dim));
  return success();
}

static LogicalResult lowerReshape(HostBuilder &host, graph::ReshapeOp op) {
  CodeTensor input = host.get(op.getInput());
  SmallVector<Value> dims = host.entries(op.getShape());
  if (op.getCopyZeros())
    for (auto [d, dim] : llvm::enumerate(dims))
      if (static_cast<int64_t>(d) < input.rank())
        dim = host.select(host.cmp(P::eq, dim, host.c(0)), input.dims[d], dim);
  // The entry of -1 takes what the others leave.
  Value total = host.product(input.dims), known = host.c(1);
  for (Value dim : dims)
    known = host.mul(
        known, host.select(host.cmp(P::eq, dim, host.c(-1)), host.c(1), dim));
  Value divisor =
      host.select(host.cmp(P::eq, known, host.c(0)), host.c(1), known);
  Value rest = host.div(total, divisor);
  for (Value &dim : dims)
    dim = host.select(host.cmp(P::eq, dim, host.c(-1)), rest, dim);
  auto type = cast<RankedTensorType>(op.getResult().getType());
  for (auto [dim, size] : llvm::zip_equal(dims, type.getShape())) {
    host.check(host.cmp(P::sge, dim, host.c(0)),
               "the new shape has a dimension of %lld", {dim});
    if (!ShapedType::isDynamic(size))
      host.check(host.cmp(P::eq, dim, host.c(size)),
                 "the new shape has a dimension of %lld where %lld is declared",
                 {dim, host.c(size)});
  }
  Value count = host.product(dims);
  host.check(host.cmp(P::eq, count, total),
             "cannot reshape %lld elements to %lld", {total, count});
  aliasWithDims(host, op.getResult(), op.getInput(), dims);
  return success();
}

static LogicalResult lowerSqueeze(HostBuilder &host, graph::SqueezeOp op) {
  CodeTensor input = host.get(op.getInput());
  SmallVector<Value> dims;
  for (auto [d, dim] : llvm::enumerate(input.dims)) {
    if (!llvm::is_contained(op.getAxes(), static_cast<int64_t>(d)))
      dims.push_back(dim);
    else
      host.check(host.cmp(P::eq, dim, host.c(1)),
                 "cannot drop a dimension of size %lld", {dim});
  }
  aliasWithDims(host, op.getResult(), op.getInput(), dims);
  return success();
}

static LogicalResult lowerUnsqueeze(HostBuilder &host, graph::UnsqueezeOp op) {
  SmallVector<Value> dims = host.get(op.getInput()).dims;
  for (int64_t axis : op.getAxes())
    dims.insert(dims.begin() + axis, host.c(1));
  aliasWithDims(host, op.getResult(), op.getInput(), dims);
  return success();
}

/// The same memory, but for narrow elements, which fill their byte by their own
/// rule (Tensor.h).
static LogicalResult lowerBitcast(HostBuilder &host, graph::BitcastOp op) {
  CodeTensor input = host.get(op.getInput());
  unsigned width = op.getTo().getIntOrFloatBitWidth();
  if (width >= 8) {
    aliasWithDims(host, op.getResult(), op.getInput(), input.dims);
    return success();
  }
  CodeTensor output = host.define(op.getResult(), input.dims);
  bool isSigned =
      isa<IntegerType>(op.getTo()) && !isUnsignedElement(op.getTo());
  launchMap(
      host, "bitcast", output.dims, wholeView(host, asBits(input)),
      wholeView(host, asBits(output)), 2,
      [&](KernelBuilder &k, ValueRange elements) {
        Value unused =
            intConstant(k.b, k.loc, elements[0].getType(), 8 - width);
        Value high = arith::ShLIOp::create(k.b, k.loc, elements[0], unused);
        return isSigned
                   ? Value(arith::ShRSIOp::create(k.b, k.loc, high, unused))
                   : Value(arith::ShRUIOp::create(k.b, k.loc, high, unused));
      });
  return success();
}

//===----------------------------------------------------------------------===//
// Copies between views
//===----------------------------------------------------------------------===//

static LogicalResult lowerTranspose(HostBuilder &host, graph::TransposeOp op) {
  CodeTensor input = host.get(op.getInput());
  View from = wholeView(host, input);
  SmallVector<Value> dims, strides;
  for (int64_t d : op.getPerm()) {
    dims.push_back(input.dims[d]);
    strides.push_back(from.strides[d]);
  }
  from.strides = strides;
  CodeTensor output = host.define(op.getResult(), dims);
  launchCopy(host, output.dims, from, wholeView(host, output));
  return success();
}

static LogicalResult lowerBroadcast(HostBuilder &host, graph::BroadcastOp op) {
  CodeTensor input = host.get(op.getInput());
  CodeTensor shape{RankedTensorType::get(
                       SmallVector<int64_t>(host.entries(op.getShape()).size(),
                                            ShapedType::kDynamic),
                       input.element()),
                   Value(), host.entries(op.getShape())};
  for (Value dim : shape.dims)
    host.check(host.cmp(P::sge, dim, host.c(0)),
               "the shape has a dimension of %lld", {dim});
  SmallVector<Value> dims = broadcastDims(host, {input, shape});
  CodeTensor output = host.define(op.getResult(), dims);
  launchCopy(host, output.dims, broadcastView(host, input, output.dims),
             wholeView(host, output));
  return success();
}

static LogicalResult lowerConcat(HostBuilder &host, graph::ConcatOp op) {
  SmallVector<CodeTensor> inputs;
  for (Value input : op.getInputs())
    inputs.push_back(host.get(input));
  int64_t axis = op.getAxis();
  SmallVector<Value> dims = inputs.front().dims;
  for (const CodeTensor &input : llvm::drop_begin(inputs)) {
    for (auto [d, dim] : llvm::enumerate(input.dims))
      if (static_cast<int64_t>(d) != axis)
        host.check(host.cmp(P::eq, dim, dims[d]),
                   "dimensions %lld and %lld differ", {dims[d], dim});
    dims[axis] = host.add(dims[axis], input.dims[axis]);
  }
  CodeTensor output = host.define(op.getResult(), dims);
  View to = wholeView(host, output);
  for (const CodeTensor &input : inputs) {
    launchCopy(host, input.dims, wholeView(host, input), to);
    to.offset =
        host.add(to.offset, host.mul(input.dims[axis], to.strides[axis]));
  }
  return success();
}

/// First index and number of indices of a slice along a dimension of `size`.
static std::pair<Value, Value> resolveSlice(HostBuilder &host, Value size,
                                            Value start, Value end,
                                            Value step) {
  Value zero = host.c(0), one = host.c(1), last = host.sub(size, one);
  Value forward = host.cmp(P::sgt, step, zero);
  auto fromEnd = [&](Value index) {
    // Far negative indices stay negative: the sum cannot wrap above zero.
    return host.select(host.cmp(P::slt, index, zero), host.add(index, size),
                       index);
  };
  auto clamp = [&](Value index) {
    Value low = host.select(forward, zero, host.c(-1));
    Value high = host.select(forward, size, last);
    return host.max(host.min(index, high), low);
  };
  Value backwardStart = host.max(host.min(fromEnd(start), last), host.c(-1));
  Value first = host.select(forward, clamp(fromEnd(start)), backwardStart);
  Value stop = clamp(fromEnd(end));
  Value distance =
      host.select(forward, host.sub(stop, first), host.sub(first, stop));
  Value magnitude =
      host.max(host.select(forward, step, host.sub(zero, step)), one);
  Value count = host.div(
      host.sub(host.add(host.max(distance, zero), magnitude), one), magnitude);
  return {first, count};
}

/// How much larger than a slice its operand may be, for the slice to keep the
/// operand's memory alive instead of being copied: four gates of a cell in one.
static constexpr int64_t kMostTimesLarger = 4;

/// Where a slice that is one run of its operand's elements begins in it;
/// nullopt where it is not, or types and constants do not tell.
static std::optional<int64_t> runOffset(graph::SliceOp op) {
  auto from = cast<RankedTensorType>(op.getInput().getType()),
       to = cast<RankedTensorType>(op.getType());
  auto starts = graph::constantInts(op.getStarts()),
       ends = graph::constantInts(op.getEnds()),
       steps = graph::constantInts(op.getSteps());
  if (!from.hasStaticShape() || !to.hasStaticShape() || !starts || !ends ||
      !steps || to.getNumElements() == 0 ||
      from.getNumElements() > kMostTimesLarger * to.getNumElements())
    return std::nullopt;
  int64_t offset = 0, stride = 1;
  bool isWhole = true; // All dimensions further in are taken entirely.
  for (int64_t d = from.getRank() - 1; d >= 0; --d) {
    int64_t size = from.getDimSize(d), count = size, start = 0;
    const auto *axis = llvm::find(op.getAxes(), d);
    if (axis != op.getAxes().end()) {
      size_t k = axis - op.getAxes().begin();
      if ((*steps)[k] == 0)
        return std::nullopt;
      graph::SliceRange range =
          graph::resolveSlice(size, (*starts)[k], (*ends)[k], (*steps)[k]);
      start = range.start;
      count = range.count;
      if (count > 1 && (*steps)[k] != 1)
        return std::nullopt;
    }
    if (count > 1 && !isWhole)
      return std::nullopt;
    isWhole &= count == size;
    offset += start * stride;
    stride *= size;
  }
  return offset;
}

/// Gives the slice its operand's memory where it is one run of elements that
/// begins where a tensor may. Returns true if it did.
static bool lowerSliceAsView(HostBuilder &host, graph::SliceOp op) {
  std::optional<int64_t> offset = runOffset(op);
  Type storage = storageType(getElementTypeOrSelf(op.getType()));
  if (!offset ||
      *offset * storage.getIntOrFloatBitWidth() / 8 % SYSTOLE_ALIGNMENT != 0)
    return false;
  CodeTensor input = host.get(op.getInput());
  auto type = cast<RankedTensorType>(op.getType());
  CodeTensor tensor{
      type, host.address(input.pointer, host.c(*offset), storage), {}};
  for (int64_t size : type.getShape())
    tensor.dims.push_back(host.c(size));
  host.alias(op.getResult(), tensor, op.getInput());
  return true;
}

static LogicalResult lowerSlice(HostBuilder &host, graph::SliceOp op) {
  if (lowerSliceAsView(host, op))
    return success();
  CodeTensor input = host.get(op.getInput());
  View from = wholeView(host, input);
  SmallVector<Value> dims = input.dims;
  auto starts = host.entries(op.getStarts()), ends = host.entries(op.getEnds()),
       steps = host.entries(op.getSteps());
  for (auto [k, axis] : llvm::enumerate(op.getAxes())) {
    // Larger steps take one element as well; this keeps the arithmetic in
    // range.
    Value step =
        host.max(host.min(steps[k], host.c(1LL << 40)), host.c(-(1LL << 40)));
    host.check(host.cmp(P::ne, step, host.c(0)), "a slice has a step of %lld",
               {step});
    auto [first, count] =
        resolveSlice(host, input.dims[axis], starts[k], ends[k], step);
    from.offset = host.add(from.offset, host.mul(first, from.strides[axis]));
    from.strides[axis] = host.mul(from.strides[axis], step);
    dims[axis] = count;
  }
  CodeTensor output = host.define(op.getResult(), dims);
  launchCopy(host, output.dims, from, wholeView(host, output));
  return success();
}

//===----------------------------------------------------------------------===//
// Padding
//===----------------------------------------------------------------------===//

/// Fills the result, then copies what is left of the input into its place.
static void padConstant(HostBuilder &host, graph::PadOp op,
                        const CodeTensor &input, const CodeTensor &output,
                        ArrayRef<Value> low) {
  if (op.getValue() && !scalarConstant(op.getValue())) {
    CodeTensor value = host.get(op.getValue());
    CodeTensor scalar{
        RankedTensorType::get({}, value.element()), value.pointer, {}};
    launchCopy(host, output.dims, broadcastView(host, scalar, output.dims),
               wholeView(host, output));
  } else {
    launchFill(host, output,
               op.getValue() ? *scalarConstant(op.getValue()) : 0.0);
  }
  View from = wholeView(host, input), to = wholeView(host, output);
  SmallVector<Value> dims;
  for (int64_t d = 0; d < input.rank(); ++d) {
    // Negative pads cut: copying starts at -low in the input, at low in the
    // result.
    Value skip = host.max(host.sub(host.c(0), low[d]), host.c(0));
    Value place = host.max(low[d], host.c(0));
    Value left = host.min(host.sub(input.dims[d], skip),
                          host.sub(output.dims[d], place));
    dims.push_back(host.max(left, host.c(0)));
    from.offset = host.add(from.offset, host.mul(skip, from.strides[d]));
    to.offset = host.add(to.offset, host.mul(place, to.strides[d]));
  }
  launchCopy(host, dims, from, to);
}

/// Each element from the mirrored, repeated or clamped position.
static void padFromInput(HostBuilder &host, graph::PadOp op,
                         const CodeTensor &input, const CodeTensor &output,
                         ArrayRef<Value> low) {
  graph::PadMode mode = op.getMode();
  KernelBuilder k = host.kernel("pad", input, output);
  SmallVector<Value> lows = k.import(low), inDims = k.import(input.dims),
                     outDims = k.import(output.dims);
  SmallVector<Value> strides = k.strides(inDims),
                     outStrides = k.strides(outDims);
  int64_t parallel = std::max<int64_t>(1, input.rank() - 1);
  k.nest(outDims, parallel, [&](ArrayRef<Value> indices) {
    Value from = k.c(0);
    for (auto [d, index] : llvm::enumerate(indices)) {
      Value at = k.sub(index, lows[d]), last = k.sub(inDims[d], k.c(1));
      if (mode == graph::PadMode::reflect) {
        at = k.max(at, k.sub(k.c(0), at));
        at = k.min(at, k.sub(k.mul(k.c(2), last), at));
      } else if (mode == graph::PadMode::wrap) {
        at = k.rem(k.add(k.rem(at, inDims[d]), inDims[d]), inDims[d]);
      }
      at = k.max(k.min(at, last), k.c(0));
      from = k.add(from, k.mul(at, strides[d]));
    }
    k.store(k.outputs[0], k.linear(indices, outStrides),
            k.load(k.inputs[0], from));
  });
  Value count = host.product(ArrayRef<Value>(output.dims).take_front(parallel));
  host.launch(k, count, host.mul(output.dims.back(), host.c(8)), input, output);
}

static LogicalResult lowerPad(HostBuilder &host, graph::PadOp op) {
  CodeTensor input = host.get(op.getInput());
  int64_t rank = input.rank();
  SmallVector<Value> pads = host.entries(op.getPads()), dims;
  for (int64_t d = 0; d < rank; ++d) {
    Value limit = host.c(1LL << 40);
    for (Value pad : {pads[d], pads[rank + d]}) {
      Value magnitude = host.max(pad, host.sub(host.c(0), pad));
      host.check(host.cmp(P::sle, magnitude, limit),
                 "a pad of %lld elements is too large", {pad});
      if (op.getMode() == graph::PadMode::reflect)
        host.check(host.cmp(P::slt, pad, host.max(input.dims[d], host.c(1))),
                   "cannot reflect %lld elements of a dimension of %lld",
                   {pad, input.dims[d]});
    }
    dims.push_back(host.add(host.add(pads[d], input.dims[d]), pads[rank + d]));
    host.check(host.cmp(P::sge, dims[d], host.c(0)),
               "padding leaves a dimension of %lld", {dims[d]});
    if (op.getMode() == graph::PadMode::constant)
      continue;
    Value filled = host.b.createOrFold<arith::OrIOp>(
        host.loc, host.cmp(P::sgt, input.dims[d], host.c(0)),
        host.cmp(P::eq, dims[d], host.c(0)));
    host.check(filled, "cannot extend a dimension of size 0");
  }
  CodeTensor output = host.define(op.getResult(), dims);
  if (op.getMode() == graph::PadMode::constant || rank == 0)
    padConstant(host, op, input, output,
                ArrayRef<Value>(pads).take_front(rank));
  else
    padFromInput(host, op, input, output,
                 ArrayRef<Value>(pads).take_front(rank));
  return success();
}

LogicalResult systole::cpu::lowerMovement(HostBuilder &host, Operation *op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case<graph::ShapeOfOp>([&](auto o) { return lowerShapeOf(host, o); })
      .Case<graph::ReshapeOp>([&](auto o) { return lowerReshape(host, o); })
      .Case<graph::SqueezeOp>([&](auto o) { return lowerSqueeze(host, o); })
      .Case<graph::UnsqueezeOp>([&](auto o) { return lowerUnsqueeze(host, o); })
      .Case<graph::TransposeOp>([&](auto o) { return lowerTranspose(host, o); })
      .Case<graph::BroadcastOp>([&](auto o) { return lowerBroadcast(host, o); })
      .Case<graph::ConcatOp>([&](auto o) { return lowerConcat(host, o); })
      .Case<graph::SliceOp>([&](auto o) { return lowerSlice(host, o); })
      .Case<graph::PadOp>([&](auto o) { return lowerPad(host, o); })
      .Case<graph::BitcastOp>([&](auto o) { return lowerBitcast(host, o); })
      .Default([](Operation *unknown) {
        return unknown->emitError(
            "the CPU backend has no lowering for this operation");
      });
}
