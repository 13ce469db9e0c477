//===- MemoryPlan.h - Offsets in one arena ----------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Buffers with a size and a lifetime [first, last], placed so that two that
// live at the same time never overlap. Greedy by size: the largest buffer
// first, each at the lowest offset that is free during its lifetime (Pisarchyk
// and Lee, "Efficient memory management for deep neural net inference", 2020).
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_BACKENDS_CPU_MEMORYPLAN_H
#define SYSTOLE_BACKENDS_CPU_MEMORYPLAN_H

#include "mlir/Support/LLVM.h"
#include <cstdint>

namespace systole::cpu {

class MemoryPlan {
public:
  /// A buffer of `bytes` in use from `time`; returns its number.
  int64_t add(int64_t bytes, int64_t time);
  /// The buffer is in use at `time`.
  void touch(int64_t buffer, int64_t time);
  /// Buffers made before `start` and used since live until `end`: a loop comes
  /// back to their uses.
  void extendOverLoop(int64_t start, int64_t end);

  /// Chooses all offsets; multiples of `alignment`.
  void solve(int64_t alignment);
  int64_t offset(int64_t buffer) const { return buffers[buffer].offset; }
  int64_t totalBytes() const { return total; }
  int64_t size() const { return buffers.size(); }

private:
  struct Buffer {
    int64_t bytes, first, last, offset;
  };
  llvm::SmallVector<Buffer> buffers;
  int64_t total = 0;
};

} // namespace systole::cpu

#endif // SYSTOLE_BACKENDS_CPU_MEMORYPLAN_H
