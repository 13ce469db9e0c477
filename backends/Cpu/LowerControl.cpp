//===- LowerControl.cpp - Branches, loops and dispatch --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Regions become blocks. A value of static shape that crosses a region's border
// has one planned buffer, into which every predecessor copies. A value of
// dynamic shape crosses as a pointer and dimensions in block arguments.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/ElementTypes.h"
#include "backends/Cpu/HostScalars.h"
#include "backends/Cpu/Lowerings.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;

/// A branch condition: the one element of a boolean tensor.
static Value loadCondition(HostBuilder &host, Value value) {
  if (auto scalars = hostScalars(host, value))
    return scalars->front();
  return host.load(host.get(value), host.c(0));
}

/// The tensor with the dimensions that `type` declares dynamic passed through
/// block arguments of `block`.
static CodeTensor tensorFromArguments(HostBuilder &host, Block *block,
                                      RankedTensorType type) {
  CodeTensor tensor{
      type,
      block->addArgument(LLVM::LLVMPointerType::get(type.getContext()),
                         host.loc),
      {}};
  for (int64_t size : type.getShape())
    tensor.dims.push_back(
        ShapedType::isDynamic(size)
            ? Value(block->addArgument(host.b.getIndexType(), host.loc))
            : Value());
  return tensor;
}

/// Static dimensions as constants at the current place.
static void fillStaticDims(HostBuilder &host, CodeTensor &tensor) {
  for (auto [dim, size] : llvm::zip_equal(tensor.dims, tensor.type.getShape()))
    if (!ShapedType::isDynamic(size))
      dim = host.c(size);
}

static void appendArguments(const CodeTensor &tensor, RankedTensorType type,
                            SmallVectorImpl<Value> &operands) {
  operands.push_back(tensor.pointer);
  for (auto [dim, size] : llvm::zip_equal(tensor.dims, type.getShape()))
    if (ShapedType::isDynamic(size))
      operands.push_back(dim);
}

//===----------------------------------------------------------------------===//
// graph.if
//===----------------------------------------------------------------------===//

LogicalResult systole::cpu::lowerIf(HostBuilder &host, graph::IfOp op) {
  Value condition = loadCondition(host, op.getCondition());
  SmallVector<CodeTensor> results(op.getNumResults());
  SmallVector<int64_t> ids(op.getNumResults(), -1);
  Block *merge = host.newBlock();
  for (auto [i, result] : llvm::enumerate(op.getResults())) {
    auto type = cast<RankedTensorType>(result.getType());
    results[i] = type.hasStaticShape() ? host.allocateStatic(type, ids[i])
                                       : tensorFromArguments(host, merge, type);
  }
  Block *blocks[] = {host.newBlock(), host.newBlock()};
  cf::CondBranchOp::create(host.b, host.loc, condition, blocks[0], blocks[1]);
  for (auto [region, block] : llvm::zip_equal(op->getRegions(), blocks)) {
    host.b.setInsertionPointToStart(block);
    if (failed(host.lowerBlock(region.front())))
      return failure();
    SmallVector<Value> operands;
    for (auto [i, yielded] :
         llvm::enumerate(region.front().getTerminator()->getOperands())) {
      CodeTensor tensor = host.get(yielded);
      if (ids[i] < 0) {
        // A fresh copy: what the branch made may be planned memory that ends
        // here.
        CodeTensor fresh = host.allocateDynamic(results[i].type, tensor.dims);
        host.copy(tensor, fresh);
        appendArguments(fresh, results[i].type, operands);
        continue;
      }
      host.copy(tensor, results[i]);
      host.touch(ids[i]);
    }
    host.branch(merge, operands);
  }
  host.b.setInsertionPointToStart(merge);
  for (auto [i, result] : llvm::enumerate(op.getResults())) {
    fillStaticDims(host, results[i]);
    host.bind(result, results[i], ids[i]);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// graph.while
//===----------------------------------------------------------------------===//

namespace {
/// Lowers one loop: blocks header (condition), body, exit.
///
/// Carried values of static shape live in one planned buffer each for the whole
/// loop. Those of dynamic shape are pointers into the dynamic arena; at the end
/// of an iteration the new ones are moved to where the iteration began taking
/// memory, which gives back everything else that it took.
struct LoopLowering {
  HostBuilder &host;
  graph::WhileOp op;
  Block *header, *body, *exit;
  SmallVector<CodeTensor> carried;
  SmallVector<int64_t> ids;
  Value start; ///< `arena_top` when the loop began.

  RankedTensorType type(size_t i) {
    return cast<RankedTensorType>(op.getResult(i).getType());
  }

  void bindTo(ValueRange values) {
    for (auto [i, value] : llvm::enumerate(values))
      host.bind(value, carried[i], ids[i]);
  }

  /// Places `sources` one after the other from `start` on, by way of memory
  /// above all of them, so that no copy overwrites what a later one reads.
  SmallVector<Value> moveDynamic(ArrayRef<CodeTensor> sources) {
    SmallVector<CodeTensor> staged;
    Value stageBase = host.loadTop();
    for (auto [i, source] : llvm::enumerate(sources)) {
      if (ids[i] >= 0) {
        staged.push_back(source);
        continue;
      }
      staged.push_back(host.allocateDynamic(type(i), source.dims));
      host.copy(source, staged.back());
    }
    Value stageEnd = host.loadTop();
    Value distance = arith::SubIOp::create(host.b, host.loc, stageBase, start);
    SmallVector<Value> operands;
    Value target, from,
        zero = arith::ConstantOp::create(host.b, host.loc,
                                         host.b.getI64IntegerAttr(0));
    Value back = arith::SubIOp::create(host.b, host.loc, zero, distance);
    for (auto [i, tensor] : llvm::enumerate(staged)) {
      if (ids[i] >= 0)
        continue;
      CodeTensor moved = tensor;
      moved.pointer = LLVM::GEPOp::create(
          host.b, host.loc, tensor.pointer.getType(), host.b.getI8Type(),
          tensor.pointer, ArrayRef<LLVM::GEPArg>{back});
      if (!from) {
        from = tensor.pointer;
        target = moved.pointer;
      }
      appendArguments(moved, type(i), operands);
    }
    Value size = arith::SubIOp::create(host.b, host.loc, stageEnd, stageBase);
    if (from)
      LLVM::MemmoveOp::create(host.b, host.loc, target, from, size,
                              /*isVolatile=*/false);
    host.storeTop(arith::AddIOp::create(host.b, host.loc, start, size));
    return operands;
  }

  /// Copies the next values of static shape; those that come from another
  /// carried buffer go through scratch memory first, because the copies
  /// exchange them.
  void copyStatic(ArrayRef<CodeTensor> sources) {
    SmallVector<CodeTensor> staged(sources);
    for (auto [i, source] : llvm::enumerate(sources)) {
      bool isCarried = llvm::any_of(
          carried, [from = source.pointer](const CodeTensor &tensor) {
            return tensor.pointer && tensor.pointer == from;
          });
      if (ids[i] < 0 || !isCarried || source.pointer == carried[i].pointer)
        continue;
      staged[i] = host.scratch(type(i), source.dims);
      host.copy(source, staged[i]);
    }
    for (auto [i, source] : llvm::enumerate(staged))
      if (ids[i] >= 0) {
        host.touch(ids[i]);
        if (source.pointer != carried[i].pointer)
          host.copy(source, carried[i]);
      }
  }

  SmallVector<CodeTensor> tensorsOf(ValueRange values) {
    SmallVector<CodeTensor> result;
    for (Value value : values)
      result.push_back(host.get(value));
    return result;
  }

  LogicalResult run();
};
} // namespace

LogicalResult LoopLowering::run() {
  header = host.newBlock();
  body = host.newBlock();
  exit = host.newBlock();
  ids.assign(op.getNumResults(), -1);
  for (size_t i = 0; i < op.getNumResults(); ++i)
    carried.push_back(type(i).hasStaticShape()
                          ? host.allocateStatic(type(i), ids[i])
                          : tensorFromArguments(host, header, type(i)));
  start = host.loadTop();
  SmallVector<CodeTensor> inits = tensorsOf(op.getInits());
  for (auto [i, init] : llvm::enumerate(inits))
    if (ids[i] >= 0)
      host.copy(init, carried[i]);
  host.branch(header, moveDynamic(inits));
  host.enterLoop(op);

  host.b.setInsertionPointToStart(header);
  for (CodeTensor &tensor : carried)
    fillStaticDims(host, tensor);
  Block &condition = op.getCondition().front();
  bindTo(condition.getArguments());
  if (failed(host.lowerBlock(condition)))
    return failure();
  Value more = loadCondition(host, condition.getTerminator()->getOperand(0));
  cf::CondBranchOp::create(host.b, host.loc, more, body, exit);

  host.b.setInsertionPointToStart(body);
  Block &bodyBlock = op.getBody().front();
  bindTo(bodyBlock.getArguments());
  if (failed(host.lowerBlock(bodyBlock)))
    return failure();
  SmallVector<CodeTensor> next =
      tensorsOf(bodyBlock.getTerminator()->getOperands());
  copyStatic(next);
  host.branch(header, moveDynamic(next));
  for (int64_t id : ids)
    if (id >= 0)
      host.touch(id);
  host.leaveLoop(op);

  host.b.setInsertionPointToStart(exit);
  bindTo(op.getResults());
  return success();
}

LogicalResult systole::cpu::lowerWhile(HostBuilder &host, graph::WhileOp op) {
  // The bytes of new strings lie in memory that an iteration gives back.
  for (Type type : op.getResultTypes())
    if (isa<graph::StringType>(getElementTypeOrSelf(type)))
      return op.emitError(
          "the CPU backend has no loops that carry strings; use "
          "--device=interpreter");
  return LoopLowering{host, op, nullptr, nullptr, nullptr, {}, {}, {}}.run();
}

//===----------------------------------------------------------------------===//
// Dispatch
//===----------------------------------------------------------------------===//

bool systole::cpu::isElementwiseGroup(graph::GroupOp op) {
  return llvm::none_of(op.getBody().front(), [](Operation &inner) {
    return isa<graph::MatMulOp, graph::ConvOp, graph::ReduceOp>(inner);
  });
}

bool systole::cpu::isRowGroup(graph::GroupOp op) {
  return llvm::any_of(op.getBody().front(), llvm::IsaPred<graph::ReduceOp>);
}

bool systole::cpu::isAttentionGroup(graph::GroupOp op) {
  return llvm::any_of(op.getBody().front(), llvm::IsaPred<graph::SoftmaxOp>);
}

static LogicalResult lowerGroup(HostBuilder &host, graph::GroupOp op) {
  if (isAttentionGroup(op))
    return lowerAttention(host, op);
  if (isRowGroup(op))
    return lowerRows(host, op);
  return isElementwiseGroup(op) ? lowerElementwise(host, op)
                                : lowerContraction(host, op);
}

LogicalResult systole::cpu::lowerOp(HostBuilder &host, Operation *op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case<graph::GroupOp>([&](auto group) { return lowerGroup(host, group); })
      .Case<graph::MatMulOp, graph::ConvOp>(
          [&](auto) { return lowerContraction(host, op); })
      .Case<graph::IfOp>([&](auto branch) { return lowerIf(host, branch); })
      .Case<graph::WhileOp>([&](auto loop) { return lowerWhile(host, loop); })
      .Case<graph::ReadVariableOp>(
          [&](auto read) { return host.state.read(read); })
      .Case<graph::AssignVariableOp>(
          [&](auto assign) { return host.state.assign(assign); })
      .Case<graph::ReduceOp>(
          [&](auto reduce) { return lowerReduce(host, reduce); })
      .Case<graph::SoftmaxOp>(
          [&](auto softmax) { return lowerSoftmax(host, softmax); })
      .Case<graph::BatchNormOp>(
          [&](auto norm) { return lowerBatchNorm(host, norm); })
      .Case<graph::MaxPoolOp, graph::ArgMaxPoolOp, graph::AvgPoolOp>(
          [&](auto) { return lowerPool(host, op); })
      .Case<graph::GatherOp, graph::GatherElementsOp, graph::GatherNDOp,
            graph::ScatterElementsOp, graph::ScatterNDOp, graph::RangeOp,
            graph::NonZeroOp>([&](auto) { return lowerIndex(host, op); })
      .Case<graph::ArgReduceOp>(
          [&](auto reduce) { return lowerArgReduce(host, reduce); })
      .Case<graph::TopKOp>([&](auto topK) { return lowerTopK(host, topK); })
      .Case<graph::CumulativeOp>(
          [&](auto scan) { return lowerCumulative(host, scan); })
      .Case<graph::ResizeOp>(
          [&](auto typed) { return lowerResize(host, typed); })
      .Case<graph::SampleOp>(
          [&](auto typed) { return lowerSample(host, typed); })
      .Case<graph::NonMaxSuppressionOp>(
          [&](auto typed) { return lowerNonMaxSuppression(host, typed); })
      .Case<graph::DftOp>([&](auto typed) { return lowerDft(host, typed); })
      .Case<graph::DetOp>([&](auto typed) { return lowerDet(host, typed); })
      .Case<graph::RandomBitsOp>(
          [&](auto typed) { return lowerRandomBits(host, typed); })
      .Case<graph::StringEqualOp, graph::StringConcatOp, graph::StringCaseOp,
            graph::StringFieldCountOp, graph::StringFieldOp,
            graph::StringMatchOp>([&](auto) { return lowerString(host, op); })
      .Default([&](Operation *) -> LogicalResult {
        if (op->hasTrait<graph::Elementwise>())
          return lowerElementwise(host, op);
        return lowerMovement(host, op);
      });
}
