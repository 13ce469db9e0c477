//===- syscalls.h - Raw Linux system calls -------------------- -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The system call instruction of each architecture and the numbers we use, for
// both builds of the runtime: executables without a C library have nothing
// else, and with one these calls mean the same. Results: negative values are
// -errno.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_PLATFORM_LINUX_SYSCALLS_H
#define SYSTOLE_RUNTIME_SRC_PLATFORM_LINUX_SYSCALLS_H

#include <stdint.h>

namespace systole::rt::sys {

/// System call numbers; aarch64 and riscv64 share the kernel's generic table.
enum Number : long {
#if defined(__x86_64__)
  Read = 0,
  Write = 1,
  Close = 3,
  Seek = 8,
  Mmap = 9,
  Mprotect = 10,
  Munmap = 11,
  RtSigaction = 13,
  Clone = 56,
  Exit = 60,
  Futex = 202,
  SchedGetaffinity = 204,
  ClockGettime = 228,
  ExitGroup = 231,
  Openat = 257,
  Mkdirat = 258,
  Unlinkat = 263,
  Readlinkat = 267,
  Renameat2 = 316
#elif defined(__aarch64__) || (defined(__riscv) && __riscv_xlen == 64)
  Mkdirat = 34,
  Unlinkat = 35,
  Openat = 56,
  Close = 57,
  Seek = 62,
  Read = 63,
  Write = 64,
  Readlinkat = 78,
  Exit = 93,
  ExitGroup = 94,
  Futex = 98,
  ClockGettime = 113,
  SchedGetaffinity = 123,
  RtSigaction = 134,
  Munmap = 215,
  Clone = 220,
  Mmap = 222,
  Mprotect = 226,
  Renameat2 = 276
#else
#error "this architecture has no system call table here"
#endif
};

/// Makes a system call. Unused arguments are passed as zeros.
inline long call(Number number, long a = 0, long b = 0, long c = 0, long d = 0,
                 long e = 0, long f = 0) {
#if defined(__x86_64__)
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(long(number)), "D"(a), "S"(b), "d"(c), "r"(r10),
                     "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return x0;
#else
  register long a7 __asm__("a7") = number;
  register long a0 __asm__("a0") = a;
  register long a1 __asm__("a1") = b;
  register long a2 __asm__("a2") = c;
  register long a3 __asm__("a3") = d;
  register long a4 __asm__("a4") = e;
  register long a5 __asm__("a5") = f;
  __asm__ volatile("ecall"
                   : "+r"(a0)
                   : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
                   : "memory");
  return a0;
#endif
}

/// For pointers as arguments.
inline long word(const void *pointer) { return long(intptr_t(pointer)); }

} // namespace systole::rt::sys

#endif // SYSTOLE_RUNTIME_SRC_PLATFORM_LINUX_SYSCALLS_H
