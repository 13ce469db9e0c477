//===- StrictFloat.h - Float arithmetic rounded step by step ----*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Arithmetic on floats of one type, briefly written, each operation rounded by
// itself as in the interpreter: where a number decides which element is read,
// the last bit matters.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_STRICTFLOAT_H
#define SYSTOLE_BACKENDS_CPU_STRICTFLOAT_H

#include "backends/Cpu/ElementTypes.h"
#include "backends/Cpu/KernelBuilder.h"
#include "backends/Cpu/MathEmitter.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace systole::cpu {

struct StrictFloat {
  CodeBuilder &k;
  mlir::Type type; ///< f32 or f64, or vectors of them.

  using P = mlir::arith::CmpFPredicate;
  using Value = mlir::Value;

  Value c(double number) { return floatConstant(k.b, k.loc, type, number); }
  Value add(Value x, Value y) {
    return mlir::arith::AddFOp::create(k.b, k.loc, x, y);
  }
  Value sub(Value x, Value y) {
    return mlir::arith::SubFOp::create(k.b, k.loc, x, y);
  }
  Value mul(Value x, Value y) {
    return mlir::arith::MulFOp::create(k.b, k.loc, x, y);
  }
  Value div(Value x, Value y) {
    return mlir::arith::DivFOp::create(k.b, k.loc, x, y);
  }
  Value neg(Value x) { return mlir::arith::NegFOp::create(k.b, k.loc, x); }
  Value abs(Value x) { return mlir::math::AbsFOp::create(k.b, k.loc, x); }
  Value cmp(P predicate, Value x, Value y) {
    return mlir::arith::CmpFOp::create(k.b, k.loc, predicate, x, y);
  }
  Value pick(Value condition, Value x, Value y) {
    return mlir::arith::SelectOp::create(k.b, k.loc, condition, x, y);
  }
  Value both(Value x, Value y) {
    return mlir::arith::AndIOp::create(k.b, k.loc, x, y);
  }
  /// The smaller (larger) of two numbers that are no NaN.
  Value min(Value x, Value y) { return pick(cmp(P::OLT, y, x), y, x); }
  Value max(Value x, Value y) { return pick(cmp(P::OGT, y, x), y, x); }
  Value floor(Value x) { return emitFloor(k.b, k.loc, x); }
  Value ceil(Value x) { return neg(floor(neg(x))); }
  /// Nearest integer, halves to even: large numbers have no fraction left.
  Value round(Value x) {
    bool wide = mlir::getElementTypeOrSelf(type).isF64();
    Value whole = c(wide ? 0x1p52 : 0x1p23);
    Value shift = mlir::math::CopySignOp::create(k.b, k.loc, whole, x);
    return pick(cmp(P::OLT, abs(x), whole), sub(add(x, shift), shift), x);
  }
  /// From and to scalar indices; `x` is within their range.
  Value fromIndex(Value index) {
    return mlir::arith::SIToFPOp::create(k.b, k.loc, type, k.toI64(index));
  }
  Value toIndex(Value x) {
    return k.toIndex(
        mlir::arith::FPToSIOp::create(k.b, k.loc, k.b.getI64Type(), x));
  }
  /// `x` of another float type as a number of this one.
  Value convert(Value x) {
    unsigned have =
        mlir::getElementTypeOrSelf(x.getType()).getIntOrFloatBitWidth();
    unsigned want = mlir::getElementTypeOrSelf(type).getIntOrFloatBitWidth();
    if (have == want)
      return x;
    return have < want
               ? Value(mlir::arith::ExtFOp::create(k.b, k.loc, type, x))
               : Value(mlir::arith::TruncFOp::create(k.b, k.loc, type, x));
  }
};

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_STRICTFLOAT_H
