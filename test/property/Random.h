//===- Random.h - Random numbers and shapes for samples ---------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A seeded generator whose numbers are the same on every host (the standard
// library's distributions are not), with the choices that find faults: sizes
// around vectors and tiles, primes, 1 and 0; numbers of every kind.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_PROPERTY_RANDOM_H
#define SYSTOLE_TEST_PROPERTY_RANDOM_H

#include "dialects/Graph/IR/Tensor.h"
#include <random>
#include <string>

namespace systole::property {

using graph::Tensor;
using Shape = llvm::SmallVector<int64_t>;

class Random {
public:
  Random(uint64_t seed, mlir::MLIRContext *context)
      : engine(seed), context(context) {}

  /// A whole number in [low, high].
  int64_t integer(int64_t low, int64_t high) {
    uint64_t span = static_cast<uint64_t>(high - low) + 1;
    return low + static_cast<int64_t>(engine() % span);
  }
  /// True once in `n` times.
  bool oneIn(int64_t n) { return integer(1, n) == 1; }
  /// A number in [-limit, limit] with a dense fraction.
  double real(double limit) {
    return (static_cast<double>(engine() >> 11) / 0x1p52 - 1.0) * limit;
  }
  template <typename T>
  const T &pick(llvm::ArrayRef<T> items) {
    return items[static_cast<size_t>(integer(0, items.size() - 1))];
  }

  /// A size: 1, primes, around powers of two, up to `most`; rarely 0 if
  /// allowed.
  int64_t size(int64_t most = 40, bool mayBeEmpty = true);
  /// Sizes whose product is at most a few thousand.
  Shape shape(int64_t lowRank, int64_t highRank, bool mayBeEmpty = true);
  /// A shape that broadcasts together with `shape`: some dimensions 1 or gone.
  Shape broadcastable(llvm::ArrayRef<int64_t> shape);

  /// Element types by kind. `type` parses text such as "f32".
  mlir::Type type(llvm::StringRef text);
  mlir::Type floatType();
  mlir::Type integerType();
  mlir::Type realType() { return oneIn(3) ? integerType() : floatType(); }

  /// Numbers around zero of any element type, the whole range for integers.
  Tensor numbers(mlir::Type type, llvm::ArrayRef<int64_t> shape,
                 double limit = 4.0);
  /// The same with a few infinities, NaNs, zeros of both signs and huge
  /// numbers.
  Tensor wildNumbers(mlir::Type type, llvm::ArrayRef<int64_t> shape);
  /// Whole numbers in [low, high].
  Tensor integers(mlir::Type type, llvm::ArrayRef<int64_t> shape, int64_t low,
                  int64_t high);
  /// A list of dimensions: tensor<Nxi64>.
  Tensor list(llvm::ArrayRef<int64_t> values);

private:
  std::mt19937_64 engine;
  mlir::MLIRContext *context;
};

/// "array<i64: 1, 2>", as attributes write lists.
std::string arrayText(llvm::ArrayRef<int64_t> values);

} // namespace systole::property

#endif // SYSTOLE_TEST_PROPERTY_RANDOM_H
