//===- FastAvx2.cpp - Vector code for AVX2 -------------------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See FastKernels.h.
//
//===----------------------------------------------------------------------===//

#ifdef __x86_64__
#define SYSTOLE_LEVEL avx2
#define SYSTOLE_LEVEL_INTS 8
#define SYSTOLE_LEVEL_TARGET "avx2"
#define SYSTOLE_LEVEL_NAME "x86-64-v3"
#include "hw-sim/model/functional/FastKernels.h"
#endif
