//===- TypeLattice.cpp - What two types tell together ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Meet and join of tensor types; see the header for their meaning.
//
//===----------------------------------------------------------------------===//

#include "passes/Transforms/Graph/TypeLattice.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

/// True if both are tensors of one element type.
static bool areComparable(Type type, Type other) {
  auto a = dyn_cast<TensorType>(type), b = dyn_cast<TensorType>(other);
  return a && b && a.getElementType() == b.getElementType();
}

Type systole::graph::meetTypes(Type type, Type other) {
  if (type == other || !areComparable(type, other))
    return type;
  auto a = dyn_cast<RankedTensorType>(type),
       b = dyn_cast<RankedTensorType>(other);
  if (!a)
    return other;
  if (!b || a.getRank() != b.getRank())
    return type;
  SmallVector<int64_t> shape(a.getShape());
  for (auto [size, otherSize] : llvm::zip_equal(shape, b.getShape()))
    if (ShapedType::isDynamic(size))
      size = otherSize;
  return a.clone(shape);
}

Type systole::graph::joinTypes(Type type, Type other) {
  if (type == other || !areComparable(type, other))
    return type;
  auto a = dyn_cast<RankedTensorType>(type),
       b = dyn_cast<RankedTensorType>(other);
  if (!a || !b || a.getRank() != b.getRank())
    return UnrankedTensorType::get(cast<TensorType>(type).getElementType());
  SmallVector<int64_t> shape(a.getShape());
  for (auto [size, otherSize] : llvm::zip_equal(shape, b.getShape()))
    if (size != otherSize)
      size = ShapedType::kDynamic;
  return a.clone(shape);
}
