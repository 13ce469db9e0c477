//===- Program.h - Programs of the matrix unit ------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What verbs do with a program in place of a model: an image, or text of the
// isa dialect (frontend/Common/ProgramFile.h).
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_PROGRAM_H
#define SYSTOLE_TOOLS_SYSTOLE_PROGRAM_H

#include "frontend/Common/SourceFile.h"
#include "hw-sim/isa/Image.h"
#include "hw-sim/model/Machine.h"
#include "tools/systole/Options.h"

namespace systole::driver {

/// Reads a program; prints its problems and gives nullopt if there are any.
std::optional<isa::Image> readProgram(const frontend::SourceFile &source);
/// The same from a path.
std::optional<isa::Image> readProgram(llvm::StringRef path);

/// The machine that a program is for: `option` (a preset or a file), else what
/// the program names. A message and nullopt where there is none, or where it
/// cannot run the program.
std::optional<sim::Machine> machineFor(const isa::Image &image,
                                       llvm::StringRef option);

/// `compile` and `inspect` of a program.
ExitStatus compileProgram(const Arguments &arguments,
                          const frontend::SourceFile &source);
ExitStatus inspectProgram(const Arguments &arguments,
                          const frontend::SourceFile &source);

/// The program as assembly: a line for each instruction, which assembles again,
/// and what else the image holds as comments.
void printAssembly(const isa::Image &image, llvm::raw_ostream &os);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_PROGRAM_H
