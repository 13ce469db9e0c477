//===- Quantization.cpp - What integer inputs and outputs mean ------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/IR/Quantization.h"

using namespace mlir;

namespace systole::graph {

Attribute quantizationAttribute(Builder &b, TensorScale scale) {
  return b.getArrayAttr({b.getF32FloatAttr(scale.scale),
                         b.getI32IntegerAttr(scale.zeroPoint)});
}

TensorScale quantizationOf(FunctionOpInterface function, unsigned i,
                           bool isResult) {
  Attribute attribute = isResult ? function.getResultAttr(i, kQuantizationAttr)
                                 : function.getArgAttr(i, kQuantizationAttr);
  // Whatever a user wrote by hand: other forms say nothing.
  auto pair = dyn_cast_if_present<ArrayAttr>(attribute);
  if (!pair || pair.size() != 2)
    return {};
  auto scale = dyn_cast<FloatAttr>(pair[0]);
  auto zeroPoint = dyn_cast<IntegerAttr>(pair[1]);
  if (!scale || !zeroPoint || !scale.getType().isF32() ||
      !zeroPoint.getType().isInteger(32))
    return {};
  return {scale.getValue().convertToFloat(),
          static_cast<int32_t>(zeroPoint.getInt())};
}

} // namespace systole::graph
