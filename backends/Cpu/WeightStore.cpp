//===- WeightStore.cpp - The constants of a compiled model ----------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "backends/Cpu/WeightStore.h"
#include "runtime/src/abi.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

using namespace systole::cpu;

/// Large constants start on a boundary for whole vectors; small ones are packed
/// at their natural alignment, so that a network of scalars stays small.
static int64_t alignmentOf(int64_t bytes) { return bytes >= 256 ? SYSTOLE_ALIGNMENT : 16; }

int64_t WeightStore::add(const graph::Tensor &tensor) {
  llvm::StringRef content(tensor.data(), tensor.byteSize());
  auto &candidates = byHash[llvm::xxh3_64bits(content) >> 1];
  for (int64_t candidate : candidates) {
    const graph::Tensor &other = entries[candidate].tensor;
    if (llvm::StringRef(other.data(), other.byteSize()) == content)
      return entries[candidate].offset;
  }
  int64_t offset = llvm::alignTo(total, alignmentOf(content.size()));
  total = offset + content.size();
  candidates.push_back(entries.size());
  entries.push_back({tensor, offset});
  return offset;
}

std::vector<char> WeightStore::bytes() const {
  std::vector<char> result(total);
  for (const Entry &entry : entries)
    std::copy_n(entry.tensor.data(), entry.tensor.byteSize(), result.begin() + entry.offset);
  return result;
}
