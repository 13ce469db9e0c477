//===- ArenaSize.cpp - How much memory given dimensions need --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Steps, on a clone of the host function:
//   1. return where the results would be handed over;
//   2. drop checks that read data, then kernels, copies and stores of data;
//   3. record the highest `arena_top`;
//   4. remove what is dead; give up if a read of data is left.
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/ArenaSize.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/RegionUtils.h"
#include "runtime/src/abi.h"
#include <cstddef>

using namespace mlir;
using namespace systole::cpu;

namespace {
/// What a pointer of host code points to.
enum class Memory {
  Frame,     ///< systole_frame
  Arguments, ///< an array of systole_argument
  Dims,      ///< the dimensions of an argument
  Data       ///< anything else: tensors, weights, variables of the host
};

struct Place {
  Memory memory;
  int64_t offset; ///< Bytes from where the memory begins; not for Data.
};
} // namespace

/// Follows a pointer to the frame that it comes from.
static Place placeOf(Value pointer, Value frame) {
  if (pointer == frame)
    return {Memory::Frame, 0};
  if (auto gep = pointer.getDefiningOp<LLVM::GEPOp>()) {
    Place base = placeOf(gep.getBase(), frame);
    ArrayRef<int32_t> indices = gep.getRawConstantIndices();
    bool isByteOffset = gep.getElemType().isInteger(8) && indices.size() == 1 &&
                        indices[0] != LLVM::GEPOp::kDynamicIndex;
    if (base.memory == Memory::Data || !isByteOffset)
      return {Memory::Data, 0};
    return {base.memory, base.offset + indices[0]};
  }
  auto load = pointer.getDefiningOp<LLVM::LoadOp>();
  if (!load)
    return {Memory::Data, 0};
  Place from = placeOf(load.getAddr(), frame);
  if (from.memory == Memory::Frame &&
      from.offset == offsetof(systole_frame, inputs))
    return {Memory::Arguments, 0};
  if (from.memory == Memory::Arguments &&
      from.offset % sizeof(systole_argument) ==
          offsetof(systole_argument, dims))
    return {Memory::Dims, 0};
  return {Memory::Data, 0};
}

static bool readsData(Operation *op, Value frame) {
  auto load = dyn_cast<LLVM::LoadOp>(op);
  return load && placeOf(load.getAddr(), frame).memory == Memory::Data;
}

/// True if computing `value` reads data (not followed into other blocks'
/// arguments, so that such a check stays).
static bool dependsOnData(Value value, Value frame) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  return readsData(op, frame) ||
         llvm::any_of(op->getOperands(), [&](Value operand) {
           return dependsOnData(operand, frame);
         });
}

/// A block that ends the run with a failed check.
static bool isFailure(Block *block) {
  auto exit = dyn_cast<func::ReturnOp>(block->getTerminator());
  return exit && matchPattern(exit.getOperand(0), m_Constant()) &&
         !matchPattern(exit.getOperand(0), m_Zero());
}

static void dropDataChecks(func::FuncOp function, Value frame) {
  SmallVector<cf::CondBranchOp> checks;
  function.walk([&](cf::CondBranchOp branch) {
    if (isFailure(branch.getFalseDest()) &&
        dependsOnData(branch.getCondition(), frame))
      checks.push_back(branch);
  });
  for (cf::CondBranchOp branch : checks) {
    OpBuilder b(branch);
    cf::BranchOp::create(b, branch.getLoc(), branch.getTrueDest(),
                         branch.getTrueDestOperands());
    branch.erase();
  }
}

/// Kernels, copies, and stores anywhere but in the frame.
static void dropDataWrites(func::FuncOp function, Value frame) {
  SmallVector<Operation *> writes;
  function.walk([&](Operation *op) {
    auto store = dyn_cast<LLVM::StoreOp>(op);
    if (store ? placeOf(store.getAddr(), frame).memory != Memory::Frame
              : isa<func::CallOp, LLVM::MemcpyOp, LLVM::MemmoveOp,
                    LLVM::MemsetOp>(op))
      writes.push_back(op);
  });
  for (Operation *op : writes)
    op->erase();
}

/// After each store to `arena_top`: arena_needed = max(arena_needed,
/// arena_top).
static void recordHighest(func::FuncOp function, Value frame) {
  SmallVector<LLVM::StoreOp> moves;
  function.walk([&](LLVM::StoreOp store) {
    if (placeOf(store.getAddr(), frame).offset ==
        offsetof(systole_frame, arena_top))
      moves.push_back(store);
  });
  for (LLVM::StoreOp store : moves) {
    OpBuilder b(store->getContext());
    b.setInsertionPointAfter(store);
    Location loc = store.getLoc();
    Value address =
        LLVM::GEPOp::create(b, loc, frame.getType(), b.getI8Type(), frame,
                            ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(
                                offsetof(systole_frame, arena_needed))});
    Value before = LLVM::LoadOp::create(b, loc, b.getI64Type(), address, 8);
    Value highest = arith::MaxSIOp::create(b, loc, before, store.getValue());
    LLVM::StoreOp::create(b, loc, highest, address, 8);
  }
}

bool systole::cpu::emitArenaSize(func::FuncOp host, Block *outputs,
                                 llvm::StringRef symbol) {
  OpBuilder b(host);
  IRMapping mapping;
  auto function = cast<func::FuncOp>(b.clone(*host, mapping));
  function.setName(symbol);
  Value frame = function.getArgument(0);
  IRRewriter rewriter(b);
  Block *end = mapping.lookup(outputs),
        *rest = rewriter.splitBlock(end, end->begin());
  rewriter.setInsertionPointToEnd(end);
  Value ok = arith::ConstantOp::create(
      rewriter, host.getLoc(), rewriter.getI32IntegerAttr(SYSTOLE_ENTRY_OK));
  func::ReturnOp::create(rewriter, host.getLoc(), ok);
  (void)rest; // Unreachable from here on, with what follows it.
  (void)eraseUnreachableBlocks(rewriter, function->getRegions());
  dropDataChecks(function, frame);
  dropDataWrites(function, frame);
  recordHighest(function, frame);
  (void)eraseUnreachableBlocks(rewriter, function->getRegions());
  (void)runRegionDCE(rewriter, function->getRegions());
  bool isKnown = !function
                      .walk([&](Operation *op) {
                        return readsData(op, frame) ? WalkResult::interrupt()
                                                    : WalkResult::advance();
                      })
                      .wasInterrupted();
  if (!isKnown)
    function.erase();
  return isKnown;
}
