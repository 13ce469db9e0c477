//===- QuantEval.cpp - What quantisation means ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// graph.quantize, graph.dequantize and graph.rescale, on operands broadcast to
// one shape.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/Elements.h"
#include "dialects/Graph/Interpreter/Stretched.h"
#include "llvm/ADT/APFloat.h"
#include <cmath>

using namespace mlir;

namespace systole::graph {

/// Largest finite number of a float type.
static double largestFinite(FloatType type) {
  llvm::APFloat value = llvm::APFloat::getLargest(type.getFloatSemantics());
  bool losesInfo = false;
  value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven,
                &losesInfo);
  return value.convertToDouble();
}

/// `q` as an element of integer type `type`, `zeroPoint` added.
static int64_t quantizedInteger(double q, int64_t zeroPoint, IntegerType type) {
  double rounded = std::isnan(q) ? 0.0 : std::nearbyint(q);
  // Neither bound is near a type's: the sum below cannot overflow.
  rounded = std::min(std::max(rounded, -0x1p62), 0x1p62);
  int64_t sum = static_cast<int64_t>(rounded) + zeroPoint;
  return std::min(std::max(sum, extremeInt(type, /*lowest=*/true)),
                  extremeInt(type, /*lowest=*/false));
}

Evaluated evaluate(QuantizeOp op, Operands operands) {
  Type type = operands[0].getElementType(), to = op.getTo();
  // A number of the operands' type, to round the quotient to it.
  Tensor quotient(type, {});
  return overBroadcast(
      op, operands, to, [&](Tensor &result, int64_t i, ArrayRef<int64_t> at) {
        double x = operands[0].getDouble(at[0]);
        double scale = operands[1].getDouble(at[1]);
        quotient.setDouble(0, type.isF64() ? x / scale
                                           : static_cast<float>(x) /
                                                 static_cast<float>(scale));
        double q = quotient.getDouble(0);
        if (auto integer = dyn_cast<IntegerType>(to)) {
          int64_t zero = operands.size() > 2 ? operands[2].getInt(at[2]) : 0;
          return result.setInt(i, quantizedInteger(q, zero, integer));
        }
        double limit = largestFinite(cast<FloatType>(to));
        if (op.getSaturate() && !std::isnan(q))
          q = std::min(std::max(q, -limit), limit);
        result.setDouble(i, q);
      });
}

Evaluated evaluate(DequantizeOp op, Operands operands) {
  Type input = operands[0].getElementType();
  Type type = operands[1].getElementType();
  return overBroadcast(
      op, operands, type, [&](Tensor &result, int64_t i, ArrayRef<int64_t> at) {
        bool isInteger = isa<IntegerType>(input);
        bool shifted = operands.size() > 2;
        double scale = operands[1].getDouble(at[1]);
        double difference =
            isInteger
                ? static_cast<double>(operands[0].getInt(at[0]) -
                                      (shifted ? operands[2].getInt(at[2]) : 0))
                : operands[0].getDouble(at[0]) -
                      (shifted ? operands[2].getDouble(at[2]) : 0.0);
        if (type.isF64())
          return result.setDouble(i, difference * scale);
        result.setDouble(i, static_cast<float>(difference) *
                                static_cast<float>(scale));
      });
}

/// x * multiplier / 2^shift, rounded after the product, halves up, and after
/// the rest of the shift, halves away from zero.
static int32_t rescaledTwice(int64_t x, int64_t multiplier, int64_t shift) {
  uint32_t shifted = static_cast<uint32_t>(x)
                     << std::max<int64_t>(31 - shift, 0);
  int64_t product = int64_t(static_cast<int32_t>(shifted)) * multiplier;
  auto high = static_cast<int32_t>((product + (int64_t(1) << 30)) >> 31);
  int64_t rest = std::max<int64_t>(shift - 31, 0);
  int64_t half = (int64_t(1) << rest) / 2;
  int64_t magnitude = (std::abs(int64_t(high)) + half) >> rest;
  return static_cast<int32_t>(high < 0 ? -magnitude : magnitude);
}

/// The same, rounded after the shift alone, halves up.
static int32_t rescaledOnce(int64_t x, int64_t multiplier, int64_t shift) {
  uint64_t product =
      static_cast<uint64_t>(x) * static_cast<uint64_t>(multiplier);
  uint64_t half = (uint64_t(1) << shift) / 2;
  return static_cast<int32_t>(static_cast<int64_t>(product + half) >> shift);
}

Evaluated evaluate(RescaleOp op, Operands operands) {
  bool once = op.getRounding() == RescaleRounding::once;
  return overBroadcast(
      op, operands, operands[1].getElementType(),
      [&](Tensor &result, int64_t i, ArrayRef<int64_t> at) {
        int64_t x = operands[0].getInt(at[0]), by = operands[1].getInt(at[1]);
        int64_t shift = std::clamp<int64_t>(operands[2].getInt(at[2]), 0, 62);
        result.setInt(i, once ? rescaledOnce(x, by, shift)
                              : rescaledTwice(x, by, shift));
      });
}

} // namespace systole::graph
