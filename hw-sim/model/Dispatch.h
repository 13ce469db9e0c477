//===- Dispatch.h - Which instructions fault --------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What FETCH decides, in program order, from instruction and configuration
// alone (rule 4 of the architecture). Every engine model uses this one, so that
// all of them stop at the same instruction.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_DISPATCH_H
#define SYSTOLE_HWSIM_MODEL_DISPATCH_H

#include "hw-sim/model/Extents.h"

namespace systole::sim {

/// A fault and what is wrong in words.
struct DispatchProblem {
  isa::Fault fault = isa::Fault::None;
  std::string message;
};

/// Dispatches a program one instruction after the other.
class Dispatcher {
public:
  /// The program lies in DRAM from `programAddress` on.
  Dispatcher(const Machine &machine, uint64_t programAddress,
             uint64_t programBytes);

  /// The next word: decodes it, checks it, and applies it if it is a setting.
  /// If there is a fault, the word has no effect and dispatch is over: a
  /// machine makes no further call. Who wants to report all faults goes on;
  /// tokens are then counted as if the word had been legal. `instruction` is
  /// valid unless the word does not decode.
  std::optional<DispatchProblem> dispatch(const isa::Word &word,
                                          isa::Instruction &instruction);

  /// What the instruction dispatched last sees.
  const isa::Configuration &configuration() const { return current; }

private:
  std::optional<DispatchProblem>
  checkWork(const isa::Instruction &instruction) const;
  std::string takeTokens(const isa::Instruction &instruction);

  const Machine &machine;
  /// The bytes of DRAM that nothing may write.
  Extent program;
  isa::Configuration current;
  /// Of each semaphore: tokens in program order, and the only engine that
  /// signals it and that waits for it (-1: none so far).
  struct Semaphore {
    unsigned tokens = 0;
    int signals = -1, waits = -1;
  };
  std::array<Semaphore, isa::kSemaphores> semaphores;
};

/// A fault of one instruction of a program.
struct ProgramFault {
  uint32_t instruction;
  DispatchProblem problem;
};

/// Every fault of a program that lies in DRAM from `address` on, in program
/// order: the machine stops at the first. One that only follows from another is
/// not among them where that can be told.
std::vector<ProgramFault> findFaults(const Machine &machine, uint64_t address,
                                     const std::vector<isa::Word> &program);

/// What makes the fields of a working instruction illegal together with the
/// machine and the configuration; "" if nothing does.
std::string illegalFields(const Machine &machine,
                          const isa::Configuration &configuration,
                          const isa::Instruction &instruction);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_DISPATCH_H
