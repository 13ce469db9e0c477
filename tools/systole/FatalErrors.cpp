//===- FatalErrors.cpp - The handlers of last resort ----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// No model file may end the process by a signal or with a stack trace. Mistakes
// are caught where they can be explained; what slips through ends here, with a
// message that names the model, the output file removed, and exit status 1.
//
//===----------------------------------------------------------------------===//

#include "tools/systole/Diagnostics.h"
#include "tools/systole/Options.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <new>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace llvm;
using namespace systole::driver;

/// A file to remove; a fixed array, because a signal handler reads it.
static char partialFile[4096];

void systole::driver::removeOnFatalError(StringRef path) {
  partialFile[0] = 0;
  if (path.size() >= sizeof(partialFile))
    return;
  std::memcpy(partialFile, path.data(), path.size());
  partialFile[path.size()] = 0;
}

/// Writes a C string to standard error by system calls alone.
static void writeRaw(const char *text) {
  ssize_t ignored = ::write(STDERR_FILENO, text, std::strlen(text));
  (void)ignored;
}

/// Ends the process: safe in a signal handler.
[[noreturn]] static void die(const char *what) {
  if (partialFile[0])
    ::unlink(partialFile);
  writeRaw(messageSubject().data());
  writeRaw(": error: ");
  writeRaw(what);
  writeRaw("\n  help: this is a defect of systole; please report it with the "
           "model\n");
  ::_exit(kFailure);
}

static void onSignal(int number) {
  switch (number) {
  case SIGSEGV:
  case SIGBUS:
    return die(
        "internal error: invalid memory access, or a model nested too deeply");
  case SIGFPE:
    return die("internal error: arithmetic fault");
  case SIGILL:
    return die("internal error: illegal instruction");
  default:
    return die("internal error: the program stopped itself");
  }
}

static void onFatalError(void *, const char *reason, bool) { die(reason); }

static void onBadAlloc() {
  if (partialFile[0])
    ::unlink(partialFile);
  writeRaw(messageSubject().data());
  writeRaw(": error: not enough memory\n");
  ::_exit(kFailure);
}

void systole::driver::installFatalHandlers() {
  install_fatal_error_handler(onFatalError);
  std::set_new_handler(onBadAlloc);
  install_bad_alloc_error_handler(
      [](void *, const char *, bool) { onBadAlloc(); });
  // Writing to a closed pipe is an error of the write, see
  // finishStandardOutput.
  std::signal(SIGPIPE, SIG_IGN);
#if !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer)
  struct sigaction action = {};
  action.sa_handler = onSignal;
  action.sa_flags = SA_ONSTACK | SA_RESETHAND;
  for (int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT})
    sigaction(number, &action, nullptr);
#endif
}

//===----------------------------------------------------------------------===//
// The large stack
//===----------------------------------------------------------------------===//

/// Bytes of stack: address space, of which only what is touched becomes memory.
/// Where address space is limited (`ulimit -v`), a small part of it.
static size_t stackBytes() {
  constexpr size_t most = size_t(512) << 20, part = 32;
  rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) || limit.rlim_cur == RLIM_INFINITY)
    return most;
  return std::min<size_t>(most, limit.rlim_cur / part / 4096 * 4096);
}

/// What the thread runs, and what it gave.
namespace {
struct Work {
  function_ref<int()> function;
  int result;
};
} // namespace

/// Gives the thread a second stack, on which an overflow of the first is
/// reported.
static void *runWork(void *argument) {
  constexpr size_t bytes = 64 << 10;
  void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory != MAP_FAILED) {
    stack_t stack = {};
    stack.ss_sp = memory;
    stack.ss_size = bytes;
    sigaltstack(&stack, nullptr);
  }
  auto *work = static_cast<Work *>(argument);
  work->result = work->function();
  return nullptr;
}

int systole::driver::runWithLargeStack(function_ref<int()> function) {
  Work work{function, 0};
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stackBytes());
  // Where address space is limited the ordinary stack must do.
  if (pthread_create(&thread, &attributes, runWork, &work))
    runWork(&work);
  else
    pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  return work.result;
}
