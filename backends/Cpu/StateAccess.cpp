//===- StateAccess.cpp - Variables in host code ---------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/StateAccess.h"
#include "backends/Cpu/ElementTypes.h"
#include "backends/Cpu/HostBuilder.h"
#include "dialects/Graph/IR/GraphConstants.h"
#include "passes/Analysis/Aliasing.h"
#include "passes/Analysis/VariableAccess.h"
#include "passes/Transforms/Common/Remarks.h"
#include "runtime/src/abi.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace systole;
using namespace systole::cpu;

/// States beyond this are mistakes, and sums of sizes stay in 64 bits.
static constexpr int64_t kMaxStateBytes = int64_t(1) << 48;

static int64_t bytesOf(RankedTensorType type) {
  return type.getNumElements() *
         (storageType(type.getElementType()).getIntOrFloatBitWidth() / 8);
}

FailureOr<StateLayout> systole::cpu::layoutState(ModuleOp module) {
  StateLayout layout;
  for (auto variable : module.getOps<graph::VariableOp>()) {
    RankedTensorType type = variable.getTensorType();
    if (!isSupportedElement(type.getElementType()))
      return variable.emitError("the CPU backend has no elements of type ")
             << type.getElementType() << "; use --device=interpreter";
    if (type.getNumElements() > kMaxStateBytes ||
        layout.bytes + bytesOf(type) > kMaxStateBytes)
      return variable.emitError("the model's variables take more than 2^48 "
                                "bytes, up to and with this one");
    layout.places[variable.getSymName()] = {type, layout.bytes};
    layout.bytes =
        llvm::alignTo(layout.bytes + bytesOf(type), SYSTOLE_ALIGNMENT);
  }
  return layout;
}

//===----------------------------------------------------------------------===//
// Entering and leaving
//===----------------------------------------------------------------------===//

StateAccess::StateAccess(HostBuilder &host, func::FuncOp entry, StateMode mode)
    : host(host), entry(entry), mode(mode), analysis(entry) {}

StateAccess::Variable &StateAccess::makeVariable(llvm::StringRef name) {
  auto [entry, isNew] = variables.try_emplace(name);
  Variable &variable = entry->second;
  if (!isNew)
    return variable;
  if (!base)
    base = host.loadState();
  StateLayout::Place place = host.lowering.state.places.lookup(name);
  Value offset = arith::ConstantOp::create(
      host.b, host.loc, host.b.getI64IntegerAttr(place.offset));
  variable.memory = {place.type,
                     LLVM::GEPOp::create(host.b, host.loc, base.getType(),
                                         host.b.getI8Type(), base,
                                         ArrayRef<LLVM::GEPArg>{offset}),
                     {}};
  for (int64_t size : place.type.getShape())
    variable.memory.dims.push_back(host.c(size));
  variable.working = variable.memory;
  return variable;
}

void StateAccess::enter() {
  auto access = graph::VariableAccess::of(entry);
  for (StringAttr name : access.reads)
    makeVariable(name);
  for (StringAttr name : access.assigns)
    makeVariable(name);
  // In the order of the accesses: the tables have none.
  if (mode == StateMode::Staged)
    for (StringAttr name : access.assigns)
      stage(name, variables[name]);
}

void StateAccess::stage(llvm::StringRef name, Variable &variable) {
  SmallVector<graph::AssignVariableOp> assigns;
  SmallVector<Operation *> reads;
  entry.walk([&](Operation *op) {
    auto read = dyn_cast<graph::ReadVariableOp>(op);
    auto assign = dyn_cast<graph::AssignVariableOp>(op);
    if (read && read.getVariable() == name)
      reads.push_back(op);
    if (assign && assign.getVariable() == name)
      assigns.push_back(assign);
  });
  Block &body = entry.getBody().front();
  graph::AssignVariableOp only = assigns.front();
  bool isLast =
      assigns.size() == 1 && only->getBlock() == &body &&
      llvm::all_of(reads, [&](Operation *read) {
        return body.findAncestorOpInBlock(*read)->isBeforeInBlock(only);
      });
  if (isLast) {
    variable.last = only;
    auto shared = graph::sharingValues(only.getValue());
    kept.insert(shared.begin(), shared.end());
    return;
  }
  variable.working = host.allocateStatic(variable.memory.type, variable.buffer);
  host.copy(variable.memory, variable.working);
}

void StateAccess::leave() {
  for (StringAttr name : graph::VariableAccess::of(entry).assigns) {
    Variable &variable = variables[name];
    if (variable.last) {
      host.copy(host.get(variable.last.getValue()), variable.memory);
    } else if (variable.buffer >= 0) {
      host.touch(variable.buffer);
      host.copy(variable.working, variable.memory);
    }
  }
}

LogicalResult StateAccess::begin(graph::VariableOp variable) {
  const CodeTensor &memory = makeVariable(variable.getSymName()).memory;
  if (auto initial = variable.getInitial()) {
    auto tensor = graph::tensorFromAttribute(*initial);
    if (failed(tensor))
      return variable.emitError(
          "the initial value's data is missing or has the wrong size");
    llvm::StringRef bytes(tensor->data(), tensor->byteSize());
    if (bytes.find_first_not_of('\0') != llvm::StringRef::npos) {
      host.copy(host.constantTensor(*tensor), memory);
      return success();
    }
  }
  Value zero =
      arith::ConstantOp::create(host.b, host.loc, host.b.getI8IntegerAttr(0));
  LLVM::MemsetOp::create(host.b, host.loc, memory.pointer, zero,
                         host.toI64(host.byteSize(memory)),
                         /*isVolatile=*/false);
  return success();
}

//===----------------------------------------------------------------------===//
// Reading and assigning
//===----------------------------------------------------------------------===//

/// True if another variable is given the value, or a part of it.
static bool isAssigned(Value value) {
  return llvm::any_of(graph::sharingValues(value), [](Value member) {
    return llvm::any_of(member.getUsers(),
                        llvm::IsaPred<graph::AssignVariableOp>);
  });
}

LogicalResult StateAccess::read(graph::ReadVariableOp op) {
  Variable &variable = variables[op.getVariable()];
  llvm::StringRef why = analysis.whyCopy(op);
  if (why.empty() && mode == StateMode::Staged && isAssigned(op.getResult()))
    why = "variables are assigned together when the run ends";
  if (why.empty()) {
    host.bind(op.getResult(), variable.working);
    return success();
  }
  graph::remarkMissed(op, "cpu", "the variable is copied: " + why);
  host.copy(variable.working,
            host.define(op.getResult(), variable.working.dims));
  return success();
}

LogicalResult StateAccess::assign(graph::AssignVariableOp op) {
  Variable &variable = variables[op.getVariable()];
  CodeTensor value = host.get(op.getValue());
  if (computedInPlace.contains(op.getValue()) &&
      analysis.homeOf(op.getValue()).assign == op) {
    graph::remarkPassed(op, "cpu", "computed in the variable's memory");
    return success();
  }
  for (auto [size, found, expected] : llvm::zip_equal(
           value.type.getShape(), value.dims, variable.memory.dims)) {
    if (!ShapedType::isDynamic(size))
      continue;
    host.check(host.cmp(arith::CmpIPredicate::eq, found, expected),
               "a value of another shape is assigned to the variable " +
                   op.getVariable() +
                   ": its dimension is %lld, the variable's is %lld",
               {found, expected});
  }
  if (variable.last)
    return success();
  written |= variable.buffer < 0;
  graph::remarkMissed(op, "cpu", "the value is copied to the variable");
  host.copy(value, variable.working);
  return success();
}

//===----------------------------------------------------------------------===//
// Computing in place
//===----------------------------------------------------------------------===//

std::optional<CodeTensor>
StateAccess::occupy(Value value, graph::VariableMemory::Home home) {
  Variable &variable = variables[home.assign.getVariable()];
  if (variable.last || variable.memory.type != value.getType())
    return std::nullopt;
  written |= variable.buffer < 0;
  computedInPlace.insert(value);
  host.bind(value, variable.working);
  return variable.working;
}

std::optional<CodeTensor> StateAccess::homeOf(Value value) {
  auto home = analysis.homeOf(value);
  return home.assign && !home.over ? occupy(value, home) : std::nullopt;
}

std::optional<CodeTensor> StateAccess::homeOver(Operation *op, Value value,
                                                Value candidate) {
  auto home = analysis.homeOf(value);
  if (!home.over ||
      !graph::sharingValues(home.over.getResult()).contains(candidate) ||
      !graph::readsOnlyThrough(op, candidate))
    return std::nullopt;
  // Kernels tell equal memory by equal pointers.
  if (host.get(candidate).pointer !=
      variables[home.assign.getVariable()].working.pointer)
    return std::nullopt;
  return occupy(value, home);
}

//===----------------------------------------------------------------------===//
// Failing
//===----------------------------------------------------------------------===//

void StateAccess::enterLoop(Operation *loop) {
  writingLoops += !graph::VariableAccess::of(loop).assigns.empty();
}

void StateAccess::leaveLoop(Operation *loop) {
  bool writes = !graph::VariableAccess::of(loop).assigns.empty();
  writingLoops -= writes;
  written |= writes;
}

void StateAccess::mayFail() {
  failsAfterWrite |=
      mode == StateMode::InPlace && (written || writingLoops > 0);
}
