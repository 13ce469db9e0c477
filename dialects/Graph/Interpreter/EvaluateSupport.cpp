//===- EvaluateSupport.cpp - What the evaluation of ops shares ------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Allocation with a message, texts for messages, and facts about element types.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/Elements.h"
#include "dialects/Graph/Interpreter/Evaluate.h"
#include "llvm/ADT/APFloat.h"
#include <cmath>

using namespace mlir;

namespace systole::graph {

Evaluated allocate(Operation *op, Type elementType, ArrayRef<int64_t> shape) {
  if (elementBytes(elementType) == 0)
    return op->emitOpError("cannot be interpreted on elements of type ")
           << elementType;
  FailureOr<Tensor> tensor = Tensor::tryAllocate(elementType, shape);
  if (failed(tensor))
    return op->emitOpError("result of shape ")
           << shapeText(shape) << " and type " << elementType
           << " does not fit in memory";
  return tensor;
}

std::string shapeText(ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  std::string text;
  for (auto [d, size] : llvm::enumerate(shape))
    text += (d ? "x" : "") +
            (ShapedType::isDynamic(size) ? "?" : std::to_string(size));
  return text;
}

LogicalResult checkAxes(Operation *op, ArrayRef<int64_t> axes, int64_t rank) {
  for (auto [i, axis] : llvm::enumerate(axes)) {
    if (axis < 0 || axis >= rank)
      return op->emitOpError("axis ")
             << axis << " is outside a tensor of rank " << rank;
    if (i > 0 && axes[i - 1] >= axis)
      return op->emitOpError("axes are not increasing");
  }
  return success();
}

SmallVector<int64_t> rowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t d = static_cast<int64_t>(shape.size()) - 2; d >= 0; --d)
    strides[d] = strides[d + 1] * std::max<int64_t>(shape[d + 1], 1);
  return strides;
}

SmallVector<int64_t> indexValues(const Tensor &tensor) {
  SmallVector<int64_t> values(tensor.size());
  for (int64_t i = 0; i < tensor.size(); ++i)
    values[i] = tensor.getInt(i);
  return values;
}

double extremeFloat(Type floatType, bool lowest) {
  const llvm::fltSemantics &semantics =
      cast<FloatType>(floatType).getFloatSemantics();
  llvm::APFloat value =
      llvm::APFloat::semanticsHasInf(semantics)
          ? llvm::APFloat::getInf(semantics, /*Negative=*/lowest)
          : llvm::APFloat::getLargest(semantics, /*Negative=*/lowest);
  bool losesInfo = false;
  value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven,
                &losesInfo);
  return value.convertToDouble();
}

int64_t extremeInt(Type integerType, bool lowest) {
  unsigned width = integerType.getIntOrFloatBitWidth();
  if (readsUnsigned(integerType))
    return lowest ? 0 : wrapToWidth(-1, integerType);
  int64_t smallest = static_cast<int64_t>(~0ull << (width - 1));
  return lowest ? smallest : ~smallest;
}

int64_t saturatedInteger(double value, IntegerType type) {
  if (std::isnan(value))
    return 0;
  int64_t low = extremeInt(type, /*lowest=*/true);
  int64_t high = extremeInt(type, /*lowest=*/false);
  double rounded = std::nearbyint(value);
  if (type.isUnsignedInteger(64))
    return rounded <= 0.0 ? 0
           : rounded >= 0x1p64
               ? -1
               : static_cast<int64_t>(static_cast<uint64_t>(rounded));
  if (rounded <= static_cast<double>(low))
    return low;
  return rounded >= static_cast<double>(high) ? high
                                              : static_cast<int64_t>(rounded);
}

} // namespace systole::graph
