//===- Elements.h - Elements in the type they are computed in ---*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An element type has a compute type, in which one operation's arithmetic is
// done before the result is rounded or wrapped to the element type:
//
//   f64: double;  f32, f16, bf16, f8, f4: float
//   i64 .. i2: int64_t;  ui64 .. ui2, i1: uint64_t
//   complex<f64>, complex<f32>: std::complex<double>, std::complex<float>
//
// A Reader and a Writer give a tensor's elements as compute-type values.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_GRAPH_INTERPRETER_ELEMENTS_H
#define SYSTOLE_DIALECTS_GRAPH_INTERPRETER_ELEMENTS_H

#include "dialects/Graph/IR/Tensor.h"
#include <complex>
#include <limits>
#include <type_traits>

namespace systole::graph {

/// True for the compute types of complex elements.
template <typename T>
inline constexpr bool isComplex = std::is_same_v<T, std::complex<float>> ||
                                  std::is_same_v<T, std::complex<double>>;

/// True if integers of this type are extended with zeros: ui64 .. ui2 and i1.
inline bool readsUnsigned(mlir::Type type) {
  return type.isUnsignedInteger() || type.isInteger(1);
}

/// Keeps the low bits of `value` that an integer of `type` has, extended by the
/// type's signedness.
inline int64_t wrapToWidth(int64_t value, mlir::Type type) {
  unsigned unused = 64 - type.getIntOrFloatBitWidth();
  uint64_t high = static_cast<uint64_t>(value) << unused;
  if (readsUnsigned(type))
    return static_cast<int64_t>(high >> unused);
  return static_cast<int64_t>(high) >> unused;
}

/// True if an element of `type` is stored exactly as a T.
template <typename T>
bool isStoredAs(mlir::Type type) {
  if constexpr (std::is_same_v<T, float>)
    return type.isF32();
  else if constexpr (std::is_same_v<T, double>)
    return type.isF64();
  else if constexpr (isComplex<T>)
    return true;
  else
    return type.isInteger(64);
}

/// The elements of a tensor, in row-major order, as values of compute type T.
template <typename T>
class Reader {
public:
  explicit Reader(const Tensor &tensor)
      : tensor(tensor), native(isStoredAs<T>(tensor.getElementType())) {}

  T operator[](int64_t i) const {
    if (native)
      return tensor.load<T>(i);
    if constexpr (std::is_floating_point_v<T>)
      return static_cast<T>(tensor.getDouble(i));
    else if constexpr (std::is_integral_v<T>)
      return static_cast<T>(tensor.getInt(i));
    else
      return tensor.load<T>(i);
  }

private:
  const Tensor &tensor;
  /// The elements are stored as T already.
  bool native;
};

/// Stores values of compute type T, rounding or wrapping them to the element
/// type.
template <typename T>
class Writer {
public:
  explicit Writer(Tensor &tensor)
      : tensor(tensor), native(isStoredAs<T>(tensor.getElementType())) {}

  void set(int64_t i, T value) {
    if (native)
      return tensor.store<T>(i, value);
    if constexpr (std::is_floating_point_v<T>)
      tensor.setDouble(i, value);
    else if constexpr (std::is_integral_v<T>)
      tensor.setInt(
          i, wrapToWidth(static_cast<int64_t>(value), tensor.getElementType()));
    else
      tensor.store<T>(i, value);
  }

private:
  Tensor &tensor;
  /// The elements are stored as T already.
  bool native;
};

/// Calls `function(T())` with the compute type T of a real element type.
template <typename Function>
auto withRealType(mlir::Type type, Function function) {
  if (type.isF64())
    return function(double());
  if (llvm::isa<mlir::FloatType>(type))
    return function(float());
  if (readsUnsigned(type))
    return function(uint64_t());
  return function(int64_t());
}

/// Calls `function(T())` with the compute type T of a float element type.
template <typename Function>
auto withFloatType(mlir::Type type, Function function) {
  if (type.isF64())
    return function(double());
  return function(float());
}

/// Calls `function(T())` with the compute type T of any numeric element type.
template <typename Function>
auto withNumericType(mlir::Type type, Function function) {
  if (auto complex = llvm::dyn_cast<mlir::ComplexType>(type)) {
    if (complex.getElementType().isF64())
      return function(std::complex<double>());
    return function(std::complex<float>());
  }
  return withRealType(type, function);
}

/// The element type whose elements are stored as `type`'s compute type.
inline mlir::Type computeType(mlir::Type type) {
  if (llvm::isa<mlir::FloatType>(type) && !type.isF64())
    return mlir::Float32Type::get(type.getContext());
  if (llvm::isa<mlir::IntegerType>(type))
    return mlir::IntegerType::get(type.getContext(), 64);
  return type;
}

/// The lowest (or highest) value of an element type: infinite where it can be.
double extremeFloat(mlir::Type floatType, bool lowest);
/// The same for integers, as bits of a 64-bit integer.
int64_t extremeInt(mlir::Type integerType, bool lowest);

/// The extreme of `type` as a value of its compute type T.
template <typename T>
T extreme(mlir::Type type, bool lowest) {
  if constexpr (std::is_floating_point_v<T>)
    return static_cast<T>(extremeFloat(type, lowest));
  else
    return static_cast<T>(extremeInt(type, lowest));
}

/// The sum of two elements; integers wrap (unsigned ones have no overflow).
template <typename T>
T sumOf(T a, T b) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
  else
    return a + b;
}

/// The product of two elements; integers wrap.
template <typename T>
T productOf(T a, T b) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
  else
    return a * b;
}

/// `value` rounded half to even and clamped to an integer type's range; NaN
/// gives 0. For types of at most 64 bits, as bits of a 64-bit integer.
int64_t saturatedInteger(double value, mlir::IntegerType type);

/// The larger of two elements; NaN where either is.
template <typename T>
T largerOf(T a, T b) {
  if (a != a || b != b)
    return a != a ? a : b;
  return a < b ? b : a;
}

/// The smaller of two elements; NaN where either is.
template <typename T>
T smallerOf(T a, T b) {
  if (a != a || b != b)
    return a != a ? a : b;
  return b < a ? b : a;
}

} // namespace systole::graph

#endif // SYSTOLE_DIALECTS_GRAPH_INTERPRETER_ELEMENTS_H
