//===- PublicHeader.c - systole.h as a C program sees it ------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiled as strict C99 against nothing but the public header; AbiTest.cpp
// compares these numbers with those of the internal one.
//
//===----------------------------------------------------------------------===//

#include "systole/systole.h"

const unsigned publicDtypes[] = {
    SYSTOLE_DTYPE_INVALID,  SYSTOLE_DTYPE_BOOL,       SYSTOLE_DTYPE_I8,
    SYSTOLE_DTYPE_I16,      SYSTOLE_DTYPE_I32,        SYSTOLE_DTYPE_I64,
    SYSTOLE_DTYPE_U8,       SYSTOLE_DTYPE_U16,        SYSTOLE_DTYPE_U32,
    SYSTOLE_DTYPE_U64,      SYSTOLE_DTYPE_F16,        SYSTOLE_DTYPE_BF16,
    SYSTOLE_DTYPE_F32,      SYSTOLE_DTYPE_F64,        SYSTOLE_DTYPE_F8E4M3FN,
    SYSTOLE_DTYPE_F8E5M2,   SYSTOLE_DTYPE_F8E4M3FNUZ, SYSTOLE_DTYPE_F8E5M2FNUZ,
    SYSTOLE_DTYPE_F4E2M1FN, SYSTOLE_DTYPE_I4,         SYSTOLE_DTYPE_U4,
    SYSTOLE_DTYPE_I2,       SYSTOLE_DTYPE_U2,         SYSTOLE_DTYPE_C64,
    SYSTOLE_DTYPE_C128,     SYSTOLE_DTYPE_F8E8M0FNU,  SYSTOLE_DTYPE_STRING};
const unsigned long publicExecutorSize = sizeof(systole_executor);
const unsigned long publicStringSize = sizeof(systole_string);
