//===- FastPortable.cpp - Vector code for any host -----------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See FastKernels.h.
//
//===----------------------------------------------------------------------===//

#define SYSTOLE_LEVEL portable
#define SYSTOLE_LEVEL_INTS 4
#include "hw-sim/model/functional/FastKernels.h"
