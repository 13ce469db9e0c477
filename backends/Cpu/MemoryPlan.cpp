//===- MemoryPlan.cpp - Offsets in one arena ------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/MemoryPlan.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"

using namespace systole::cpu;

int64_t MemoryPlan::add(int64_t bytes, int64_t time) {
  buffers.push_back({bytes, time, time, 0});
  return buffers.size() - 1;
}

void MemoryPlan::touch(int64_t buffer, int64_t time) {
  buffers[buffer].last = std::max(buffers[buffer].last, time);
}

void MemoryPlan::extendOverLoop(int64_t start, int64_t end) {
  for (Buffer &buffer : buffers)
    if (buffer.first < start && buffer.last >= start)
      buffer.last = std::max(buffer.last, end);
}

void MemoryPlan::solve(int64_t alignment) {
  llvm::SmallVector<int64_t> order(buffers.size());
  for (size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  // The largest first; equal ones in order, so that the plan is the same
  // always.
  llvm::sort(order, [&](int64_t a, int64_t b) {
    return std::make_pair(-buffers[a].bytes, a) <
           std::make_pair(-buffers[b].bytes, b);
  });
  llvm::SmallVector<int64_t> placed; // by increasing offset
  for (int64_t id : order) {
    Buffer &buffer = buffers[id];
    int64_t candidate = 0;
    for (int64_t other : placed) {
      const Buffer &p = buffers[other];
      bool together = p.first <= buffer.last && buffer.first <= p.last;
      if (!together)
        continue;
      if (candidate + buffer.bytes <= p.offset)
        break;
      candidate = std::max<int64_t>(
          candidate, llvm::alignTo(p.offset + p.bytes, alignment));
    }
    buffer.offset = candidate;
    total = std::max<int64_t>(
        total, llvm::alignTo(candidate + buffer.bytes, alignment));
    auto position =
        llvm::upper_bound(placed, candidate, [&](int64_t at, int64_t p) {
          return at < buffers[p].offset;
        });
    placed.insert(position, id);
  }
}
