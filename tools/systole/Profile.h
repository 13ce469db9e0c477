//===- Profile.h - Time for each source node --------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whatever executes a model tells when an operation has run: the interpreter
// by its observer, a module by the marks that it was compiled with. An
// operation's time is what passed since the one before it.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_PROFILE_H
#define SYSTOLE_TOOLS_SYSTOLE_PROFILE_H

#include "tools/systole/Engine.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>

namespace systole::driver {

class Profile {
public:
  using Clock = std::chrono::steady_clock;

  /// For the interpreter. It refers to this object, as all below does.
  Observer observer();
  /// For the backend (CompileOptions::profile): the number of an operation.
  std::function<int64_t(mlir::Operation *)> marks();
  /// Listens to the marks of the loaded module `path`. A message and false if
  /// it has none.
  bool listen(llvm::StringRef path);
  /// `engine`, whose executions are noted, too.
  std::unique_ptr<Engine> watch(std::unique_ptr<Engine> engine);

  /// Prints a table, the slowest node first; or, where `file` is named, writes
  /// a trace for chrome://tracing and Perfetto there. False after a message.
  bool print(llvm::StringRef file, llvm::raw_ostream &os) const;

  void beginRun();
  void endRun();
  /// Operation `number` has run.
  void mark(int64_t number);

private:
  /// What is timed: an operation, or several that run as one.
  struct Step {
    /// "Convolution28 (Conv) + ReLU32 (Relu)".
    std::string title;
    /// "graph.conv".
    std::string kind;
    std::vector<std::string> nodes;
  };
  /// One execution of a step, or of the model where `step` is negative.
  struct Event {
    int64_t step;
    Clock::time_point begin, end;
  };
  int64_t addStep(mlir::Operation *op);
  void printTable(llvm::raw_ostream &os) const;
  void printTrace(llvm::raw_ostream &os) const;

  std::vector<Step> steps;
  /// The interpreter's operations.
  llvm::DenseMap<mlir::Operation *, int64_t> numbers;
  std::vector<Event> events;
  Clock::time_point runBegin, last;
};

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_PROFILE_H
