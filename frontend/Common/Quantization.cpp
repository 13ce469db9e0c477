//===- Quantization.cpp - Quantised arithmetic ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Quantization.h"
#include "frontend/Common/Composites.h"

using namespace mlir;
using systole::graph::ReduceKind;

namespace systole::frontend {

Value alignParameter(GraphBuilder &b, Value p, Value x, int64_t axis,
                     int64_t block) {
  auto rank = b.requireRank(p, "a scale or zero point");
  auto all = b.requireRank(x, "the input");
  if (!rank || !all || *rank == 0)
    return p;
  if (*rank == 1 && GraphBuilder::sizeOf(p, 0) == 1)
    return b.squeeze(p, {0});
  if (axis < 0 || axis >= *all)
    return b.error("axis " + llvm::Twine(axis) + " is outside the " +
                   llvm::Twine(*all) + " dimensions");
  if (block <= 0) {
    SmallVector<int64_t> after;
    for (int64_t d = axis + 1; d < *all; ++d)
      after.push_back(1 + d - axis - 1);
    return *rank == 1 ? b.unsqueeze(p, after) : p;
  }
  if (*rank != *all)
    return b.error("scales of blocks have " + llvm::Twine(*rank) +
                   " dimensions for an input of " + llvm::Twine(*all));
  // Each number `block` times, without what the last block has too many.
  SmallVector<Extent> wide, joined;
  for (int64_t d = 0; d < *rank; ++d) {
    wide.push_back(b.extent(p, d));
    joined.push_back(d == axis ? b.product(wide.back(), block) : wide.back());
    if (d == axis)
      wide.push_back(block);
  }
  Value repeated =
      b.reshape(b.broadcast(b.unsqueeze(p, {axis + 1}), b.shape(wide)), joined);
  Extent size = b.extent(x, axis);
  return b.slice(repeated, b.ints({0}), b.shape({size}), b.ints({1}), {axis});
}

Value quantize(GraphBuilder &b, Value x, Value scale, Value zeroPoint, Type to,
               bool saturate) {
  SmallVector<NamedAttribute> attributes{b.attr("to", TypeAttr::get(to))};
  if (saturate)
    attributes.push_back(b.unitAttr("saturate"));
  return b.make<graph::QuantizeOp>({x, scale, zeroPoint}, attributes, 1);
}

Value dequantize(GraphBuilder &b, Value x, Value scale, Value zeroPoint,
                 Type to) {
  if (!x || !scale)
    return {};
  // The wider of scale and result: one rounding.
  Type type = GraphBuilder::elementType(scale);
  if (type.getIntOrFloatBitWidth() < to.getIntOrFloatBitWidth())
    type = to;
  return b.cast(
      b.make<graph::DequantizeOp>({x, b.cast(scale, type), zeroPoint}, {}, 1),
      to);
}

DynamicRange dynamicRange(GraphBuilder &b, Value x) {
  auto rank = b.requireRank(x, "the input");
  if (!rank)
    return {};
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, *rank));
  Value most = b.max(b.reduce(ReduceKind::max, x, axes, false), 0.0);
  Value least = b.min(b.reduce(ReduceKind::min, x, axes, false), 0.0);
  Value range = b.sub(most, least);
  Value isEmpty = b.compare(graph::ComparePredicate::eq, range, 0.0);
  Value scale = b.div(b.select(isEmpty, b.like(x, 1.0), range), 255.0);
  Value zero = b.max(b.min(b.div(b.neg(least), scale), 255.0), 0.0);
  Type u8 = b.getBuilder().getIntegerType(8, /*isSigned=*/false);
  Value zeroPoint = b.cast(roundHalfEven(b, zero), u8);
  return {quantize(b, x, scale, zeroPoint, u8, true), scale, zeroPoint};
}

Value centred(GraphBuilder &b, Value x, Value zeroPoint) {
  Type i16 = b.getBuilder().getI16Type();
  Value wide = b.cast(x, i16);
  return zeroPoint ? b.sub(wide, b.cast(zeroPoint, i16)) : wide;
}

Value requantize(GraphBuilder &b, Value sum, Value factor, Value zeroPoint,
                 Type to) {
  Type f32 = b.getBuilder().getF32Type();
  Value number = dequantize(b, sum, b.cast(factor, f32), {}, f32);
  return quantize(b, number, b.like(number, 1.0), zeroPoint, to, true);
}

} // namespace systole::frontend
