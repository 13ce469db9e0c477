//===- ConstantOps.cpp - ONNX constants and sizes ------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operators that make tensors from attributes or from sizes.
//
//===----------------------------------------------------------------------===//

#include "frontend/Common/Composites.h"
#include "frontend/Onnx/Importer.h"
#include "frontend/Onnx/Node.h"

using namespace mlir;
using namespace systole::frontend;

namespace systole::onnx {

/// A constant from a list of numbers; rank 0 if `isScalar`.
template <typename T>
static void setNumbers(Node &n, Type type, llvm::ArrayRef<T> values,
                       bool isScalar) {
  SmallVector<int64_t> shape;
  if (!isScalar)
    shape.push_back(values.size());
  graph::Tensor tensor(type, shape);
  for (size_t i = 0; i < values.size(); ++i)
    tensor.store<T>(i, values[i]);
  n.set(0, n.constant(tensor));
}

static void importConstant(Node &n) {
  Builder &b = n.getBuilder();
  if (n.attribute("value") || n.attribute("sparse_value")) {
    auto tensor = n.attribute("value") ? n.tensor("value")
                                       : n.sparseTensor("sparse_value");
    if (!tensor)
      return;
    n.set(0, n.constant(*tensor));
    n.importer.countParameters(*tensor);
  } else if (n.attribute("value_int")) {
    setNumbers<int64_t>(n, b.getI64Type(), {n.integer("value_int", 0)}, true);
  } else if (n.attribute("value_ints")) {
    auto values = n.integers("value_ints");
    if (values)
      setNumbers<int64_t>(n, b.getI64Type(), *values, false);
  } else if (n.attribute("value_float")) {
    setNumbers<float>(n, b.getF32Type(),
                      {static_cast<float>(n.real("value_float", 0))}, true);
  } else if (n.attribute("value_floats")) {
    SmallVector<double> values = n.reals("value_floats");
    SmallVector<float> floats(values.begin(), values.end());
    setNumbers<float>(n, b.getF32Type(), floats, false);
  } else if (n.attribute("value_string") || n.attribute("value_strings")) {
    bool isList = n.attribute("value_strings");
    Value texts = n.texts(isList ? n.strings("value_strings")
                                 : std::vector{n.string("value_string", "")});
    n.set(0, isList ? texts : n.squeeze(texts, {0}));
  } else {
    n.error("it has no value");
  }
}

static void importConstantOfShape(Node &n) {
  Value shape = n.in(0);
  graph::Tensor value(n.getBuilder().getF32Type(), {});
  if (n.attribute("value")) {
    auto given = n.tensor("value");
    if (!given)
      return;
    if (given->size() != 1)
      return (void)n.error("its value has " + llvm::Twine(given->size()) +
                           " elements instead of one");
    value = given->reshaped({});
  }
  n.set(0, n.broadcast(n.constant(value), shape));
}

static void importShape(Node &n) {
  Value shape = n.shapeOf(n.in(0));
  if (!n.attribute("start") && !n.attribute("end"))
    return n.set(0, shape);
  auto rank = n.rank(0);
  if (!rank)
    return;
  int64_t start = n.integer("start", 0), end = n.integer("end", *rank);
  n.set(0, n.slice(shape, 0, start, end));
}

/// The number of elements: one known dimension after the other.
static void importSize(Node &n) {
  auto rank = n.rank(0);
  if (!rank)
    return;
  Extent size = int64_t(1);
  for (int64_t d = 0; d < *rank; ++d)
    size = n.product(size, n.extent(n.in(0), d));
  n.set(0, size.value ? n.squeeze(size.value, {0})
                      : n.squeeze(n.ints({size.size}), {0}));
}

llvm::ArrayRef<Operator> constantOperators() {
  static constexpr Operator rows[] = {
      {"Constant", 1, 28, importConstant},
      {"ConstantOfShape", 9, 28, importConstantOfShape},
      {"Shape", 1, 28, importShape},
      {"Size", 1, 28, importSize},
  };
  return rows;
}

} // namespace systole::onnx
