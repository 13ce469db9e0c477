//===- GraphConstants.h - Reading and making constants ----------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Constants are ElementsAttrs: dense<> when small, dense_resource<> when large.
// Resources may point into a mapped file, unaligned. This file and Tensor.h are
// the only places that look inside either.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_GRAPH_IR_GRAPHCONSTANTS_H
#define SYSTOLE_DIALECTS_GRAPH_IR_GRAPHCONSTANTS_H

#include "dialects/Graph/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include <memory>
#include <optional>

namespace systole::graph {

/// Constants of at most this many bytes are stored inline, as dense<>.
inline constexpr int64_t kInlineConstantBytes = 256;

/// The attribute that holds `tensor`: dense<> if small, otherwise a resource
/// that shares the tensor's memory (and its owner) without a copy.
mlir::ElementsAttr attributeFromTensor(const Tensor &tensor,
                                       llvm::StringRef nameHint = "c");

/// A tensor that views the attribute's bytes where its storage is ours
/// (resources, dense<> of whole-byte types), a copy otherwise (splats, i1).
/// Fails for a resource that was elided or has the wrong size.
mlir::FailureOr<Tensor> tensorFromAttribute(mlir::ElementsAttr attribute);

/// The constant that defines `value`, or null.
mlir::ElementsAttr constantAttribute(mlir::Value value);
/// The integers of a constant i64 or i32 tensor of any rank, or nullopt.
std::optional<llvm::SmallVector<int64_t>> constantInts(mlir::Value value);
/// True if every element of a constant float or integer `value` equals
/// `number`.
bool isConstantSplat(mlir::Value value, double number);

/// Builds `graph.constant` of a 1-D i64 tensor (a shape, axes, pads ...).
mlir::Value makeIndexConstant(mlir::OpBuilder &builder, mlir::Location loc,
                              llvm::ArrayRef<int64_t> values);
/// Builds `graph.constant` of a rank-0 tensor of `elementType`.
mlir::Value makeScalarConstant(mlir::OpBuilder &builder, mlir::Location loc,
                               mlir::Type elementType, double number);
/// Builds `graph.constant` from a tensor.
mlir::Value makeConstant(mlir::OpBuilder &builder, mlir::Location loc,
                         const Tensor &tensor, llvm::StringRef nameHint = "c");

} // namespace systole::graph

#endif // SYSTOLE_DIALECTS_GRAPH_IR_GRAPHCONSTANTS_H
