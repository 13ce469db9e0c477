//===- Finite.h - Looking for NaN and infinity ------------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TOOLS_SYSTOLE_FINITE_H
#define SYSTOLE_TOOLS_SYSTOLE_FINITE_H

#include "tools/systole/Engine.h"

namespace systole::driver {

/// Position of the first element that is NaN or infinite; -1 if there is none.
int64_t findNonFinite(const rt::Tensor &tensor);

/// An observer that fails at the first value that is NaN or infinite, naming
/// the node; before that it calls `next`, if there is one.
Observer checkFiniteObserver(Observer next);

} // namespace systole::driver

#endif // SYSTOLE_TOOLS_SYSTOLE_FINITE_H
