//===- Extents.h - What an instruction touches ------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Twice: as hulls in closed form, which is what dispatch decides faults by and
// what hardware computes; and exactly, for the static checker. The exact set
// always lies within the hull.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_MODEL_EXTENTS_H
#define SYSTOLE_HWSIM_MODEL_EXTENTS_H

#include "hw-sim/model/Machine.h"
#include <functional>

namespace systole::sim {

/// The lowest and the highest unit (byte of DRAM, word, row) of one operand.
struct Extent {
  isa::Memory memory;
  bool isWrite;
  int64_t first, last;
};

/// The operands of a working instruction, those that touch nothing left out.
/// Preconditions: illegalFields() has found nothing.
std::vector<Extent> extentsOf(const Machine &machine,
                              const isa::Configuration &configuration,
                              const isa::Instruction &instruction);

/// `count` units from `first` on.
struct Access {
  isa::Memory memory;
  bool isWrite;
  int64_t first, count;
};

/// Calls `visit` for everything that a legal instruction touches, perhaps
/// several times for the same unit. A word counts as touched wherever one of
/// its bytes is.
void forEachAccess(const Machine &machine,
                   const isa::Configuration &configuration,
                   const isa::Instruction &instruction,
                   const std::function<void(const Access &)> &visit);

/// Whether vx reads its operand; whether it reads parameters, and then the
/// words of a channel block (else 0).
bool usesOperand(const isa::VxConfig &config);
int64_t parameterBlockWords(const isa::VxConfig &config);
/// Words of a row of what vx reads and writes.
int64_t wordsOf(isa::VectorSource source);
int64_t wordsOf(isa::OperandType type);
int64_t wordsOf(isa::TargetType type);
/// The memory that vx reads.
isa::Memory memoryOf(isa::VectorSource source);
isa::Memory memoryOf(isa::LoadTarget target);
isa::Memory memoryOf(isa::StoreSource source);
/// Words of a packed window of ld.window.
int64_t windowWords(const Machine &machine, const isa::LdConfig &config);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_MODEL_EXTENTS_H
