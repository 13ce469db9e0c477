//===- Shrink.h - The least program that shows it ---------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_DV_SHRINK_H
#define SYSTOLE_HWSIM_DV_SHRINK_H

#include "hw-sim/isa/Instruction.h"
#include <functional>

namespace systole::sim {

using IsInteresting = std::function<bool(const std::vector<isa::Word> &)>;

/// A smaller program that is still interesting: without any of its
/// instructions or pairs of signal and wait it would not be, and its fields are
/// near zero bits. The predicate decides about any words, also illegal ones.
/// Precondition: the program is interesting.
std::vector<isa::Word> shrink(std::vector<isa::Word> program,
                              const IsInteresting &isInteresting);

} // namespace systole::sim

#endif // SYSTOLE_HWSIM_DV_SHRINK_H
