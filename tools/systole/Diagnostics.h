//===- Diagnostics.h - What the user is told --------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every message has one form, whoever found the mistake (importer, verifier,
// pass, backend, runtime or LLVM itself):
//
//   MODEL: error: node 'conv1/Conv2D' (op Conv2D): what is wrong
//     note: what else matters
//     help: what to do
//
// MLIR's diagnostics are translated to it: their location names the node.
// Whatever else ends a process (a signal, exhausted memory, LLVM's fatal
// errors) is turned into such a message and exit status 1.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_DIAGNOSTICS_H
#define SYSTOLE_TOOLS_SYSTOLE_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include <chrono>
#include <string>

namespace systole::driver {

/// How much is said on standard error.
enum class Verbosity { Quiet, Normal, Verbose };

/// Sets what messages are about (the MODEL in front of each) and how much is
/// said. Called once, before any work.
void beginMessages(llvm::StringRef subject, Verbosity verbosity);
Verbosity getVerbosity();
llvm::StringRef messageSubject();

/// Print to standard error: `MODEL: error: ...`, `  note: ...`, `  help: ...`.
/// Notes and help belong to the message before them.
void printError(const llvm::Twine &message);
void printWarning(const llvm::Twine &message);
void printNote(const llvm::Twine &message);
void printHelp(const llvm::Twine &message);
/// Prints `systole: ...`, with --verbose only.
void printVerbose(const llvm::Twine &message);

/// Translates the diagnostics of a context while it lives.
class DiagnosticPrinter {
public:
  explicit DiagnosticPrinter(mlir::MLIRContext *context);
  /// Errors seen so far.
  unsigned getNumErrors() const { return numErrors; }

private:
  void print(mlir::Diagnostic &diagnostic);
  unsigned numErrors = 0;
  mlir::ScopedDiagnosticHandler handler;
};

/// Shows what takes long: nothing for a second, then the current step on one
/// line of standard error, if that is a terminal.
class Progress {
public:
  using Clock = std::chrono::steady_clock;

  /// Counts the second from `start`.
  explicit Progress(Clock::time_point start = Clock::now());
  /// Clears the line.
  ~Progress();
  /// Begins a step, described in a few words.
  void step(const llvm::Twine &what);
  /// True if steps are shown at all.
  bool isEnabled() const { return enabled; }

private:
  /// When the next step may be shown: not so often that it flickers.
  Clock::time_point next;
  bool enabled;
};

/// Turns signals, exhausted memory and LLVM's fatal errors into a message and
/// exit status 1. Called first thing in main.
void installFatalHandlers();

/// Names a file that a dying process shall remove; "" for none.
void removeOnFatalError(llvm::StringRef path);

/// Runs `work` on a thread whose stack allows for deeply nested models.
int runWithLargeStack(llvm::function_ref<int()> work);

/// Flushes standard output; false, with a message, if that could not be
/// written.
bool finishStandardOutput();

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_DIAGNOSTICS_H
