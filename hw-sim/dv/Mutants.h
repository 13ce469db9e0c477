//===- Mutants.h - Programs with one thing wrong ----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What proves the checker: a mutant is rejected, or timing cannot change it.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_MUTANTS_H
#define SYSTOLE_HWSIM_DV_MUTANTS_H

#include "hw-sim/dv/Randomness.h"
#include "hw-sim/isa/Instruction.h"

namespace systole::sim {

enum class MutantKind {
  /// One signal and the wait that takes its token are gone.
  DropPair,
  /// One count is larger.
  WidenExtent,
  /// One address is another.
  MoveBuffer
};
inline constexpr MutantKind kMutantKinds[] = {
    MutantKind::DropPair, MutantKind::WidenExtent, MutantKind::MoveBuffer};
const char *nameOf(MutantKind kind);

/// A mutant of a program; nothing if chance has changed nothing.
std::optional<std::vector<isa::Word>>
mutate(MutantKind kind, const std::vector<isa::Word> &program,
       Randomness &random);

/// Takes away the `index`th signal of a semaphore and the wait that it pairs
/// with. Precondition: the program is legal up to them, and both are there.
void dropPair(std::vector<isa::Word> &program, unsigned semaphore,
              size_t index);

/// Removes all pairs of which the signal or the wait belongs to one of these
/// instructions.
void dropPairsOf(std::vector<isa::Word> &program, size_t begin, size_t end);
/// How many pairs each semaphore has.
std::array<size_t, isa::kSemaphores>
countPairs(const std::vector<isa::Word> &program);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_MUTANTS_H
