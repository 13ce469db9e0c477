//===- Profile.h - Watching the interpreter ---------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_PROFILE_H
#define SYSTOLE_TOOLS_SYSTOLE_PROFILE_H

#include "tools/systole/Engine.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>

namespace systole::driver {

/// Time for each source node, by an observer of the interpreter.
class Profile {
public:
  using Clock = std::chrono::steady_clock;

  /// Refers to this object, which must outlive it.
  Observer observer();

  /// Prints a table, the slowest node first; or, where `file` is named, writes
  /// a trace for chrome://tracing and Perfetto there. False after a message.
  bool print(llvm::StringRef file, llvm::raw_ostream &os) const;

private:
  /// One operation's evaluation.
  struct Event {
    mlir::Operation *op;
    Clock::time_point begin, end;
  };
  void printTable(llvm::raw_ostream &os) const;
  void printTrace(llvm::raw_ostream &os) const;

  std::vector<Event> events;
  Clock::time_point last = Clock::now();
};

/// An observer that fails at the first value that is NaN or infinite, naming
/// the node; before that it calls `next`, if there is one.
Observer checkFiniteObserver(Observer next);

/// Position of the first element that is NaN or infinite; -1 if there is none.
int64_t findNonFinite(const rt::Tensor &tensor);

/// Operations of a function other than constants.
int64_t countOperations(mlir::func::FuncOp function);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_PROFILE_H
