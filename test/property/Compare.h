//===- Compare.h - What 'equal' means for each operation and type -*- C++
//-*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_PROPERTY_COMPARE_H
#define SYSTOLE_TEST_PROPERTY_COMPARE_H

#include "Samples.h"

namespace systole::property {

/// Empty if `found` (a backend's) is right, given `expected` (the
/// interpreter's), by the table in Compare.cpp; otherwise a sentence with the
/// worst element.
std::string compare(const Sample &sample, const Tensor &expected,
                    const Tensor &found);

} // namespace systole::property

#endif // SYSTOLE_TEST_PROPERTY_COMPARE_H
