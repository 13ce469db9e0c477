//===- KernelBuilder.cpp - Writing one kernel -----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/KernelBuilder.h"
#include "backends/Cpu/ElementTypes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace systole::cpu;

//===----------------------------------------------------------------------===//
// Index arithmetic
//===----------------------------------------------------------------------===//

Value CodeBuilder::c(int64_t value) {
  return arith::ConstantIndexOp::create(b, loc, value);
}

std::optional<int64_t> CodeBuilder::constant(Value index) {
  APInt value;
  if (matchPattern(index, m_ConstantInt(&value)))
    return value.getSExtValue();
  return std::nullopt;
}

Value CodeBuilder::add(Value x, Value y) {
  return b.createOrFold<arith::AddIOp>(loc, x, y);
}
Value CodeBuilder::sub(Value x, Value y) {
  return b.createOrFold<arith::SubIOp>(loc, x, y);
}
Value CodeBuilder::mul(Value x, Value y) {
  return b.createOrFold<arith::MulIOp>(loc, x, y);
}
Value CodeBuilder::div(Value x, Value y) {
  return b.createOrFold<arith::DivSIOp>(loc, x, y);
}
Value CodeBuilder::rem(Value x, Value y) {
  return b.createOrFold<arith::RemSIOp>(loc, x, y);
}
Value CodeBuilder::ceilDiv(Value x, int64_t y) {
  return div(add(x, c(y - 1)), c(y));
}
Value CodeBuilder::min(Value x, Value y) {
  return b.createOrFold<arith::MinSIOp>(loc, x, y);
}
Value CodeBuilder::max(Value x, Value y) {
  return b.createOrFold<arith::MaxSIOp>(loc, x, y);
}

Value CodeBuilder::cmp(arith::CmpIPredicate predicate, Value x, Value y) {
  return b.createOrFold<arith::CmpIOp>(loc, predicate, x, y);
}
Value CodeBuilder::select(Value condition, Value x, Value y) {
  return b.createOrFold<arith::SelectOp>(loc, condition, x, y);
}
Value CodeBuilder::logicalAnd(Value x, Value y) {
  return b.createOrFold<arith::AndIOp>(loc, x, y);
}

Value CodeBuilder::product(ArrayRef<Value> values) {
  Value result = c(1);
  for (Value value : values)
    result = mul(result, value);
  return result;
}

Value CodeBuilder::toI64(Value index) {
  return b.createOrFold<arith::IndexCastOp>(loc, b.getI64Type(), index);
}
Value CodeBuilder::toIndex(Value integer) {
  return b.createOrFold<arith::IndexCastOp>(loc, b.getIndexType(), integer);
}

SmallVector<Value> CodeBuilder::strides(ArrayRef<Value> dims) {
  SmallVector<Value> result(dims.size());
  Value stride = c(1);
  for (int64_t d = static_cast<int64_t>(dims.size()) - 1; d >= 0; --d) {
    result[d] = stride;
    if (d > 0)
      stride = mul(stride, dims[d]);
  }
  return result;
}

Value CodeBuilder::linear(ArrayRef<Value> indices, ArrayRef<Value> strides) {
  Value result = c(0);
  for (auto [index, stride] : llvm::zip_equal(indices, strides))
    result = add(result, mul(index, stride));
  return result;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value CodeBuilder::address(Value pointer, Value offset, Type type) {
  if (constant(offset) == 0)
    return pointer;
  return LLVM::GEPOp::create(b, loc, pointer.getType(), type, pointer,
                             ArrayRef<LLVM::GEPArg>{toI64(offset)});
}

Value CodeBuilder::loadRaw(Type type, Value address, int64_t alignment) {
  return LLVM::LoadOp::create(b, loc, type, address,
                              static_cast<unsigned>(alignment));
}

void CodeBuilder::storeRaw(Value value, Value address, int64_t alignment) {
  LLVM::StoreOp::create(b, loc, value, address,
                        static_cast<unsigned>(alignment));
}

static int64_t bytesOf(Type storage) {
  return storage.getIntOrFloatBitWidth() / 8;
}

/// Strings (systole_string) lie as their two halves may.
static int64_t alignmentOf(Type storage) {
  return std::min<int64_t>(bytesOf(storage), 8);
}

Value CodeBuilder::load(const CodeTensor &tensor, Value offset) {
  Type storage = storageType(tensor.element());
  Value raw = loadRaw(storage, address(tensor.pointer, offset, storage),
                      alignmentOf(storage));
  return decodeElement(b, loc, raw, tensor.element());
}

void CodeBuilder::store(const CodeTensor &tensor, Value offset,
                        Value computed) {
  Type storage = storageType(tensor.element());
  storeRaw(encodeElement(b, loc, computed, tensor.element()),
           address(tensor.pointer, offset, storage), alignmentOf(storage));
}

Value KernelBuilder::maskOf(int64_t lanes, int64_t valid) {
  SmallVector<bool> mask(lanes);
  for (int64_t lane = 0; lane < lanes; ++lane)
    mask[lane] = lane < valid;
  auto type = VectorType::get(lanes, b.getI1Type());
  return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, mask));
}

/// True for elements of which LLVM's masked accesses are not to be had: a store
/// of one lane that is also a truncation writes the untruncated number (LLVM
/// 22, AVX-512).
static bool isNarrow(Type storage) {
  return isa<IntegerType>(storage) && storage.getIntOrFloatBitWidth() < 32;
}

Value KernelBuilder::loadVector(const CodeTensor &tensor, Value offset,
                                int64_t lanes, int64_t valid) {
  Type element = tensor.element(), storage = storageType(element);
  Value from = address(tensor.pointer, offset, storage);
  auto type = VectorType::get(lanes, storage);
  if (valid >= lanes)
    return decodeElement(b, loc, loadRaw(type, from, bytesOf(storage)),
                         element);
  Value zeros = isa<FloatType>(storage) ? floatConstant(b, loc, type, 0.0)
                                        : intConstant(b, loc, type, 0);
  if (isNarrow(storage)) {
    Value vector = zeros;
    for (int64_t lane = 0; lane < valid; ++lane)
      vector = vector::InsertOp::create(
          b, loc,
          loadRaw(storage, address(from, c(lane), storage), bytesOf(storage)),
          vector, lane);
    return decodeElement(b, loc, vector, element);
  }
  Value stored = LLVM::MaskedLoadOp::create(
      b, loc, type, from, maskOf(lanes, valid), zeros, bytesOf(storage));
  return decodeElement(b, loc, stored, element);
}

void KernelBuilder::storeVector(const CodeTensor &tensor, Value offset,
                                Value vector, int64_t valid) {
  Type storage = storageType(tensor.element());
  Value to = address(tensor.pointer, offset, storage);
  int64_t lanes = cast<VectorType>(vector.getType()).getNumElements();
  Value stored = encodeElement(b, loc, vector, tensor.element());
  if (valid >= lanes)
    return storeRaw(stored, to, bytesOf(storage));
  if (!isNarrow(storage))
    LLVM::MaskedStoreOp::create(b, loc, stored, to, maskOf(lanes, valid),
                                bytesOf(storage));
  else
    for (int64_t lane = 0; lane < valid; ++lane)
      storeRaw(vector::ExtractOp::create(b, loc, stored, lane),
               address(to, c(lane), storage), bytesOf(storage));
}

Value KernelBuilder::loadLanes(const CodeTensor &tensor, Value offset,
                               int64_t lanes) {
  return lanes == 1 ? load(tensor, offset)
                    : loadVector(tensor, offset, lanes, lanes);
}

void KernelBuilder::storeLanes(const CodeTensor &tensor, Value offset,
                               Value value, int64_t lanes) {
  if (lanes == 1)
    store(tensor, offset, value);
  else
    storeVector(tensor, offset, value, lanes);
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

void KernelBuilder::loop(Value lower, Value upper, int64_t step,
                         llvm::function_ref<void(Value)> body) {
  carriedLoop(lower, upper, step, {}, [&](Value iv, ValueRange) {
    body(iv);
    return SmallVector<Value>();
  });
}

SmallVector<Value> KernelBuilder::carriedLoop(
    Value lower, Value upper, int64_t step, ValueRange inits,
    llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto low = constant(lower), high = constant(upper);
  // A single iteration needs no loop, none no code.
  if (low && high && *high <= *low)
    return SmallVector<Value>(inits);
  if (low && high && *high - *low <= step)
    return body(lower, inits);
  auto loop = scf::ForOp::create(b, loc, lower, upper, c(step), inits);
  b.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> next =
      body(loop.getInductionVar(), loop.getRegionIterArgs());
  b.setInsertionPointToEnd(loop.getBody());
  if (!loop.getBody()->mightHaveTerminator())
    scf::YieldOp::create(b, loc, next);
  b.setInsertionPointAfter(loop);
  return SmallVector<Value>(loop.getResults());
}

Value KernelBuilder::whileLoop(
    Value init, llvm::function_ref<std::pair<Value, Value>(Value)> condition,
    llvm::function_ref<Value(Value, Value)> body) {
  // The type of what the condition gives is that of the carried value.
  Type types[] = {init.getType(), init.getType()};
  auto loop = scf::WhileOp::create(b, loc, types, init);
  Block *before = b.createBlock(&loop.getBefore(), {}, init.getType(), loc);
  auto [goesOn, extra] = condition(before->getArgument(0));
  scf::ConditionOp::create(b, loc, goesOn,
                           ValueRange{before->getArgument(0), extra});
  Block *after = b.createBlock(&loop.getAfter(), {}, types, {loc, loc});
  Value next = body(after->getArgument(0), after->getArgument(1));
  scf::YieldOp::create(b, loc, next);
  b.setInsertionPointAfter(loop);
  return loop.getResult(0);
}

void KernelBuilder::ifThen(Value condition, llvm::function_ref<void()> body) {
  auto branch = scf::IfOp::create(b, loc, condition, /*withElseRegion=*/false);
  b.setInsertionPointToStart(branch.thenBlock());
  body();
  b.setInsertionPointAfter(branch);
}

SmallVector<Value> CodeBuilder::delinearize(Value flat, ArrayRef<Value> dims) {
  SmallVector<Value> indices(dims.size());
  for (int64_t d = static_cast<int64_t>(dims.size()) - 1; d > 0; --d) {
    indices[d] = rem(flat, dims[d]);
    flat = div(flat, dims[d]);
  }
  if (!dims.empty())
    indices[0] = flat;
  return indices;
}

void KernelBuilder::nest(ArrayRef<Value> dims, int64_t numParallel,
                         llvm::function_ref<void(ArrayRef<Value>)> body) {
  loop(begin, end, 1, [&](Value flat) {
    SmallVector<Value> indices =
        delinearize(flat, dims.take_front(numParallel));
    std::function<void(size_t)> inner = [&](size_t d) {
      if (d == dims.size())
        return body(indices);
      loop(c(0), dims[d], 1, [&](Value iv) {
        indices.push_back(iv);
        inner(d + 1);
        indices.pop_back();
      });
    };
    inner(indices.size());
  });
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

/// Appends to `types` what a tensor of `type` passes to a kernel.
static void appendArgumentTypes(RankedTensorType type,
                                SmallVectorImpl<Type> &types) {
  MLIRContext *context = type.getContext();
  types.push_back(LLVM::LLVMPointerType::get(context));
  types.append(type.getNumDynamicDims(), IndexType::get(context));
}

KernelBuilder::KernelBuilder(ModuleOp module, llvm::StringRef name,
                             Location loc,
                             ArrayRef<RankedTensorType> inputTypes,
                             ArrayRef<RankedTensorType> outputTypes)
    : CodeBuilder(OpBuilder(module.getContext()),
                  UnknownLoc::get(module.getContext())) {
  SmallVector<Type> types(2, b.getIndexType());
  for (RankedTensorType type : inputTypes)
    appendArgumentTypes(type, types);
  for (RankedTensorType type : outputTypes)
    appendArgumentTypes(type, types);
  b.setInsertionPointToEnd(module.getBody());
  func = func::FuncOp::create(b, this->loc, name, b.getFunctionType(types, {}));
  func.setPrivate();
  Block *entry = func.addEntryBlock();
  b.setInsertionPointToStart(entry);
  begin = entry->getArgument(0);
  end = entry->getArgument(1);
  unsigned next = 2;
  auto take = [&](RankedTensorType type) {
    func.setArgAttr(next, "llvm.noalias", b.getUnitAttr());
    CodeTensor tensor{type, entry->getArgument(next++), {}};
    for (int64_t size : type.getShape())
      tensor.dims.push_back(ShapedType::isDynamic(size)
                                ? Value(entry->getArgument(next++))
                                : c(size));
    return tensor;
  };
  for (RankedTensorType type : inputTypes)
    inputs.push_back(take(type));
  for (RankedTensorType type : outputTypes)
    outputs.push_back(take(type));
}

Value KernelBuilder::import(Value hostIndex) {
  if (auto value = constant(hostIndex))
    return c(*value);
  for (auto [i, known] : llvm::enumerate(imported))
    if (known == hostIndex)
      return func.getArgument(func.getNumArguments() - imported.size() + i);
  imported.push_back(hostIndex);
  (void)func.insertArgument(func.getNumArguments(), b.getIndexType(), {}, loc);
  return func.getArguments().back();
}

SmallVector<Value> KernelBuilder::import(ArrayRef<Value> hostIndices) {
  SmallVector<Value> result;
  for (Value index : hostIndices)
    result.push_back(import(index));
  return result;
}

func::FuncOp KernelLibrary::finish(KernelBuilder &kernel) {
  func::ReturnOp::create(kernel.b, kernel.loc);
  std::string name = kernel.func.getName().str(), text;
  kernel.func.setName("kernel");
  llvm::raw_string_ostream stream(text);
  kernel.func.print(stream);
  kernel.func.setName((name + "_" + Twine(byText.size())).str());
  auto [entry, isNew] = byText.try_emplace(text, kernel.func);
  if (!isNew)
    kernel.func.erase();
  return entry->second;
}
