//===- executor.cpp - Whether there is a thread pool ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/executor.h"
#include "runtime/src/platform/platform.h"

int64_t systole::rt::chooseThreads(int64_t requested, uint64_t compiled) {
  if (requested > 0)
    return requested;
  if (compiled > 0)
    return int64_t(compiled);
  return affinityCount();
}

systole_executor *systole::rt::createExecutor(int64_t threads) {
  if (threads <= 1 || !systole_executor_create)
    return nullptr;
  return systole_executor_create(threads);
}

void systole::rt::destroyExecutor(systole_executor *executor) {
  if (executor && systole_executor_destroy)
    systole_executor_destroy(executor);
}
