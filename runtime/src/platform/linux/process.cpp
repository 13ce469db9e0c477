//===- process.cpp - Clock, CPUs and errors on Linux ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/src/platform/linux/syscalls.h"
#include "runtime/src/platform/platform.h"

using namespace systole::rt;

int64_t systole::rt::monotonicNanoseconds() {
  int64_t time[2] = {0, 0}; // struct timespec
  sys::call(sys::ClockGettime, /*CLOCK_MONOTONIC=*/1, sys::word(time));
  return time[0] * 1000000000 + time[1];
}

int64_t systole::rt::affinityCount() {
  uint64_t mask[128] = {}; // Room for 8192 CPUs.
  long bytes =
      sys::call(sys::SchedGetaffinity, 0, sizeof(mask), sys::word(mask));
  int64_t count = 0;
  for (long i = 0; i < bytes / 8; ++i)
    for (uint64_t bits = mask[i]; bits; bits &= bits - 1)
      ++count;
  return count > 0 ? count : 1;
}

void systole::rt::ignoreBrokenPipes() {
  // struct sigaction of the kernel: handler, flags, (x86: restorer,) mask.
  uint64_t action[4] = {/*SIG_IGN=*/1, 0, 0, 0};
  sys::call(sys::RtSigaction, /*SIGPIPE=*/13, sys::word(action), 0, 8);
}

void systole::rt::futexWait(const uint32_t *word, uint32_t expected) {
  sys::call(sys::Futex, sys::word(word), /*FUTEX_WAIT_PRIVATE=*/128, expected);
}

void systole::rt::futexWakeAll(const uint32_t *word) {
  sys::call(sys::Futex, sys::word(word), /*FUTEX_WAKE_PRIVATE=*/129,
            0x7fffffff);
}

const char *systole::rt::errorText(int error) {
  switch (error) {
  case 1:
    return "operation not permitted";
  case 2:
    return "no such file or folder";
  case 5:
    return "input/output error";
  case 12:
    return "out of memory";
  case 13:
    return "permission denied";
  case 17:
    return "a file of that name exists";
  case 20:
    return "a part of the path is not a folder";
  case 21:
    return "is a folder";
  case 24:
    return "too many open files";
  case 27:
    return "file too large";
  case 28:
    return "no space left on the device";
  case 30:
    return "the file system is read-only";
  case 32:
    return "the reader closed the pipe";
  case 36:
    return "file name too long";
  case 40:
    return "too many symbolic links";
  case 122:
    return "disk quota exceeded";
  default:
    return "the system refused";
  }
}
