//===- executor.h - Who runs parallel loops ------------------- -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The thread pool's entry points. They are weak references: the pool lies in an
// archive member of its own, which the linker adds only for programs that ask
// for it by name (-u systole_executor_create), so that a single-threaded
// executable holds no threading code.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_EXECUTOR_H
#define SYSTOLE_RUNTIME_SRC_EXECUTOR_H

#include "runtime/src/abi.h"

extern "C" {

/// Makes a pool of `threads` threads, the caller included. Null if there is
/// nothing to gain (one thread) or no memory.
__attribute__((weak, visibility("hidden"))) systole_executor *
systole_executor_create(int64_t threads);

/// Ends the threads of a pool and frees it. Null is allowed.
__attribute__((weak, visibility("hidden"))) void
systole_executor_destroy(systole_executor *executor);
}

namespace systole::rt {

/// How many threads to use: what the user asked for; else what the model was
/// compiled for; else all CPUs of this process. Zero means "not said".
int64_t chooseThreads(int64_t requested, uint64_t compiled);

/// Makes a pool if this program holds the code for one and `threads` > 1.
systole_executor *createExecutor(int64_t threads);

/// Undoes createExecutor. Null is allowed.
void destroyExecutor(systole_executor *executor);

} // namespace systole::rt

#endif // SYSTOLE_RUNTIME_SRC_EXECUTOR_H
