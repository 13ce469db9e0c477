//===- KernelBuilder.h - Writing one kernel ---------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel is a function
//
//   @kernel(begin, end, pointer and dynamic dimensions of each tensor, scalars)
//
// that computes iterations [begin, end) of its outermost loop, so that the same
// code serves one thread and many. Tensors are dense and row-major; outputs
// alias nothing. Kernels call nothing, allocate nothing and cannot fail.
//
// The builder is the vocabulary that kernel families are written in: index
// arithmetic that folds, loops, and element or vector access in compute form.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_KERNELBUILDER_H
#define SYSTOLE_BACKENDS_CPU_KERNELBUILDER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

namespace systole::cpu {

/// A dense tensor in emitted code: where it starts and its dimensions (index
/// values, constants where static).
struct CodeTensor {
  mlir::RankedTensorType type;
  mlir::Value pointer;
  llvm::SmallVector<mlir::Value> dims;

  mlir::Type element() const { return type.getElementType(); }
  int64_t rank() const { return type.getRank(); }
};

/// Index arithmetic and memory access shared by host code and kernels.
class CodeBuilder {
public:
  CodeBuilder(mlir::OpBuilder builder, mlir::Location loc)
      : b(builder), loc(loc) {}

  mlir::OpBuilder b;
  mlir::Location loc;

  /// Index arithmetic; constants fold.
  mlir::Value c(int64_t value);
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value sub(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, mlir::Value y);
  mlir::Value div(mlir::Value x, mlir::Value y); ///< Towards zero; y > 0.
  mlir::Value rem(mlir::Value x, mlir::Value y);
  mlir::Value ceilDiv(mlir::Value x, int64_t y);
  mlir::Value min(mlir::Value x, mlir::Value y);
  mlir::Value max(mlir::Value x, mlir::Value y);
  mlir::Value cmp(mlir::arith::CmpIPredicate predicate, mlir::Value x,
                  mlir::Value y);
  mlir::Value select(mlir::Value condition, mlir::Value x, mlir::Value y);
  mlir::Value logicalAnd(mlir::Value x, mlir::Value y);
  mlir::Value product(llvm::ArrayRef<mlir::Value> values);
  mlir::Value toI64(mlir::Value index);
  mlir::Value toIndex(mlir::Value integer);
  /// The value of a constant index, or nullopt.
  static std::optional<int64_t> constant(mlir::Value index);

  /// Row-major strides of `dims`, and the linear offset of `indices`.
  llvm::SmallVector<mlir::Value> strides(llvm::ArrayRef<mlir::Value> dims);
  mlir::Value linear(llvm::ArrayRef<mlir::Value> indices,
                     llvm::ArrayRef<mlir::Value> strides);
  /// Splits a flattened index into indices of `dims`.
  llvm::SmallVector<mlir::Value> delinearize(mlir::Value flat,
                                             llvm::ArrayRef<mlir::Value> dims);

  /// pointer + offset elements of `type`.
  mlir::Value address(mlir::Value pointer, mlir::Value offset, mlir::Type type);
  mlir::Value loadRaw(mlir::Type type, mlir::Value address, int64_t alignment);
  void storeRaw(mlir::Value value, mlir::Value address, int64_t alignment);

  /// Element at linear offset, in compute form.
  mlir::Value load(const CodeTensor &tensor, mlir::Value offset);
  void store(const CodeTensor &tensor, mlir::Value offset,
             mlir::Value computed);
};

class KernelBuilder : public CodeBuilder {
public:
  KernelBuilder(mlir::ModuleOp module, llvm::StringRef name, mlir::Location loc,
                llvm::ArrayRef<mlir::RankedTensorType> inputTypes,
                llvm::ArrayRef<mlir::RankedTensorType> outputTypes);

  mlir::func::FuncOp func;
  mlir::Value begin, end;
  llvm::SmallVector<CodeTensor> inputs, outputs;

  /// A host index value inside the kernel: constants are repeated, others
  /// become arguments of the kernel, which `imported` lists for the launch.
  mlir::Value import(mlir::Value hostIndex);
  llvm::SmallVector<mlir::Value>
  import(llvm::ArrayRef<mlir::Value> hostIndices);
  llvm::SmallVector<mlir::Value> imported;

  /// for (iv = lower; iv < upper; iv += step) body(iv)
  void loop(mlir::Value lower, mlir::Value upper, int64_t step,
            llvm::function_ref<void(mlir::Value)> body);
  /// The same with values carried from one iteration to the next.
  llvm::SmallVector<mlir::Value> carriedLoop(
      mlir::Value lower, mlir::Value upper, int64_t step,
      mlir::ValueRange inits,
      llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value,
                                                        mlir::ValueRange)>
          body);
  /// while (condition) value = body: `condition` gives what decides and one
  /// value more, which `body` gets, too. Returns the last value.
  mlir::Value
  whileLoop(mlir::Value init,
            llvm::function_ref<std::pair<mlir::Value, mlir::Value>(mlir::Value)>
                condition,
            llvm::function_ref<mlir::Value(mlir::Value, mlir::Value)> body);
  void ifThen(mlir::Value condition, llvm::function_ref<void()> body);
  /// Loops over `dims`, the first `numParallel` of them flattened into the
  /// range [begin, end) of the kernel.
  void nest(llvm::ArrayRef<mlir::Value> dims, int64_t numParallel,
            llvm::function_ref<void(llvm::ArrayRef<mlir::Value>)> body);

  /// One element in compute form, or `lanes` > 1 of them (isVectorElement).
  mlir::Value loadLanes(const CodeTensor &tensor, mlir::Value offset,
                        int64_t lanes);
  void storeLanes(const CodeTensor &tensor, mlir::Value offset,
                  mlir::Value value, int64_t lanes);
  /// `lanes` elements (isVectorElement) from a linear offset; with `valid` <
  /// lanes only the first `valid` are read or written, the rest reads as zero.
  mlir::Value loadVector(const CodeTensor &tensor, mlir::Value offset,
                         int64_t lanes, int64_t valid);
  void storeVector(const CodeTensor &tensor, mlir::Value offset,
                   mlir::Value vector, int64_t valid);

private:
  mlir::Value maskOf(int64_t lanes, int64_t valid);
};

/// The kernels of a module, each text once.
class KernelLibrary {
public:
  /// Ends the kernel under construction; returns it, or an equal one made
  /// before.
  mlir::func::FuncOp finish(KernelBuilder &kernel);

private:
  llvm::StringMap<mlir::func::FuncOp> byText;
};

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_KERNELBUILDER_H
