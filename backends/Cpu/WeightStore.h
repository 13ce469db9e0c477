//===- WeightStore.h - The constants of a compiled model --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All constants that emitted code reads, in one block of bytes that code reaches
// through a base pointer: where the block lies (in the file's read-only data or
// in a mapped file) is the loader's business. Equal constants are stored once.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_WEIGHTSTORE_H
#define SYSTOLE_BACKENDS_CPU_WEIGHTSTORE_H

#include "dialects/Graph/IR/Tensor.h"
#include "llvm/ADT/DenseMap.h"
#include <vector>

namespace systole::cpu {

class WeightStore {
public:
  /// Offset of `tensor`'s bytes; shares its memory until `write`.
  int64_t add(const graph::Tensor &tensor);
  int64_t totalBytes() const { return total; }
  /// All bytes in order, gaps as zeros.
  std::vector<char> bytes() const;

private:
  struct Entry {
    graph::Tensor tensor;
    int64_t offset;
  };
  std::vector<Entry> entries;
  llvm::DenseMap<uint64_t, llvm::SmallVector<int64_t, 1>> byHash;
  int64_t total = 0;
};

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_WEIGHTSTORE_H
