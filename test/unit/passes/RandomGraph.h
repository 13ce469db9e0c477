//===- RandomGraph.h - Random networks --------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Small networks of the operations that the passes move around: convolutions
// with what follows them, transposes everywhere, residual sums, concatenations.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_UNIT_PASSES_RANDOMGRAPH_H
#define SYSTOLE_TEST_UNIT_PASSES_RANDOMGRAPH_H

#include "dialects/Graph/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include <random>

namespace systole::graph {

/// Numbers from a seed, the same on every host.
class RandomNumbers {
public:
  explicit RandomNumbers(uint64_t seed) : engine(seed) {}
  /// A whole number in [low, high].
  int64_t integer(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(engine() % (high - low + 1));
  }
  bool oneIn(int64_t n) { return integer(1, n) == 1; }
  /// A number in [-1, 1].
  double real() { return static_cast<double>(engine() >> 11) / 0x1p52 - 1.0; }
  /// A tensor of such numbers; whole ones in [-2, 2] for integers.
  Tensor tensor(mlir::Type elementType, llvm::ArrayRef<int64_t> shape);

private:
  std::mt19937_64 engine;
};

/// Adds to `module` a public function `name` of about `numOps` operations. Its
/// arguments and results are f32; dimension 0 is dynamic in every other graph.
void addRandomGraph(mlir::ModuleOp module, llvm::StringRef name,
                    RandomNumbers &random, int64_t numOps);

} // namespace systole::graph

#endif // SYSTOLE_TEST_UNIT_PASSES_RANDOMGRAPH_H
