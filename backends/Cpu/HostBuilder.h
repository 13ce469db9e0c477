//===- HostBuilder.h - The function that runs a model's kernels -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Host code is the straight-line part of an entry: it computes dimensions,
// finds memory for each tensor, launches kernels and branches. It is built in
// one walk over the graph, as a function
//
//   @entry(frame) -> i32          (runtime/src/abi.h)
//
// of unstructured control flow, so that a failed check can return at once.
//
// Memory. Tensors of static shape get offsets in the arena from the memory plan
// (MemoryPlan.h), once the walk has seen all lifetimes: offsets are constants
// that are filled in at the end. Tensors of dynamic shape are taken from the
// rest of the arena while running, by moving `arena_top`; loops give back what
// one iteration took.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_HOSTBUILDER_H
#define SYSTOLE_BACKENDS_CPU_HOSTBUILDER_H

#include "backends/Cpu/KernelBuilder.h"
#include "backends/Cpu/MemoryPlan.h"
#include "backends/Cpu/StateAccess.h"
#include "backends/Cpu/TargetModel.h"
#include "backends/Cpu/WeightStore.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/DenseMap.h"

namespace systole::cpu {

/// What all entries of one compilation share.
struct Lowering {
  mlir::ModuleOp module; ///< Receives host functions and kernels.
  const TargetModel &target;
  bool threaded;
  KernelLibrary kernels;
  WeightStore &weights;
  /// Graph code of our own making: values are known by their addresses until
  /// the end.
  std::vector<mlir::OwningOpRef<mlir::func::FuncOp>> helpers;
  /// Texts of run-time check failures; %lld stands for a detail.
  std::vector<std::string> messages;
  /// CompileOptions::profile.
  std::function<int64_t(mlir::Operation *)> profile;
  /// Where variables lie.
  StateLayout state = {};
};

class HostBuilder : public CodeBuilder {
public:
  HostBuilder(Lowering &lowering, mlir::func::FuncOp entry,
              llvm::StringRef symbol, StateMode mode = StateMode::InPlace);

  Lowering &lowering;

  //===--- Tensors ---===//
  /// The tensor that holds a graph value.
  CodeTensor get(mlir::Value value);
  /// Memory for result `value` with dimensions `dims`.
  CodeTensor define(mlir::Value value, llvm::ArrayRef<mlir::Value> dims);
  /// The same, in the memory of one of `candidates`, operands of `op` that have
  /// the result's shape, where nobody reads that one after `op`. Each element
  /// of the result may be computed from the operand's element at its own place
  /// alone, or after all that reads the elements it replaces.
  CodeTensor defineOver(mlir::Operation *op, mlir::Value value,
                        llvm::ArrayRef<mlir::Value> dims,
                        llvm::ArrayRef<mlir::Value> candidates);
  /// From now on `define` gives `value` this memory.
  void place(mlir::Value value, const CodeTensor &tensor) {
    places[value] = tensor;
  }
  /// `value` is `tensor`'s memory under another shape.
  void alias(mlir::Value value, const CodeTensor &tensor, mlir::Value source);
  /// Memory for the operation being lowered alone.
  CodeTensor scratch(mlir::RankedTensorType type,
                     llvm::ArrayRef<mlir::Value> dims);
  /// A constant of our own making (packed weights ...).
  CodeTensor constantTensor(const graph::Tensor &tensor);
  /// Entries of a 1-D integer tensor (of static length) as index values.
  llvm::SmallVector<mlir::Value> entries(mlir::Value shapeTensor);
  void copy(const CodeTensor &from, const CodeTensor &to);

  //===--- Launching and checking ---===//
  /// Runs `count` iterations of a kernel. `cost`: scalar operations of one
  /// iteration, roughly; decides whether threads are worth it.
  void launch(KernelBuilder &kernel, mlir::Value count, mlir::Value cost,
              llvm::ArrayRef<CodeTensor> inputs,
              llvm::ArrayRef<CodeTensor> outputs);
  /// A kernel on these tensors. An input in the memory of an output is accessed
  /// through the output's pointer: kernels take their pointers for disjoint.
  KernelBuilder kernel(llvm::StringRef name, llvm::ArrayRef<CodeTensor> inputs,
                       llvm::ArrayRef<CodeTensor> outputs);
  /// Ends the run with `message` unless `condition` holds. Constant true:
  /// nothing.
  void check(mlir::Value condition, const llvm::Twine &message,
             llvm::ArrayRef<mlir::Value> details = {});
  /// An i64 variable in memory, set to zero: kernels report bad data through
  /// it.
  CodeTensor flag();

  //===--- Building ---===//
  /// Lowers the whole entry, which gives `initial` their initial values before
  /// all else. On failure a message has been emitted.
  mlir::LogicalResult build(llvm::ArrayRef<graph::VariableOp> initial = {});
  /// Lowers the operations of `block` but its terminator.
  mlir::LogicalResult lowerBlock(mlir::Block &block);
  /// "node 'x' (op Y): " of the operation being lowered.
  std::string nodePrefix() const;

  /// The entry's function, and what its descriptor says.
  mlir::func::FuncOp getFunction() const { return function; }
  /// Where the results are handed over: all memory has been taken.
  mlir::Block *getOutputsBlock() const { return outputsBlock; }
  int64_t staticArenaBytes() const { return plan.totalBytes(); }
  bool usesDynamicMemory() const { return dynamicMemory; }

  /// The variables, and where they are.
  StateAccess state;
  mlir::Value loadState();

  //===--- For control flow ---===//
  mlir::Block *newBlock() { return function.addBlock(); }
  void branch(mlir::Block *to, mlir::ValueRange operands = {});
  void enterLoop(mlir::Operation *loop);
  void leaveLoop(mlir::Operation *loop);
  mlir::Value loadTop();
  void storeTop(mlir::Value top);
  /// Memory of dynamic size from the arena, without a graph value.
  CodeTensor allocateDynamic(mlir::RankedTensorType type,
                             llvm::ArrayRef<mlir::Value> dims);
  /// Buffer of static size that lives from now until its last touch.
  CodeTensor allocateStatic(mlir::RankedTensorType type, int64_t &buffer);
  void touch(int64_t buffer) { plan.touch(buffer, time); }
  void bind(mlir::Value value, const CodeTensor &tensor, int64_t buffer = -1);
  /// Bytes of a tensor, as an index value.
  mlir::Value byteSize(const CodeTensor &tensor);

private:
  void readFrame();
  mlir::LogicalResult lowerOperation(mlir::Operation *op);
  /// Tells the profile's hook that `op` has run.
  void markEnd(mlir::Operation *op);
  mlir::LogicalResult writeOutputs(mlir::func::ReturnOp op);
  void returnStatus(int32_t status);
  mlir::Value frameField(int64_t offset, mlir::Type type);
  void storeFrameField(int64_t offset, mlir::Value value);
  mlir::func::FuncOp taskOf(mlir::func::FuncOp kernel);

  mlir::func::FuncOp entry, function;
  mlir::Block *outputsBlock = nullptr;
  mlir::Value frame, arena, arenaBytes, weightBase, closure, flagSlot;
  mlir::arith::ConstantOp
      closureSlots; ///< Size of the closure; filled in last.
  int64_t maxClosureSlots = 1;
  llvm::DenseMap<mlir::Value, CodeTensor> tensors;
  llvm::DenseMap<mlir::Value, CodeTensor> places; ///< Chosen before `define`.
  llvm::DenseMap<mlir::Value, int64_t> buffers; ///< Planned buffer of a value.
  llvm::DenseMap<mlir::Value, int64_t>
      constants;                      ///< Weight offset of a constant.
  mlir::arith::ConstantOp totalArena; ///< Filled in by the plan.
  llvm::DenseMap<mlir::Operation *, mlir::func::FuncOp> tasks; ///< Of kernels.
  MemoryPlan plan;
  llvm::SmallVector<mlir::arith::ConstantOp>
      offsets; ///< One for each planned buffer.
  llvm::SmallVector<int64_t> loopStarts;
  int64_t time = 0;
  bool dynamicMemory = false;
  mlir::Operation *current = nullptr;
};

/// Lowers control flow and element-wise groups etc.; one function for each
/// family in Lower*.cpp. Each defines the results of `op` in `host`.
mlir::LogicalResult lowerOp(HostBuilder &host, mlir::Operation *op);

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_HOSTBUILDER_H
