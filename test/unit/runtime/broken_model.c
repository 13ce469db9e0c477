//===- broken_model.c - A model that cannot be linked ---------------------===//
//
// Part of the Systole project, under the Apache License v2.0 with LLVM
// exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

extern void systole_missing_kernel(void);

void *const systole_model[] = {(void *)systole_missing_kernel};
