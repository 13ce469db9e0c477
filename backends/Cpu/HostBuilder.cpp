//===- HostBuilder.cpp - The function that runs a model's kernels ---------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/HostBuilder.h"
#include "backends/Cpu/CpuBackend.h"
#include "backends/Cpu/ElementTypes.h"
#include "backends/Cpu/HostScalars.h"
#include "backends/Cpu/Lowerings.h"
#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "dialects/Graph/IR/NodeLocation.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "passes/Analysis/Aliasing.h"
#include "passes/Analysis/DimSources.h"
#include "passes/Transforms/Common/Remarks.h"
#include "runtime/src/abi.h"
#include <cstddef>

using namespace mlir;
using namespace systole;
using namespace systole::cpu;

static Type pointerType(MLIRContext *context) {
  return LLVM::LLVMPointerType::get(context);
}

HostBuilder::HostBuilder(Lowering &lowering, func::FuncOp entry,
                         llvm::StringRef symbol, StateMode mode)
    : CodeBuilder(OpBuilder(entry.getContext()), entry.getLoc()),
      lowering(lowering), state(*this, entry, mode), entry(entry) {
  b.setInsertionPointToEnd(lowering.module.getBody());
  auto type =
      b.getFunctionType({pointerType(b.getContext())}, {b.getI32Type()});
  function = func::FuncOp::create(b, loc, symbol, type);
  frame = function.addEntryBlock()->getArgument(0);
  b.setInsertionPointToStart(&function.getBody().front());
}

//===----------------------------------------------------------------------===//
// The frame
//===----------------------------------------------------------------------===//

static Value bytesBeyond(OpBuilder &b, Location loc, Value pointer,
                         int64_t bytes) {
  return LLVM::GEPOp::create(
      b, loc, pointer.getType(), b.getI8Type(), pointer,
      ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(bytes)});
}

Value HostBuilder::frameField(int64_t offset, Type type) {
  return loadRaw(type, bytesBeyond(b, loc, frame, offset), 8);
}

void HostBuilder::storeFrameField(int64_t offset, Value value) {
  storeRaw(value, bytesBeyond(b, loc, frame, offset), 8);
}

Value HostBuilder::loadState() {
  return frameField(offsetof(systole_frame, state),
                    pointerType(b.getContext()));
}
Value HostBuilder::loadTop() {
  return frameField(offsetof(systole_frame, arena_top), b.getI64Type());
}
void HostBuilder::storeTop(Value top) {
  storeFrameField(offsetof(systole_frame, arena_top), top);
}

/// Binds the entry's arguments and checks that the arena holds the static plan.
void HostBuilder::readFrame() {
  Type pointer = pointerType(b.getContext()), i64 = b.getI64Type();
  totalArena = arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(0));
  closureSlots = arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(1));
  closure = LLVM::AllocaOp::create(b, loc, pointer, i64, closureSlots,
                                   /*alignment=*/8);
  Value one = arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(1));
  flagSlot = LLVM::AllocaOp::create(b, loc, pointer, i64, one, /*alignment=*/8);
  arena = frameField(offsetof(systole_frame, arena), pointer);
  arenaBytes = frameField(offsetof(systole_frame, arena_bytes), i64);
  weightBase = frameField(offsetof(systole_frame, weights), pointer);
  Value inputs = frameField(offsetof(systole_frame, inputs), pointer);
  Block *tooSmall = newBlock(), *enough = newBlock();
  Value fits = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sge,
                                     arenaBytes, totalArena);
  cf::CondBranchOp::create(b, loc, fits, enough, tooSmall);
  b.setInsertionPointToStart(tooSmall);
  storeFrameField(offsetof(systole_frame, arena_needed), totalArena);
  returnStatus(SYSTOLE_ENTRY_ARENA_TOO_SMALL);
  b.setInsertionPointToStart(enough);
  storeTop(totalArena);
  for (BlockArgument argument : entry.getArguments()) {
    auto type = cast<RankedTensorType>(argument.getType());
    int64_t at = argument.getArgNumber() * sizeof(systole_argument);
    Value base = bytesBeyond(b, loc, inputs, at);
    CodeTensor tensor{type, loadRaw(pointer, base, 8), {}};
    Value dims =
        loadRaw(pointer,
                bytesBeyond(b, loc, base, offsetof(systole_argument, dims)), 8);
    for (auto [d, size] : llvm::enumerate(type.getShape()))
      tensor.dims.push_back(
          ShapedType::isDynamic(size)
              ? toIndex(loadRaw(i64, bytesBeyond(b, loc, dims, 8 * d), 8))
              : c(size));
    bind(argument, tensor);
  }
}

void HostBuilder::returnStatus(int32_t status) {
  Value value = arith::ConstantOp::create(b, loc, b.getI32IntegerAttr(status));
  func::ReturnOp::create(b, loc, value);
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

void HostBuilder::bind(Value value, const CodeTensor &tensor, int64_t buffer) {
  tensors[value] = tensor;
  if (buffer >= 0)
    buffers[value] = buffer;
}

CodeTensor HostBuilder::constantTensor(const graph::Tensor &tensor) {
  if (isa<graph::StringType>(tensor.getElementType()))
    return stringConstant(*this, tensor);
  int64_t at = lowering.weights.add(tensor);
  CodeTensor result{tensor.getType(), Value(), {}};
  Value offset = arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(at));
  result.pointer =
      LLVM::GEPOp::create(b, loc, weightBase.getType(), b.getI8Type(),
                          weightBase, ArrayRef<LLVM::GEPArg>{offset});
  for (int64_t size : tensor.getShape())
    result.dims.push_back(c(size));
  return result;
}

CodeTensor HostBuilder::get(Value value) {
  if (ElementsAttr attribute = graph::constantAttribute(value)) {
    auto tensor = graph::tensorFromAttribute(attribute);
    assert(succeeded(tensor) && "verified when the walk reached the constant");
    return constantTensor(*tensor);
  }
  auto buffer = buffers.find(value);
  if (buffer != buffers.end())
    plan.touch(buffer->second, time);
  return tensors.lookup(value);
}

Value HostBuilder::byteSize(const CodeTensor &tensor) {
  int64_t bytes = storageType(tensor.element()).getIntOrFloatBitWidth() / 8;
  return mul(product(tensor.dims), c(bytes));
}

CodeTensor HostBuilder::allocateStatic(RankedTensorType type, int64_t &buffer) {
  int64_t bytes =
      type.getNumElements() *
      (storageType(type.getElementType()).getIntOrFloatBitWidth() / 8);
  buffer = plan.add(bytes, time);
  auto offset = arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(0));
  offsets.push_back(offset);
  CodeTensor tensor{type, Value(), {}};
  tensor.pointer =
      LLVM::GEPOp::create(b, loc, arena.getType(), b.getI8Type(), arena,
                          ArrayRef<LLVM::GEPArg>{offset.getResult()});
  for (int64_t size : type.getShape())
    tensor.dims.push_back(c(size));
  return tensor;
}

CodeTensor HostBuilder::allocateDynamic(RankedTensorType type,
                                        ArrayRef<Value> dims) {
  dynamicMemory = true;
  state.mayFail();
  CodeTensor tensor{type, Value(), SmallVector<Value>(dims)};
  // Sizes may come from data: 2^40 bytes are refused before they can overflow.
  Value bytes =
      c(storageType(type.getElementType()).getIntOrFloatBitWidth() / 8);
  Value sane = arith::ConstantOp::create(b, loc, b.getBoolAttr(true));
  for (Value dim : dims) {
    using P = arith::CmpIPredicate;
    Value inRange = logicalAnd(cmp(P::sge, dim, c(0)),
                               cmp(P::sle, dim, c(int64_t(1) << 22)));
    Value large = logicalAnd(cmp(P::sge, dim, c(0)),
                             cmp(P::sle, dim, c(int64_t(1) << 40)));
    Value small = cmp(P::sle, bytes, c(int64_t(1) << 22));
    sane = logicalAnd(sane, select(small, large, inRange));
    bytes = mul(bytes, dim);
    sane = logicalAnd(sane, cmp(P::sle, bytes, c(int64_t(1) << 40)));
  }
  check(sane, "a tensor of %lld bytes is beyond what this program can hold",
        {bytes});
  Value top = toIndex(loadTop());
  Value aligned = mul(ceilDiv(bytes, SYSTOLE_ALIGNMENT), c(SYSTOLE_ALIGNMENT));
  Value next = add(top, aligned);
  Block *tooSmall = newBlock(), *enough = newBlock();
  Value fits = cmp(arith::CmpIPredicate::sle, next, toIndex(arenaBytes));
  cf::CondBranchOp::create(b, loc, fits, enough, tooSmall);
  b.setInsertionPointToStart(tooSmall);
  // More will be asked for after this one: leave room for as much again.
  storeFrameField(offsetof(systole_frame, arena_needed),
                  toI64(add(next, next)));
  returnStatus(SYSTOLE_ENTRY_ARENA_TOO_SMALL);
  b.setInsertionPointToStart(enough);
  storeTop(toI64(next));
  tensor.pointer =
      LLVM::GEPOp::create(b, loc, arena.getType(), b.getI8Type(), arena,
                          ArrayRef<LLVM::GEPArg>{toI64(top)});
  return tensor;
}

CodeTensor HostBuilder::define(Value value, ArrayRef<Value> dims) {
  if (auto place = places.find(value); place != places.end()) {
    bind(value, place->second);
    return place->second;
  }
  if (auto home = state.homeOf(value))
    return *home;
  auto type = cast<RankedTensorType>(value.getType());
  if (type.hasStaticShape()) {
    int64_t buffer;
    CodeTensor tensor = allocateStatic(type, buffer);
    bind(value, tensor, buffer);
    return tensor;
  }
  SmallVector<Value> exact;
  for (auto [dim, size] : llvm::zip_equal(dims, type.getShape()))
    exact.push_back(ShapedType::isDynamic(size) ? dim : c(size));
  CodeTensor tensor = allocateDynamic(type, exact);
  bind(value, tensor);
  return tensor;
}

/// True if `operand` fills memory exactly as `result` does, in every run.
static bool haveSameStorage(Value operand, Value result) {
  auto from = cast<RankedTensorType>(operand.getType()),
       to = cast<RankedTensorType>(result.getType());
  return storageType(from.getElementType()).getIntOrFloatBitWidth() ==
             storageType(to.getElementType()).getIntOrFloatBitWidth() &&
         from.hasStaticShape() == to.hasStaticShape() &&
         graph::haveSameShape(operand, result);
}

CodeTensor HostBuilder::defineOver(Operation *op, Value value,
                                   ArrayRef<Value> dims,
                                   ArrayRef<Value> candidates) {
  auto type = cast<RankedTensorType>(value.getType());
  if (auto home = state.homeOf(value))
    return *home;
  llvm::StringRef why;
  for (Value candidate : candidates) {
    auto buffer = buffers.find(candidate);
    bool isPlanned = buffer != buffers.end();
    if (!haveSameStorage(candidate, value))
      continue;
    if (auto home = state.homeOver(op, value, candidate))
      return *home;
    why = state.isKept(candidate)
              ? "a variable takes its operand's value when the run ends"
              : graph::whyNotOverwrite(op, candidate);
    if (why.empty() && isPlanned != type.hasStaticShape())
      why = "one of them is planned, the other of dynamic size";
    if (!why.empty())
      continue;
    graph::remarkPassed(op, "cpu", "in the memory of its operand");
    CodeTensor tensor{type, get(candidate).pointer, {}};
    for (auto [dim, size] : llvm::zip_equal(dims, type.getShape()))
      tensor.dims.push_back(ShapedType::isDynamic(size) ? dim : c(size));
    bind(value, tensor, isPlanned ? buffer->second : -1);
    return tensor;
  }
  if (!why.empty())
    graph::remarkMissed(op, "cpu", "memory of its own: " + why);
  return define(value, dims);
}

CodeTensor HostBuilder::scratch(RankedTensorType type, ArrayRef<Value> dims) {
  if (!type.hasStaticShape())
    return allocateDynamic(type, dims);
  int64_t buffer;
  return allocateStatic(type, buffer);
}

void HostBuilder::alias(Value value, const CodeTensor &tensor, Value source) {
  auto buffer = buffers.find(source);
  int64_t id = buffer == buffers.end() ? -1 : buffer->second;
  bind(value, tensor, id);
}

SmallVector<Value> HostBuilder::entries(Value shapeTensor) {
  SmallVector<Value> result;
  if (auto known = graph::constantInts(shapeTensor)) {
    for (int64_t entry : *known)
      result.push_back(c(entry));
    return result;
  }
  if (auto scalars = hostScalars(*this, shapeTensor)) {
    for (Value entry : *scalars)
      result.push_back(toIndex(entry));
    return result;
  }
  CodeTensor tensor = get(shapeTensor);
  int64_t count =
      cast<RankedTensorType>(shapeTensor.getType()).getNumElements();
  for (int64_t i = 0; i < count; ++i)
    result.push_back(toIndex(load(tensor, c(i))));
  return result;
}

void HostBuilder::copy(const CodeTensor &from, const CodeTensor &to) {
  LLVM::MemcpyOp::create(b, loc, to.pointer, from.pointer,
                         toI64(byteSize(from)),
                         /*isVolatile=*/false);
}

//===----------------------------------------------------------------------===//
// Checks and control flow
//===----------------------------------------------------------------------===//

void HostBuilder::check(Value condition, const Twine &message,
                        ArrayRef<Value> details) {
  if (matchPattern(condition, m_One()))
    return;
  state.mayFail();
  Block *bad = newBlock(), *good = newBlock();
  cf::CondBranchOp::create(b, loc, condition, good, bad);
  b.setInsertionPointToStart(bad);
  int64_t index = lowering.messages.size();
  lowering.messages.push_back((nodePrefix() + message).str());
  storeFrameField(
      offsetof(systole_frame, message),
      arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(index)));
  for (auto [i, detail] : llvm::enumerate(details.take_front(4)))
    storeFrameField(offsetof(systole_frame, detail) + 8 * i, toI64(detail));
  returnStatus(SYSTOLE_ENTRY_CHECK_FAILED);
  b.setInsertionPointToStart(good);
}

CodeTensor HostBuilder::flag() {
  storeRaw(arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(0)), flagSlot,
           8);
  return {RankedTensorType::get({1}, b.getI64Type()), flagSlot, {c(1)}};
}

std::string HostBuilder::nodePrefix() const {
  std::string node = current ? graph::describeNode(current->getLoc()) : "";
  return node.empty() ? node : node + ": ";
}

void HostBuilder::branch(Block *to, ValueRange operands) {
  cf::BranchOp::create(b, loc, to, operands);
}

void HostBuilder::enterLoop(Operation *loop) {
  loopStarts.push_back(++time);
  state.enterLoop(loop);
}
void HostBuilder::leaveLoop(Operation *loop) {
  plan.extendOverLoop(loopStarts.pop_back_val(), ++time);
  state.leaveLoop(loop);
}

//===----------------------------------------------------------------------===//
// Launching kernels
//===----------------------------------------------------------------------===//

KernelBuilder HostBuilder::kernel(llvm::StringRef name,
                                  ArrayRef<CodeTensor> inputs,
                                  ArrayRef<CodeTensor> outputs) {
  auto types = [](ArrayRef<CodeTensor> tensors) {
    SmallVector<RankedTensorType> result;
    for (const CodeTensor &tensor : tensors)
      result.push_back(tensor.type);
    return result;
  };
  KernelBuilder kernel(lowering.module, name, loc, types(inputs),
                       types(outputs));
  for (auto [input, inside] : llvm::zip_equal(inputs, kernel.inputs))
    for (auto [output, target] : llvm::zip_equal(outputs, kernel.outputs))
      if (input.pointer == output.pointer)
        inside.pointer = target.pointer;
  return kernel;
}

/// @task(closure, begin, end): unpacks a kernel's arguments and calls it.
func::FuncOp HostBuilder::taskOf(func::FuncOp kernel) {
  func::FuncOp &task = tasks[kernel];
  if (task)
    return task;
  std::string name = (kernel.getName() + "_task").str();
  if (auto existing = lowering.module.lookupSymbol<func::FuncOp>(name))
    return task = existing;
  CodeBuilder code(OpBuilder(b.getContext()), UnknownLoc::get(b.getContext()));
  code.b.setInsertionPointToEnd(lowering.module.getBody());
  Type index = b.getIndexType(), pointer = pointerType(b.getContext());
  task = func::FuncOp::create(code.b, code.loc, name,
                              b.getFunctionType({pointer, index, index}, {}));
  task.setPrivate();
  Block *block = task.addEntryBlock();
  code.b.setInsertionPointToStart(block);
  SmallVector<Value> arguments{block->getArgument(1), block->getArgument(2)};
  for (auto [slot, type] :
       llvm::enumerate(llvm::drop_begin(kernel.getArgumentTypes(), 2))) {
    Value at = bytesBeyond(code.b, code.loc, block->getArgument(0), 8 * slot);
    bool isPointer = isa<LLVM::LLVMPointerType>(type);
    Value raw = code.loadRaw(isPointer ? type : Type(b.getI64Type()), at, 8);
    arguments.push_back(isPointer ? raw : code.toIndex(raw));
  }
  func::CallOp::create(code.b, code.loc, kernel, arguments);
  func::ReturnOp::create(code.b, code.loc);
  return task;
}

void HostBuilder::launch(KernelBuilder &kernel, Value count, Value cost,
                         ArrayRef<CodeTensor> inputs,
                         ArrayRef<CodeTensor> outputs) {
  SmallVector<Value> arguments;
  auto pass = [&](const CodeTensor &tensor) {
    arguments.push_back(tensor.pointer);
    for (auto [dim, size] :
         llvm::zip_equal(tensor.dims, tensor.type.getShape()))
      if (ShapedType::isDynamic(size))
        arguments.push_back(dim);
  };
  llvm::for_each(inputs, pass);
  llvm::for_each(outputs, pass);
  arguments.append(kernel.imported);
  func::FuncOp callee = lowering.kernels.finish(kernel);
  auto knownCount = constant(count), knownCost = constant(cost);
  bool small =
      knownCount &&
      (*knownCount < 2 || (knownCost && *knownCount * *knownCost <
                                            lowering.target.minParallelCost()));
  if (!lowering.threaded || small) {
    SmallVector<Value> all{c(0), count};
    all.append(arguments);
    func::CallOp::create(b, loc, callee, all);
    return;
  }
  for (auto [slot, argument] : llvm::enumerate(arguments)) {
    bool isPointer = isa<LLVM::LLVMPointerType>(argument.getType());
    storeRaw(isPointer ? argument : toI64(argument),
             bytesBeyond(b, loc, closure, 8 * slot), 8);
  }
  maxClosureSlots = std::max<int64_t>(maxClosureSlots, arguments.size());
  func::FuncOp task = taskOf(callee);
  Value taskValue =
      func::ConstantOp::create(b, loc, task.getFunctionType(), task.getName());
  Value taskPointer = UnrealizedConversionCastOp::create(
                          b, loc, pointerType(b.getContext()), taskValue)
                          .getResult(0);
  auto launcher = lowering.module.lookupSymbol<func::FuncOp>("systole_launch");
  func::CallOp::create(
      b, loc, launcher,
      ValueRange{frame, taskPointer, closure, toI64(count), toI64(cost)});
}

//===----------------------------------------------------------------------===//
// The walk
//===----------------------------------------------------------------------===//

LogicalResult HostBuilder::lowerOperation(Operation *op) {
  ++time;
  current = op;
  for (Value result : op->getResults())
    if (!isa<RankedTensorType>(result.getType()))
      return op->emitError("the rank of ")
             << "a result is not known before the program runs; bind the input "
                "shapes "
                "(--shape NAME=DIMS), so that it is";
  auto unsupported = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return !tensor || !isSupportedElement(tensor.getElementType());
  };
  for (Type type : op->getResultTypes())
    if (unsupported(type))
      return op->emitError("the CPU backend has no elements of type ")
             << getElementTypeOrSelf(type) << "; use --device=interpreter";
  if (auto constant = dyn_cast<graph::ConstantOp>(op)) {
    if (failed(graph::tensorFromAttribute(constant.getValue())))
      return op->emitError(
          "the constant's data is missing or has the wrong size");
    return success();
  }
  return lowerOp(*this, op);
}

void HostBuilder::markEnd(Operation *op) {
  Type pointer = pointerType(b.getContext());
  Value variable =
      LLVM::AddressOfOp::create(b, loc, pointer, cpu::kProfileHook);
  Value number = arith::ConstantOp::create(
      b, loc, b.getI64IntegerAttr(lowering.profile(op)));
  auto type = LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(b.getContext()), {b.getI64Type()});
  LLVM::CallOp::create(b, loc, type,
                       ValueRange{loadRaw(pointer, variable, 8), number});
}

LogicalResult HostBuilder::lowerBlock(Block &block) {
  for (Operation &op : block.without_terminator()) {
    if (failed(lowerOperation(&op)))
      return failure();
    if (lowering.profile && !state.isBeginning() &&
        !op.hasTrait<OpTrait::ConstantLike>())
      markEnd(&op);
  }
  current = block.getTerminator();
  ++time;
  return success();
}

/// Hands each result to the caller: into its memory where that is large enough.
LogicalResult HostBuilder::writeOutputs(func::ReturnOp op) {
  Type pointer = pointerType(b.getContext());
  // A block of its own, so that the arena's size can be taken before it.
  outputsBlock = newBlock();
  branch(outputsBlock);
  b.setInsertionPointToStart(outputsBlock);
  Value outputs = frameField(offsetof(systole_frame, outputs), pointer);
  for (auto [i, operand] : llvm::enumerate(op.getOperands())) {
    CodeTensor tensor = get(operand);
    Value base = bytesBeyond(b, loc, outputs, i * sizeof(systole_argument));
    Value dims =
        loadRaw(pointer,
                bytesBeyond(b, loc, base, offsetof(systole_argument, dims)), 8);
    for (auto [d, dim] : llvm::enumerate(tensor.dims))
      storeRaw(toI64(dim), bytesBeyond(b, loc, dims, 8 * d), 8);
    Value capacity = loadRaw(
        b.getI64Type(),
        bytesBeyond(b, loc, base, offsetof(systole_argument, capacity)), 8);
    Value target = loadRaw(pointer, base, 8);
    Value null = LLVM::ZeroOp::create(b, loc, pointer);
    Value given =
        LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::ne, target, null);
    Value bytes = toI64(byteSize(tensor));
    Value large = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sge,
                                        capacity, bytes);
    Block *copyBlock = newBlock(), *lendBlock = newBlock(), *next = newBlock();
    cf::CondBranchOp::create(b, loc,
                             arith::AndIOp::create(b, loc, given, large),
                             copyBlock, lendBlock);
    b.setInsertionPointToStart(copyBlock);
    copy(tensor, {tensor.type, target, tensor.dims});
    branch(next);
    b.setInsertionPointToStart(lendBlock);
    storeRaw(tensor.pointer, base, 8);
    branch(next);
    b.setInsertionPointToStart(next);
  }
  state.leave();
  returnStatus(SYSTOLE_ENTRY_OK);
  return success();
}

LogicalResult HostBuilder::build(ArrayRef<graph::VariableOp> initial) {
  for (Type type : entry.getArgumentTypes()) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !isSupportedElement(tensor.getElementType()))
      return entry.emitError("the CPU backend cannot take an input of type ")
             << type;
  }
  readFrame();
  for (graph::VariableOp variable : initial)
    if (failed(state.begin(variable)))
      return failure();
  state.enter();
  if (failed(lowerBlock(entry.getBody().front())))
    return failure();
  if (failed(writeOutputs(
          cast<func::ReturnOp>(entry.getBody().front().getTerminator()))))
    return failure();
  plan.solve(SYSTOLE_ALIGNMENT);
  for (auto [buffer, offset] : llvm::enumerate(offsets))
    offset.setValueAttr(b.getI64IntegerAttr(plan.offset(buffer)));
  totalArena.setValueAttr(b.getI64IntegerAttr(plan.totalBytes()));
  closureSlots.setValueAttr(b.getI64IntegerAttr(maxClosureSlots));
  return success();
}
