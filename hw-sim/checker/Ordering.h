//===- Ordering.h - What is over before what --------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two things order instructions whatever the timing: an engine's own order, and
// the k-th wait on a semaphore, which takes the k-th signal's token. A clock
// holds for each engine how many of its instructions are over; because engines
// are in order, five numbers say all that an instruction is ordered behind.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_CHECKER_ORDERING_H
#define SYSTOLE_HWSIM_CHECKER_ORDERING_H

#include "hw-sim/isa/Instruction.h"
#include <deque>

namespace systole::sim {

/// For each engine the number of its first instructions that are over.
using Clock = std::array<uint32_t, isa::kEngineCount>;

/// A place in the order.
struct Order {
  unsigned engine = 0;
  /// Of the instruction among its engine's, from 1 on.
  uint32_t number = 0;
  /// What is over before its first access; of its own engine, all earlier ones.
  Clock before = {};
};

/// Follows a program in its order.
class Ordering {
public:
  /// The next working instruction. Precondition: it raises no fault, so that
  /// the tokens it waits for are there.
  Order add(isa::Engine engine, const isa::Tokens &tokens);

  /// Signals of a semaphore that nothing has waited for so far.
  unsigned tokensOf(unsigned semaphore) const {
    return tokens[semaphore].size();
  }

  /// Instructions of each engine so far.
  const Clock &counts() const { return issued; }
  /// What the engine's next instruction is behind, if it waits for nothing.
  const Clock &clockOf(unsigned engine) const { return engines[engine]; }

private:
  Clock issued = {};
  std::array<Clock, isa::kEngineCount> engines = {};
  /// What is over when a token is given, the oldest token first.
  std::array<std::deque<Clock>, isa::kSemaphores> tokens;
};

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_CHECKER_ORDERING_H
