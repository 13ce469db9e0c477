//===- TypeLattice.h - What two types tell together -------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   meet(tensor<?x3xf32>, tensor<2x?xf32>) = tensor<2x3xf32>   one value
//   join(tensor<2x3xf32>, tensor<4x3xf32>) = tensor<?x3xf32>   alternatives
//
// Types other than tensors, and tensors of different element types, are left
// as the first one says.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_PASSES_TRANSFORMS_GRAPH_TYPELATTICE_H
#define SYSTOLE_PASSES_TRANSFORMS_GRAPH_TYPELATTICE_H

#include "mlir/IR/Types.h"

namespace systole::graph {

/// All that two types tell of one value. Where they contradict each other,
/// `type` wins.
mlir::Type meetTypes(mlir::Type type, mlir::Type other);

/// What is true of a value that has either of two types.
mlir::Type joinTypes(mlir::Type type, mlir::Type other);

} // namespace systole::graph

#endif // SYSTOLE_PASSES_TRANSFORMS_GRAPH_TYPELATTICE_H
