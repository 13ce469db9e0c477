//===- Command.h - Somebody else's program --------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A command that is run again and again on a file that changes. Its processes
// are a group of their own: a time-out or an interruption ends all of them.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_COMMAND_H
#define SYSTOLE_TOOLS_SYSTOLE_COMMAND_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace systole::driver {

/// How a command ended.
struct Ending {
  enum Kind { Exited, Signalled, TimedOut, Interrupted } kind;
  /// The exit status, or the signal's number.
  int number = 0;

  bool operator==(const Ending &other) const {
    return kind == other.kind && number == other.number;
  }
  bool succeeded() const { return kind == Exited && number == 0; }
  /// "status 3", "signal 11", "a time-out".
  std::string text() const;
};

class Command {
public:
  /// In `words`, "{}" stands for `file`; the file is the last word where no
  /// word has it.
  Command(llvm::ArrayRef<std::string> words, llvm::StringRef file,
          int64_t seconds);

  /// A message and false if there is no such program.
  bool find();
  /// Runs it; what it prints goes into the file `output`.
  Ending run(llvm::StringRef output) const;

private:
  std::vector<std::string> words;
  std::string program;
  int64_t seconds;
};

/// From now on SIGINT, SIGTERM and SIGHUP end the command that runs, not us.
void catchInterrupts();
/// True once such a signal has come.
bool isInterrupted();

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_COMMAND_H
