//===- Assembly.h - Text of instructions ------------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One instruction a line: its name, then `field=value` for every field that is
// not zero bits; a flag alone is 1, choices are names, `;` starts a comment:
//
//   set.mm.window kernel_x=3 kernel_y=3 channels=4 edged
//   mm source=-57 width=56 height=9 wait0=0 signal0=4   ; rows 0 to 8
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_HWSIM_ISA_ASSEMBLY_H
#define SYSTOLE_HWSIM_ISA_ASSEMBLY_H

#include "hw-sim/isa/Formats.h"

namespace systole::isa {

/// The line of a legal word; of any other, `.word` and its 32 digits.
std::string disassemble(const Word &word);

/// What was wrong in a line.
struct AssemblyProblem {
  unsigned line;
  std::string message;
};

/// The words of a program's text. All problems are found; the words are worth
/// nothing then.
std::vector<Word> assemble(std::string_view text,
                           std::vector<AssemblyProblem> &problems);

/// The value of a field from its text: a choice's name or a number, decimal or
/// hexadecimal. On failure a message is in `problem`.
std::optional<int64_t> parseValue(const FieldInfo &field, std::string_view text,
                                  std::string &problem);
/// Its inverse.
std::string printValue(const FieldInfo &field, int64_t value);

} // namespace systole::isa

#endif // SYSTOLE_HWSIM_ISA_ASSEMBLY_H
