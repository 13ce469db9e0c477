//===- tensor.h - Tensors and arrays that own their memory ---- -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The runtime's own containers: Buffer (bytes), Array (objects), Tensor (a
// view) and OwnedTensor (a view with its memory). None of them copies by
// accident.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_TENSOR_H
#define SYSTOLE_RUNTIME_SRC_TENSOR_H

#include "runtime/src/status.h"

namespace systole::rt {

/// More dimensions than any tensor of a model has.
constexpr int64_t maxRank = 32;

/// Bytes from `allocate` with an owner.
class Buffer {
public:
  Buffer() = default;
  /// Takes ownership of memory from `allocate`.
  Buffer(void *memory, int64_t bytes) : memory(memory), length(bytes) {}
  Buffer(Buffer &&other) : memory(other.memory), length(other.length) {
    other.memory = nullptr;
    other.length = 0;
  }
  Buffer &operator=(Buffer &&other) {
    void *mine = memory;
    int64_t mineLength = length;
    memory = other.memory;
    length = other.length;
    other.memory = mine;
    other.length = mineLength;
    return *this;
  }
  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;
  ~Buffer() { release(memory); }

  /// Gives at least `bytes` bytes, aligned to SYSTOLE_ALIGNMENT. What was there
  /// is lost if the buffer has to grow.
  Status atLeast(int64_t bytes) {
    if (memory && bytes <= length)
      return Status();
    release(memory);
    memory = allocate(bytes);
    length = memory ? bytes : 0;
    return memory ? Status() : outOfMemory(bytes);
  }

  void *data() const { return memory; }
  int64_t size() const { return length; }

private:
  void *memory = nullptr;
  int64_t length = 0;
};

/// A fixed number of objects. T is one for which all bytes zero is a valid
/// initial state, as it is for every type of the runtime: construction is a
/// fill, which needs no header of the C++ library.
template <typename T>
class Array {
public:
  Array() = default;
  Array(const Array &) = delete;
  Array &operator=(const Array &) = delete;
  ~Array() { clear(); }

  /// Replaces the contents by `count` objects of zeros.
  Status resize(int64_t count) {
    clear();
    Status status = storage.atLeast(count * int64_t(sizeof(T)));
    if (status.failed())
      return status;
    __builtin_memset(storage.data(), 0, count * sizeof(T));
    length = count;
    return Status();
  }

  T &operator[](int64_t i) { return data()[i]; }
  const T &operator[](int64_t i) const { return data()[i]; }
  T *data() const { return static_cast<T *>(storage.data()); }
  T *begin() const { return data(); }
  T *end() const { return data() + length; }
  int64_t size() const { return length; }

private:
  void clear() {
    for (int64_t i = 0; i < length; ++i)
      data()[i].~T();
    length = 0;
  }

  Buffer storage;
  int64_t length = 0;
};

/// A view of a dense row-major tensor.
struct Tensor {
  void *data;
  int64_t bytes;
  uint32_t dtype;
  int32_t rank;
  int64_t dims[maxRank];

  /// The number of elements, which is known to fit.
  int64_t count() const {
    int64_t product = 1;
    for (int64_t i = 0; i < rank; ++i)
      product *= dims[i];
    return product;
  }
};

/// A tensor and its memory.
struct OwnedTensor : Tensor {
  Buffer storage;
};

/// What messages about a tensor's file say.
struct FileSubject {
  /// Whose file it is, e.g. "input 'x'".
  const char *subject;
  /// What should be in it, e.g. "float32 [1,?]".
  const char *expected;
  const char *path;
  /// What quantised integers stand for: files of floats are brought to them.
  /// A scale of 0: there are none.
  float scale = 0;
  int32_t zeroPoint = 0;
};

/// Facts about an element type.
struct DtypeInfo {
  const char *name;
  /// The type string in a `.npy` header: byte order, kind, bytes.
  const char *npy;
  uint8_t bytes;
  /// 'b' boolean, 'i' signed, 'u' unsigned, 'f' floating, 'c' complex, 's'
  /// string.
  char kind;
  /// Bits that hold a value; fewer than 8 * bytes for types below a byte.
  uint8_t bits;
};

/// Facts about `dtype`; those of SYSTOLE_DTYPE_INVALID for unknown numbers.
const DtypeInfo &dtypeInfo(uint32_t dtype);

/// Computes the product of `dims` times `elementBytes`. Returns false if a
/// dimension is negative or the product exceeds 2^46.
bool tensorBytes(const int64_t *dims, int64_t rank, int64_t elementBytes,
                 int64_t &bytes);

/// Sets type and shape of `tensor` and gives it memory of its own. The contents
/// are undefined.
Status allocateTensor(OwnedTensor &tensor, uint32_t dtype, const int64_t *dims,
                      int64_t rank);

/// The same for strings, with room behind the elements, at `text`, for so many
/// bytes that they refer to.
Status allocateStrings(OwnedTensor &tensor, const int64_t *dims, int64_t rank,
                       int64_t textBytes, char *&text);

/// Makes `to` a copy of `from` with its own memory.
Status copyTensor(const Tensor &from, OwnedTensor &to);

} // namespace systole::rt

#endif // SYSTOLE_RUNTIME_SRC_TENSOR_H
