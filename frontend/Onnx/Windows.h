//===- Windows.h - Attributes of sliding windows ----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the importers of convolutions and poolings share.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_ONNX_WINDOWS_H
#define SYSTOLE_FRONTEND_ONNX_WINDOWS_H

#include "frontend/Onnx/Node.h"

namespace systole::onnx {

/// What convolution and pooling say of their windows.
struct Window {
  int64_t spatial = 0;
  llvm::SmallVector<int64_t> kernel, strides, dilations, pads;
  graph::AutoPad autoPad = graph::AutoPad::explicit_pads;
};

/// A list attribute with one entry for each of `count`, or `otherwise` for all.
bool readList(Node &n, llvm::StringRef name, int64_t count, int64_t otherwise,
              llvm::SmallVector<int64_t> &list);
/// Reads the window's attributes; `kernel` only if it is given.
bool readWindow(Node &n, Window &w);
/// The attribute of graph operations with windows.
mlir::NamedAttribute autoPadAttr(Node &n, const Window &w);
/// graph.conv of tensors with channels first; bias may be null. `sum`: the type
/// of sums of integers, null for other operands.
mlir::Value convolution(Node &n, const Window &w, mlir::Value input,
                        mlir::Value filter, mlir::Value bias,
                        mlir::Type sum = {});
/// graph.avg_pool of x, channels first, as the attributes of AveragePool say.
mlir::Value averagePool(Node &n, mlir::Value x);

} // namespace systole::onnx

#endif // SYSTOLE_FRONTEND_ONNX_WINDOWS_H
