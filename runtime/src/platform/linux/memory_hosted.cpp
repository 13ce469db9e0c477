//===- memory_hosted.cpp - Memory from the C library ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Used wherever there is a C library, so that its tools (sanitisers, heap
// profilers) see our allocations.
//
//===----------------------------------------------------------------------===//

#include "runtime/src/abi.h"
#include "runtime/src/platform/platform.h"
#include <stdlib.h>

void *systole::rt::allocate(size_t bytes) {
  if (bytes > size_t(1) << 47)
    return nullptr;
  size_t rounded =
      (bytes + SYSTOLE_ALIGNMENT - 1) & ~size_t(SYSTOLE_ALIGNMENT - 1);
  void *memory = nullptr;
  if (posix_memalign(&memory, SYSTOLE_ALIGNMENT,
                     rounded ? rounded : SYSTOLE_ALIGNMENT) != 0)
    return nullptr;
  return memory;
}

void systole::rt::release(void *memory) { free(memory); }

const char *systole::rt::environmentVariable(const char *name) {
  return getenv(name);
}
