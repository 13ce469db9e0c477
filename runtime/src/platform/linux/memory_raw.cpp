//===- memory_raw.cpp - Memory without a C library ------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An allocator for executables that have no C library. Every block has a header
// of one alignment unit in front. Small blocks come in sizes that are powers of
// two, carved from chunks and kept in a free list for each size; large ones are
// mappings of their own, so that freeing them gives the memory back.
//
// Only the main thread allocates: workers of the pool run compiled loops alone.
//
//===----------------------------------------------------------------------===//

#include "runtime/src/abi.h"
#include "runtime/src/platform/linux/syscalls.h"
#include "runtime/src/platform/platform.h"

using namespace systole::rt;

namespace {
/// In front of every block; the block itself starts one alignment unit later.
struct Header {
  /// Bytes with the header, the power of two or the mapping's length.
  size_t bytes;
  /// The next free block of this size.
  Header *next;
};

constexpr size_t chunkBytes = 1 << 18;
constexpr size_t largestSmall = 1 << 16;

Header *freeBlocks[17]; // By the logarithm of the size.
char *chunk;
size_t chunkLeft;
} // namespace

static void *map(size_t bytes) {
  long result = sys::call(sys::Mmap, 0, bytes, /*PROT_READ|WRITE=*/3,
                          /*MAP_PRIVATE|ANONYMOUS=*/0x22, -1, 0);
  return result < 0 && result >= -4095 ? nullptr
                                       : reinterpret_cast<void *>(result);
}

static Header *takeSmall(int logarithm) {
  if (Header *block = freeBlocks[logarithm]) {
    freeBlocks[logarithm] = block->next;
    return block;
  }
  size_t bytes = size_t(1) << logarithm;
  if (chunkLeft < bytes) {
    chunk = static_cast<char *>(map(chunkBytes));
    chunkLeft = chunk ? chunkBytes : 0;
    if (!chunk)
      return nullptr;
  }
  Header *block = reinterpret_cast<Header *>(chunk);
  chunk += bytes;
  chunkLeft -= bytes;
  block->bytes = bytes;
  return block;
}

void *systole::rt::allocate(size_t bytes) {
  if (bytes > size_t(1) << 47)
    return nullptr;
  bytes += SYSTOLE_ALIGNMENT;
  Header *block;
  if (bytes <= largestSmall) {
    int logarithm = 7;
    while (size_t(1) << logarithm < bytes)
      ++logarithm;
    block = takeSmall(logarithm);
  } else {
    bytes = (bytes + 4095) & ~size_t(4095);
    block = static_cast<Header *>(map(bytes));
    if (block)
      block->bytes = bytes;
  }
  return block ? reinterpret_cast<char *>(block) + SYSTOLE_ALIGNMENT : nullptr;
}

void systole::rt::release(void *memory) {
  if (!memory)
    return;
  Header *block = reinterpret_cast<Header *>(static_cast<char *>(memory) -
                                             SYSTOLE_ALIGNMENT);
  if (block->bytes > largestSmall) {
    sys::call(sys::Munmap, sys::word(block), block->bytes);
    return;
  }
  int logarithm = __builtin_ctzl(block->bytes);
  block->next = freeBlocks[logarithm];
  freeBlocks[logarithm] = block;
}
