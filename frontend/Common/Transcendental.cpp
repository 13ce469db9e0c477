//===- Transcendental.cpp - Inverse and hyperbolic functions --------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Functions that the graph dialect has not, by formulas that lose no digits
// where the obvious ones subtract nearly equal numbers or overflow.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include <cmath>

using namespace mlir;
using systole::graph::ComparePredicate;

namespace systole::frontend {

static Value atan(GraphBuilder &b, Value x) {
  return b.make<graph::AtanOp>({x});
}
static Value expm1(GraphBuilder &b, Value x) {
  return b.make<graph::Expm1Op>({x});
}
static Value log1p(GraphBuilder &b, Value x) {
  return b.make<graph::Log1pOp>({x});
}
/// number - x.
static Value from(GraphBuilder &b, double number, Value x) {
  return x ? b.sub(b.like(x, number), x) : x;
}
/// |magnitude| with the sign of x, that of zero too.
static Value withSign(GraphBuilder &b, Value magnitude, Value x) {
  Value negative = b.compare(ComparePredicate::lt, x, 0.0);
  Value isZero = b.compare(ComparePredicate::eq, x, 0.0);
  return b.select(isZero, x, b.select(negative, b.neg(magnitude), magnitude));
}

Value tan(GraphBuilder &b, Value x) {
  return b.div(b.make<graph::SinOp>({x}), b.make<graph::CosOp>({x}));
}

/// Half the angle has the tangent x / (1 + sqrt((1 - x) (1 + x))).
Value asin(GraphBuilder &b, Value x) {
  Value cosine = b.sqrt(b.mul(from(b, 1.0, x), b.add(x, 1.0)));
  return b.mul(atan(b, b.div(x, b.add(cosine, 1.0))), 2.0);
}

/// Half the angle has the tangent sqrt((1 - x) / (1 + x)).
Value acos(GraphBuilder &b, Value x) {
  return b.mul(atan(b, b.sqrt(b.div(from(b, 1.0, x), b.add(x, 1.0)))), 2.0);
}

/// With e = e^x - 1, (e + e / (e + 1)) / 2; from 1 on as (e^(x/2) / 2) e^(x/2),
/// of which no factor overflows before the result does.
Value sinh(GraphBuilder &b, Value x) {
  Value magnitude = b.abs(x);
  Value e = expm1(b, b.min(magnitude, 1.0));
  Value nearZero = b.mul(b.add(e, b.div(e, b.add(e, 1.0))), 0.5);
  Value root = b.exp(b.mul(magnitude, 0.5));
  Value grown = b.mul(b.mul(root, 0.5), root);
  Value shrunk = b.mul(b.exp(b.neg(magnitude)), 0.5);
  Value isNear = b.compare(ComparePredicate::lt, magnitude, 1.0);
  return withSign(b, b.select(isNear, nearZero, b.sub(grown, shrunk)), x);
}

Value cosh(GraphBuilder &b, Value x) {
  Value magnitude = b.abs(x), root = b.exp(b.mul(magnitude, 0.5));
  Value shrunk = b.mul(b.exp(b.neg(magnitude)), 0.5);
  return b.add(b.mul(b.mul(root, 0.5), root), shrunk);
}

/// Magnitudes whose square is far beyond 1 and overflows in 32 bits sooner or
/// later: there the logarithm of twice the magnitude is the result.
static constexpr double kLarge = 1e10;

/// ln(|x| + sqrt(x^2 + 1)), as ln(1 + ...) of what is beyond 1.
Value asinh(GraphBuilder &b, Value x) {
  Value magnitude = b.abs(x), near = b.min(magnitude, kLarge);
  Value square = b.mul(near, near);
  Value root = b.sqrt(b.add(square, 1.0));
  Value small = log1p(b, b.add(near, b.div(square, b.add(root, 1.0))));
  Value large = b.add(b.log(magnitude), M_LN2);
  Value isLarge = b.compare(ComparePredicate::gt, magnitude, kLarge);
  return withSign(b, b.select(isLarge, large, small), x);
}

/// ln(x + sqrt(x^2 - 1)), as ln(1 + ...) of x - 1.
Value acosh(GraphBuilder &b, Value x) {
  Value beyond = b.sub(b.min(x, kLarge), 1.0);
  // Two roots: of one product, the signs of x below -1 would be lost.
  Value root = b.mul(b.sqrt(beyond), b.sqrt(b.add(beyond, 2.0)));
  Value small = log1p(b, b.add(beyond, root));
  Value large = b.add(b.log(x), M_LN2);
  return b.select(b.compare(ComparePredicate::gt, x, kLarge), large, small);
}

Value atanh(GraphBuilder &b, Value x) {
  return b.mul(b.sub(log1p(b, x), log1p(b, b.neg(x))), 0.5);
}

} // namespace systole::frontend
