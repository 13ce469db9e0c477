//===- Compare.cpp - What 'equal' means for each operation and type -------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compare.h"
#include "dialects/Graph/IR/GraphDialect.h"
#include "dialects/Graph/Interpreter/Evaluate.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/Support/Format.h"
#include <cmath>

using namespace mlir;

namespace systole::property {

namespace {
/// How far a float result may be from the interpreter's, in units in the last
/// place of the element type. Integers, booleans and operations that are not
/// listed must agree exactly.
struct Tolerance {
  const char *op;
  /// Units for f64, and for f32.
  double f64, f32;
  /// Units for narrower types, which are rounded from f32.
  double narrow;
};
} // namespace

/// The one table of tolerances. A unit is relative to the larger of the
/// expected number and, for sums, the number of terms (of magnitude 1).
static constexpr Tolerance tolerances[] = {
    // Polynomials instead of the C library's functions.
    {"graph.exp", 4, 4, 1},
    {"graph.expm1", 4, 4, 1},
    {"graph.log", 4, 4, 1},
    {"graph.log1p", 4, 4, 1},
    {"graph.sin", 4, 4, 1},
    {"graph.cos", 4, 4, 1},
    {"graph.atan", 4, 4, 1},
    {"graph.tanh", 8, 8, 1},
    {"graph.erf", 8, 8, 1},
    {"graph.sigmoid", 8, 8, 1},
    // e^(y ln x): the error of the logarithm grows with y ln x.
    {"graph.pow", 1024, 128, 1},
    // Sums in another order, or contracted into multiply-add.
    {"graph.softmax", 16, 16, 1},
    {"graph.batch_norm", 4, 4, 1},
    {"graph.matmul", 4, 4, 1},
    {"graph.conv", 4, 4, 1},
    {"graph.avg_pool", 4, 4, 1},
    {"graph.reduce", 4, 4, 1},
    // Passes of a fast transform for one sum.
    {"graph.dft", 8, 8, 1},
};

/// The units allowed to `op` on `type`; 0: exact.
static double unitsFor(StringRef op, Type type) {
  for (const Tolerance &entry : tolerances)
    if (op == entry.op)
      return type.isF64() ? entry.f64 : type.isF32() ? entry.f32 : entry.narrow;
  return 0.0;
}

/// Spacing of the numbers of a format around 1, and its smallest number.
static std::pair<double, double> spacing(FloatType type) {
  const llvm::fltSemantics &semantics = type.getFloatSemantics();
  int precision = static_cast<int>(APFloat::semanticsPrecision(semantics));
  APFloat smallest = APFloat::getSmallest(semantics);
  bool losesInfo = false;
  smallest.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                   &losesInfo);
  return {std::ldexp(1.0, 1 - precision), smallest.convertToDouble()};
}

/// The distance allowed around `expected`.
static double allowance(const Sample &sample, FloatType type, double units,
                        double expected) {
  if (units == 0.0)
    return 0.0;
  auto [unit, smallest] = spacing(type);
  double terms = static_cast<double>(sample.terms > 1 ? sample.terms : 0);
  double size = std::fabs(expected);
  if (type.isF64() || type.isF32())
    return units * unit * std::max(size, terms) + smallest;
  // Rounded once, after sums in f32.
  return units * (unit * size + smallest) + 4 * 0x1p-23 * terms;
}

/// True if float element `i` is right.
static bool floatFits(const Sample &sample, FloatType type, double units,
                      double expected, double found) {
  if (std::isnan(expected) || std::isnan(found))
    return std::isnan(expected) && std::isnan(found);
  if (expected == found)
    return true;
  if (std::isinf(expected) || std::isinf(found))
    return false;
  return std::fabs(expected - found) <=
         allowance(sample, type, units, expected);
}

std::string compare(const Sample &sample, const Tensor &expected,
                    const Tensor &found) {
  if (expected.getElementType() != found.getElementType() ||
      expected.getShape() != found.getShape())
    return "shape " + graph::shapeText(found.getShape()) + ", expected " +
           graph::shapeText(expected.getShape());
  if (isa<graph::StringType>(expected.getElementType())) {
    for (int64_t i = 0; i < expected.size(); ++i)
      if (expected.getString(i) != found.getString(i))
        return ("element " + Twine(i) + " is '" + found.getString(i) +
                "', expected '" + expected.getString(i) + "'")
            .str();
    return "";
  }
  auto type = dyn_cast<FloatType>(expected.getElementType());
  double units = type ? unitsFor(sample.op, type) : 0.0;
  int64_t wrong = 0, worst = -1;
  double largest = -1.0;
  for (int64_t i = 0; i < expected.size(); ++i) {
    double e = expected.getDouble(i), f = found.getDouble(i);
    if (type ? floatFits(sample, type, units, e, f)
             : expected.getInt(i) == found.getInt(i))
      continue;
    ++wrong;
    double distance = std::isfinite(e - f) ? std::fabs(e - f) : HUGE_VAL;
    if (distance > largest)
      largest = distance, worst = i;
  }
  if (!wrong)
    return "";
  std::string text;
  llvm::raw_string_ostream(text)
      << wrong << " of " << expected.size() << " elements differ; element "
      << worst << " is "
      << llvm::format(
             "%.9g, expected %.9g, allowed %.3g", found.getDouble(worst),
             expected.getDouble(worst),
             type ? allowance(sample, type, units, expected.getDouble(worst))
                  : 0.0);
  return text;
}

} // namespace systole::property
