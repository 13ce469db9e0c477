//===- exe.h - The program around a compiled model ------------ -*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A standalone executable is one compiled model (`systole_model`) and this
// program. It is started by the C library's main or, without one, by our
// _start.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_RUNTIME_SRC_EXE_EXE_H
#define SYSTOLE_RUNTIME_SRC_EXE_EXE_H

#include "runtime/src/runner.h"

namespace systole::rt {

/// The whole program. Returns the exit status: 0 success, 1 the work failed, 2
/// wrong usage.
int exeMain(int argc, const char *const *argv);

/// What the command line asks for.
struct ExeOptions {
  const char *program = "model";
  /// As typed; the arrays are parts of `values`.
  Array<const char *> inputs, carries;
  int64_t numInputs = 0, numCarries = 0;
  const char *outputDirectory = nullptr;
  bool each = false, selftest = false, info = false, help = false;
  bool bench = false;
  /// Runs to measure; 0: for about a second.
  int64_t benchRuns = 0;
  /// 0: choose.
  int64_t threads = 0;
};

/// Reads the command line. A failure is wrong usage.
Status parseExeOptions(int argc, const char *const *argv, ExeOptions &options);

/// The text of --help.
void describeExeOptions(const char *program, const systole_library &library,
                        StringBuilder &out);

/// The text of --info.
void describeLibrary(const systole_library &library, StringBuilder &out);

/// Runs the embedded self-test and appends what it found. `execute` and
/// `context` as in RunRequest.
Status runSelftest(const systole_library &library, ExecuteFn execute,
                   void *context, StringBuilder &out);

} // namespace systole::rt

#endif // SYSTOLE_RUNTIME_SRC_EXE_EXE_H
