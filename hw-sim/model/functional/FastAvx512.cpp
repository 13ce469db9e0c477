//===- FastAvx512.cpp - Vector code for AVX-512 --------------------------===//
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
#define SYSTOLE_LEVEL avx512
#define SYSTOLE_LEVEL_INTS 16
#define SYSTOLE_LEVEL_TARGET "avx2,avx512f,avx512bw,avx512dq,avx512vl"
#define SYSTOLE_LEVEL_NAME "x86-64-v4"
#include "hw-sim/model/functional/FastKernels.h"
#endif
