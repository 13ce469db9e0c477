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
#include "mlir/IR/IRMapping.h"
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
      if (function.isPublic() && !function.isExternal() &&
          !function->hasAttr(graph::kInitializerAttr))
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

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

/// Builds one entry, and describes it in `description`.
static LogicalResult lowerEntry(Lowering &lowering, func::FuncOp entry,
                                StateMode mode,
                                ArrayRef<graph::VariableOp> initial, Emit emit,
                                EntryDescription &description) {
  std::string symbol = description.symbol;
  auto host = std::make_unique<HostBuilder>(lowering, entry, symbol, mode);
  if (failed(host->build(initial)))
    return failure();
  if (host->state.mustStage()) {
    host->getFunction().erase();
    host = std::make_unique<HostBuilder>(lowering, entry, symbol,
                                         StateMode::Staged);
    if (failed(host->build(initial)))
      return failure();
  }
  int64_t bytes = host->staticArenaBytes();
  // Dynamic tensors: a first guess, the runtime asks for more when told to.
  bool isExact = !host->usesDynamicMemory();
  description.graph = entry;
  description.arenaBytes = isExact ? bytes : bytes + (1 << 16);
  description.arenaIsExact = isExact;
  std::string sizeSymbol = symbol + "_arena_size";
  if (emit == Emit::Obj && !isExact &&
      emitArenaSize(host->getFunction(), host->getOutputsBlock(), sizeSymbol))
    description.arenaSizeSymbol = sizeSymbol;
  return success();
}

/// A function that does what the initialisers of `module` do, one after the
/// other; empty where `run` is false.
static OwningOpRef<func::FuncOp>
joinInitializers(ModuleOp module, llvm::StringRef name, bool run) {
  OpBuilder builder(module.getContext());
  OwningOpRef<func::FuncOp> joined = func::FuncOp::create(
      module.getLoc(), name, builder.getFunctionType({}, {}));
  builder.setInsertionPointToStart(joined->addEntryBlock());
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!run || !function->hasAttr(graph::kInitializerAttr))
      continue;
    IRMapping mapping;
    for (Operation &op : function.getBody().front().without_terminator())
      builder.clone(op, mapping);
  }
  func::ReturnOp::create(builder, module.getLoc());
  return joined;
}

/// The functions that fill a state, and a sample's part of it.
static LogicalResult lowerStateFunctions(ModuleOp module, Lowering &lowering,
                                         Emit emit, llvm::StringRef prefix,
                                         ModelDescription &model) {
  SmallVector<graph::VariableOp> all, perSample;
  for (auto variable : module.getOps<graph::VariableOp>()) {
    all.push_back(variable);
    if (variable.getPerSample())
      perSample.push_back(variable);
  }
  auto lower = [&](llvm::StringRef name, ArrayRef<graph::VariableOp> variables,
                   bool runInitializers,
                   std::optional<EntryDescription> &description) {
    if (variables.empty())
      return success();
    auto joined = joinInitializers(module, name, runInitializers);
    description.emplace();
    description->symbol = (prefix + "__" + name).str();
    LogicalResult result = lowerEntry(lowering, *joined, StateMode::Begin,
                                      variables, emit, *description);
    model.stateFunctions.push_back(std::move(joined));
    return result;
  };
  model.stateBytes = lowering.state.bytes;
  return success(succeeded(lower("state_begin", all, true, model.stateBegin)) &&
                 succeeded(lower("state_begin_sample", perSample, false,
                                 model.stateBeginSample)));
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
  auto state = layoutState(module);
  if (failed(state))
    return failure();
  lowering.state = std::move(*state);
  if (failed(lowerStateFunctions(module, lowering, emit, prefix, model)))
    return failure();
  for (func::FuncOp entry : entries) {
    EntryDescription description;
    description.symbol = prefix + "_" + identifier(entry.getName()) + "_entry";
    if (failed(lowerEntry(lowering, entry, StateMode::InPlace, {}, emit,
                          description)))
      return failure();
    model.entries.push_back(std::move(description));
  }
  if (options.strict)
    forbidContraction(lowered);
  model.messages = std::move(lowering.messages);
  return success();
}
