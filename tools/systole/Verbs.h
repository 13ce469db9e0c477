//===- Verbs.h - The verbs of the command -----------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_VERBS_H
#define SYSTOLE_TOOLS_SYSTOLE_VERBS_H

#include "tools/systole/Options.h"

namespace systole::driver {

/// All verbs, in the order of the help.
llvm::ArrayRef<Verb> allVerbs();

/// What the verbs do; one file each.
ExitStatus compileVerb(const Arguments &arguments);
ExitStatus runVerb(const Arguments &arguments);
ExitStatus inspectVerb(const Arguments &arguments);
ExitStatus simVerb(const Arguments &arguments);
ExitStatus diffVerb(const Arguments &arguments);
ExitStatus reduceVerb(const Arguments &arguments);

/// Lists the phases of --compile-to, for the help of compile.
void printPhases(llvm::raw_ostream &os);

/// `--device`, or `--target`, that later versions know: says so; kUsage.
ExitStatus notInThisVersion(const Arguments &arguments,
                            const llvm::Twine &what);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_VERBS_H
