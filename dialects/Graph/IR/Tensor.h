//===- Tensor.h - A tensor in this process's memory -------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one host tensor of the compiler: constants, the interpreter's values and
// what drivers read and write. Dense, row-major, one representation for each
// element type:
//
//   i1 and all types narrower than a byte (i4 ui4 i2 ui2 f4E2M1FN): one byte
//   each (integers extended by their signedness); all others: their own
//   little-endian bytes; complex: real then imaginary; strings: where their
//   bytes are, which live as long as the process (`keepString`), and how many.
//
// Memory may be unaligned (it may lie in a mapped file): read and write
// elements through the accessors, or with load<T>/store<T>.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_DIALECTS_GRAPH_IR_TENSOR_H
#define SYSTOLE_DIALECTS_GRAPH_IR_TENSOR_H

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <cstring>
#include <memory>

namespace systole::graph {

/// Bytes of one element in a Tensor; 0 for types that have no such form.
int64_t elementBytes(mlir::Type elementType);
/// Product of `shape`, or -1 on overflow of 2^62 or an unknown dimension.
int64_t countElements(llvm::ArrayRef<int64_t> shape);
/// The same bytes, at one address for each text as long as the process lives.
llvm::StringRef keepString(llvm::StringRef text);

/// A string as an element; laid out as the runtime's systole_string.
struct StringPlace {
  const char *data;
  int64_t size;
};

class Tensor {
public:
  Tensor() = default;
  /// A tensor of zeros. `shape` must be static and small enough to allocate
  /// (see `tryAllocate` for shapes that come from a file).
  Tensor(mlir::Type elementType, llvm::ArrayRef<int64_t> shape);
  /// A view of `data`, kept alive by `owner`.
  Tensor(mlir::Type elementType, llvm::ArrayRef<int64_t> shape, char *data,
         std::shared_ptr<void> owner);
  /// Zeros, or failure where the shape is invalid or exceeds memory.
  static mlir::FailureOr<Tensor> tryAllocate(mlir::Type elementType,
                                             llvm::ArrayRef<int64_t> shape);

  explicit operator bool() const { return static_cast<bool>(elementType); }
  mlir::Type getElementType() const { return elementType; }
  llvm::ArrayRef<int64_t> getShape() const { return shape; }
  int64_t rank() const { return shape.size(); }
  int64_t dim(int64_t d) const { return shape[d]; }
  int64_t size() const { return numElements; }
  int64_t byteSize() const { return numElements * elementBytes(elementType); }
  mlir::RankedTensorType getType() const {
    return mlir::RankedTensorType::get(shape, elementType);
  }

  /// Copies share memory: writing is for whoever just allocated the tensor.
  char *data() { return memory; }
  const char *data() const { return memory; }
  std::shared_ptr<void> getOwner() const { return owner; }

  /// Element `i` in row-major order, unaligned-safe. T must have the element's
  /// size.
  template <typename T>
  T load(int64_t i) const {
    T value;
    std::memcpy(&value, memory + i * static_cast<int64_t>(sizeof(T)),
                sizeof(T));
    return value;
  }
  template <typename T>
  void store(int64_t i, T value) {
    std::memcpy(memory + i * static_cast<int64_t>(sizeof(T)), &value,
                sizeof(T));
  }

  /// Element `i` of any float, integer or boolean type as a number.
  double getDouble(int64_t i) const;
  int64_t getInt(int64_t i) const;
  /// Rounds half to even (floats), wraps (integers), tests against 0 (i1).
  void setDouble(int64_t i, double value);
  void setInt(int64_t i, int64_t value);

  /// Element `i` of a tensor of strings.
  llvm::StringRef getString(int64_t i) const {
    auto place = load<StringPlace>(i);
    return {place.data, static_cast<size_t>(place.size)};
  }
  void setString(int64_t i, llvm::StringRef text) {
    llvm::StringRef kept = keepString(text);
    store(i, StringPlace{kept.data(), static_cast<int64_t>(kept.size())});
  }

  /// The same elements in another shape of equal size.
  Tensor reshaped(llvm::ArrayRef<int64_t> newShape) const;
  /// True if types, shapes and bytes (of strings: the texts) agree.
  bool identical(const Tensor &other) const;

private:
  mlir::Type elementType;
  llvm::SmallVector<int64_t, 4> shape;
  int64_t numElements = 0;
  char *memory = nullptr;
  /// Keeps `memory` alive: an allocation or a mapped file.
  std::shared_ptr<void> owner;
};

} // namespace systole::graph

#endif // SYSTOLE_DIALECTS_GRAPH_IR_TENSOR_H
