//===- AbiTest.cpp - The public header agrees with abi.h ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// systole.h repeats three definitions of abi.h so that it stands alone. This
// file sees only abi.h's; PublicHeader.c sees only systole.h's.
//
//===----------------------------------------------------------------------===//

#include "runtime/src/abi.h"
#include <gtest/gtest.h>

extern "C" {
extern const unsigned publicDtypes[];
extern const unsigned long publicExecutorSize;
extern const unsigned long publicStringSize;
}

namespace {
TEST(Abi, PublicHeaderHasTheSameTypes) {
  const unsigned ours[] = {SYSTOLE_DTYPE_INVALID,    SYSTOLE_DTYPE_BOOL,
                           SYSTOLE_DTYPE_I8,         SYSTOLE_DTYPE_I16,
                           SYSTOLE_DTYPE_I32,        SYSTOLE_DTYPE_I64,
                           SYSTOLE_DTYPE_U8,         SYSTOLE_DTYPE_U16,
                           SYSTOLE_DTYPE_U32,        SYSTOLE_DTYPE_U64,
                           SYSTOLE_DTYPE_F16,        SYSTOLE_DTYPE_BF16,
                           SYSTOLE_DTYPE_F32,        SYSTOLE_DTYPE_F64,
                           SYSTOLE_DTYPE_F8E4M3FN,   SYSTOLE_DTYPE_F8E5M2,
                           SYSTOLE_DTYPE_F8E4M3FNUZ, SYSTOLE_DTYPE_F8E5M2FNUZ,
                           SYSTOLE_DTYPE_F4E2M1FN,   SYSTOLE_DTYPE_I4,
                           SYSTOLE_DTYPE_U4,         SYSTOLE_DTYPE_I2,
                           SYSTOLE_DTYPE_U2,         SYSTOLE_DTYPE_C64,
                           SYSTOLE_DTYPE_C128,       SYSTOLE_DTYPE_F8E8M0FNU,
                           SYSTOLE_DTYPE_STRING};
  for (unsigned i = 0; i < sizeof(ours) / sizeof(ours[0]); ++i)
    EXPECT_EQ(publicDtypes[i], ours[i]);
  EXPECT_EQ(publicExecutorSize, sizeof(systole_executor));
  EXPECT_EQ(publicStringSize, sizeof(systole_string));
}
} // namespace
