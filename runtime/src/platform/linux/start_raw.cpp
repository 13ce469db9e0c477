//===- start_raw.cpp - Where executables begin ----------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The kernel enters at _start with the stack pointer at argc, argv and the
// environment. Nothing needs to be relocated: executables are linked to fixed
// addresses.
//
//===----------------------------------------------------------------------===//

#include "runtime/src/exe/exe.h"
#include "runtime/src/platform/linux/syscalls.h"
#include "runtime/src/platform/platform.h"

using namespace systole::rt;

#if defined(__x86_64__)
__asm__(".text\n.globl _start\n_start:\n"
        "  xor %ebp, %ebp\n"
        "  mov %rsp, %rdi\n"
        "  and $-64, %rsp\n"
        "  call systole_start\n");
#elif defined(__aarch64__)
__asm__(".text\n.globl _start\n_start:\n"
        "  mov x29, xzr\n"
        "  mov x30, xzr\n"
        "  mov x0, sp\n"
        "  bl systole_start\n");
#else
__asm__(".text\n.globl _start\n_start:\n"
        ".option push\n.option norelax\n"
        "  lla gp, __global_pointer$\n"
        ".option pop\n"
        "  li s0, 0\n"
        "  mv a0, sp\n"
        "  andi sp, sp, -16\n"
        "  call systole_start\n");
#endif

static const char *const *environment;

extern "C" [[noreturn]] __attribute__((used, visibility("hidden"))) void
systole_start(const char *const *stack) {
  int argc = int(reinterpret_cast<intptr_t>(stack[0]));
  environment = stack + argc + 2;
  long code = exeMain(argc, stack + 1);
  sys::call(sys::ExitGroup, code);
  __builtin_unreachable();
}

const char *systole::rt::environmentVariable(const char *name) {
  for (const char *const *entry = environment; *entry; ++entry) {
    const char *text = *entry;
    const char *wanted = name;
    while (*wanted && *text == *wanted)
      ++text, ++wanted;
    if (!*wanted && *text == '=')
      return text + 1;
  }
  return nullptr;
}
