//===- RandomCheck.h - Random models on both devices ------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef SYSTOLE_TEST_ONNX_SUITE_RANDOMCHECK_H
#define SYSTOLE_TEST_ONNX_SUITE_RANDOMCHECK_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>

namespace systole::suite {

/// Runs the random models of `count` seeds from `seed` on: the interpreter as
/// imported, then optimised, and the cpu must agree. Prints what does not, and
/// writes those models below `folder` if one is named. True if all agree.
bool checkRandomModels(uint64_t seed, int64_t count, unsigned numWorkers,
                       llvm::StringRef folder);

} // namespace systole::suite

#endif // SYSTOLE_TEST_ONNX_SUITE_RANDOMCHECK_H
