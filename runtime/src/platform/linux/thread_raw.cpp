//===- thread_raw.cpp - Threads without a C library -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A thread is a mapping: a guard page, a stack, and at its top this file's
// record. The kernel clears `alive` and wakes its futex when the thread is
// gone, which is when the mapping may be removed. There is no thread-local
// storage.
//
//===----------------------------------------------------------------------===//

#include "runtime/src/platform/linux/syscalls.h"
#include "runtime/src/platform/platform.h"

using namespace systole::rt;

struct systole::rt::Thread {
  void (*function)(void *);
  void *argument;
  /// Not zero until the kernel has ended the thread.
  uint32_t alive;
  char *mapping;
};

namespace {
constexpr long guardBytes = 1 << 16; // The largest page size of any target.
constexpr long stackBytes = 1 << 21;
/// VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, CHILD_CLEARTID.
constexpr long cloneFlags =
    0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000 | 0x200000;
} // namespace

/// Where a new thread begins; its stack is empty.
extern "C" [[noreturn]] __attribute__((used, visibility("hidden"))) void
systole_thread_enter(Thread *thread) {
  thread->function(thread->argument);
  sys::call(sys::Exit, 0);
  __builtin_unreachable();
}

/// Clones with the new stack `top`, where the child calls systole_thread_enter
/// with `thread`. Returns the child's number or -errno. The kernel's arguments
/// are (flags, stack, parent_tid, ...) with the last two swapped on x86-64.
extern "C" __attribute__((visibility("hidden"))) long
systole_thread_clone(long flags, void *top, Thread *thread, uint32_t *alive);

#if defined(__x86_64__)
__asm__(".text\n.hidden systole_thread_clone\n.globl systole_thread_clone\n"
        "systole_thread_clone:\n"
        "  mov %rdx, %r9\n"  // The kernel keeps r9.
        "  mov %rcx, %r10\n" // child_tid
        "  xor %edx, %edx\n"
        "  xor %r8d, %r8d\n"
        "  mov $56, %eax\n"
        "  syscall\n"
        "  test %rax, %rax\n"
        "  jnz 1f\n"
        "  xor %ebp, %ebp\n"
        "  mov %r9, %rdi\n"
        "  call systole_thread_enter\n"
        "1: ret\n");
#elif defined(__aarch64__)
__asm__(".text\n.hidden systole_thread_clone\n.globl systole_thread_clone\n"
        "systole_thread_clone:\n"
        "  mov x9, x2\n"
        "  mov x4, x3\n" // child_tid
        "  mov x2, xzr\n"
        "  mov x3, xzr\n"
        "  mov x8, #220\n"
        "  svc #0\n"
        "  cbnz x0, 1f\n"
        "  mov x29, xzr\n"
        "  mov x0, x9\n"
        "  bl systole_thread_enter\n"
        "1: ret\n");
#else
__asm__(".text\n.hidden systole_thread_clone\n.globl systole_thread_clone\n"
        "systole_thread_clone:\n"
        "  mv t0, a2\n"
        "  mv a4, a3\n" // child_tid
        "  li a2, 0\n"
        "  li a3, 0\n"
        "  li a7, 220\n"
        "  ecall\n"
        "  bnez a0, 1f\n"
        "  li s0, 0\n"
        "  mv a0, t0\n"
        "  call systole_thread_enter\n"
        "1: ret\n");
#endif

Thread *systole::rt::startThread(void (*function)(void *), void *argument) {
  // MAP_PRIVATE, ANONYMOUS, NORESERVE.
  long result =
      sys::call(sys::Mmap, 0, guardBytes + stackBytes, 3, 0x4022, -1, 0);
  if (result < 0 && result >= -4095)
    return nullptr;
  char *mapping = reinterpret_cast<char *>(result);
  sys::call(sys::Mprotect, sys::word(mapping), guardBytes, /*PROT_NONE=*/0);
  // The record takes one aligned unit at the top, the stack lies below.
  char *top = mapping + guardBytes + stackBytes - 64;
  auto *thread = reinterpret_cast<Thread *>(top);
  thread->function = function;
  thread->argument = argument;
  thread->alive = 1;
  thread->mapping = mapping;
  if (systole_thread_clone(cloneFlags, top, thread, &thread->alive) >= 0)
    return thread;
  sys::call(sys::Munmap, result, guardBytes + stackBytes);
  return nullptr;
}

void systole::rt::joinThread(Thread *thread) {
  // The kernel's wake-up at the end of a thread is not a private one.
  while (uint32_t alive = __atomic_load_n(&thread->alive, __ATOMIC_ACQUIRE))
    sys::call(sys::Futex, sys::word(&thread->alive), /*FUTEX_WAIT=*/0, alive);
  sys::call(sys::Munmap, sys::word(thread->mapping), guardBytes + stackBytes);
}
