//===- thread_hosted.cpp - Threads from the C library ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where there is a C library threads must be its own: signal handlers,
// debuggers and sanitisers rely on what it sets up in each.
//
//===----------------------------------------------------------------------===//

#include "runtime/src/platform/platform.h"
#include <pthread.h>
#include <stdlib.h>

using namespace systole::rt;

struct systole::rt::Thread {
  pthread_t handle;
  void (*function)(void *);
  void *argument;
};

static void *enter(void *pointer) {
  auto *thread = static_cast<Thread *>(pointer);
  thread->function(thread->argument);
  return nullptr;
}

Thread *systole::rt::startThread(void (*function)(void *), void *argument) {
  auto *thread = static_cast<Thread *>(allocate(sizeof(Thread)));
  if (!thread)
    return nullptr;
  thread->function = function;
  thread->argument = argument;
  if (pthread_create(&thread->handle, nullptr, enter, thread) == 0)
    return thread;
  release(thread);
  return nullptr;
}

void systole::rt::joinThread(Thread *thread) {
  pthread_join(thread->handle, nullptr);
  release(thread);
}
