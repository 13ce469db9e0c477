//===- CastEval.cpp - Conversion between element types --------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// graph.cast, one rounding from the exact source value to the target type. A
// complex number becomes real by its real part.
//
//===----------------------------------------------------------------------===//

#include "dialects/Graph/Interpreter/Elements.h"
#include "dialects/Graph/Interpreter/Evaluate.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/APSInt.h"
#include <cmath>

using namespace mlir;

namespace systole::graph {

/// A float without its fraction, saturated at 64 bits: to the signed range, and
/// for a ui64 target up to 2^64 - 1. NaN gives 0.
static int64_t truncateFloat(double value, Type target) {
  constexpr double twoTo63 = 9223372036854775808.0;
  if (std::isnan(value))
    return 0;
  double whole = std::trunc(value);
  if (whole < -twoTo63)
    return std::numeric_limits<int64_t>::min();
  if (whole < twoTo63)
    return static_cast<int64_t>(whole);
  if (!target.isUnsignedInteger(64))
    return std::numeric_limits<int64_t>::max();
  if (whole < 2 * twoTo63)
    return static_cast<int64_t>(static_cast<uint64_t>(whole));
  return -1;
}

/// An integer rounded once to the nearest float, ties to even.
static double roundInteger(int64_t value, bool isUnsigned, FloatType target) {
  llvm::APInt bits(64, static_cast<uint64_t>(value));
  // Of a power of two and its half: the two highest bits decide between powers.
  if (isa<Float8E8M0FNUType>(target)) {
    if (!isUnsigned && value < 0)
      return -1.0;
    unsigned below = std::max<int>(bits.getActiveBits(), 2) - 2;
    return std::ldexp(static_cast<double>(bits.lshr(below).getZExtValue()),
                      static_cast<int>(below));
  }
  llvm::APFloat rounded(target.getFloatSemantics());
  rounded.convertFromAPInt(bits, /*IsSigned=*/!isUnsigned,
                           llvm::APFloat::rmNearestTiesToEven);
  bool losesInfo = false;
  rounded.convert(llvm::APFloat::IEEEdouble(),
                  llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return rounded.convertToDouble();
}

/// Real or imaginary part `part` of complex element `i`, or the real element.
static double readFloat(const Tensor &input, int64_t i, int part) {
  auto complex = dyn_cast<ComplexType>(input.getElementType());
  if (!complex)
    return part == 0 ? input.getDouble(i) : 0.0;
  if (complex.getElementType().isF64())
    return input.load<double>(2 * i + part);
  return input.load<float>(2 * i + part);
}

/// Stores a float (exact in double) as any target type that is not an integer.
static void writeFloat(Tensor &output, int64_t i, double real, double imag) {
  auto complex = dyn_cast<ComplexType>(output.getElementType());
  if (!complex)
    return output.setDouble(i, real);
  if (complex.getElementType().isF64())
    return output.store<std::complex<double>>(i, {real, imag});
  output.store<std::complex<float>>(
      i, {static_cast<float>(real), static_cast<float>(imag)});
}

/// Converts integer element `i`.
static void castInteger(const Tensor &input, Tensor &output, int64_t i) {
  Type target = output.getElementType();
  int64_t value = input.getInt(i);
  if (target.isInteger(1))
    return output.setInt(i, value != 0);
  if (isa<IntegerType>(target))
    return output.setInt(i, wrapToWidth(value, target));
  auto complex = dyn_cast<ComplexType>(target);
  auto floatType = cast<FloatType>(complex ? complex.getElementType() : target);
  bool isUnsigned = readsUnsigned(input.getElementType());
  writeFloat(output, i, roundInteger(value, isUnsigned, floatType), 0.0);
}

/// Converts floating-point or complex element `i`.
static void castFloat(const Tensor &input, Tensor &output, int64_t i) {
  Type target = output.getElementType();
  double real = readFloat(input, i, 0);
  double imag = readFloat(input, i, 1);
  if (target.isInteger(1))
    return output.setInt(i, real != 0.0 || imag != 0.0);
  if (isa<IntegerType>(target))
    return output.setInt(i, wrapToWidth(truncateFloat(real, target), target));
  writeFloat(output, i, real, imag);
}

Evaluated evaluate(CastOp op, Operands operands) {
  const Tensor &input = operands[0];
  Evaluated result = allocate(op, op.getTo(), input.getShape());
  if (failed(result))
    return failure();
  bool fromInteger = isa<IntegerType>(input.getElementType());
  for (int64_t i = 0; i < input.size(); ++i) {
    if (fromInteger)
      castInteger(input, *result, i);
    else
      castFloat(input, *result, i);
  }
  return result;
}

} // namespace systole::graph
