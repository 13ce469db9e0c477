//===- LowerModule.cpp - All entries of a module --------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/LowerModule.h"
#include "backends/Cpu/ArenaSize.h"
#include "backends/Cpu/HostBuilder.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "runtime/src/abi.h"
#include <cstddef>

using namespace mlir;
using namespace systole;
using namespace systole::cpu;

/// The functions that users call.
static SmallVector<func::FuncOp> entriesOf(ModuleOp module) {
  SmallVector<func::FuncOp> entries;
  for (auto function : module.getOps<func::FuncOp>())
    if (function->hasAttr(graph::kEntryAttr))
      entries.push_back(function);
  if (entries.empty())
    for (auto function : module.getOps<func::FuncOp>())
      if (function.isPublic() && !function.isExternal())
        entries.push_back(function);
  return entries;
}

/// A C identifier from any name.
static std::string identifier(llvm::StringRef name) {
  std::string result;
  for (char letter : name)
    result += llvm::isAlnum(letter) ? letter : '_';
  if (result.empty() || llvm::isDigit(result[0]))
    result = "m" + result;
  return result;
}

/// @systole_launch(frame, task, closure, count, cost): through the executor, or
/// directly where there is none.
static void emitLauncher(ModuleOp module) {
  MLIRContext *context = module.getContext();
  CodeBuilder code(OpBuilder(context), UnknownLoc::get(context));
  code.b.setInsertionPointToEnd(module.getBody());
  Type pointer = LLVM::LLVMPointerType::get(context), i64 = code.b.getI64Type();
  auto type = code.b.getFunctionType({pointer, pointer, pointer, i64, i64}, {});
  auto function =
      func::FuncOp::create(code.b, code.loc, "systole_launch", type);
  function.setPrivate();
  Block *entry = function.addEntryBlock(), *alone = function.addBlock(),
        *shared = function.addBlock();
  auto at = [&](Value base, int64_t bytes) {
    return LLVM::GEPOp::create(
        code.b, code.loc, pointer, code.b.getI8Type(), base,
        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(bytes)});
  };
  code.b.setInsertionPointToStart(entry);
  Value executor = code.loadRaw(
      pointer, at(entry->getArgument(0), offsetof(systole_frame, executor)), 8);
  Value none =
      LLVM::ICmpOp::create(code.b, code.loc, LLVM::ICmpPredicate::eq, executor,
                           LLVM::ZeroOp::create(code.b, code.loc, pointer));
  cf::CondBranchOp::create(code.b, code.loc, none, alone, shared);
  auto call = [&](Value callee, ArrayRef<Type> types,
                  ArrayRef<Value> arguments) {
    SmallVector<Value> operands{callee};
    operands.append(arguments.begin(), arguments.end());
    auto callType =
        LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context), types);
    LLVM::CallOp::create(code.b, code.loc, callType, operands);
    func::ReturnOp::create(code.b, code.loc);
  };
  Value task = entry->getArgument(1), closure = entry->getArgument(2),
        count = entry->getArgument(3), cost = entry->getArgument(4);
  code.b.setInsertionPointToStart(alone);
  Value zero =
      arith::ConstantOp::create(code.b, code.loc, code.b.getI64IntegerAttr(0));
  call(task, {pointer, i64, i64}, {closure, zero, count});
  code.b.setInsertionPointToStart(shared);
  Value run = code.loadRaw(
      pointer, at(executor, offsetof(systole_executor, parallel_for)), 8);
  Value self = code.loadRaw(
      pointer, at(executor, offsetof(systole_executor, context)), 8);
  call(run, {pointer, pointer, pointer, i64, i64},
       {self, task, closure, count, cost});
}

/// The variable that holds the profile's hook, null at first.
static void emitProfileHook(ModuleOp module) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  Type pointer = LLVM::LLVMPointerType::get(module.getContext());
  auto variable = LLVM::GlobalOp::create(
      builder, module.getLoc(), pointer, /*isConstant=*/false,
      LLVM::Linkage::External, kProfileHook, Attribute());
  builder.createBlock(&variable.getInitializer());
  Value null = LLVM::ZeroOp::create(builder, module.getLoc(), pointer);
  LLVM::ReturnOp::create(builder, module.getLoc(), null);
}

/// --precision=strict: every operation rounds by itself, also inside elementary
/// functions and reductions.
static void forbidContraction(ModuleOp module) {
  module.walk([](arith::ArithFastMathInterface op) {
    auto none = arith::FastMathFlagsAttr::get(op->getContext(),
                                              arith::FastMathFlags::none);
    op->setAttr(op.getFastMathAttrName(), none);
  });
}

LogicalResult systole::cpu::lowerModule(ModuleOp module,
                                        const CompileOptions &options,
                                        Emit emit, const TargetModel &target,
                                        ModuleOp lowered,
                                        ModelDescription &model) {
  Lowering lowering{lowered, target, options.threads != 1, {}, model.weights,
                    {},      {},     options.profile};
  if (lowering.profile)
    emitProfileHook(lowered);
  if (lowering.threaded)
    emitLauncher(lowered);
  SmallVector<func::FuncOp> entries = entriesOf(module);
  if (entries.empty())
    return module.emitError("the module has no function to compile");
  std::string prefix = identifier(options.modelName);
  model.symbol = emit == Emit::Obj ? prefix + "_model" : SYSTOLE_LIBRARY_SYMBOL;
  for (func::FuncOp entry : entries) {
    std::string symbol = prefix + "_" + identifier(entry.getName()) + "_entry";
    HostBuilder host(lowering, entry, symbol);
    if (failed(host.build()))
      return failure();
    int64_t bytes = host.staticArenaBytes();
    // Dynamic tensors: a first guess, the runtime asks for more when told to.
    bool isExact = !host.usesDynamicMemory();
    model.entries.push_back(
        {entry, symbol, isExact ? bytes : bytes + (1 << 16), isExact, ""});
    std::string sizeSymbol = symbol + "_arena_size";
    if (emit == Emit::Obj && !isExact &&
        emitArenaSize(host.getFunction(), host.getOutputsBlock(), sizeSymbol))
      model.entries.back().arenaSizeSymbol = sizeSymbol;
  }
  if (options.strict)
    forbidContraction(lowered);
  model.messages = std::move(lowering.messages);
  return success();
}
