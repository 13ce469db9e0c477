//===- WeightStore.h - The constants of a compiled model --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All constants that emitted code reads, in one block of bytes that code
// reaches through a base pointer: where the block lies (in the file's read-only
// data or in a mapped file) is the loader's business. Equal constants are
// stored once.
//
// The block is kept in memory, or written to its file as it grows: a model of
// gigabytes is then never in memory twice.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_WEIGHTSTORE_H
#define SYSTOLE_BACKENDS_CPU_WEIGHTSTORE_H

#include "dialects/Graph/IR/Tensor.h"
#include "llvm/ADT/DenseMap.h"
#include <cstdio>
#include <memory>
#include <vector>

namespace systole::cpu {

class WeightStore {
public:
  WeightStore();

  /// Writes what is added from now on to a new file at `path`. Before any
  /// `add`. Errors are reported by `finish`.
  void streamTo(llvm::StringRef path);

  /// Offset of `tensor`'s bytes. A store in memory shares the tensor's memory
  /// until `bytes`; a streamed one has no more need of it.
  int64_t add(const graph::Tensor &tensor);

  bool empty() const { return total == 0; }
  int64_t totalBytes() const { return total; }
  /// All bytes in order, gaps as zeros. Not of a streamed store.
  std::vector<char> bytes() const;
  /// FNV-1a over all bytes, as the runtime computes it; of a streamed store.
  uint64_t hash() const { return runningHash; }

  /// Ends the file. A message where it could not be written.
  mlir::LogicalResult finish(std::string &message);

private:
  struct Entry {
    graph::Tensor tensor; ///< Empty in a streamed store.
    int64_t offset, size;
  };
  struct CloseFile {
    void operator()(std::FILE *file) const { std::fclose(file); }
  };

  bool holds(const Entry &entry, llvm::StringRef content) const;
  void append(llvm::StringRef content);

  std::vector<Entry> entries;
  llvm::DenseMap<uint64_t, llvm::SmallVector<int64_t, 1>> byHash;
  int64_t total = 0;
  std::string path; ///< Of a streamed store.
  std::unique_ptr<std::FILE, CloseFile> file;
  int error = 0; ///< errno of the first failure.
  uint64_t runningHash;
};

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_WEIGHTSTORE_H
