//===- FastKernels.h - Vector code of one level -----------------*- C++ -*-===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Included once by each Fast<Level>.cpp, which defines SYSTOLE_LEVEL, the
// namespace, SYSTOLE_LEVEL_INTS, how many int32 a vector has, and for x86-64
// the target features and the name of the level. Only what is defined between
// the pragmas uses these features: functions of other headers that the linker
// may share among files stay as they are for any host.
//
//===----------------------------------------------------------------------===//

#include "hw-sim/model/Extents.h"
#include "hw-sim/model/Picture.h"
#include "hw-sim/model/functional/Kernels.h"
#include "hw-sim/model/functional/Numerics.h"
#include <algorithm>
#ifdef __x86_64__
#include <immintrin.h>
#endif

using namespace systole::isa;

namespace systole::sim::SYSTOLE_LEVEL {

/// Most lanes of a machine, and int32 of a vector.
static constexpr int64_t kMaxLanes = 64;
static constexpr int kInts = SYSTOLE_LEVEL_INTS;

static bool isSupported() {
#ifdef SYSTOLE_LEVEL_NAME
  return __builtin_cpu_supports(SYSTOLE_LEVEL_NAME);
#else
  return true;
#endif
}

#ifdef SYSTOLE_LEVEL_TARGET
#pragma clang attribute push(__attribute__((target(SYSTOLE_LEVEL_TARGET))),    \
                             apply_to = function)
#endif

#include "hw-sim/model/functional/FastProducts.inc"
#include "hw-sim/model/functional/FastVectors.inc"

#ifdef SYSTOLE_LEVEL_TARGET
#pragma clang attribute pop
#endif

#define SYSTOLE_TEXT(name) #name
#define SYSTOLE_TEXT_OF(name) SYSTOLE_TEXT(name)
extern const Kernels kKernels;
const Kernels kKernels = {SYSTOLE_TEXT_OF(SYSTOLE_LEVEL),
                          isSupported,
                          multiply,
                          convolveLanes,
                          combineRows,
                          reduceRows};

} // namespace systole::sim::SYSTOLE_LEVEL
