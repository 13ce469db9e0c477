//===- Random.cpp - Random numbers and shapes for samples -----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Random.h"
#include "mlir/AsmParser/AsmParser.h"
#include <limits>

using namespace mlir;

namespace systole::property {

int64_t Random::size(int64_t most, bool mayBeEmpty) {
  static constexpr int64_t sizes[] = {1,  1,  2,  3,  4,  5,  7,  8,  11,
                                      13, 15, 16, 17, 24, 31, 32, 33, 37};
  if (mayBeEmpty && oneIn(25))
    return 0;
  return std::min(pick<int64_t>(sizes), most);
}

Shape Random::shape(int64_t lowRank, int64_t highRank, bool mayBeEmpty) {
  int64_t rank = integer(lowRank, highRank), room = 4000;
  Shape result;
  for (int64_t d = 0; d < rank; ++d) {
    result.push_back(size(std::max<int64_t>(1, room), mayBeEmpty));
    room /= std::max<int64_t>(1, result.back());
  }
  return result;
}

Shape Random::broadcastable(ArrayRef<int64_t> shape) {
  Shape result(shape);
  if (oneIn(3))
    result = Shape(shape.drop_front(integer(0, shape.size())));
  for (int64_t &dim : result)
    if (oneIn(4))
      dim = 1;
  return result;
}

Type Random::type(StringRef text) { return parseType(text, context); }

Type Random::floatType() {
  // Half of all samples are f32, which has the most kernels of its own.
  static const std::string types[] = {
      "f32",    "f32",        "f32",        "f32",     "f32",
      "f64",    "f64",        "f16",        "bf16",    "f8E4M3FN",
      "f8E5M2", "f8E4M3FNUZ", "f8E5M2FNUZ", "f4E2M1FN"};
  return type(pick<std::string>(types));
}

Type Random::integerType() {
  static const std::string types[] = {"i64",  "i64",  "i32", "i32", "i16",
                                      "i8",   "i8",   "i4",  "i2",  "ui64",
                                      "ui32", "ui16", "ui8", "ui4", "ui2"};
  return type(pick<std::string>(types));
}

Tensor Random::numbers(Type type, ArrayRef<int64_t> shape, double limit) {
  Tensor tensor(type, shape);
  for (int64_t i = 0; i < tensor.size(); ++i) {
    if (isa<FloatType>(type))
      tensor.setDouble(i, real(limit));
    else if (type.isInteger(1))
      tensor.setInt(i, oneIn(2));
    else // Small numbers as often as any bits.
      tensor.setInt(i,
                    oneIn(2) ? integer(-5, 5) : static_cast<int64_t>(engine()));
  }
  return tensor;
}

Tensor Random::wildNumbers(Type type, ArrayRef<int64_t> shape) {
  Tensor tensor = numbers(type, shape);
  if (!isa<FloatType>(type) || oneIn(2))
    return tensor;
  static constexpr double special[] = {
      0.0,    -0.0,  std::numeric_limits<double>::infinity(),
      1.0,    -1.0,  -std::numeric_limits<double>::infinity(),
      1.0e30, -90.0, std::numeric_limits<double>::quiet_NaN(),
      0.5,    100.0, 1.0e-30};
  for (int64_t i = 0; i < tensor.size(); ++i)
    if (oneIn(5))
      tensor.setDouble(i, pick<double>(special));
  return tensor;
}

Tensor Random::integers(Type type, ArrayRef<int64_t> shape, int64_t low,
                        int64_t high) {
  Tensor tensor(type, shape);
  for (int64_t i = 0; i < tensor.size(); ++i)
    tensor.setInt(i, integer(low, high));
  return tensor;
}

Tensor Random::list(ArrayRef<int64_t> values) {
  Tensor tensor(type("i64"), {static_cast<int64_t>(values.size())});
  for (auto [i, value] : llvm::enumerate(values))
    tensor.setInt(i, value);
  return tensor;
}

std::string arrayText(ArrayRef<int64_t> values) {
  std::string text = "array<i64";
  for (auto [i, value] : llvm::enumerate(values))
    text += (i ? ", " : ": ") + std::to_string(value);
  return text + ">";
}

} // namespace systole::property
