//===- StridedMap.h - Loops over strided views ------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Most operations that are not contractions are one loop nest in which each
// output element depends on one element of each input, at an address that is
// affine in the indices. Broadcasting is a stride of 0, a transposition
// permutes strides, a slice has an offset and scaled strides. Before loops are
// made, dimensions of size 1 vanish and neighbours that are contiguous in every
// view merge, so that the usual case is one long loop, which LLVM vectorises.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_STRIDEDMAP_H
#define SYSTOLE_BACKENDS_CPU_STRIDEDMAP_H

#include "backends/Cpu/HostBuilder.h"

namespace systole::cpu {

/// A tensor seen through strides (in elements); host index values.
struct View {
  CodeTensor tensor;
  mlir::Value offset;
  llvm::SmallVector<mlir::Value> strides;
};

/// The tensor as it lies.
View wholeView(HostBuilder &host, const CodeTensor &tensor);
/// The tensor broadcast to `dims`.
View broadcastView(HostBuilder &host, const CodeTensor &tensor,
                   llvm::ArrayRef<mlir::Value> dims);

/// output[i] = body(inputs[i]...) for all indices i below `dims`. The body gets
/// and gives elements in compute form. `cost`: scalar operations of one
/// element.
void launchMap(
    HostBuilder &host, llvm::StringRef name, llvm::ArrayRef<mlir::Value> dims,
    llvm::ArrayRef<View> inputs, const View &output, int64_t cost,
    llvm::function_ref<mlir::Value(KernelBuilder &, mlir::ValueRange)> body);

/// The tensor with its elements read as integers or floats of the same bytes,
/// for what moves and is not looked at.
CodeTensor asBits(const CodeTensor &tensor);
/// output[i] = input[i].
void launchCopy(HostBuilder &host, llvm::ArrayRef<mlir::Value> dims,
                const View &input, const View &output);
/// Sets every element of a dense tensor.
void launchFill(HostBuilder &host, const CodeTensor &tensor, double value);

/// The broadcast of the tensors' shapes, checked while running where unknown.
llvm::SmallVector<mlir::Value>
broadcastDims(HostBuilder &host, llvm::ArrayRef<CodeTensor> tensors);

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_STRIDEDMAP_H
