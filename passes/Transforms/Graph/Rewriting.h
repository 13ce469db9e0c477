//===- Rewriting.h - What the graph passes share ----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Small helpers for rewriting graph operations: locations that keep all names,
// permutations, and questions about operand shapes.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_REWRITING_H
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_REWRITING_H

#include "dialects/Graph/IR/GraphConstants.h"
#include "dialects/Graph/IR/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/PatternMatch.h"

namespace systole::graph {

/// One location that names every source node of `operations`, in order.
mlir::Location fuseLocations(llvm::ArrayRef<mlir::Operation *> operations);

/// The value's type if it is a ranked tensor, else null.
mlir::RankedTensorType rankedType(mlir::Value value);

/// True if `value` is a ranked tensor of exactly one element.
bool hasOneElement(mlir::Value value);

/// True if `value` is a constant whose bytes are there: not strings, and not
/// elided as in a printed excerpt.
bool isReadableConstant(mlir::Value value);

/// True if the operation computes each element by itself: the dialect's
/// Elementwise trait.
bool isElementwise(mlir::Operation *op);

/// True if the type's elements are strings or complex numbers, which kernels do
/// not handle.
bool hasExoticElements(mlir::Type type);

/// The inverse of a permutation.
llvm::SmallVector<int64_t> inverse(llvm::ArrayRef<int64_t> perm);
/// `values[perm[i]]` for each i: the shape (or layout) after a transpose.
llvm::SmallVector<int64_t> permuted(llvm::ArrayRef<int64_t> values,
                                    llvm::ArrayRef<int64_t> perm);
/// The type after a transpose.
mlir::RankedTensorType permutedType(mlir::RankedTensorType type,
                                    llvm::ArrayRef<int64_t> perm);
bool isIdentity(llvm::ArrayRef<int64_t> perm);

/// A copy of `tensor` with dimension d taken from dimension perm[d].
Tensor transposeTensor(const Tensor &tensor, llvm::ArrayRef<int64_t> perm);

/// `value` transposed: a new constant if it is one, the value itself under the
/// identity, its operand where that undoes a transpose, otherwise an operation.
mlir::Value createTranspose(mlir::OpBuilder &builder, mlir::Location loc,
                            mlir::Value value, llvm::ArrayRef<int64_t> perm);

/// Adds to the location of `op` the nodes of `other`, whose work it now does.
void addLocation(mlir::Operation *op, mlir::Operation *other);

/// Erases operations without effects whose results nobody uses, also those that
/// only they used. Returns how many.
int64_t removeDeadOperations(mlir::Operation *root);

/// Number of `graph.transpose` operations in `root`.
int64_t countTransposes(mlir::Operation *root);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_REWRITING_H
