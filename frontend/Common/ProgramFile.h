//===- ProgramFile.h - Programs of the matrix unit in files -----*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A program is an image, or text of the isa dialect with one isa.program. Both
// are recognised by their content.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_FRONTEND_COMMON_PROGRAMFILE_H
#define SYSTOLE_FRONTEND_COMMON_PROGRAMFILE_H

#include "frontend/Common/Problems.h"
#include "frontend/Common/SourceFile.h"
#include "hw-sim/isa/Image.h"

namespace systole::frontend {

/// Whether the bytes are a program of either form, perhaps a damaged one.
bool isProgram(const SourceFile &source);

/// Reads any bytes; an image exactly when no problems were added. The image
/// satisfies checkImage(); its words may be illegal, its machine unknown. That
/// of a text has no requirements where the text says none.
std::optional<isa::Image> readProgram(const SourceFile &source,
                                      std::vector<Problem> &problems);

} // namespace systole::frontend

#endif // SYSTOLE_FRONTEND_COMMON_PROGRAMFILE_H
