//===- FloatBuilder.h - Float arithmetic, briefly written -------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the emitters of elementary functions are written in. Not for use outside
// MathEmitter.cpp and TrigEmitter.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_FLOATBUILDER_H
#define SYSTOLE_BACKENDS_CPU_FLOATBUILDER_H

#include "backends/Cpu/ElementTypes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <functional>

namespace systole::cpu {

/// Float arithmetic on the type of one value, briefly written. Sums of products
/// may contract to fused ones.
struct Float {
  mlir::OpBuilder &b;
  mlir::Location loc;
  mlir::Type type, intType;
  bool wide; ///< f64

  Float(mlir::OpBuilder &b, mlir::Location loc, mlir::Value like)
      : b(b), loc(loc), type(like.getType()) {
    wide = mlir::getElementTypeOrSelf(type).isF64();
    intType = withShapeOf(b.getIntegerType(wide ? 64 : 32), type);
  }
  using P = mlir::arith::CmpFPredicate;
  static constexpr auto kContract = mlir::arith::FastMathFlags::contract;

  mlir::Value c(double v) { return floatConstant(b, loc, type, v); }
  mlir::Value ic(int64_t v) { return intConstant(b, loc, intType, v); }
  mlir::Value add(mlir::Value x, mlir::Value y) {
    return mlir::arith::AddFOp::create(b, loc, x, y, kContract);
  }
  mlir::Value sub(mlir::Value x, mlir::Value y) {
    return mlir::arith::SubFOp::create(b, loc, x, y, kContract);
  }
  mlir::Value mul(mlir::Value x, mlir::Value y) {
    return mlir::arith::MulFOp::create(b, loc, x, y, kContract);
  }
  mlir::Value div(mlir::Value x, mlir::Value y) {
    return mlir::arith::DivFOp::create(b, loc, x, y);
  }
  mlir::Value neg(mlir::Value x) {
    return mlir::arith::NegFOp::create(b, loc, x);
  }
  mlir::Value abs(mlir::Value x) {
    return mlir::math::AbsFOp::create(b, loc, x);
  }
  mlir::Value cmp(P p, mlir::Value x, mlir::Value y) {
    return mlir::arith::CmpFOp::create(b, loc, p, x, y);
  }
  mlir::Value pick(mlir::Value cond, mlir::Value x, mlir::Value y) {
    return mlir::arith::SelectOp::create(b, loc, cond, x, y);
  }
  mlir::Value bits(mlir::Value x) {
    return mlir::arith::BitcastOp::create(b, loc, intType, x);
  }
  mlir::Value fromBits(mlir::Value x) {
    return mlir::arith::BitcastOp::create(b, loc, type, x);
  }
  mlir::Value copySign(mlir::Value magnitude, mlir::Value sign) {
    return mlir::math::CopySignOp::create(b, loc, magnitude, sign);
  }

  int mantissaBits() { return wide ? 52 : 23; }
  int bias() { return wide ? 1023 : 127; }
  /// coefficients[0] + coefficients[1] x + ... by Horner's rule.
  mlir::Value polynomial(mlir::Value x, llvm::ArrayRef<double> coefficients) {
    mlir::Value result = c(coefficients.back());
    for (double coefficient : llvm::reverse(coefficients.drop_back()))
      result = add(mul(result, x), c(coefficient));
    return result;
  }
  /// 2^n for an integer vector n within the exponent's range.
  mlir::Value powerOfTwo(mlir::Value n) {
    mlir::Value biased = mlir::arith::AddIOp::create(b, loc, n, ic(bias()));
    return fromBits(
        mlir::arith::ShLIOp::create(b, loc, biased, ic(mantissaBits())));
  }
};

/// Monomial coefficients in u (from -1 at `low` to 1 at `high`) of the
/// polynomial that interpolates `function` at Chebyshev's nodes.
llvm::SmallVector<double>
fitPolynomial(const std::function<long double(long double)> &function,
              long double low, long double high, int degree);

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_FLOATBUILDER_H
