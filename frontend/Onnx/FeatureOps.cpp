//===- FeatureOps.cpp - Preparing features, of ai.onnx.ml ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Strings.h"
#include "frontend/Onnx/Classes.h"

using namespace mlir;
using namespace systole::frontend;
using systole::graph::ComparePredicate;
using systole::graph::ReduceKind;

namespace systole::onnx {

/// (x - offset) * scale, of each feature.
static void importScaler(Node &n) {
  Type f32 = n.getBuilder().getF32Type();
  Value x = n.cast(n.in(0), f32);
  if (SmallVector<double> offsets = n.reals("offset"); !offsets.empty())
    x = n.sub(x, n.numbers(f32, offsets));
  if (SmallVector<double> scales = n.reals("scale"); !scales.empty())
    x = n.mul(x, n.numbers(f32, scales));
  n.set(0, x);
}

/// Rows divided by their largest entry, or by a norm.
static void importNormalizer(Node &n) {
  auto rank = n.rank(0);
  std::string norm = n.string("norm", "MAX");
  if (!rank || *rank == 0)
    return (void)n.error("its input has no rows");
  Value x = n.cast(n.in(0), n.getBuilder().getF32Type());
  Value measure;
  if (norm == "MAX")
    measure = n.reduce(ReduceKind::max, x, {*rank - 1}, /*keepDims=*/true);
  else if (norm == "L1")
    measure =
        n.reduce(ReduceKind::sum, n.abs(x), {*rank - 1}, /*keepDims=*/true);
  else if (norm == "L2")
    measure = n.sqrt(
        n.reduce(ReduceKind::sum, n.mul(x, x), {*rank - 1}, /*keepDims=*/true));
  else
    return (void)n.error("norm '" + norm + "' is unknown");
  // Rows of zeros stay as they are.
  Value isZero = n.compare(ComparePredicate::eq, measure, 0.0);
  n.set(0, n.div(x, n.select(isZero, n.like(measure, 1.0), measure)));
}

/// Puts a value in the place of another, or of NaN.
static void importImputer(Node &n) {
  Value x = n.in(0);
  Type type = GraphBuilder::elementType(x);
  if (!type)
    return;
  Value replaced, values;
  if (isa<FloatType>(type)) {
    double old = n.real("replaced_value_float", 0);
    replaced = std::isnan(old) ? n.compare(ComparePredicate::ne, x, x)
                               : n.compare(ComparePredicate::eq, x, old);
    values = n.numbers(type, n.reals("imputed_value_floats"));
  } else {
    replaced =
        n.compare(ComparePredicate::eq, x,
                  static_cast<double>(n.integer("replaced_value_int64", 0)));
    values = n.cast(n.ints(n.integers("imputed_value_int64s")
                               .value_or(SmallVector<int64_t>())),
                    type);
  }
  if (GraphBuilder::sizeOf(values, 0) == 0)
    return (void)n.error("it has no values to put in");
  n.set(0, n.select(replaced, values, x));
}

/// All inputs side by side, as 32-bit floats.
static void importFeatureVectorizer(Node &n) {
  auto widths = n.integers("inputdimensions");
  SmallVector<Value> parts;
  for (unsigned i = 0; i < n.numInputs(); ++i) {
    Value x = n.cast(n.in(i), n.getBuilder().getF32Type());
    auto rank = n.rank(i);
    if (!rank)
      return;
    if (*rank < 1 || *rank > 2)
      return (void)n.error("an input has not 1 or 2 dimensions");
    if (*rank == 1)
      x = n.unsqueeze(x, {1});
    if (widths && i < widths->size() &&
        GraphBuilder::sizeOf(x, 1) > (*widths)[i])
      x = n.slice(x, 1, 0, (*widths)[i]);
    parts.push_back(x);
  }
  n.set(0, parts.empty() ? n.error("it has no inputs") : n.concat(parts, 1));
}

/// 1 at the place of each element's category in a new last dimension.
static void importOneHotEncoder(Node &n) {
  auto rank = n.rank(0);
  Value x = n.in(0), categories;
  if (!rank || !x)
    return;
  bool isText = isa<graph::StringType>(GraphBuilder::elementType(x));
  if (isText)
    categories = n.texts(n.strings("cats_strings"));
  else
    categories = n.cast(
        n.ints(n.integers("cats_int64s").value_or(SmallVector<int64_t>())),
        GraphBuilder::elementType(x));
  if (GraphBuilder::sizeOf(categories, 0) == 0)
    return (void)n.error("it has no categories for its input's type");
  Value same = equal(n, n.unsqueeze(x, {*rank}), categories);
  n.set(0, n.cast(same, n.getBuilder().getF32Type()));
}

llvm::ArrayRef<Operator> featureOperators() {
  static constexpr Operator rows[] = {
      {"FeatureVectorizer", 1, 28, importFeatureVectorizer, kMlDomain},
      {"Imputer", 1, 28, importImputer, kMlDomain},
      {"Normalizer", 1, 28, importNormalizer, kMlDomain},
      {"OneHotEncoder", 1, 28, importOneHotEncoder, kMlDomain},
      {"Scaler", 1, 28, importScaler, kMlDomain},
  };
  return rows;
}

} // namespace systole::onnx
