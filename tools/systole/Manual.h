//===- Manual.h - Texts made from the tables of options --------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `systole --man[=VERB]` and `systole --completion`: what an install puts where
// man and the shell look for it. Made from the tables that --help shows.
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_MANUAL_H
#define SYSTOLE_TOOLS_SYSTOLE_MANUAL_H

#include "tools/systole/Options.h"

namespace systole::driver {

/// The page systole-VERB(1).
void printManual(const Verb &verb, llvm::raw_ostream &os);
/// The page systole(1), which lists the verbs.
void printManual(llvm::ArrayRef<Verb> verbs, llvm::raw_ostream &os);

/// A completion function for bash (Completion.cpp).
void printCompletion(llvm::ArrayRef<Verb> verbs, llvm::raw_ostream &os);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_MANUAL_H
